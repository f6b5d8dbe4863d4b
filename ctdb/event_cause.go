package ctdb

import (
	"fmt"
	"strings"
)

// Cause says what made a watch look at the cluster, and so find a change. It can be several things at once.
type Cause uint16

// The causes. Those behind CauseConnection are messages of ctdbd, under CTDB's names.
const (
	// CauseStart: the watch began.
	CauseStart Cause = 1 << iota
	// CausePoll: it was time to.
	CausePoll
	// CauseConnection: the connection to ctdbd ended, or is there again.
	CauseConnection
	// CauseLeader: somebody else leads, or nobody. Since 4.16.
	CauseLeader
	// CauseReconfigure: a recovery is over.
	CauseReconfigure
	// CauseTakeIP: the node whose socket it is took a public address.
	CauseTakeIP
	// CauseReleaseIP: it released one.
	CauseReleaseIP
	// CauseIPReallocated: a takeover run is over. Since 4.20.
	CauseIPReallocated
	// CauseNodeFlags: a node's flags changed. Up to 4.13.11, and in 4.14, only.
	CauseNodeFlags
	// CauseHealth: the node whose socket it is became healthy or unhealthy.
	CauseHealth
)

// causeNames are in the order of the bits.
var causeNames = [...]string{
	"start", "poll", "connection",
	"LEADER", "RECONFIGURE", "TAKE_IP", "RELEASE_IP", "IPREALLOCATED", "SET_NODE_FLAGS", "HEALTH",
}

// Has tells whether all of want are among the causes.
func (c Cause) Has(want Cause) bool { return c&want == want }

// String gives the names joined by "|", such as "poll" or "RECONFIGURE|TAKE_IP".
func (c Cause) String() string {
	var words []string
	for i, name := range causeNames {
		if c.Has(1 << i) {
			words = append(words, name)
		}
	}
	if rest := c >> len(causeNames); rest != 0 {
		words = append(words, fmt.Sprintf("%#x", uint16(rest<<len(causeNames))))
	}
	return strings.Join(words, "|")
}

// MarshalText gives what String gives.
func (c Cause) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes. A name that is not known is an error.
func (c *Cause) UnmarshalText(text []byte) error {
	var all Cause
	for word := range strings.SplitSeq(string(text), "|") {
		bit, ok := parseCause(word)
		if !ok {
			return fmt.Errorf("want causes joined by |, got %q", shorten(string(text), 100))
		}
		all |= bit
	}
	*c = all
	return nil
}

func parseCause(word string) (Cause, bool) {
	for i, name := range causeNames {
		if word == name {
			return 1 << i, true
		}
	}
	return 0, word == ""
}
