package status

import (
	"encoding/hex"
	"fmt"
	"strings"
)

const cmdDBStatistics = "ctdb dbstatistics"

// What the lines of dbstatistics that are no counters begin with.
const (
	keyDBName  = "DB Statistics "
	keyHotKeys = " Num Hot Keys:"
	keyHotKey  = indentMember + "Count:"
)

// DBStatistics is what one node counted about one of its databases. Similar to: ctdb dbstatistics; ctdb-statistics(7)
// explains the values.
type DBStatistics struct {
	// Form is always FormText: the tool has no other form for it and ignores -X.
	Form Form `json:"form"`
	// Name is the database's name, also if the tool was asked by number.
	Name                string       `json:"name"`
	ReadOnlyDelegations uint64       `json:"db_ro_delegations"`
	ReadOnlyRevokes     uint64       `json:"db_ro_revokes"`
	Locks               LockCounters `json:"locks"`
	// HopCounts has record migrations by the number of hops, LockTimes has locks by the time that they took to get.
	HopCounts Buckets `json:"hop_count_buckets,omitempty"`
	LockTimes Buckets `json:"lock_buckets,omitempty"`

	LockLatency   Latency `json:"locks_latency"`  // until a lock was held
	VacuumLatency Latency `json:"vacuum_latency"` // of vacuuming the database
	// HotKeys are the records that migrated most. CTDB has places for ten and prints those that are not used as well;
	// they have no key.
	HotKeys []HotKey `json:"hot_keys"`
	// Missing are names of values that the output lacked, which are 0 above. Releases 4.9 to 4.25 report all.
	Missing []string `json:"missing,omitempty"`
	// Extra holds values that this package does not know, by name: "name" or "group.name".
	Extra map[string]string `json:"extra,omitempty"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// HotKey is a record that nodes contend for.
type HotKey struct {
	Count uint64 `json:"count"`         // the largest hop count that was seen
	Key   []byte `json:"key,omitempty"` // of the record; base64 in JSON
}

func (d *DBStatistics) fields() []field {
	all := d.Locks.fields([]field{
		{name: "db_ro_delegations", to: &d.ReadOnlyDelegations},
		{name: "db_ro_revokes", to: &d.ReadOnlyRevokes},
	})
	return append(all, []field{
		{name: "hop_count_buckets", to: &d.HopCounts},
		{name: "lock_buckets", to: &d.LockTimes},
		{name: "locks_latency", to: &d.LockLatency},
		{name: "vacuum_latency", to: &d.VacuumLatency},
	}...)
}

// String gives what "ctdb dbstatistics" prints. [ParseDBStatistics] reads it back.
func (d *DBStatistics) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s\n", keyDBName, d.Name)
	all := *d // of a copy, lest printing and reading at the same time race
	writeFields(&b, all.fields())
	fmt.Fprintf(&b, "%s     %d\n", keyHotKeys, len(d.HotKeys))
	for _, k := range d.HotKeys {
		fmt.Fprintf(&b, "%s%d Key:%x\n", keyHotKey, k.Count, k.Key)
	}
	return b.String()
}

// ParseDBStatistics reads the output of "ctdb dbstatistics". Values that it does not know are kept in
// [DBStatistics.Extra], lines in [DBStatistics.Unparsed]. Output that is malformed, cut off or something else is a
// [*ParseError]. The result shares no memory with out.
func ParseDBStatistics(out []byte) (*DBStatistics, error) {
	d := &DBStatistics{Form: FormText, HotKeys: []HotKey{}}
	p := dbStatisticsParser{stats: d, counters: counters{fields: d.fields()}}
	if err := p.start(cmdDBStatistics, out); err != nil {
		return nil, err
	}
	for {
		more, err := p.next()
		if err == nil && more {
			err = p.textLine()
		}
		switch {
		case err != nil:
			return nil, err
		case !more:
			return p.end()
		}
	}
}

// dbStatisticsParser reads an output of dbstatistics.
type dbStatisticsParser struct {
	scanner
	stats    *DBStatistics
	counters counters
	named    bool
	hotLine  int // the line that said how many hot keys follow, 0 before
	hot      int
}

func (p *dbStatisticsParser) textLine() error {
	if name, ok := strings.CutPrefix(p.line, keyDBName); ok {
		if p.named {
			return p.errAt(0, "a second line "+clip(keyDBName))
		}
		p.named, p.stats.Name = true, strings.Clone(name)
		return nil
	}
	if rest, ok := strings.CutPrefix(p.line, keyHotKeys); ok {
		if p.hotLine > 0 {
			return p.errAt(0, "a second line "+clip(keyHotKeys))
		}
		p.hotLine = p.num
		count := strings.TrimLeft(rest, " ")
		var err error
		p.hot, err = p.count(count, len(p.line)-len(count))
		return err
	}
	if p.hotLine > 0 {
		if rest, ok := strings.CutPrefix(p.line, keyHotKey); ok {
			return p.hotKey(rest, len(keyHotKey))
		}
	}
	if known, err := p.counters.line(&p.scanner); known || err != nil {
		return err
	}
	return p.keepUnparsed()
}

// hotKey reads "1 Key:62696e".
func (p *dbStatisticsParser) hotKey(text string, offset int) error {
	const sep = " Key:"
	number, digits, ok := strings.Cut(text, sep)
	if !ok {
		return p.errAt(offset, `want "COUNT Key:HEX", got `+clip(text))
	}
	count, err := p.uint64(number, offset)
	if err != nil {
		return err
	}
	key, err := hex.DecodeString(digits)
	if err != nil {
		return p.errAt(offset+len(number)+len(sep), "want a key in hexadecimal, got "+clip(digits))
	}
	if len(key) == 0 {
		key = nil
	}
	p.stats.HotKeys = append(p.stats.HotKeys, HotKey{count, key})
	return nil
}

// end looks for what is missing.
func (p *dbStatisticsParser) end() (*DBStatistics, error) {
	switch d := p.stats; {
	case !p.named && len(p.unparsed) > 0:
		first := p.unparsed[0]
		return nil, p.errLine(first.Number, fmt.Sprintf("want %q, got %s", keyDBName, clip(first.Text)))
	case !p.named:
		return nil, p.errLine(p.num, fmt.Sprintf("the output ends without a line %q", keyDBName))
	case p.hotLine == 0:
		return nil, p.errLine(p.num, fmt.Sprintf("the output ends without a line %q", keyHotKeys))
	case p.hot != len(d.HotKeys):
		return nil, p.errLine(p.hotLine, fmt.Sprintf("%d hot keys, but %d are listed", p.hot, len(d.HotKeys)))
	default:
		d.Missing, d.Extra, d.Unparsed = p.counters.missing(FormText), p.counters.extra, p.unparsed
		return d, nil
	}
}
