package status

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Latency tells how long something took that happened Count times. All is 0 where Count is.
type Latency struct {
	Count uint64        `json:"count"`
	Min   time.Duration `json:"min"`
	Avg   time.Duration `json:"avg"`
	Max   time.Duration `json:"max"`
}

// String gives the latency as the tool prints it: "0.003889/0.195992/1.171522 sec out of 252".
func (l Latency) String() string {
	return fmt.Sprintf("%s/%s/%s sec out of %d", decimal(l.Min), decimal(l.Avg), decimal(l.Max), l.Count)
}

// decimal gives a duration in seconds with six digits behind the point.
func decimal(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	return fmt.Sprintf("%s%d.%06d", sign, d/time.Second, d%time.Second/time.Microsecond)
}

// Buckets is a histogram: how many values fell into each of the ranges that CTDB counts them by. ctdb-statistics(7) has
// the ranges. Hop counts are counted by 0, below 2, below 4 and so on to below 16384, and more; times to get a lock by
// below 1 ms, 10 ms, 100 ms, 1 s, 2 s, 4 s and so on to below 64 s, and more.
type Buckets []uint64

// String gives the numbers with blanks between them.
func (b Buckets) String() string { return strings.Trim(fmt.Sprint([]uint64(b)), "[]") }

// LockCounters count what the processes did that wait for locks of records and databases.
type LockCounters struct {
	Calls   uint64 `json:"num_calls"`   // locks that were asked for
	Current uint64 `json:"num_current"` // locks that are held or waited for now
	Pending uint64 `json:"num_pending"` // requests that wait for a process
	Failed  uint64 `json:"num_failed"`
}

// field is a value of statistics: its name in the text form, "group.name" within a group, and where it goes: to a
// *uint64, *Buckets or *Latency. A latency is called otherwise in the machine form, and buckets are not there.
type field struct {
	name    string
	to      any
	machine string
}

func (l *LockCounters) fields(all []field) []field {
	return append(all, []field{
		{name: "locks.num_calls", to: &l.Calls},
		{name: "locks.num_current", to: &l.Current},
		{name: "locks.num_pending", to: &l.Pending},
		{name: "locks.num_failed", to: &l.Failed},
	}...)
}

// is tells whether the field is that of a key in a group.
func (f field) is(group, key string) bool {
	if group == "" {
		return f.name == key
	}
	return len(f.name) == len(group)+1+len(key) && strings.HasPrefix(f.name, group) && f.name[len(group)] == '.' &&
		strings.HasSuffix(f.name, key)
}

// counters reads the lines of values that statistics and dbstatistics share. There are at most 64 fields.
type counters struct {
	fields []field
	seen   uint64 // a bit for each field
	group  string
	extra  map[string]string
}

// The indents of the text form.
const (
	indentTop    = " "
	indentMember = "     "
)

// line reads the current line if it is a value or the name of a group.
func (c *counters) line(s *scanner) (bool, error) {
	if member, ok := strings.CutPrefix(s.line, indentMember); ok && c.group != "" && member != "" && member[0] != ' ' {
		return true, c.value(s, member, len(indentMember))
	}
	top, ok := strings.CutPrefix(s.line, indentTop)
	switch {
	case !ok || top == "" || top[0] == ' ':
		return false, nil
	case !strings.Contains(top, " "):
		c.group = strings.Clone(top)
		return true, nil
	}
	c.group = ""
	return true, c.value(s, top, len(indentTop))
}

// value reads "num_calls     252", "lock_buckets: 0 6" and "locks_latency   MIN/AVG/MAX   1.5/2.5/3.5 sec out of 3".
func (c *counters) value(s *scanner, text string, offset int) error {
	key, padded, _ := strings.Cut(text, " ")
	rest := strings.TrimLeft(padded, " ")
	at := offset + len(text) - len(rest)
	key = strings.TrimSuffix(key, ":")
	for i, f := range c.fields {
		if f.is(c.group, key) {
			if err := c.once(s, i); err != nil {
				return err
			}
			return readField(s, f.to, rest, at)
		}
	}
	if c.group != "" {
		key = c.group + "." + key
	}
	return c.keep(s, key, rest)
}

// once marks a field as read.
func (c *counters) once(s *scanner, i int) error {
	if c.seen&(1<<i) != 0 {
		return s.errAt(0, "a second value "+c.fields[i].name)
	}
	c.seen |= 1 << i
	return nil
}

// keep keeps a value that is not known.
func (c *counters) keep(s *scanner, name, value string) error {
	if _, ok := c.extra[name]; ok {
		return s.errAt(0, "a second value "+clip(name))
	}
	if len(c.extra) == maxUnparsed {
		return s.errAt(0, "too many values that are unknown, up to "+clip(name))
	}
	if c.extra == nil {
		c.extra = make(map[string]string, 1)
	}
	c.extra[strings.Clone(name)] = strings.Clone(value)
	return nil
}

// missing gives the names of the fields that were not there.
func (c *counters) missing(form Form) (names []string) {
	for i, f := range c.fields {
		_, isBuckets := f.to.(*Buckets)
		if c.seen&(1<<i) == 0 && (form == FormText || !isBuckets) {
			names = append(names, f.name)
		}
	}
	return names
}

// complete tells whether the last field was there, so that the text form was not cut off.
func (c *counters) complete() bool { return c.seen&(1<<(len(c.fields)-1)) != 0 }

func readField(s *scanner, to any, text string, at int) (err error) {
	switch to := to.(type) {
	case *uint64:
		*to, err = s.uint64(text, at)
	case *Buckets:
		*to, err = s.buckets(text, at)
	case *Latency:
		*to, err = s.latency(text, at)
	}
	return err
}

// uint64 reads a counter at an offset of the current line.
func (s *scanner) uint64(text string, offset int) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, s.errAt(offset, "want a number, got "+clip(text))
	}
	return n, nil
}

// maxBuckets is how many buckets a histogram can have. CTDB has 16.
const maxBuckets = 256

func (s *scanner) buckets(text string, offset int) (Buckets, error) {
	count := strings.Count(text, " ") + 1
	if count > maxBuckets {
		return nil, s.errAt(offset, fmt.Sprintf("%d buckets; the limit is %d", count, maxBuckets))
	}
	all := make(Buckets, 0, count)
	for word := range strings.SplitSeq(text, " ") {
		n, err := s.uint64(word, offset)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		offset += len(word) + 1
	}
	return all, nil
}

// latency reads "MIN/AVG/MAX     0.003889/0.195992/1.171522 sec out of 252".
func (s *scanner) latency(text string, offset int) (l Latency, err error) {
	padded, ok := strings.CutPrefix(text, "MIN/AVG/MAX ")
	rest := strings.TrimLeft(padded, " ")
	offset += len(text) - len(rest)
	times, count, ok2 := strings.Cut(rest, " sec out of ")
	if !ok || !ok2 || strings.Count(times, "/") != 2 {
		return l, s.errAt(offset, `want "MIN/AVG/MAX A/B/C sec out of N", got `+clip(text))
	}
	at := offset
	for _, to := range []*time.Duration{&l.Min, &l.Avg, &l.Max} {
		var word string
		word, times, _ = strings.Cut(times, "/")
		if *to, err = s.seconds(word, at); err != nil {
			return l, err
		}
		at += len(word) + 1
	}
	l.Count, err = s.uint64(count, offset+len(rest)-len(count))
	return l, err
}

// writeFields prints fields as the text form does, but for buckets that were not reported.
func writeFields(b *strings.Builder, fields []field) {
	group := ""
	for _, f := range fields {
		indent := indentTop
		in, name, ok := strings.Cut(f.name, ".")
		switch {
		case !ok:
			in, name = "", f.name
		case in != group:
			fmt.Fprintf(b, "%s%s\n", indentTop, in)
		}
		if group = in; group != "" {
			indent = indentMember
		}
		switch to := f.to.(type) {
		case *uint64:
			fmt.Fprintf(b, "%s%-*s    %10d\n", indent, widthName-len(indent), name, *to)
		case *Buckets:
			if *to != nil {
				fmt.Fprintf(b, "%s%s: %v\n", indent, name, *to)
			}
		case *Latency:
			fmt.Fprintf(b, "%s%-18s MIN/AVG/MAX     %v\n", indent, name, *to)
		}
	}
}

// widthName is how wide names are, with their indent.
const widthName = 23
