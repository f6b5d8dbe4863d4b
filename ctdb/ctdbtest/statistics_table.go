package ctdbtest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/status"
)

// statisticsColumns are the counters in the machine form of statistics, behind the times.
var statisticsColumns = []struct {
	name string
	of   func(s *status.Statistics) uint64
}{
	{"num_clients", func(s *status.Statistics) uint64 { return s.Clients }},
	{"frozen", func(s *status.Statistics) uint64 { return s.Frozen }},
	{"recovering", func(s *status.Statistics) uint64 { return s.Recovering }},
	{"num_recoveries", func(s *status.Statistics) uint64 { return s.Recoveries }},
	{"client_packets_sent", func(s *status.Statistics) uint64 { return s.ClientPacketsSent }},
	{"client_packets_recv", func(s *status.Statistics) uint64 { return s.ClientPacketsRecv }},
	{"node_packets_sent", func(s *status.Statistics) uint64 { return s.NodePacketsSent }},
	{"node_packets_recv", func(s *status.Statistics) uint64 { return s.NodePacketsRecv }},
	{"keepalive_packets_sent", func(s *status.Statistics) uint64 { return s.KeepalivesSent }},
	{"keepalive_packets_recv", func(s *status.Statistics) uint64 { return s.KeepalivesReceived }},
	{"node.req_call", func(s *status.Statistics) uint64 { return s.Node.ReqCall }},
	{"node.reply_call", func(s *status.Statistics) uint64 { return s.Node.ReplyCall }},
	{"node.req_dmaster", func(s *status.Statistics) uint64 { return s.Node.ReqDmaster }},
	{"node.reply_dmaster", func(s *status.Statistics) uint64 { return s.Node.ReplyDmaster }},
	{"node.reply_error", func(s *status.Statistics) uint64 { return s.Node.ReplyError }},
	{"node.req_message", func(s *status.Statistics) uint64 { return s.Node.ReqMessage }},
	{"node.req_control", func(s *status.Statistics) uint64 { return s.Node.ReqControl }},
	{"node.reply_control", func(s *status.Statistics) uint64 { return s.Node.ReplyControl }},
	{"node.req_tunnel", func(s *status.Statistics) uint64 { return s.Node.ReqTunnel }},
	{"client.req_call", func(s *status.Statistics) uint64 { return s.Client.ReqCall }},
	{"client.req_message", func(s *status.Statistics) uint64 { return s.Client.ReqMessage }},
	{"client.req_control", func(s *status.Statistics) uint64 { return s.Client.ReqControl }},
	{"client.req_tunnel", func(s *status.Statistics) uint64 { return s.Client.ReqTunnel }},
	{"timeouts.call", func(s *status.Statistics) uint64 { return s.Timeouts.Call }},
	{"timeouts.control", func(s *status.Statistics) uint64 { return s.Timeouts.Control }},
	{"timeouts.traverse", func(s *status.Statistics) uint64 { return s.Timeouts.Traverse }},
	{"locks.num_calls", func(s *status.Statistics) uint64 { return s.Locks.Calls }},
	{"locks.num_current", func(s *status.Statistics) uint64 { return s.Locks.Current }},
	{"locks.num_pending", func(s *status.Statistics) uint64 { return s.Locks.Pending }},
	{"locks.num_failed", func(s *status.Statistics) uint64 { return s.Locks.Failed }},
	{"total_calls", func(s *status.Statistics) uint64 { return s.TotalCalls }},
	{"pending_calls", func(s *status.Statistics) uint64 { return s.PendingCalls }},
	{"childwrite_calls", func(s *status.Statistics) uint64 { return s.ChildwriteCalls }},
	{"pending_childwrite_calls", func(s *status.Statistics) uint64 { return s.PendingChildwriteCalls }},
	{"memory_used", func(s *status.Statistics) uint64 { return s.MemoryUsed }},
	{"max_hop_count", func(s *status.Statistics) uint64 { return s.MaxHopCount }},
	{"total_ro_delegations", func(s *status.Statistics) uint64 { return s.ReadOnlyDelegations }},
	{"total_ro_revokes", func(s *status.Statistics) uint64 { return s.ReadOnlyRevokes }},
}

// latencyColumns are the latencies behind them.
var latencyColumns = []struct {
	name string
	of   func(s *status.Statistics) status.Latency
}{
	{"reclock_ctdbd_latency", func(s *status.Statistics) status.Latency { return s.ReclockCtdbd }},
	{"reclock_recd_latency", func(s *status.Statistics) status.Latency { return s.ReclockRecd }},
	{"call_latency", func(s *status.Statistics) status.Latency { return s.CallLatency }},
	{"lockwait_latency", func(s *status.Statistics) status.Latency { return s.LockLatency }},
	{"childwrite_latency", func(s *status.Statistics) status.Latency { return s.ChildwriteLatency }},
}

// statisticsHeader and statisticsRow have the separator behind each cell and not before the first.
func statisticsHeader(sep string) string {
	cells := []string{"CTDB version", "Current time of statistics", "Statistics collected since"}
	for _, column := range statisticsColumns {
		cells = append(cells, column.name)
	}
	for _, column := range latencyColumns {
		for _, part := range []string{"num_", "min_", "avg_", "max_"} {
			cells = append(cells, part+column.name)
		}
	}
	return strings.Join(cells, sep) + sep + "\n"
}

func statisticsRow(s *status.Statistics, sep string) string {
	cells := []string{fmt.Sprint(s.Protocol), fmt.Sprint(s.Current.Unix()), fmt.Sprint(s.Since.Unix())}
	for _, column := range statisticsColumns {
		cells = append(cells, strconv.FormatUint(column.of(s), 10))
	}
	for _, column := range latencyColumns {
		l := column.of(s)
		cells = append(cells, strconv.FormatUint(l.Count, 10), seconds(l.Min), seconds(l.Avg), seconds(l.Max))
	}
	return strings.Join(cells, sep) + sep + "\n"
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }
