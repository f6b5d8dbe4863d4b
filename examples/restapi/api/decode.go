package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// decoder reads a JSON text piece by piece and knows the place of each, so that an error has field, line and column.
// It is stricter than package json: names are spelled as they are, come once, and none comes that is not known. It
// holds nothing but the text.
type decoder struct {
	data   []byte
	tokens *json.Decoder
	path   []string // of the value that is read
}

// newDecoder begins with a text, all of which is JSON.
func newDecoder(data []byte) (*decoder, error) {
	if !utf8.Valid(data) {
		return nil, badJSON(data, firstInvalid(data), "the body is not UTF-8 here")
	}
	var all json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, notJSON(data, err)
	}
	d := &decoder{data: data, tokens: json.NewDecoder(bytes.NewReader(data))}
	d.tokens.UseNumber()
	return d, nil
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

// notJSON says where a text stops being JSON, and what is wrong with its commas.
func notJSON(data []byte, err error) error {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok || len(bytes.TrimSpace(data)) == 0 {
		return badJSON(data, 0, "want a JSON object, got nothing")
	}
	at := min(int(syntax.Offset), len(data))
	if strings.HasPrefix(syntax.Error(), "unexpected end") {
		return badJSON(data, at, "the body ends too early")
	}
	at = max(at-1, 0) // the byte that does not fit is the last one that was read
	before := bytes.TrimRight(data[:at], " \t\r\n")
	isMissing := strings.HasSuffix(syntax.Error(), " after array element") ||
		strings.HasSuffix(syntax.Error(), " after object key:value pair")
	switch next := data[at]; {
	case bytes.HasSuffix(before, []byte(",")) && (next == ']' || next == '}'):
		return badJSON(data, at, "a comma too many before this %q", next)
	case isMissing && strings.IndexByte(`{["`, next) >= 0:
		return badJSON(data, at, "a comma is missing before this %q", next)
	}
	return badJSON(data, at, "%v", syntax)
}

func badJSON(data []byte, at int, format string, args ...any) *Error {
	return fail(http.StatusBadRequest, CodeBadJSON, format, args...).at(data, at)
}

// at says where in a text an error is.
func (e *Error) at(data []byte, offset int) *Error {
	before := data[:offset]
	e.Line = 1 + bytes.Count(before, []byte("\n"))
	e.Column = len(before) - bytes.LastIndexByte(before, '\n')
	return e
}

// next gives where the next token begins.
func (d *decoder) next() int {
	at := int(d.tokens.InputOffset())
	return at + len(d.data[at:]) - len(bytes.TrimLeft(d.data[at:], " \t\r\n,:"))
}

// field is the name of the value that is read: "addresses[1].address".
func (d *decoder) field() string { return strings.TrimPrefix(strings.Join(d.path, ""), ".") }

// wrong is an error about the value that begins at an offset.
func (d *decoder) wrong(at int, format string, args ...any) *Error {
	return fail(http.StatusBadRequest, CodeField, format, args...).about(d.field()).at(d.data, at)
}

// token reads a token of one kind.
func (d *decoder) token(what string, is func(json.Token) bool) (json.Token, error) {
	at := d.next()
	t, err := d.tokens.Token()
	if err != nil {
		return nil, badJSON(d.data, at, "%v", err) // it was JSON before
	}
	if !is(t) {
		return nil, d.wrong(at, "want %s, got %s", what, kindOf(t))
	}
	return t, nil
}

func isDelim(want json.Delim) func(json.Token) bool {
	return func(t json.Token) bool { return t == want }
}

func isText(t json.Token) bool {
	_, ok := t.(string)
	return ok
}

// kindOf says what a token begins.
func kindOf(t json.Token) string {
	switch t := t.(type) {
	case json.Delim:
		return map[json.Delim]string{'{': "an object", '[': "a list"}[t]
	case string:
		return "a text"
	case json.Number:
		return "a number"
	case bool:
		return fmt.Sprint(t)
	default:
		return "null"
	}
}

// text reads a string.
func (d *decoder) text() (string, error) {
	t, err := d.token("a text", isText)
	if err != nil {
		return "", err
	}
	return t.(string), nil
}

// member is what an object can have.
type member struct {
	name     string
	required bool
	read     func() error
}

// object reads an object with some members, in any order.
func (d *decoder) object(members ...member) error {
	begin := d.next()
	if _, err := d.token("an object", isDelim('{')); err != nil {
		return err
	}
	seen := map[string]bool{}
	for d.tokens.More() {
		if err := d.member(members, seen); err != nil {
			return err
		}
	}
	if _, err := d.tokens.Token(); err != nil {
		return badJSON(d.data, d.next(), "%v", err)
	}
	for _, m := range members {
		if m.required && !seen[m.name] {
			return d.within("."+m.name, func() error { return d.wrong(begin, "the field is missing") })
		}
	}
	return nil
}

// member reads one member.
func (d *decoder) member(members []member, seen map[string]bool) error {
	at := d.next()
	name, err := d.text()
	if err != nil {
		return err
	}
	return d.within("."+finding.Clip(name), func() error {
		for _, m := range members {
			switch {
			case m.name != name:
			case seen[name]:
				return d.wrong(at, "the field is there twice")
			default:
				seen[name] = true
				return m.read()
			}
		}
		return d.wrong(at, "there is no such field")
	})
}

// list reads a list, item by item.
func (d *decoder) list(item func(i int) error) error {
	if _, err := d.token("a list", isDelim('[')); err != nil {
		return err
	}
	for i := 0; d.tokens.More(); i++ {
		if err := d.within("["+strconv.Itoa(i)+"]", func() error { return item(i) }); err != nil {
			return err
		}
	}
	if _, err := d.tokens.Token(); err != nil {
		return badJSON(d.data, d.next(), "%v", err)
	}
	return nil
}

// within reads something that has a name.
func (d *decoder) within(name string, read func() error) error {
	d.path = append(d.path, name)
	defer func() { d.path = d.path[:len(d.path)-1] }()
	return read()
}
