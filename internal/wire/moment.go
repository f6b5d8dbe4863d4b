package wire

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// timevalSize is the size of the memory image of a struct timeval of 64-bit Linux: seconds and microseconds.
const timevalSize = 16

// latest is the last second of the year 9999. Later years have no standard form.
const latest = 253402300799

// moment reads a time since 1970, exact to the microsecond.
func (r *reader) moment() time.Time {
	at := r.at
	seconds, micro := int64(r.uint64()), int64(r.uint64())
	if seconds < 0 || seconds > latest || micro < 0 || micro >= 1e6 {
		r.fail(at, "a time from 1970 to 9999", fmt.Sprintf("%d seconds and %d microseconds", seconds, micro))
		return time.Time{}
	}
	return time.Unix(seconds, micro*1000)
}

// toSecond cuts off what the ctdb tool does not print of a time, so that both have the same.
func toSecond(t time.Time) time.Time { return time.Unix(t.Unix(), 0) }

// duration reads a number of seconds, exact to the microsecond, as the ctdb tool prints it.
func (r *reader) duration() time.Duration {
	at := r.at
	return r.printed(at, r.float64(), 6)
}

// printed gives a number of seconds with as many digits behind the point as C would print, so that it is what was read
// if the ctdb tool printed it.
func (r *reader) printed(at int, seconds float64, digits int) time.Duration {
	const most = 9e9 // seconds that a time.Duration holds
	var buffer [32]byte
	text := strconv.AppendFloat(buffer[:0], seconds, 'f', digits, 64)
	rounded, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(math.Abs(rounded) <= most) {
		r.fail(at, "a number of seconds", string(text))
		return 0
	}
	return time.Duration(math.Round(rounded*1e6)) * time.Microsecond
}
