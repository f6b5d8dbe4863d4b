package wire

import (
	"fmt"

	"github.com/go-ctdb/go-ctdb/status"
)

const (
	statisticsSize = 488
	bucketCount    = 16 // of each histogram
)

// GetStatistics asks for what the node counted. Similar to: ctdb statistics.
func GetStatistics() Request { return Request{opcode: OpStatistics} }

// DecodeStatistics reads the answer to [GetStatistics], to the second and the microsecond, as the ctdb tool prints it.
// What a newer release may have behind what is known is ignored.
func DecodeStatistics(reply Reply) (*status.Statistics, error) {
	r := reply.reader(OpStatistics)
	s := new(status.Statistics)
	r.statistics(s)
	if r.err != nil {
		return nil, r.err
	}
	return s, nil
}

// ResetStatistics has the node begin to count from 0. Similar to: ctdb statisticsreset.
func ResetStatistics() Request { return Request{opcode: OpStatisticsReset} }

// GetStatisticsHistory asks for what the node counted in each of its last periods. Similar to: ctdb stats.
func GetStatisticsHistory() Request { return Request{opcode: OpStatisticsHistory} }

// DecodeStatisticsHistory reads the answer to [GetStatisticsHistory], without the periods that there were none of yet.
func DecodeStatisticsHistory(reply Reply) (*status.StatisticsHistory, error) {
	r := reply.reader(OpStatisticsHistory)
	n := r.uint32()
	r.padding()
	r.exactly(n, statisticsSize, "records")
	history := &status.StatisticsHistory{Records: make([]status.Statistics, 0, r.orZero(n))}
	for range r.orZero(n) {
		var s status.Statistics
		r.statistics(&s)
		if s.Since.Unix() != 0 {
			history.Records = append(history.Records, s)
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	return history, nil
}

// statistics reads 488 bytes, in their order.
func (r *reader) statistics(s *status.Statistics) {
	s.Protocol = Version
	for _, to := range []*uint64{
		&s.Clients, &s.Frozen, &s.Recovering, &s.ClientPacketsSent, &s.ClientPacketsRecv, &s.NodePacketsSent,
		&s.NodePacketsRecv, &s.KeepalivesSent, &s.KeepalivesReceived,
	} {
		*to = r.counter()
	}
	n, c, t := &s.Node, &s.Client, &s.Timeouts
	for _, to := range []*uint64{
		&n.ReqCall, &n.ReplyCall, &n.ReqDmaster, &n.ReplyDmaster, &n.ReplyError, &n.ReqMessage, &n.ReqControl,
		&n.ReplyControl, &n.ReqTunnel,
		&c.ReqCall, &c.ReqMessage, &c.ReqControl, &c.ReqTunnel,
		&t.Call, &t.Control, &t.Traverse,
	} {
		*to = r.counter()
	}
	r.padding()
	s.ReclockCtdbd, s.ReclockRecd = r.latency(), r.latency()
	r.locks(&s.Locks)
	s.LockLatency = r.latency()
	s.LockTimes = r.buckets()
	for _, to := range []*uint64{
		&s.TotalCalls, &s.PendingCalls, &s.ChildwriteCalls, &s.PendingChildwriteCalls, &s.MemoryUsed,
	} {
		*to = r.counter()
	}
	r.padding()
	s.MaxHopCount = r.counter()
	s.HopCounts = r.buckets()
	r.padding()
	s.CallLatency, s.ChildwriteLatency = r.latency(), r.latency()
	s.Recoveries = r.counter()
	r.padding()
	s.Since, s.Current = toSecond(r.moment()), toSecond(r.moment())
	s.Collected = s.Current.Sub(s.Since)
	s.ReadOnlyDelegations, s.ReadOnlyRevokes = r.counter(), r.counter()
}

func (r *reader) locks(l *status.LockCounters) {
	l.Calls, l.Current, l.Pending, l.Failed = r.counter(), r.counter(), r.counter(), r.counter()
}

// latency reads how long something took, of which there is the sum. It is a mean here, as the ctdb tool makes it.
func (r *reader) latency() (l status.Latency) {
	at := r.at
	count := r.int32()
	r.padding()
	l.Min, l.Max = r.duration(), r.duration()
	total := r.float64()
	switch {
	case count < 0:
		r.fail(at, "a number of measurements", fmt.Sprint(count))
	case count > 0:
		l.Count = uint64(count)
		l.Avg = r.printed(r.at-8, total/float64(count), 6)
	}
	return l
}

func (r *reader) buckets() status.Buckets {
	all := make(status.Buckets, bucketCount)
	for i := range all {
		all[i] = r.counter()
	}
	return all
}
