package nodes

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// ErrBrackets is the reason of a [ParseError] about an address in brackets, for a release that does not read them.
var ErrBrackets = fmt.Errorf("%w without brackets, which CTDB reads since 4.16", ErrAddress)

// CheckFor tells whether that release of ctdbd reads the file as [Parse] did; the package comment has the differences
// between releases. The error is nil, or it is made like that of Parse and names each line that the release refuses:
// those that all refuse, and those that only newer ones read ([ErrBrackets]). The zero release is the newest, and then
// the error is that of Parse.
func (f *File) CheckFor(r release.Release) error {
	if r.ReadsBracketedIPv6() || errors.Is(f.err, ErrTooLarge) {
		return f.err
	}
	bad := &ParseErrors{}
	src := f.source()
	for i := range src.Lines() {
		line := src.Text(content(src, i))
		_, _, err := parseLine(line)
		if err == nil && strings.HasPrefix(line, "[") {
			err = ErrBrackets
		}
		if err != nil {
			refuse(bad, src, content(src, i), err)
		}
	}
	return bad.Err()
}
