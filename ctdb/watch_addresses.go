package ctdb

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// addressPatience is how long a node may take to tell its addresses. One that hangs keeps a watch no longer.
const addressPatience = time.Second

func samePlace(a, b status.PublicIP) bool { return a.Address == b.Address && a.Node == b.Node }

// lookAtAddresses asks all active nodes, as "ctdb ip all" does. If one does not tell, addresses are where they were, and
// the next look asks again.
func (w *watchSocket) lookAtAddresses(ctx context.Context, view *View) error {
	var active []nodes.PNN
	for _, n := range w.nodes {
		if !n.Flags.Inactive() {
			active = append(active, n.PNN)
		}
	}
	reports, ok := w.reports(ctx, active)
	if err := ctx.Err(); err != nil {
		return w.failure(ctx, wire.OpPublicIPs.String(), err)
	}
	if err := w.conn.Err(); err != nil {
		return w.failure(ctx, wire.OpPublicIPs.String(), err)
	}
	w.asked = time.Now()
	if !ok {
		w.stirred = w.asked
		return nil
	}
	before := len(view.Addresses)
	places := hostsIn(active, reports)
	if before != len(places) || !slices.Equal(places, view.Addresses) {
		view.Addresses, w.stirred = places, w.asked
	}
	return nil
}

// reports gives what nodes say, and whether all did. What the node itself said is at hand.
func (w *watchSocket) reports(ctx context.Context, active []nodes.PNN) ([][]status.PublicIP, bool) {
	patience, cancel := context.WithTimeout(ctx, addressPatience)
	defer cancel()
	all := make([][]status.PublicIP, len(active))
	errs := make([]error, len(active))
	var group sync.WaitGroup
	for i, pnn := range active {
		if pnn == w.this {
			all[i] = w.local
			continue
		}
		group.Go(func() {
			var node asker
			if node, errs[i] = askerFor(w.conn, pnn); errs[i] == nil {
				errs[i] = node.conn.Call(patience, node.to, watchAddressRequest, func(_ int, reply wire.Reply) (err error) {
					all[i], err = wire.DecodePublicIPs(reply, nil)
					return err
				})
			}
		})
	}
	group.Wait()
	return all, !slices.ContainsFunc(errs, func(err error) bool { return err != nil })
}

var watchAddressRequest = []wire.Request{wire.GetPublicIPs(false)}

// hostsIn puts together what nodes say.
func hostsIn(reporters []nodes.PNN, reports [][]status.PublicIP) []AddressView {
	merged := mergePublicIPs(reporters, reports)
	all := make([]AddressView, len(merged))
	for i, ip := range merged {
		all[i] = AddressView{ip.Address, ip.Node}
	}
	return all
}
