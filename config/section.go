package config

import (
	"fmt"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// AddSection adds the header of a section to the end of the file. [File.Set] does that by itself. The error is
// [ErrSectionExists] or [ErrUnwritable].
func (f *File) AddSection(section string) error {
	if _, _, err := f.find(section, ""); err == nil {
		return fmt.Errorf("add [%s]: %w", section, ErrSectionExists)
	}
	if err := checkSection(section); err != nil {
		return fmt.Errorf("add [%s]: %w", section, err)
	}
	src := f.source()
	var edit text.Edits
	if n := src.Lines(); n > 0 && strings.TrimLeft(src.Text(src.Line(n-1)), tini.Blanks) != "" {
		edit.InsertLine(src, n, "")
	}
	edit.InsertLine(src, src.Lines(), "["+section+"]")
	return f.apply(&edit, func(name) bool { return false })
}

// RemoveSection removes a section with all that stands in it, wherever the file opens it. The comment directly above a
// header belongs to its section. The error is [ErrNoSuchSection].
func (f *File) RemoveSection(section string) error {
	if _, _, err := f.find(section, ""); err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	var edit text.Edits
	for i := range f.headers {
		if lower(f.headers[i].name) == lower(section) {
			f.deleteSection(&edit, i)
		}
	}
	return f.apply(&edit, func(n name) bool { return n.section == lower(section) })
}

// deleteSection deletes what stands from a header, or the comment above it, to the next one, or the comment above that.
func (f *File) deleteSection(edit *text.Edits, i int) {
	first, end := f.text.LineAt(f.headers[i].top), f.text.Lines()
	if i+1 < len(f.headers) {
		end = f.text.LineAt(f.headers[i+1].top)
	}
	start := f.text.FullLine(first).Start
	if end == f.text.Lines() && !f.text.Terminated() && first > 0 {
		start = f.text.Line(first - 1).End
	}
	edit.Delete(text.Span{Start: start, End: f.text.FullLine(end).Start})
}
