package text

// Span is a range of bytes in a [Source], as offsets from its first byte. End is the first byte behind the range.
type Span struct{ Start, End int }

// Len is the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// IsEmpty says whether the span holds no byte. An empty span is a place between two bytes.
func (s Span) IsEmpty() bool { return s.Start == s.End }

// within says whether the span is one of a text of that many bytes.
func (s Span) within(size int) bool { return 0 <= s.Start && s.Start <= s.End && s.End <= size }
