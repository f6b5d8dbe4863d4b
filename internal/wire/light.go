package wire

import (
	"fmt"
	"slices"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// LightRequests is how many requests [AppendLight] makes.
const LightRequests = 4

// AppendLight appends the requests for a light status, to be sent at once: number, node map, vnnmap and recovery mode
// of one node. They have the ids from id to id+LightRequests-1. Nothing is allocated if dst has the room.
func AppendLight(dst []byte, to Destination, id uint32) []byte {
	dst = AppendControl(dst, to, id, GetPNN())
	dst = AppendControl(dst, to, id+1, GetNodeMap())
	dst = AppendControl(dst, to, id+2, GetVNNMap())
	return AppendControl(dst, to, id+3, GetRecoveryMode())
}

// Light is the status of a cluster as one node sees it, without the leader and what interfaces do. Used again, it is
// filled without allocating anything, as long as the cluster does not grow.
type Light struct {
	PNN          nodes.PNN // of the node that was asked
	Nodes        []status.Node
	VNNMap       VNNMap
	RecoveryMode status.RecoveryMode
}

// Take reads one of the replies to the requests that [AppendLight] made with that id; they can come in any order. It
// tells by the reply's id which one it is; that of another request is an [*Error].
func (l *Light) Take(reply Reply, id uint32) (err error) {
	switch reply.ID - id {
	case 0:
		l.PNN, err = DecodePNN(reply)
	case 1:
		l.Nodes, err = DecodeNodeMap(reply, l.Nodes)
	case 2:
		l.VNNMap, err = DecodeVNNMap(reply, l.VNNMap.LMasters)
	case 3:
		l.RecoveryMode, err = DecodeRecoveryMode(reply)
	default:
		last := id + LightRequests - 1
		err = headerError(28, fmt.Sprintf("an id from %d to %d", id, last), reply.ID)
	}
	return err
}

// Cluster gives the status as the ctdb tool does: without the deleted nodes, which are counted, and with the node that
// was asked marked. Interfaces were not asked about, so that no node is partially online. Since 4.17 the tool also
// asks for the run state, and calls the flags of all other connected nodes unknown until the first recovery is over.
//
// The leader is not reported. The result shares no memory with the Light.
func (l *Light) Cluster() *status.Cluster {
	c := &status.Cluster{
		Nodes:        make([]status.Node, 0, len(l.Nodes)),
		Generation:   l.VNNMap.Generation,
		LMasters:     slices.Concat([]nodes.PNN{}, l.VNNMap.LMasters),
		RecoveryMode: status.Known(l.RecoveryMode),
	}
	for _, n := range l.Nodes {
		if n.Flags.Has(status.FlagDeleted) {
			continue
		}
		n.ThisNode = n.PNN == l.PNN
		c.Nodes = append(c.Nodes, n)
	}
	c.NodeCount = status.Known(len(l.Nodes))
	c.DeletedCount = status.Known(len(l.Nodes) - len(c.Nodes))
	return c
}
