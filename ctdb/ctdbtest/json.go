package ctdbtest

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// jsonStatus is what --json status prints.
type jsonStatus struct {
	NodeStatus struct {
		Count   int       `json:"node_count"`
		Deleted int       `json:"deleted_node_count"`
		Nodes   jsonNodes `json:"nodes"`
	} `json:"node_status"`
	VNNStatus struct {
		Generation status.Value[status.Generation] `json:"generation"`
		Size       int                             `json:"size"`
		Map        []jsonHash                      `json:"vnn_map"`
	} `json:"vnn_status"`
	Mode    string `json:"recovery_mode"`
	ModeRaw uint32 `json:"recovery_mode_raw"`
	Leader  uint32 `json:"leader"`
}

type jsonHash struct {
	Hash    int    `json:"hash"`
	LMaster uint32 `json:"lmaster"`
}

type jsonNode struct {
	PNN             uint32    `json:"pnn"`
	Address         string    `json:"address"`
	PartiallyOnline bool      `json:"partially_online"`
	FlagsRaw        uint32    `json:"flags_raw"`
	FlagsOK         bool      `json:"flags_ok"`
	Flags           jsonFlags `json:"flags"`
	ThisNode        bool      `json:"this_node"`
}

type jsonFlags struct {
	Disconnected bool `json:"disconnected"`
	Unknown      bool `json:"unknown"`
	Disabled     bool `json:"disabled"`
	Banned       bool `json:"banned"`
	Unhealthy    bool `json:"unhealthy"`
	Deleted      bool `json:"deleted"`
	Stopped      bool `json:"stopped"`
	Inactive     bool `json:"inactive"`
}

// jsonNodes is an object with the nodes by their numbers, in the order of these.
type jsonNodes []jsonNode

// MarshalJSON implements json.Marshaler.
func (all jsonNodes) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, n := range all {
		one, err := json.Marshal(n)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"%d":%s`, n.PNN, one)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func statusJSON(report *status.Cluster) string {
	var out jsonStatus
	out.NodeStatus.Count, _ = report.NodeCount.Get()
	out.NodeStatus.Deleted, _ = report.DeletedCount.Get()
	for _, n := range report.Nodes {
		out.NodeStatus.Nodes = append(out.NodeStatus.Nodes, nodeJSON(n))
	}
	out.VNNStatus.Generation, out.VNNStatus.Size, out.VNNStatus.Map = report.Generation, len(report.LMasters), []jsonHash{}
	for i, lmaster := range report.LMasters {
		out.VNNStatus.Map = append(out.VNNStatus.Map, jsonHash{i, uint32(lmaster)})
	}
	mode, _ := report.RecoveryMode.Get()
	out.Mode, out.ModeRaw = mode.String(), uint32(mode)
	leader, ok := report.Leader.Get()
	if !ok {
		leader = nodes.NoPNN
	}
	out.Leader = uint32(leader)
	return indented(out)
}

func nodeJSON(n status.Node) jsonNode {
	f := n.Flags
	return jsonNode{
		uint32(n.PNN), n.Address.String(), n.PartiallyOnline, uint32(f), f == 0,
		jsonFlags{
			f.Has(status.FlagDisconnected), f.Has(status.FlagUnknown), f.Has(status.FlagDisabled), f.Has(status.FlagBanned),
			f.Has(status.FlagUnhealthy), f.Has(status.FlagDeleted), f.Has(status.FlagStopped), f.Inactive(),
		},
		n.ThisNode,
	}
}

func indented(v any) string {
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil { // no value here can fail
		return err.Error()
	}
	return string(out)
}
