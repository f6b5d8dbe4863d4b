package status

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// local is the location that a parser assumes for the times that the tool prints: its argument, or the machine's own.
func local(loc *time.Location) *time.Location {
	if loc == nil {
		return time.Local
	}
	return loc
}

// ctime reads a time such as "Sat Nov 21 21:58:56 2026" at an offset of the current line. The tool prints wall-clock
// time of its host without saying which zone that is, in the C locale.
func (s *scanner) ctime(text string, offset int, loc *time.Location) (time.Time, error) {
	t, ok := parseCTime(text)
	if !ok {
		return time.Time{}, s.errAt(offset, `want a time such as "Sat Nov 21 21:58:56 2026", got `+clip(text))
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, local(loc)), nil
}

// parseCTime reads a time as wall-clock time. Only what prints back as it was is a time: package time would take
// fractions of a second and the wrong day of the week as well.
func parseCTime(text string) (time.Time, bool) {
	t, err := time.Parse(time.ANSIC, text)
	return t, err == nil && t.Format(time.ANSIC) == text
}

// sinceThen reads "(000 00:07:46) Sat Nov 21 21:51:10 2026": how long ago something was, in days and hours, and when.
func (s *scanner) sinceThen(text string, offset int, loc *time.Location) (time.Duration, time.Time, error) {
	inside, ok := strings.CutPrefix(text, "(")
	span, when, ok2 := strings.Cut(inside, ") ")
	age, ok3 := parseSpan(span)
	if !ok || !ok2 || !ok3 {
		return 0, time.Time{}, s.errAt(offset, `want "(DDD HH:MM:SS) " and a time, got `+clip(text))
	}
	t, err := s.ctime(when, offset+len("()")+len(span)+1, loc)
	return age, t, err
}

// parseSpan reads "DDD HH:MM:SS". A clock that was set back makes its parts negative.
func parseSpan(text string) (time.Duration, bool) {
	days, clock, ok := strings.Cut(text, " ")
	parts := strings.SplitN(clock, ":", 4)
	if !ok || len(parts) != 3 {
		return 0, false
	}
	total := time.Duration(0)
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		part := days
		if i > 0 {
			part = parts[i-1]
		}
		n, err := strconv.ParseInt(part, 10, 32)
		if err != nil || n > maxSpanDays || n < -maxSpanDays {
			return 0, false
		}
		total += time.Duration(n) * unit
	}
	return total, true
}

// maxSpanDays keeps a span within what a time.Duration holds, with room for hours.
const maxSpanDays = 100_000

// seconds reads a decimal number of seconds, such as "0.195992", at an offset of the current line. It is exact to the
// microsecond.
func (s *scanner) seconds(text string, offset int) (time.Duration, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.Trim(text, "-.0123456789") != "" || math.Abs(f) > maxSeconds {
		return 0, s.errAt(offset, "want a number of seconds, got "+clip(text))
	}
	return time.Duration(math.Round(f*1e6)) * time.Microsecond, nil
}

// maxSeconds keeps a number of seconds within what a time.Duration holds.
const maxSeconds = 9e9
