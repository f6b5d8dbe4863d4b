package ctdb

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/status"
)

// watchTool looks by the tool.
type watchTool struct {
	client *Client
	asked  time.Time // for the addresses
}

// look asks for the status, the run state and the addresses. A node that can't tell of the last two still tells of
// itself: then they are as they were.
func (w *watchTool) look(ctx context.Context, view *View, every time.Duration) error {
	cluster, err := w.client.Status(ctx)
	if err != nil {
		return err
	}
	view.Nodes = nodeViews(view.Nodes[:0], cluster.Nodes)
	view.Leader, view.Generation, view.RecoveryMode = cluster.Leader, cluster.Generation, cluster.RecoveryMode
	if state, err := w.client.RunState(ctx); err == nil {
		view.RunState = status.Known(state)
	}
	if time.Since(w.asked) < every {
		return nil
	}
	ips, err := query[*status.PublicIPs]{ways: machineWays("ip", "all"), read: status.ParsePublicIPs}.ask(ctx, w.client)
	if err != nil {
		return nil // as while a node starts
	}
	w.asked = time.Now()
	view.Addresses = view.Addresses[:0]
	for _, ip := range ips.IPs {
		view.Addresses = append(view.Addresses, AddressView{ip.Address, ip.Node})
	}
	slices.SortFunc(view.Addresses, func(a, b AddressView) int { return a.Address.Compare(b.Address) })
	return nil
}

// nodeViews appends what a watch tells of nodes, in the order of their numbers.
func nodeViews(into []NodeView, all []status.Node) []NodeView {
	for _, n := range all {
		if n.Flags.Has(status.FlagDeleted) {
			continue
		}
		into = append(into, NodeView{n.PNN, n.Address, n.Flags, strings.Join(n.OtherFlags, "|")})
	}
	slices.SortFunc(into, func(a, b NodeView) int { return int(int64(a.PNN) - int64(b.PNN)) })
	return into
}
