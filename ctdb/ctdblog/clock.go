package ctdblog

import (
	"math"
	"time"
)

// clock makes instants of what stands in the log. It remembers the minute that it read last, since most entries are of
// the same one as the entry before.
type clock struct {
	location *time.Location
	newest   time.Time

	key0, key1 uint64 // the minute as it stands in the log
	minute     int64  // its start, in seconds of Unix; of a FormISO minute, as if it were UTC
	later      int64  // its start if it is the second one of that name: clocks were put back
	micro      bool   // the second before had six digits behind its point
	offset     int64  // the zone's seconds east of UTC
	where      *time.Location

	rule zoneRule
	last int64 // the local instant before, in seconds of Unix
}

// zoneRule is how long an offset holds in the clock's location.
type zoneRule struct {
	offset     int64 // seconds east of UTC
	start, end int64 // seconds of Unix
}

// transition is more than clocks are ever put forward or back, in seconds.
const transition = 26 * 3600

// year bounds what is taken for a date.
const maxYear = 9999

func newClock(o Options) clock {
	c := clock{location: o.Location, newest: o.Newest, last: math.MinInt64 / 2}
	if c.location == nil {
		c.location = time.Local
	}
	if c.newest.IsZero() {
		c.newest = time.Now().Add(24 * time.Hour)
	}
	c.newest = c.newest.In(c.location)
	return c
}

// civil is a date and a time of day without a zone.
type civil struct{ year, month, day, hour, minute, second, nano int }

// valid tells whether there is such a date and such a time of day. A second 60 is a leap second.
func (v civil) valid() bool {
	return v.year <= maxYear && v.month >= 1 && v.month <= 12 && v.day >= 1 && v.day <= daysIn(v.year, v.month) &&
		v.hour < 24 && v.minute < 60 && v.second <= 60
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if isLeap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func isLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// unix gives the start of the minute in seconds of Unix, as if it were UTC.
func (v civil) unix() int64 {
	year, month := int64(v.year), int64(v.month)
	if month <= 2 { // years that begin with March have their leap day at the end
		year--
		month += 12
	}
	days := 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + int64(v.day) - 1
	const epoch = 719468 // days from March of the year 0 to 1970
	return ((days-epoch)*24+int64(v.hour))*3600 + int64(v.minute)*60
}

// setLocal finds the one or two instants that a minute of the clock's location can be.
func (c *clock) setLocal(v civil) {
	wall := v.unix()
	guess := wall - c.rule.offset
	if guess >= c.rule.start+transition && guess < c.rule.end-transition {
		c.minute, c.later = guess, guess
		return
	}
	t := time.Date(v.year, time.Month(v.month), v.day, v.hour, v.minute, 0, 0, c.location)
	c.minute, c.later = t.Unix(), t.Unix()
	c.rule = ruleAt(t)
	if other := wall - ruleAt(time.Unix(c.rule.start-1, 0).In(c.location)).offset; other < c.rule.start {
		c.minute = min(c.minute, other)
	}
	if other := wall - ruleAt(time.Unix(c.rule.end, 0).In(c.location)).offset; other >= c.rule.end {
		c.later = max(c.later, other)
	}
	if c.later-c.minute > transition { // the edges of time itself
		c.minute, c.later = t.Unix(), t.Unix()
	}
}

func ruleAt(t time.Time) zoneRule {
	_, offset := t.Zone()
	start, end := t.ZoneBounds()
	r := zoneRule{offset: int64(offset), start: math.MinInt64 / 2, end: math.MaxInt64 / 2}
	if !start.IsZero() {
		r.start = start.Unix()
	}
	if !end.IsZero() {
		r.end = end.Unix()
	}
	return r
}

// local gives the instant of a second in the current minute. Of two that it can be it is the first one, unless that
// would be before the entry before: then clocks have been put back meanwhile.
func (c *clock) local(second, nano int) time.Time {
	const slack = 1 // seconds: programs that write at the same time are not quite in order
	sec := c.minute + int64(second)
	if c.later != c.minute && sec < c.last-slack {
		sec = c.later + int64(second)
	}
	c.last = sec
	return time.Unix(sec, int64(nano)).In(c.location)
}

// ambiguous tells whether the current minute can be two: then the entries before decide which.
func (c *clock) ambiguous() bool { return c.later != c.minute }

// inZone gives the instant of a second in the current minute, in the current zone.
func (c *clock) inZone(second, nano int) time.Time {
	c.last = c.minute + int64(second) - c.offset
	return time.Unix(c.last, int64(nano)).In(c.where)
}

// setZone takes an offset from UTC in seconds.
func (c *clock) setZone(offset int) {
	if c.where == nil || int64(offset) != c.offset {
		c.where = time.UTC
		if offset != 0 {
			c.where = time.FixedZone("", offset)
		}
		c.offset = int64(offset)
	}
}

// yearOf gives the year of a date that has none: the last one in which it is not after the newest that it can be.
func (c *clock) yearOf(v civil) int {
	for year := c.newest.Year(); year > c.newest.Year()-9; year-- { // eight years can pass without a February 29
		v.year = year
		if !v.valid() {
			continue
		}
		if t := time.Date(year, time.Month(v.month), v.day, v.hour, v.minute, 0, 0, c.location); !t.After(c.newest) {
			return year
		}
	}
	return c.newest.Year()
}
