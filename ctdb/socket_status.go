package ctdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// lights are kept for the next status: their slices are large enough then.
var lights = sync.Pool{New: func() any { return new(wire.Light) }}

// lightStatus gives what one node sees without asking others or waiting for the leader.
func (a asker) lightStatus(ctx context.Context) (*status.Cluster, error) {
	cluster, _, err := a.light(ctx, 0)
	return cluster, err
}

// light gives the light status and the number of the node that was asked.
func (a asker) light(ctx context.Context, patience time.Duration) (*status.Cluster, nodes.PNN, error) {
	light, _ := lights.Get().(*wire.Light)
	defer lights.Put(light)
	if err := a.conn.Light(ctx, a.to, light); err != nil {
		return nil, 0, a.failure(ctx, callStatus, err)
	}
	a.conn.brought()
	var err error
	if light.Nodes, err = a.mapOfAnother(ctx, light.Nodes, light.PNN); err != nil {
		return nil, 0, err
	}
	cluster := light.Cluster()
	cluster.Form, cluster.Light = status.FormSocket, true
	cluster.Leader, cluster.LeaderHeard, err = a.leader(ctx, patience)
	if err != nil {
		return nil, 0, err
	}
	return cluster, light.PNN, nil
}

// callStatus is what a SocketError calls the requests of a light status.
const callStatus = "status"

// nodeMap gives the nodes as the tool takes them, with those that are deleted, and the number of the node that was asked.
func (a asker) nodeMap(ctx context.Context) (all []status.Node, this nodes.PNN, err error) {
	err = a.ask(ctx, func(i int, reply wire.Reply) (err error) {
		if i == 0 {
			this, err = wire.DecodePNN(reply)
			return err
		}
		all, err = wire.DecodeNodeMap(reply, nil)
		return err
	}, wire.GetPNN(), wire.GetNodeMap())
	if err != nil {
		return nil, 0, err
	}
	all, err = a.mapOfAnother(ctx, all, this)
	return all, this, err
}

// mapOfAnother replaces the node map of a node that is banned, which it has no news for, by that of the next node that
// is not. If there is none, nobody can tell. It is what the tool does.
func (a asker) mapOfAnother(ctx context.Context, all []status.Node, this nodes.PNN) ([]status.Node, error) {
	at := slices.IndexFunc(all, func(n status.Node) bool { return n.PNN == this })
	if at < 0 || !all[at].Flags.Has(status.FlagBanned) {
		return all, nil
	}
	for i := range all {
		n := all[(at+i)%len(all)]
		if n.Flags&(status.FlagDeleted|status.FlagDisconnected|status.FlagBanned) != 0 {
			continue
		}
		other, err := askerFor(a.conn, n.PNN)
		if err != nil {
			return all, err
		}
		return one(ctx, other, wire.GetNodeMap(), func(reply wire.Reply) ([]status.Node, error) {
			return wire.DecodeNodeMap(reply, nil)
		})
	}
	return all, a.refused(wire.OpNodeMap.String(), ErrAllBanned)
}

// status gives what ctdb status does: also which nodes are only partially online, which each tells by itself.
func (a asker) status(ctx context.Context) (*status.Cluster, error) {
	cluster, this, err := a.light(ctx, thirdOf(ctx))
	if err != nil {
		return nil, err
	}
	state, err := one(ctx, a, wire.GetRunState(), wire.DecodeRunState)
	if err != nil {
		return nil, err
	}
	cluster.Light = false
	if beforeStartup(state) && !a.conn.leader.told.Load() {
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
	if err := a.conn.Err(); err != nil {
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
