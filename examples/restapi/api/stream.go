package api

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"
	"unicode/utf8"
)

// stream is an answer that is sent piece by piece.
type stream interface {
	// send writes the answer. An error comes before the first byte, or else the answer breaks off.
	send(ctx context.Context, stall time.Duration, w http.ResponseWriter) error
}

// pieceSize is how much of an answer is held.
const pieceSize = 64 << 10

// pieces writes to a client for as long as it goes on taking something.
type pieces struct {
	ctx   context.Context
	stall time.Duration
	w     http.ResponseWriter
}

func newPieces(ctx context.Context, stall time.Duration, w http.ResponseWriter) *bufio.Writer {
	return bufio.NewWriterSize(pieces{ctx, stall, w}, pieceSize)
}

// Write writes a piece.
func (p pieces) Write(data []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	_ = http.NewResponseController(p.w).SetWriteDeadline(time.Now().Add(p.stall))
	return p.w.Write(data)
}

// jsonText writes a text as the inside of a JSON string, whatever pieces it comes in. Bytes that are not UTF-8 become
// U+FFFD.
type jsonText struct {
	out  *bufio.Writer
	rest []byte // of a character whose end has not come
}

// Write writes a part of the text.
func (t *jsonText) Write(data []byte) (int, error) {
	n := len(data)
	if len(t.rest) > 0 {
		data = append(t.rest, data...)
		t.rest = nil
	}
	for len(data) > 0 {
		plain := plainPrefix(data)
		if _, err := t.out.Write(data[:plain]); err != nil {
			return 0, err
		}
		data = data[plain:]
		if len(data) == 0 {
			break
		}
		if !utf8.FullRune(data) {
			t.rest = append([]byte(nil), data...)
			break
		}
		size, err := t.special(data)
		if err != nil {
			return 0, err
		}
		data = data[size:]
	}
	return n, nil
}

// plainPrefix counts the bytes at the beginning that stand for themselves.
func plainPrefix(data []byte) int {
	for i, c := range data {
		if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return i
		}
	}
	return len(data)
}

// special writes the character at the beginning.
func (t *jsonText) special(data []byte) (size int, err error) {
	if c := data[0]; c < utf8.RuneSelf {
		_, err := t.out.Write(escapes[c])
		return 1, err
	}
	r, size := utf8.DecodeRune(data)
	if r == '\u2028' || r == '\u2029' || r == utf8.RuneError {
		_, err = t.out.WriteString(string(r))
		return size, err
	}
	_, err = t.out.Write(data[:size])
	return size, err
}

// end writes what is left of a character that never came to its end.
func (t *jsonText) end() error {
	for range t.rest {
		if _, err := t.out.WriteRune(utf8.RuneError); err != nil {
			return err
		}
	}
	t.rest = nil
	return nil
}

// escapes are what package json makes of control characters, quotes and backslashes.
var escapes = func() (all [utf8.RuneSelf][]byte) {
	for c := range byte(utf8.RuneSelf) {
		quoted, _ := json.Marshal(string(rune(c))) // of a character there is always JSON
		all[c] = quoted[1 : len(quoted)-1]
	}
	return all
}()

// writeRaw writes {"raw":"…"} of what write gives.
func writeRaw(out *bufio.Writer, write func(io.Writer) error) error {
	text := jsonText{out: out}
	_, err := out.WriteString(`{"raw":"`)
	if err == nil {
		err = write(&text)
	}
	if err == nil {
		err = text.end()
	}
	if err == nil {
		_, err = out.WriteString("\"}\n")
	}
	if err == nil {
		err = out.Flush()
	}
	return err
}
