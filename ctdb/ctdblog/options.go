package ctdblog

import (
	"time"
)

// DefaultPath is where Debian's ctdbd logs to. Others have it elsewhere: "location" in ctdb.conf says where, and
// upstream's default is log.ctdb in the build's log directory.
const DefaultPath = "/var/log/ctdb/log.ctdb"

// Options say which log to read, and how. The zero value is Debian's log file.
type Options struct {
	// Path is the file; "" is DefaultPath. Where a log comes from a reader, it is only a name, for [Entry.File] and for
	// errors.
	Path string
	// Rotated takes the rotated siblings of the file along, oldest first: see [Rotated]. It is for [ScanFile] and [Tail].
	Rotated bool
	// Filter leaves out entries. The zero value leaves none out.
	Filter Filter
	// Location is the zone of times that have none: FormLocal and FormSyslog. nil is time.Local.
	Location *time.Location
	// Newest is no earlier than the newest entry in FormSyslog, which has no year: of all years that a date can be of, it
	// is the last one that is not later than this. Zero is a day from now.
	Newest time.Time
	// MaxEntry bounds the memory that an entry takes, in bytes; 0 is DefaultMaxEntry, and less than 4096 is 4096. Of a
	// longer line the rest is left out, which [Entry.Truncated] says. A continuing line that would make an entry longer
	// becomes an entry of its own, in FormNone.
	MaxEntry int
	// Backlog is how many entries that are there already [Follow] gives first; a negative number is all of them.
	Backlog int
	// Poll is how often [Follow] looks at the file; 0 is DefaultPoll. On Linux it is told of changes and need not wait for
	// that, unless the file system is one that other hosts change too.
	Poll time.Duration
	// Settle is how long [Follow] waits for lines that continue the last entry; 0 is DefaultSettle.
	Settle time.Duration
}

func (o Options) maxEntry() int {
	if o.MaxEntry <= 0 {
		return DefaultMaxEntry
	}
	return max(o.MaxEntry, minMaxEntry)
}
