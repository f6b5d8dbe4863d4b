package tunables

import (
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// rules are what differs between releases.
type rules struct {
	unread      bool // before 4.9: there is no such file
	script      bool // before 4.17: the event script 00.ctdb reads the file, and gives each line to ctdb setvar
	anyNumber   bool // before 4.11: ctdb setvar takes anything for a number
	vacuumLimit bool // before 4.12: VacuumLimit is in use
	noDirectory bool // before 4.23: tunables.d is not read
}

func rulesFor(r release.Release) rules {
	return rules{
		unread:      !r.AtLeast(4, 9, 0),
		script:      !r.AtLeast(4, 17, 0),
		anyNumber:   !r.AtLeast(4, 11, 0),
		vacuumLimit: !r.AtLeast(4, 12, 0),
		noDirectory: !r.AtLeast(4, 23, 0),
	}
}

func (r rules) isObsolete(i int) bool {
	return table[i].Obsolete && (i != vacuumLimit || !r.vacuumLimit)
}

// verdict is what a release makes of a line: a value for a tunable, or the reason why it is refused and the place of
// what is wrong.
type verdict struct {
	tunable int // in the table
	value   uint32
	err     error
	at      text.Span
}

// judge tries the parts of a line in the order in which CTDB does, and says what is wrong first.
func (r rules) judge(l line) verdict {
	if r.script {
		return r.judgeSetvar(l)
	}
	if l.err != nil {
		return verdict{err: l.err, at: l.errAt()}
	}
	n := parseNumber(l.value)
	if n.end == 0 || n.end < len(l.value) || n.negative || n.overflow {
		return verdict{err: ErrValue, at: l.valueAt}
	}
	return r.named(l, n.low32())
}

// named looks at the name.
func (r rules) named(l line, value uint32) verdict {
	i, ok := find(l.name)
	switch {
	case !ok:
		return verdict{err: ErrUnknown, at: l.nameAt}
	case r.isObsolete(i):
		return verdict{err: ErrObsolete, at: l.nameAt}
	}
	return verdict{tunable: i, value: value}
}

// judgeSetvar is ctdb setvar. To it, a name or a value that begins with - is an option of ctdb. (All of those fail but
// --help and the like, which set nothing and succeed. That is not looked at.)
func (r rules) judgeSetvar(l line) verdict {
	v := r.named(l, 0)
	if v.err != nil {
		return v
	}
	n := parseNumber(l.value)
	v.value, v.at = n.low32(), l.valueAt
	switch {
	case len(l.value) > 1 && l.value[0] == '-':
		v.err = ErrValue
	case r.anyNumber:
	case l.value == "":
		v.err, v.at = ErrNoValue, l.nameAt
	case n.end == 0 || n.negative || n.overflow:
		v.err = ErrValue
	}
	return v
}
