package api

import (
	"context"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// statusAnswer is the answer of GET status.
type statusAnswer struct {
	Raw    string       `json:"raw"`
	Parsed parsedStatus `json:"parsed"`
	// Warnings are what the tool said on standard error.
	Warnings []string `json:"warnings,omitempty"`
}

// parsedStatus is the status taken apart; numbers are texts.
type parsedStatus struct {
	NumOfNodes string `json:"numOfNodes"`
	// DeletedNodes is how many of them are deleted, if any are. They are not among Nodes.
	DeletedNodes   string       `json:"deletedNodes,omitempty"`
	Nodes          []parsedNode `json:"nodes"`
	Generation     string       `json:"generation"`
	Size           string       `json:"size"`
	RecoveryMode   [2]string    `json:"recoveryMode"`
	RecoveryMaster string       `json:"recoveryMaster"`
	Unparsable     []string     `json:"unparsable"`
	Hash           string       `json:"hash"`
}

// parsedNode is a node. Its status is in CTDB's words, those among them that this module does not know.
type parsedNode struct {
	PNN     string `json:"pnn"`
	Address string `json:"address"`
	Status  string `json:"status"`
}

// statusTime is what a question about the status may take.
const statusTime = 10 * time.Second

// cluster asks for the status. Those who ask at the same time share an answer.
func (h *Handler) cluster(ctx context.Context) (*status.Cluster, error) {
	return h.status.do(ctx, min(statusTime, h.limits.Time), h.config.Client.Status)
}

func (h *Handler) getStatus(ctx context.Context, _ *request) (any, error) {
	cluster, err := h.cluster(ctx)
	if err != nil {
		return nil, err
	}
	return statusAnswer{
		Raw: rawStatus(cluster, h.installed(ctx)), Parsed: parseStatus(cluster), Warnings: cluster.Warnings,
	}, nil
}

// rawStatus gives what ctdb status of a release prints. The tool is asked for JSON where it has that.
func rawStatus(cluster *status.Cluster, r release.Release) string {
	var text strings.Builder
	text.WriteString(cluster.String())
	for _, line := range cluster.Unparsed {
		text.WriteString(line.Text + "\n")
	}
	before, leader, ok := strings.Cut(text.String(), "\nLeader:")
	if !ok || r.HasLeader() {
		return text.String()
	}
	if strings.HasPrefix(leader, "UNKNOWN\n") {
		leader = "-1" + strings.TrimPrefix(leader, "UNKNOWN")
	}
	return before + "\nRecovery master:" + leader
}

func parseStatus(cluster *status.Cluster) parsedStatus {
	p := parsedStatus{
		NumOfNodes: text(cluster.NodeCount, number, ""), Nodes: []parsedNode{}, Unparsable: []string{},
		Generation: text(cluster.Generation, status.Generation.String, "INVALID"),
		Size:       number(len(cluster.LMasters)), RecoveryMaster: text(cluster.Leader, nodes.PNN.String, "UNKNOWN"),
	}
	if deleted, ok := cluster.DeletedCount.Get(); ok && deleted > 0 {
		p.DeletedNodes = number(deleted)
	}
	for _, n := range cluster.Nodes {
		p.Nodes = append(p.Nodes, parsedNode{PNN: n.PNN.String(), Address: n.Address.String(), Status: n.State()})
	}
	if mode, ok := cluster.RecoveryMode.Get(); ok {
		p.RecoveryMode = [2]string{mode.String(), number(mode)}
	}
	for _, line := range cluster.Unparsed {
		p.Unparsable = append(p.Unparsable, line.Text)
	}
	if last := len(cluster.LMasters) - 1; last >= 0 {
		p.Hash = number(last)
	}
	return p
}

// text gives a value as text, or a word for one that the cluster does not know.
func text[T comparable](v status.Value[T], format func(T) string, unknown string) string {
	if value, ok := v.Get(); ok {
		return format(value)
	}
	return unknown
}
