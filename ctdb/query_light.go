package ctdb

import (
	"context"
	"errors"

	"github.com/go-ctdb/go-ctdb/status"
)

// LightStatus reads what one node knows of the cluster by itself, without asking others or waiting for anything: nodes
// and flags, generation, vnnmap and recovery mode. It is what to poll: some ten microseconds over a connection that is
// there.
//
// Over the socket, the answer is marked as Light: no node is known to be PARTIALLYONLINE. The leader is what this client
// last heard, and LeaderHeard is when. A client that has not heard of it yet, from 4.16 on, listens from now on and does
// not report it; up to 4.15 the leader is asked for.
//
// By the tool it is the quickest thing that tells of all nodes, ctdb -X nodestatus all: there is neither generation nor
// vnnmap nor recovery mode nor leader, and PARTIALLYONLINE nodes are known.
func (c *Client) LightStatus(ctx context.Context) (*status.Cluster, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	cluster, settled, why := overSocket(ctx, c, asker.lightStatus)
	if settled {
		return cluster, why
	}
	cluster, err := c.allNodeStates(ctx)
	return cluster, c.worse(why, err)
}

// allNodeStates asks the tool for the flags of all nodes.
func (c *Client) allNodeStates(ctx context.Context) (*status.Cluster, error) {
	cmd, result, err := c.try(ctx, machineWays("nodestatus", "all"))
	if err != nil {
		return nil, err
	}
	cluster, _, err := status.ParseNodeStatusExit(result.Stdout, result.ExitCode)
	switch {
	case err == nil && c.config.Strict && cluster.Unparsed.Err() != nil:
		return nil, notUnderstood(cmd, result, cluster.Unparsed.Err())
	case err == nil:
		cluster.Warnings = warnings(result.Stderr)
		return cluster, nil
	case wentAway(result):
		return nil, newCommandError(cmd, result, causes{ErrNotReady})
	case errors.Is(err, status.ErrExitCode) || result.ExitCode != 0:
		return nil, failed(cmd, result)
	}
	return nil, notUnderstood(cmd, result, err)
}
