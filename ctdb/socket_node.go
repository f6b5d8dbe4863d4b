package ctdb

import (
	"context"
	"errors"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// ownPNN gives the number of the node that the socket belongs to. As the tool does, it takes the question to another node
// for a wrong one, if there is that node.
func (a asker) ownPNN(ctx context.Context) (nodes.PNN, error) {
	var local nodes.PNN
	asked, err := one(ctx, a, wire.GetPNN(), func(reply wire.Reply) (nodes.PNN, error) {
		local = reply.Source
		return wire.DecodePNN(reply)
	})
	if err == nil && asked != local {
		err = a.refused(wire.OpPNN.String(), ErrUsage)
	}
	return local, err
}

// leaderNow gives the leader, which it waits for as long as the tool would.
func (a asker) leaderNow(ctx context.Context) (status.Value[nodes.PNN], error) {
	leader, _, err := a.leader(ctx, thirdOf(ctx))
	return leader, err
}

func (a asker) uptime(ctx context.Context) (*status.Uptime, error) {
	return one(ctx, a, wire.GetUptime(), func(reply wire.Reply) (*status.Uptime, error) {
		u, err := wire.DecodeUptime(reply)
		if err == nil {
			u.Form, u.PNN = status.FormSocket, status.Known(a.number(reply))
		}
		return u, err
	})
}

func (a asker) ping(ctx context.Context) (*status.Ping, error) {
	start := time.Now()
	return one(ctx, a, wire.Ping(), func(reply wire.Reply) (*status.Ping, error) {
		clients, err := wire.DecodePing(reply)
		if err != nil {
			return nil, err
		}
		return &status.Ping{PNN: a.number(reply), RoundTrip: time.Since(start), Clients: clients}, nil
	})
}

func (a asker) capabilities(ctx context.Context) (*status.Capabilities, error) {
	all, err := one(ctx, a, wire.GetCapabilities(), wire.DecodeCapabilities)
	if err == nil {
		all.Form = status.FormSocket
	}
	return all, err
}

func (a asker) clusterLock(ctx context.Context) (config.Lock, error) {
	text, err := one(ctx, a, wire.GetClusterLock(), wire.DecodeClusterLock)
	if err != nil {
		return config.Lock{}, err
	}
	lock, err := config.ParseLock(text)
	if err != nil {
		return config.Lock{}, a.refused(wire.OpClusterLock.String(), causes{ErrProtocol, err})
	}
	return lock, nil
}

// nodesFile gives the nodes file as the node would read it now.
func (a asker) nodesFile(ctx context.Context) (*status.NodeList, error) {
	return one(ctx, a, wire.GetNodesFile(), func(reply wire.Reply) (*status.NodeList, error) {
		all, err := wire.DecodeNodesFile(reply, nil)
		if err != nil {
			return nil, err
		}
		list := &status.NodeList{Form: status.FormSocket, Nodes: make([]status.ListedNode, 0, len(all))}
		for _, n := range all {
			if n.Flags.Has(status.FlagDeleted) {
				list.Deleted = append(list.Deleted, n.PNN)
				continue
			}
			list.Nodes = append(list.Nodes, status.ListedNode{PNN: status.Known(n.PNN), Address: n.Address})
		}
		return list, nil
	})
}

// banState tells whether the node is banned.
func (a asker) banState(ctx context.Context) (BanState, error) {
	ban, err := one(ctx, a, wire.GetBanState(), wire.DecodeBanState)
	return BanState{Banned: ban.For > 0, For: ban.For}, err
}

// processExists tells whether a process is a client of the node's ctdbd.
func processExists(pid int) func(asker, context.Context) (bool, error) {
	return func(a asker, ctx context.Context) (bool, error) {
		request, err := wire.ProcessExists(pid)
		if err != nil {
			return false, a.failure(ctx, wire.OpProcessExists.String(), err)
		}
		return one(ctx, a, request, wire.DecodeProcessExists)
	}
}

// isWireError tells whether an answer was one, but not what this module knows.
func isWireError(err error) bool {
	_, ok := errors.AsType[*wire.Error](err)
	return ok
}
