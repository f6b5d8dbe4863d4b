package status

import (
	"fmt"
	"strings"
	"time"
)

const cmdStatistics = "ctdb statistics"

// What the head of statistics is called, in the text form and as columns.
const (
	nameProtocol  = "CTDB version"
	nameCurrent   = "Current time of statistics"
	nameCollected = "Statistics collected since"
)

// Statistics is what one node counted since its daemon started or since its statistics were reset. Similar to: ctdb
// statistics; ctdb-statistics(7) explains the values.
//
// A Statistics is plain data that belongs to its holder.
type Statistics struct {
	// Form is the form of output that it was read from. The machine form lacks the buckets.
	Form Form `json:"form"`
	// Protocol is the version of CTDB's protocol, which the tool calls "CTDB version"; it is not that of the release.
	Protocol uint64 `json:"protocol"`
	// Current is when the node was asked, Since when it began to count. Both are exact to the second.
	Current time.Time `json:"current"`
	Since   time.Time `json:"since"`
	// Collected is the time between the two. In text form the tool reports it by itself, so that it is right even if
	// the zone of the two times is not.
	Collected time.Duration `json:"collected"`

	Clients            uint64 `json:"num_clients"` // connected now, the daemon's own helpers and the tool with them
	Frozen             uint64 `json:"frozen"`      // 1 while the databases are frozen, else 0
	Recovering         uint64 `json:"recovering"`  // 1 during a recovery, else 0
	Recoveries         uint64 `json:"num_recoveries"`
	ClientPacketsSent  uint64 `json:"client_packets_sent"`
	ClientPacketsRecv  uint64 `json:"client_packets_recv"`
	NodePacketsSent    uint64 `json:"node_packets_sent"`
	NodePacketsRecv    uint64 `json:"node_packets_recv"`
	KeepalivesSent     uint64 `json:"keepalive_packets_sent"`
	KeepalivesReceived uint64 `json:"keepalive_packets_recv"`

	Node     NodeCounters    `json:"node"`
	Client   ClientCounters  `json:"client"`
	Timeouts TimeoutCounters `json:"timeouts"`
	Locks    LockCounters    `json:"locks"`

	TotalCalls             uint64 `json:"total_calls"`
	PendingCalls           uint64 `json:"pending_calls"` // records that migrate now
	ChildwriteCalls        uint64 `json:"childwrite_calls"`
	PendingChildwriteCalls uint64 `json:"pending_childwrite_calls"`
	MemoryUsed             uint64 `json:"memory_used"` // bytes, without the mapped databases
	MaxHopCount            uint64 `json:"max_hop_count"`
	ReadOnlyDelegations    uint64 `json:"total_ro_delegations"`
	ReadOnlyRevokes        uint64 `json:"total_ro_revokes"`

	// HopCounts has record migrations by the number of hops, LockTimes has locks by the time that they took to get. Nil
	// in the machine form.
	HopCounts Buckets `json:"hop_count_buckets,omitempty"`
	LockTimes Buckets `json:"lock_buckets,omitempty"`

	LockLatency       Latency `json:"locks_latency"`      // until a lock was held
	ReclockCtdbd      Latency `json:"reclock_ctdbd"`      // the daemon's checks of the cluster lock
	ReclockRecd       Latency `json:"reclock_recd"`       // the recovery daemon's checks of it
	CallLatency       Latency `json:"call_latency"`       // of clients' calls, the migration of records included
	ChildwriteLatency Latency `json:"childwrite_latency"` // of updates of records within transactions

	// Missing are names of values that the output lacked, which are 0 above. Releases 4.9 to 4.25 report all.
	Missing []string `json:"missing,omitempty"`
	// Extra holds values that this package does not know, by name: "name" or "group.name".
	Extra map[string]string `json:"extra,omitempty"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// NodeCounters count packets from other nodes by what they were.
type NodeCounters struct {
	ReqCall      uint64 `json:"req_call"`
	ReplyCall    uint64 `json:"reply_call"`
	ReqDmaster   uint64 `json:"req_dmaster"`
	ReplyDmaster uint64 `json:"reply_dmaster"`
	ReplyError   uint64 `json:"reply_error"`
	ReqMessage   uint64 `json:"req_message"`
	ReqControl   uint64 `json:"req_control"`
	ReplyControl uint64 `json:"reply_control"`
	ReqTunnel    uint64 `json:"req_tunnel"`
}

// ClientCounters count packets from clients of the node by what they were.
type ClientCounters struct {
	ReqCall    uint64 `json:"req_call"`
	ReqMessage uint64 `json:"req_message"`
	ReqControl uint64 `json:"req_control"`
	ReqTunnel  uint64 `json:"req_tunnel"`
}

// TimeoutCounters count what was given up because it took too long.
type TimeoutCounters struct {
	Call     uint64 `json:"call"`
	Control  uint64 `json:"control"`
	Traverse uint64 `json:"traverse"`
}

// fields appends the values that have a name, in the order of the text form.
func (s *Statistics) fields(all []field) []field {
	all = append(all, []field{
		{name: "num_clients", to: &s.Clients},
		{name: "frozen", to: &s.Frozen},
		{name: "recovering", to: &s.Recovering},
		{name: "num_recoveries", to: &s.Recoveries},
		{name: "client_packets_sent", to: &s.ClientPacketsSent},
		{name: "client_packets_recv", to: &s.ClientPacketsRecv},
		{name: "node_packets_sent", to: &s.NodePacketsSent},
		{name: "node_packets_recv", to: &s.NodePacketsRecv},
		{name: "keepalive_packets_sent", to: &s.KeepalivesSent},
		{name: "keepalive_packets_recv", to: &s.KeepalivesReceived},
	}...)
	all = s.Node.fields(all)
	all = s.Client.fields(all)
	all = s.Timeouts.fields(all)
	all = s.Locks.fields(all)
	return append(all, []field{
		{name: "total_calls", to: &s.TotalCalls},
		{name: "pending_calls", to: &s.PendingCalls},
		{name: "childwrite_calls", to: &s.ChildwriteCalls},
		{name: "pending_childwrite_calls", to: &s.PendingChildwriteCalls},
		{name: "memory_used", to: &s.MemoryUsed},
		{name: "max_hop_count", to: &s.MaxHopCount},
		{name: "total_ro_delegations", to: &s.ReadOnlyDelegations},
		{name: "total_ro_revokes", to: &s.ReadOnlyRevokes},
		{name: "hop_count_buckets", to: &s.HopCounts},
		{name: "lock_buckets", to: &s.LockTimes},
		{name: "locks_latency", to: &s.LockLatency, machine: "lockwait_latency"},
		{name: "reclock_ctdbd", to: &s.ReclockCtdbd, machine: "reclock_ctdbd_latency"},
		{name: "reclock_recd", to: &s.ReclockRecd, machine: "reclock_recd_latency"},
		{name: "call_latency", to: &s.CallLatency, machine: "call_latency"},
		{name: "childwrite_latency", to: &s.ChildwriteLatency, machine: "childwrite_latency"},
	}...)
}

func (n *NodeCounters) fields(all []field) []field {
	return append(all, []field{
		{name: "node.req_call", to: &n.ReqCall},
		{name: "node.reply_call", to: &n.ReplyCall},
		{name: "node.req_dmaster", to: &n.ReqDmaster},
		{name: "node.reply_dmaster", to: &n.ReplyDmaster},
		{name: "node.reply_error", to: &n.ReplyError},
		{name: "node.req_message", to: &n.ReqMessage},
		{name: "node.req_control", to: &n.ReqControl},
		{name: "node.reply_control", to: &n.ReplyControl},
		{name: "node.req_tunnel", to: &n.ReqTunnel},
	}...)
}

func (c *ClientCounters) fields(all []field) []field {
	return append(all, []field{
		{name: "client.req_call", to: &c.ReqCall},
		{name: "client.req_message", to: &c.ReqMessage},
		{name: "client.req_control", to: &c.ReqControl},
		{name: "client.req_tunnel", to: &c.ReqTunnel},
	}...)
}

func (t *TimeoutCounters) fields(all []field) []field {
	return append(all, []field{
		{name: "timeouts.call", to: &t.Call},
		{name: "timeouts.control", to: &t.Control},
		{name: "timeouts.traverse", to: &t.Traverse},
	}...)
}

// String gives what "ctdb statistics" prints in text form, without the buckets if they were not reported.
// [ParseStatistics] reads it back.
func (s *Statistics) String() string {
	var b strings.Builder
	seconds := int64(s.Collected / time.Second)
	fmt.Fprintf(&b, "%s %d\n", nameProtocol, s.Protocol)
	fmt.Fprintf(&b, "%-28s:%-16s%s\n", nameCurrent, "", s.Current.Format(time.ANSIC))
	fmt.Fprintf(&b, "%-28s: (%03d %02d:%02d:%02d) %s\n", nameCollected, seconds/86400, seconds/3600%24, seconds/60%60,
		seconds%60, s.Since.Format(time.ANSIC))
	all := *s // of a copy, lest printing and reading at the same time race
	writeFields(&b, all.fields(nil))
	return b.String()
}

// ParseStatistics reads the output of "ctdb statistics" in text or machine (-X, -Y, -x) form and finds out which it is.
// In text form the tool prints times of its host's zone without saying which; loc is that zone, nil for the one of this
// machine. The machine form has Unix times, which loc only presents.
//
// Values that it does not know are kept in [Statistics.Extra], lines in [Statistics.Unparsed]. Output that is
// malformed, cut off or something else is a [*ParseError]. The result shares no memory with out.
func ParseStatistics(out []byte, loc *time.Location) (*Statistics, error) {
	p := statisticsParser{loc: loc}
	if err := p.parse(cmdStatistics, out); err != nil {
		return nil, err
	}
	switch len(p.records) {
	case 0:
		return nil, p.errLine(p.num, `want "CTDB version" and what follows, got nothing of it`)
	case 1:
	default:
		return nil, p.errLine(p.num, fmt.Sprintf("statistics of %d times; want one", len(p.records)))
	}
	s := &p.records[0]
	s.Unparsed = p.unparsed
	return s, nil
}
