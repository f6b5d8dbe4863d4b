package ctdb

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// nodeChange is a change of a node's flags that an administrator makes.
type nodeChange struct {
	flag status.Flags
	to   bool
	// request is what the node is told, by its number.
	request func(pnn nodes.PNN) (wire.Request, error)
	// recent: there are releases without it.
	recent bool
}

// simple makes a request that does not depend on the node.
func simple(request wire.Request) func(nodes.PNN) (wire.Request, error) {
	return func(nodes.PNN) (wire.Request, error) { return request, nil }
}

var (
	disabling  = nodeChange{status.FlagDisabled, true, simple(wire.DisableNode()), true}
	enabling   = nodeChange{status.FlagDisabled, false, simple(wire.EnableNode()), true}
	stopping   = nodeChange{status.FlagStopped, true, simple(wire.StopNode()), false}
	continuing = nodeChange{status.FlagStopped, false, simple(wire.ContinueNode()), false}
	unbanning  = nodeChange{
		flag: status.FlagBanned, request: func(pnn nodes.PNN) (wire.Request, error) { return wire.Unban(pnn), nil },
	}
)

// banning bans for a time.
func banning(d time.Duration) nodeChange {
	return nodeChange{flag: status.FlagBanned, to: true, request: func(pnn nodes.PNN) (wire.Request, error) {
		return wire.Ban(pnn, d)
	}}
}

// change changes a node's flags if they are not so already, waits until they are, and has the addresses distributed anew.
func (n nodeChange) change(ctx context.Context, a asker) (changed bool, err error) {
	is, this, err := n.holds(ctx, a)
	if err != nil || is {
		return false, err
	}
	request, err := n.request(this)
	if err != nil {
		return false, a.failure(ctx, request.Opcode().String(), err)
	}
	err = a.tell(ctx, request)
	if n.recent && errors.Is(err, ErrRefused) { // and not done
		err = a.refused(request.Opcode().String(), causes{err, errors.ErrUnsupported})
	}
	if err != nil {
		return false, err
	}
	if err := n.await(ctx, a, request); err != nil {
		return false, err
	}
	err = a.takeoverRun(ctx)
	return err == nil || errors.Is(err, ErrTakeover), err
}

// holds tells whether the node's flags are as they are to be.
func (n nodeChange) holds(ctx context.Context, a asker) (is bool, this nodes.PNN, err error) {
	all, this, err := a.nodeMap(ctx)
	if err != nil {
		return false, this, err
	}
	at := slices.IndexFunc(all, func(n status.Node) bool { return n.PNN == this })
	if at < 0 {
		return false, this, a.refused(wire.OpNodeMap.String(), ErrNoSuchNode)
	}
	return all[at].Flags.Has(n.flag) == n.to, this, nil
}

// await waits until the node's flags are as they are to be.
func (n nodeChange) await(ctx context.Context, a asker, request wire.Request) error {
	const first, last = 5 * time.Millisecond, 250 * time.Millisecond
	for pause := first; ; pause = min(2*pause, last) {
		is, _, err := n.holds(ctx, a)
		if err != nil || is {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return a.failure(ctx, request.Opcode().String(), ctx.Err())
		}
	}
}
