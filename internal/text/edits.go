package text

import (
	"cmp"
	"slices"
	"strings"
)

// Edits collects replacements of spans of a [Source]. All spans are those of the source, however many edits there are
// already. The zero value has no edits.
//
// Spans must not overlap, apart from deletions: what several of them delete is deleted. An insertion at either end of
// a span is beside it, and insertions at one place come out in the order in which they were added. Whether all this is
// so is what [Edits.Apply] finds out.
//
// Edits is not safe for concurrent use.
type Edits struct{ splices []splice }

// splice puts text in the place of span.
type splice struct {
	span Span
	text string
	line bool // text is a line, without its ending
}

func (s splice) isDeletion() bool { return s.text == "" && !s.line && !s.span.IsEmpty() }

// Replace puts text in the place of span.
func (e *Edits) Replace(span Span, text string) {
	e.splices = append(e.splices, splice{span: span, text: text})
}

// Insert puts text before the byte at offset.
func (e *Edits) Insert(offset int, text string) { e.Replace(Span{offset, offset}, text) }

// Delete removes the bytes of span.
func (e *Edits) Delete(span Span) { e.Replace(span, "") }

// InsertLine puts a line before line i of the source, or behind the last one if i is their number. It gets the ending
// of the file's other lines; a last line without ending gets one when a line follows it, and then the new last line
// goes without. The text must not hold a line break.
func (e *Edits) InsertLine(src *Source, i int, text string) {
	start := src.FullLine(i).Start
	if i < 0 || i > src.Lines() {
		start = -1 // Apply refuses it
	}
	e.splices = append(e.splices, splice{span: Span{start, start}, text: text, line: true})
}

// DeleteLine removes line i of the source and its ending.
func (e *Edits) DeleteLine(src *Source, i int) {
	span := src.FullLine(i)
	if i < 0 || i >= src.Lines() {
		span = Span{-1, -1} // Apply refuses it
	}
	e.Delete(span)
}

// Len is the number of edits.
func (e *Edits) Len() int { return len(e.splices) }

// Apply gives the source with all edits. The bytes outside of the edited spans are those of the source; without edits
// all are. The time is linear in the size of the source and of the edits, if these were added in the order of their
// places; else they are sorted first.
//
// An edit that can't be made is a *[EditError], and then none is: its reason is [ErrOverlap], [ErrRange] or
// [ErrLineBreak].
func (e *Edits) Apply(src *Source) ([]byte, error) {
	edited, err := e.apply(src)
	if err != nil {
		return nil, err
	}
	return []byte(edited), nil
}

// Edited gives the source that [Edits.Apply] gives the bytes of, under the same name, without copying it once more.
func (e *Edits) Edited(src *Source) (*Source, error) {
	edited, err := e.apply(src)
	if err != nil {
		return nil, err
	}
	return index(src.name, edited), nil
}

func (e *Edits) apply(src *Source) (string, error) {
	splices := e.sorted()
	size := len(src.src)
	for _, s := range splices {
		size += len(s.text)
	}
	var out strings.Builder
	out.Grow(size + 2*len(splices)*len("\r\n"))
	end := 0 // of what was copied or deleted
	var last splice
	for _, s := range splices {
		if err := check(src, last, s, end); err != nil {
			return "", err
		}
		if s.span.Start > end {
			out.WriteString(src.src[end:s.span.Start])
		}
		writeSplice(&out, src, s)
		if s.span.End >= end {
			end, last = s.span.End, s
		}
	}
	out.WriteString(src.src[end:])
	return out.String(), nil
}

// sorted gives the splices by their places; insertions come before what replaces the bytes behind them.
func (e *Edits) sorted() []splice {
	byPlace := func(a, b splice) int {
		return cmp.Or(cmp.Compare(a.span.Start, b.span.Start), cmp.Compare(min(a.span.Len(), 1), min(b.span.Len(), 1)))
	}
	if slices.IsSortedFunc(e.splices, byPlace) {
		return e.splices
	}
	splices := slices.Clone(e.splices)
	slices.SortStableFunc(splices, byPlace)
	return splices
}

// check refuses a splice that is no edit of src, or not beside the one before it, which ends at end.
func check(src *Source, last, s splice, end int) error {
	switch {
	case !s.span.within(len(src.src)):
		return &EditError{Source: src, Span: s.span, Err: ErrRange}
	case s.line && strings.ContainsAny(s.text, "\r\n"):
		return &EditError{Source: src, Span: s.span, Err: ErrLineBreak}
	case s.span.Start < end && (!last.isDeletion() || !s.isDeletion()):
		return &EditError{Source: src, Span: s.span, Err: ErrOverlap}
	}
	return nil
}

func writeSplice(out *strings.Builder, src *Source, s splice) {
	if !s.line {
		out.WriteString(s.text)
		return
	}
	if out.Len() > 0 && !strings.HasSuffix(out.String(), "\n") {
		out.WriteString(src.Newline())
	}
	out.WriteString(s.text)
	if s.span.Start == len(src.src) && !src.Terminated() && s.text != "" {
		return // an empty line without ending would be none
	}
	out.WriteString(src.Newline())
}
