package wire_test

import (
	"net/netip"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// decoder is a function that reads the data of a reply, and its opposite.
type decoder struct {
	name   string
	opcode wire.Opcode
	decode func(wire.Reply) (any, error)
	// encode makes data of what decode gave. It is nil where the status is the answer.
	encode func(v any) []byte
	sample any // that survives both
	// countAt is where data has the number of elements, -1 if nowhere.
	countAt int
	// loose data may be cut off or go on.
	loose bool
}

// reads makes a decoder.
func reads[T any](opcode wire.Opcode, decode func(wire.Reply) (T, error), encode func(T) []byte, sample T) decoder {
	return decoder{
		name: opcode.String(), opcode: opcode, sample: sample, countAt: -1,
		decode: func(r wire.Reply) (any, error) { return decode(r) },
		encode: func(v any) []byte { return encode(v.(T)) },
	}
}

// counting says where the data have a number of elements.
func (d decoder) counting(at int) decoder {
	d.countAt = at
	return d
}

// open says that data may be cut off or go on.
func (d decoder) open() decoder {
	d.loose = true
	return d
}

// into makes a decoder of one that reads into memory.
func into[T any](decode func(wire.Reply, []T) ([]T, error)) func(wire.Reply) ([]T, error) {
	return func(r wire.Reply) ([]T, error) { return decode(r, nil) }
}

var (
	address  = netip.MustParseAddr("192.0.2.1")
	address6 = netip.MustParseAddr("2001:db8::1")
	moment   = time.Unix(1_800_000_000, 0)
)

var sampleNodes = []status.Node{
	{PNN: 0, Address: address},
	{PNN: 1, Address: address6, Flags: status.FlagDisconnected | status.FlagUnhealthy},
	{PNN: 7, Flags: status.FlagDeleted, Address: netip.IPv4Unspecified()},
}

var sampleInterfaces = []status.Interface{
	{Name: "eth0", Up: true, References: 2}, {Name: "bond12.4094", References: 1 << 30},
}

// sampleStatistics has a different value in each field.
func sampleStatistics() *status.Statistics {
	n := uint64(0)
	next := func() uint64 { n++; return n }
	latency := func() status.Latency {
		return status.Latency{
			Count: next(), Min: time.Duration(next()) * time.Microsecond, Avg: time.Duration(next()) * time.Millisecond,
			Max: time.Duration(next()) * time.Second,
		}
	}
	buckets := func() status.Buckets {
		all := make(status.Buckets, 16)
		for i := range all {
			all[i] = next()
		}
		return all
	}
	return &status.Statistics{
		Protocol: 1, Current: moment.Add(time.Hour), Since: moment, Collected: time.Hour,
		Clients: next(), Frozen: next(), Recovering: next(), Recoveries: next(), ClientPacketsSent: next(),
		ClientPacketsRecv: next(), NodePacketsSent: next(), NodePacketsRecv: next(), KeepalivesSent: next(),
		KeepalivesReceived: 0xFFFFFFFF,
		Node: status.NodeCounters{
			ReqCall: next(), ReplyCall: next(), ReqDmaster: next(), ReplyDmaster: next(), ReplyError: next(),
			ReqMessage: next(), ReqControl: next(), ReplyControl: next(), ReqTunnel: next(),
		},
		Client:   status.ClientCounters{ReqCall: next(), ReqMessage: next(), ReqControl: next(), ReqTunnel: next()},
		Timeouts: status.TimeoutCounters{Call: next(), Control: next(), Traverse: next()},
		Locks:    status.LockCounters{Calls: next(), Current: next(), Pending: next(), Failed: next()},

		TotalCalls: next(), PendingCalls: next(), ChildwriteCalls: next(), PendingChildwriteCalls: next(),
		MemoryUsed: next(), MaxHopCount: next(), ReadOnlyDelegations: next(), ReadOnlyRevokes: next(),
		HopCounts: buckets(), LockTimes: buckets(),
		LockLatency: latency(), ReclockCtdbd: latency(), ReclockRecd: latency(), CallLatency: latency(),
		ChildwriteLatency: latency(),
	}
}

func sampleDatabaseStatistics() *status.DBStatistics {
	s := sampleStatistics()
	return &status.DBStatistics{
		ReadOnlyDelegations: 3, ReadOnlyRevokes: 4, Locks: s.Locks, HopCounts: s.HopCounts, LockTimes: s.LockTimes,
		LockLatency: s.LockLatency, VacuumLatency: s.CallLatency,
		HotKeys: []status.HotKey{{Count: 9, Key: []byte("one\x00")}, {}, {Count: 1, Key: []byte{0xFF}}},
	}
}

// decoders has all that reads the data of a reply.
func decoders() []decoder {
	word := func(n uint32) []byte { return wordImage(n) }
	statistics := sampleStatistics()
	return []decoder{
		reads(wire.OpNodeMap, into(wire.DecodeNodeMap), nodesImage, sampleNodes).counting(0),
		reads(wire.OpNodesFile, into(wire.DecodeNodesFile), nodesImage, sampleNodes).counting(0),
		reads(wire.OpVNNMap, func(r wire.Reply) (wire.VNNMap, error) { return wire.DecodeVNNMap(r, nil) }, vnnImage,
			wire.VNNMap{Generation: status.Known(status.Generation(5)), LMasters: []nodes.PNN{0, 2}}).counting(4),
		reads(wire.OpPublicIPs, into(wire.DecodePublicIPs), publicIPsImage, []status.PublicIP{
			{Address: address, Node: status.Known(nodes.PNN(1))}, {Address: address6, Node: status.Unknown[nodes.PNN]()},
		}).counting(0),
		reads(wire.OpPublicIPInfo, wire.DecodePublicIPInfo, publicIPInfoImage, &status.PublicIPInfo{
			Address: address6, Node: status.Known(nodes.PNN(2)), Interfaces: sampleInterfaces, ActiveInterface: "bond12.4094",
		}).counting(36),
		reads(wire.OpInterfaces, into(wire.DecodeInterfaces), interfacesImage, sampleInterfaces).counting(0),
		reads(wire.OpUptime, wire.DecodeUptime, uptimeImage, &status.Uptime{
			Now: moment.Add(time.Hour), Started: moment, Recovered: status.Known(moment.Add(time.Minute)),
			RecoveryTook: 1257334 * time.Microsecond,
		}),
		reads(wire.OpStatistics, wire.DecodeStatistics, statisticsImage, statistics),
		reads(wire.OpStatisticsHistory, wire.DecodeStatisticsHistory, historyImage, &status.StatisticsHistory{
			Records: []status.Statistics{*statistics, *statistics},
		}).counting(0),
		reads(wire.OpDatabaseMap, wire.DecodeDatabaseMap, databaseMapImage, &status.DatabaseMap{
			Databases: []status.Database{
				{ID: 0x4d2a432b, Persistent: true, OtherFlags: []string{"0x20", "0x80"}}, {ID: 1, Sticky: true, ReadOnly: true},
				{ID: 2, Replicated: true},
			},
		}).counting(0),
		reads(wire.OpDatabaseStatistics, wire.DecodeDatabaseStatistics, databaseStatisticsImage, sampleDatabaseStatistics()),
		reads(wire.OpTickles, wire.DecodeTickles, ticklesImage, &status.Tickles{
			Address: status.Known(address), Connections: []status.Connection{
				{Source: netip.AddrPortFrom(address, 1023), Destination: netip.AddrPortFrom(address, 445)},
				{Source: netip.AddrPortFrom(address6, 65535), Destination: netip.AddrPortFrom(address6, 1)},
			},
		}).counting(28),
		reads(wire.OpRunState, wire.DecodeRunState, func(s status.RunState) []byte { return wordImage(runState(s)) },
			status.RunStateFirstRecovery),
		reads(wire.OpCapabilities, wire.DecodeCapabilities, capabilitiesImage, &status.Capabilities{LMaster: true}),
		reads(wire.OpGetDebug, wire.DecodeLogLevel, levelImage, config.LevelNotice),
		reads(wire.OpGetTunable, wire.DecodeTunable, word, 0xFFFFFFFF),
		reads(wire.OpDatabaseOpenFlags, wire.DecodeDatabaseOpenFlags,
			func(n int32) []byte { return wordImage(uint32(n)) }, -1),
		reads(wire.OpBanState, wire.DecodeBanState, banImage, wire.BanState{PNN: 2, For: 300 * time.Second}),
		reads(wire.OpDatabaseSeqnum, wire.DecodeDatabaseSeqnum, seqnumImage, 1<<40),
		reads(wire.OpListTunables, wire.DecodeTunableNames, tunableNamesImage, []string{"SeqnumInterval", "X"}).counting(0),
		reads(wire.OpEcho, wire.DecodeEcho, echoImage, []byte{0, 1, 2}).counting(4),
		reads(wire.OpClusterLock, wire.DecodeClusterLock, textImage, "/clusterfs/.ctdb/lock").open(),
		reads(wire.OpDatabaseName, wire.DecodeDatabaseName, textImage, "g_lock.tdb").open(),
		reads(wire.OpDatabasePath, wire.DecodeDatabasePath, textImage, "/var/lib/ctdb/volatile/g_lock.tdb.0").open(),
		reads(wire.OpDatabaseHealth, wire.DecodeDatabaseHealth, textImage, "").open(),
		reads(wire.OpAllTunables, allTunables, allTunablesImage, sampleTunables),
	}
}

func runState(s status.RunState) uint32 {
	states := map[status.RunState]uint32{
		"UNKNOWN": 0, "INIT": 1, "SETUP": 2, "FIRST_RECOVERY": 3, "STARTUP": 4, "RUNNING": 5, "SHUTDOWN": 6,
	}
	if n, ok := states[s]; ok {
		return n
	}
	n := uint32(0)
	for _, digit := range s {
		n = 10*n + uint32(digit-'0')
	}
	return n
}

func capabilitiesImage(c *status.Capabilities) []byte {
	n := uint32(0x30000)
	if c.Leader {
		n |= 1
	}
	if c.LMaster {
		n |= 2
	}
	return wordImage(n)
}

func levelImage(l config.LogLevel) []byte {
	return wordImage(map[config.LogLevel]uint32{
		config.LevelError: 0, config.LevelWarning: 1, config.LevelNotice: 3, config.LevelInfo: 5, config.LevelDebug: 10,
	}[l])
}

func banImage(b wire.BanState) []byte {
	var m image
	m.u32(0, uint32(b.PNN))
	m.u32(4, uint32(b.For/time.Second))
	return m
}

func seqnumImage(n uint64) []byte {
	var m image
	m.u64(0, n)
	return m
}

// tunableNamesImage has an empty name first, as ctdbd does.
func tunableNamesImage(names []string) []byte {
	text := ":" + strings.Join(names, ":")
	var m image
	m.u32(0, uint32(len(text)+1))
	m.bytes(4, textImage(text))
	return m
}

func echoImage(data []byte) []byte {
	var m image
	m.at(0, 8)
	m.u32(4, uint32(len(data)))
	m.bytes(8, data)
	return m
}

// sampleTunables are some whose places in the order of all are known.
var sampleTunables = &status.Tunables{Tunables: []status.Tunable{
	{Name: "MaxRedirectCount", Value: 1}, {Name: "SeqnumInterval", Value: 2}, {Name: "NoIPFailback", Value: 3},
	{Name: "AllowMixedVersions", Value: 4},
}}

func allTunables(r wire.Reply) (*status.Tunables, error) {
	return wire.DecodeAllTunables(r, []string{"MaxRedirectCount", "SeqnumInterval", "NoIPFailback", "AllowMixedVersions"})
}

func allTunablesImage(t *status.Tunables) []byte {
	var m image
	m.at(0, 248)
	for i, at := range []int{0, 4, 92, 244} {
		m.u32(at, t.Tunables[i].Value)
	}
	return m
}
