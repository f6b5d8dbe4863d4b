package wire

import (
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// nodeSize is the size of a node in a node map: its number, its flags and its address.
const nodeSize = 8 + sockaddrSize

// invalidGeneration is that of a vnnmap before the first recovery.
const invalidGeneration = 1

// GetNodeMap asks for the nodes and their flags, as the node sees them. Similar to: ctdb nodestatus.
func GetNodeMap() Request { return Request{opcode: OpNodeMap} }

// DecodeNodeMap reads the answer to [GetNodeMap] into the memory of a slice, whose content does not matter, so that a
// caller that asks again and again allocates nothing. Beside an error there are no nodes.
//
// All nodes are there, also the deleted ones, which the ctdb tool leaves out; those have the address 0.0.0.0 as a rule.
// [status.Node.ThisNode] and [status.Node.PartiallyOnline] are not told.
func DecodeNodeMap(reply Reply, into []status.Node) ([]status.Node, error) {
	return decodeNodes(reply, OpNodeMap, into)
}

// GetNodesFile asks for the nodes as the node's ctdbd would read them now from its nodes file, or from the command that
// "nodes list" names.
func GetNodesFile() Request { return Request{opcode: OpNodesFile} }

// DecodeNodesFile reads the answer to [GetNodesFile], as [DecodeNodeMap] does. The only flag is that of deleted nodes.
func DecodeNodesFile(reply Reply, into []status.Node) ([]status.Node, error) {
	return decodeNodes(reply, OpNodesFile, into)
}

func decodeNodes(reply Reply, opcode Opcode, into []status.Node) ([]status.Node, error) {
	r := reply.reader(opcode)
	n := r.count(nodeSize, "nodes")
	into = room(into, n)
	for range n {
		into = append(into, status.Node{
			PNN: nodes.PNN(r.uint32()), Flags: status.Flags(r.uint32()), Address: r.addr(),
		})
	}
	return into, r.err
}

// GetVNNMap asks for the generation and the lmasters of the databases. Similar to: ctdb status.
func GetVNNMap() Request { return Request{opcode: OpVNNMap} }

// VNNMap tells which node is the lmaster of each hash of records.
type VNNMap struct {
	// Generation is that of the last recovery. Unknown when it is invalid.
	Generation status.Value[status.Generation]
	LMasters   []nodes.PNN
}

// DecodeVNNMap reads the answer to [GetVNNMap], the lmasters into the memory of a slice. Beside an error there are
// none.
func DecodeVNNMap(reply Reply, into []nodes.PNN) (VNNMap, error) {
	r := reply.reader(OpVNNMap)
	generation := r.uint32()
	n := r.count(4, "lmasters")
	if r.err != nil {
		return VNNMap{LMasters: into[:0]}, r.err
	}
	vnn := VNNMap{status.Unknown[status.Generation](), room(into, n)}
	for range n {
		vnn.LMasters = append(vnn.LMasters, nodes.PNN(r.uint32()))
	}
	if generation != invalidGeneration {
		vnn.Generation = status.Known(status.Generation(generation))
	}
	return vnn, nil
}
