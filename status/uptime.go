package status

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
)

const cmdUptime = "ctdb uptime"

// Uptime is since when a node's ctdbd runs, and when the node last recovered its databases. Similar to: ctdb uptime.
type Uptime struct {
	// Form is text, the only one since 4.5.
	Form Form `json:"form"`
	// PNN is the node that was asked. Releases up to 4.4 don't say.
	PNN Value[nodes.PNN] `json:"pnn,omitzero"`
	// Now is the node's clock when it was asked, to the second.
	Now time.Time `json:"now"`
	// Started is when ctdbd was started.
	Started time.Time `json:"started"`
	// Recovered is when the last recovery of the databases, or failover, ended. Unknown if there was none yet: CTDB
	// prints the time at which ctdbd was started.
	Recovered Value[time.Time] `json:"recovered,omitzero"`
	// RecoveryTook is how long the last recovery took. It is negative if a recovery began that did not end yet: then it
	// is the time from its beginning back to the end of the one before, or to the start of ctdbd.
	RecoveryTook time.Duration `json:"recovery_took"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// Recovering tells whether a recovery began after the last one that ended.
func (u *Uptime) Recovering() bool { return u.RecoveryTook < 0 }

// uptimeParser reads an output of uptime.
type uptimeParser struct {
	scanner
	loc    *time.Location
	uptime Uptime

	sinceStart, sinceRecovery time.Duration
	startWall, recoveryWall   time.Time
	startLine, recoveryLine   int
}

// uptimeLines has what the lines begin with, up to the colon; each is there once.
var uptimeLines = [...]struct {
	label string
	parse func(p *uptimeParser, rest string, offset int) error
}{
	{"Current time of node", (*uptimeParser).now},
	{"Ctdbd start time", (*uptimeParser).started},
	{"Time of last recovery/failover", (*uptimeParser).recovered},
	{"Duration of last recovery/failover", (*uptimeParser).took},
}

// ParseUptime reads the output of "ctdb uptime", which has only a text form; -X and -Y change nothing. The tool prints
// wall-clock time of its own host, in whatever zone that has: loc is that zone; nil is [time.Local], that of this
// program. Times are to the second. How long ago things were is exact even where loc is not right, and where clocks
// were changed for summer time since then.
//
// All four lines have to be there. Lines that it does not know are kept in Unparsed; output that is malformed,
// incomplete or contradicts itself is a [*ParseError], and then there is no Uptime.
func ParseUptime(out []byte, loc *time.Location) (*Uptime, error) {
	p := uptimeParser{loc: local(loc), uptime: Uptime{Form: FormText}}
	if err := p.start(cmdUptime, out); err != nil {
		return nil, err
	}
	seen := [len(uptimeLines)]bool{}
	if err := p.each(func() error { return p.parseLine(&seen) }); err != nil {
		return nil, err
	}
	for i, l := range uptimeLines {
		if !seen[i] {
			return nil, p.errLine(p.num, fmt.Sprintf("the output ends without a line %q", l.label))
		}
	}
	if err := p.resolve(); err != nil {
		return nil, err
	}
	p.uptime.Unparsed = p.unparsed
	return &p.uptime, nil
}

func (p *uptimeParser) parseLine(seen *[len(uptimeLines)]bool) error {
	for i, l := range uptimeLines {
		rest, ok := strings.CutPrefix(p.line, l.label)
		if !ok {
			continue
		}
		if seen[i] {
			return p.errAt(0, fmt.Sprintf("a second line %q", l.label))
		}
		seen[i] = true
		return l.parse(p, rest, len(l.label))
	}
	return p.keepUnparsed()
}

// value gives what stands behind the colon of a line, without the blanks around it. Before the colon there may be
// blanks.
func (p *uptimeParser) value(rest string, offset int) (before, value string, at int, err error) {
	before, after, ok := strings.Cut(rest, ":")
	if !ok {
		return "", "", 0, p.errAt(offset, `want ":", got `+clip(rest))
	}
	value = strings.TrimLeft(after, " ")
	return strings.TrimSpace(before), value, offset + len(rest) - len(value), nil
}

// now reads " 0        :                Sat Nov 21 21:58:54 2026".
func (p *uptimeParser) now(rest string, offset int) error {
	node, text, at, err := p.value(rest, offset)
	if err != nil {
		return err
	}
	if node != "" {
		pnn, err := p.pnn(node, offset+strings.Index(rest, node))
		if err != nil {
			return err
		}
		p.uptime.PNN = Known(pnn)
	}
	p.uptime.Now, err = p.ctime(text, at, p.loc)
	return err
}

// started reads "              : (000 00:09:31) Sat Nov 21 21:49:23 2026".
func (p *uptimeParser) started(rest string, offset int) (err error) {
	p.startLine = p.num
	p.sinceStart, p.startWall, err = p.since(rest, offset)
	return err
}

func (p *uptimeParser) recovered(rest string, offset int) (err error) {
	p.recoveryLine = p.num
	p.sinceRecovery, p.recoveryWall, err = p.since(rest, offset)
	return err
}

func (p *uptimeParser) since(rest string, offset int) (time.Duration, time.Time, error) {
	between, text, at, err := p.value(rest, offset)
	if err == nil && between != "" {
		err = p.errAt(offset, `want ":", got `+clip(rest))
	}
	if err != nil {
		return 0, time.Time{}, err
	}
	return p.sinceThen(text, at, p.loc)
}

// took reads ": 1.257334 seconds".
func (p *uptimeParser) took(rest string, offset int) error {
	between, text, at, err := p.value(rest, offset)
	if err != nil {
		return err
	}
	number, ok := strings.CutSuffix(text, " seconds")
	if between != "" || !ok {
		return p.errAt(offset, `want ": SECONDS seconds", got `+clip(rest))
	}
	p.uptime.RecoveryTook, err = p.seconds(number, at)
	return err
}

// maxShift is more than the wall clock of any place ever moved against the time that passed: by daylight saving, or by
// a day where a country changed sides of the date line.
const maxShift = 25 * time.Hour

// resolve finds the moments. The times that passed decide, since wall-clock time is ambiguous once a year.
//
// A ctdbd that starts takes that moment for both ends of a recovery, a microsecond apart at most, which no recovery is.
func (p *uptimeParser) resolve() error {
	u := &p.uptime
	u.Started = u.Now.Add(-p.sinceStart)
	if u.Started.Sub(p.startWall).Abs() > maxShift {
		return p.errLine(p.startLine, "the start time does not fit the current time and the time since then")
	}
	recovered := u.Now.Add(-p.sinceRecovery)
	if recovered.Sub(p.recoveryWall).Abs() > maxShift {
		return p.errLine(p.recoveryLine, "the last recovery does not fit the current time and the time since then")
	}
	u.Recovered = Known(recovered)
	if p.sinceStart-p.sinceRecovery <= time.Second && u.RecoveryTook < time.Millisecond {
		u.Recovered = Unknown[time.Time]()
	}
	return nil
}
