package wire

import (
	"time"

	"github.com/go-ctdb/go-ctdb/status"
)

const uptimeSize = 4 * timevalSize

// GetUptime asks since when the node's ctdbd runs. Similar to: ctdb uptime.
func GetUptime() Request { return Request{opcode: OpUptime} }

// DecodeUptime reads the answer to [GetUptime], to the second, as the ctdb tool prints it. [status.Uptime.PNN] is not
// told: the caller knows it.
func DecodeUptime(reply Reply) (*status.Uptime, error) {
	r := reply.reader(OpUptime)
	r.size(uptimeSize)
	now, started, begun, ended := r.moment(), r.moment(), r.moment(), r.moment()
	if r.err != nil {
		return nil, r.err
	}
	u := &status.Uptime{
		Now: toSecond(now), Started: toSecond(started), Recovered: status.Known(toSecond(ended)),
		RecoveryTook: ended.Sub(begun),
	}
	// A ctdbd that starts takes that moment for both ends of a recovery, as [status.ParseUptime] finds too.
	if toSecond(ended).Sub(u.Started) <= time.Second && u.RecoveryTook < time.Millisecond {
		u.Recovered = status.Unknown[time.Time]()
	}
	return u, nil
}
