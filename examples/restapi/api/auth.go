package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
)

// TokenHeader is the header that has the token.
const TokenHeader = "token"

// minToken is the least length of a token in bytes.
const minToken = 16

// sampleToken is the one of the documentation, which everybody knows.
const sampleToken = "ThisIsNotARealTokenGenerateYourOwnToken"

// ErrToken says that a token is not one to rely on: there is none, it is shorter than 16 bytes, has anything else than
// printable ASCII, or is the one of the documentation.
var ErrToken = errors.New("want a token of your own, of 16 printable characters at least, without blanks")

// token is what a request must have. Only its sum is kept, so that the time of a comparison tells nothing of it, not
// even its length.
type token [sha256.Size]byte

func newToken(text string) (token, error) {
	if text == sampleToken {
		return token{}, fmt.Errorf("%w: this is the one of the documentation", ErrToken)
	}
	if len(text) < minToken {
		return token{}, fmt.Errorf("%w: this one has %d", ErrToken, len(text))
	}
	for _, c := range []byte(text) {
		if c <= ' ' || c > '~' {
			return token{}, fmt.Errorf("%w: this one has another one", ErrToken)
		}
	}
	return sha256.Sum256([]byte(text)), nil
}

// permits tells whether a request has the token, once.
func (t token) permits(r *http.Request) bool {
	sent := r.Header.Values(TokenHeader)
	if len(sent) != 1 {
		return false
	}
	sum := sha256.Sum256([]byte(sent[0]))
	return subtle.ConstantTimeCompare(sum[:], t[:]) == 1
}

// errUnauthorized is the same for every request, so that it tells nothing.
var errUnauthorized = fail(http.StatusUnauthorized, CodeUnauthorized,
	"want the header "+TokenHeader+" with the token of this server")
