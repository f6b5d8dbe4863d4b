package config

import (
	"fmt"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// commented finds the comment in the section of an option that has a setting of it: the first one with that value, else
// the last one.
func (f *File) commented(target name, value string) (place, bool) {
	var best place
	found, inside := false, false
	for line := range tini.Lines(f.source()) {
		switch line.Kind {
		case tini.Section:
			inside = lower(line.Name) == target.section
		case tini.Comment:
			key, has, at := splitComment(f.text, line.Span)
			if !inside || key != target.key {
				continue
			}
			best, found = at, true
			if has == value {
				return best, true
			}
		case tini.Blank, tini.Setting, tini.Word, tini.Unclosed, tini.Unnamed:
		}
	}
	return best, found
}

// splitComment reads a comment as if it were none.
func splitComment(src *text.Source, span text.Span) (key, value string, at place) {
	body := strings.TrimLeft(src.Text(span), "#;"+tini.Blanks)
	for line := range tini.Lines(text.NewSource("", []byte(body))) {
		if line.Kind != tini.Setting || line.Value == "" {
			break
		}
		return line.Name, line.Value, place{span, body[:line.ValueSpan.Start], body[line.ValueSpan.End:]}
	}
	return "", "", place{}
}

// Comment gives the comment that stands directly above the last setting of an option, or with an empty key, above the
// first header of a section: its lines, without the # or ; and one blank behind that. It is empty if there is none.
// The error is [ErrNotSet] or [ErrNoSuchSection].
func (f *File) Comment(section, key string) (string, error) {
	span, top, err := f.find(section, key)
	if err != nil {
		return "", err
	}
	var lines []string
	for i := f.text.LineAt(top); i < f.text.LineAt(span.Start); i++ {
		line := strings.TrimLeft(f.text.Text(f.text.Line(i)), tini.Blanks)
		lines = append(lines, strings.TrimPrefix(line[1:], " "))
	}
	return strings.Join(lines, "\n"), nil
}

// find gives the line of the last setting of an option, or of the first header of a section, and where the comment above
// it begins.
func (f *File) find(section, key string) (span text.Span, top int, err error) {
	if key != "" {
		i, ok := f.index[nameOf(section, key)]
		if !ok {
			return text.Span{}, 0, fmt.Errorf("[%s] %s: %w", section, key, ErrNotSet)
		}
		return f.settings[i].span, f.settings[i].top, nil
	}
	for i := range f.headers {
		if lower(f.headers[i].name) == lower(section) {
			return f.headers[i].span, f.headers[i].top, nil
		}
	}
	return text.Span{}, 0, fmt.Errorf("[%s]: %w", section, ErrNoSuchSection)
}

// SetComment puts a comment directly above the last setting of an option, or with an empty key, above the first header of
// a section. Each line of it gets a "# " and the blanks that stand before the setting. It replaces the comment that is
// there; an empty one removes it.
//
// The error is [ErrNotSet] or [ErrNoSuchSection], or [ErrUnwritable] for a carriage return.
func (f *File) SetComment(section, key, comment string) error {
	span, top, err := f.find(section, key)
	if err != nil {
		return err
	}
	if strings.ContainsRune(comment, '\r') {
		return fmt.Errorf("comment of [%s] %s: %w", section, key, unwritable("a carriage return", comment))
	}
	start := f.text.FullLine(f.text.LineAt(span.Start)).Start
	indent := f.text.Text(text.Span{Start: start, End: span.Start})
	var written strings.Builder
	for line := range strings.SplitSeq(comment, "\n") {
		if comment != "" {
			written.WriteString(strings.TrimRight(indent+"# "+line, " ") + f.text.Newline())
		}
	}
	var edit text.Edits
	edit.Replace(text.Span{Start: f.text.FullLine(f.text.LineAt(top)).Start, End: start}, written.String())
	return f.apply(&edit, func(name) bool { return false })
}
