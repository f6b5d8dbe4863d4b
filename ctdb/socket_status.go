package ctdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// lights are kept for the next status: their slices are large enough then.
var lights = sync.Pool{New: func() any { return new(wire.Light) }}

// lightStatus gives what one node sees without asking others.
func (a asker) lightStatus(ctx context.Context) (*status.Cluster, error) {
	cluster, _, err := a.light(ctx)
	return cluster, err
}

// light gives the light status and the number of the node that was asked.
func (a asker) light(ctx context.Context) (*status.Cluster, nodes.PNN, error) {
	light, _ := lights.Get().(*wire.Light)
	defer lights.Put(light)
	if err := a.conn.Light(ctx, a.to, light); err != nil {
		return nil, 0, a.failure(ctx, "status", err)
	}
	if err := a.mapOfAnother(ctx, light); err != nil {
		return nil, 0, err
	}
	cluster := light.Cluster()
	cluster.Form, cluster.Light = status.FormSocket, true
	leader, heard, err := a.leader(ctx)
	if err != nil {
		return nil, 0, err
	}
	cluster.Leader, cluster.LeaderHeard = leader, heard
	return cluster, light.PNN, nil
}

// mapOfAnother replaces the node map of a node that is banned, which it has no news for, by that of the next node that
// is not. If there is none, nobody can tell. It is what the tool does.
func (a asker) mapOfAnother(ctx context.Context, light *wire.Light) error {
	at := slices.IndexFunc(light.Nodes, func(n status.Node) bool { return n.PNN == light.PNN })
	if at < 0 || !light.Nodes[at].Flags.Has(status.FlagBanned) {
		return nil
	}
	for i := range light.Nodes {
		n := light.Nodes[(at+i)%len(light.Nodes)]
		if n.Flags.Has(status.FlagDisconnected) || n.Flags.Has(status.FlagDeleted) || n.Flags.Has(status.FlagBanned) {
			continue
		}
		other, err := askerFor(a.conn, n.PNN)
		if err != nil {
			return err
		}
		light.Nodes, err = one(ctx, other, wire.GetNodeMap(), func(reply wire.Reply) ([]status.Node, error) {
			return wire.DecodeNodeMap(reply, nil)
		})
		return err
	}
	return &SocketError{Socket: a.conn.path, Call: wire.OpNodeMap.String(), Err: ErrAllBanned}
}

// status gives what ctdb status does: also which nodes are only partially online, which each tells by itself.
func (a asker) status(ctx context.Context) (*status.Cluster, error) {
	cluster, this, err := a.light(ctx)
	if err != nil {
		return nil, err
	}
	state, err := one(ctx, a, wire.GetRunState(), wire.DecodeRunState)
	if err != nil {
		return nil, err
	}
	cluster.Light = false
	if beforeStartup(state) && !cluster.LeaderHeard.IsZero() {
		hideFlags(cluster, this)
	}
	return cluster, a.partial(ctx, cluster)
}

// beforeStartup tells whether a node has not finished its first recovery.
func beforeStartup(state status.RunState) bool {
	return slices.Contains([]status.RunState{
		status.RunStateUnknown, status.RunStateInit, status.RunStateSetup, status.RunStateFirstRecovery,
	}, state)
}

// hideFlags makes the flags of all other nodes that are connected unknown, as the tool does from 4.17 on: a node that
// starts has no news of them.
func hideFlags(cluster *status.Cluster, this nodes.PNN) {
	for i := range cluster.Nodes {
		if n := &cluster.Nodes[i]; n.PNN != this && !n.Flags.Has(status.FlagDisconnected) {
			n.Flags = status.FlagUnknown
		}
	}
}

// partial finds the nodes without flags that have an interface without a link. One that does not tell within a third of
// the time is warned of.
func (a asker) partial(ctx context.Context, cluster *status.Cluster) error {
	patience, cancel := context.WithTimeout(ctx, thirdOf(ctx))
	defer cancel()
	warnings := make([]string, len(cluster.Nodes))
	var group sync.WaitGroup
	for i := range cluster.Nodes {
		n := &cluster.Nodes[i]
		if n.Flags != 0 {
			continue
		}
		group.Go(func() {
			down, err := a.hasLinkDown(patience, n.PNN)
			n.PartiallyOnline = down
			if err != nil {
				warnings[i] = fmt.Sprintf("%v of node %v: %v", wire.OpInterfaces, n.PNN, err)
			}
		})
	}
	group.Wait()
	if err := ctx.Err(); err != nil {
		return a.failure(ctx, wire.OpInterfaces.String(), err)
	}
	for _, warning := range warnings {
		if warning != "" {
			cluster.Warnings = append(cluster.Warnings, warning)
		}
	}
	return nil
}

// hasLinkDown asks a node for its interfaces.
func (a asker) hasLinkDown(ctx context.Context, pnn nodes.PNN) (bool, error) {
	to, err := wire.ToNode(pnn)
	if err != nil {
		return false, err
	}
	var all []status.Interface
	err = a.conn.Call(ctx, to, []wire.Request{wire.GetInterfaces()}, func(_ int, reply wire.Reply) (err error) {
		all, err = wire.DecodeInterfaces(reply, nil)
		return err
	})
	if errors.Is(err, context.DeadlineExceeded) {
		err = ErrTimeout
	}
	return slices.ContainsFunc(all, func(i status.Interface) bool { return !i.Up }), err
}
