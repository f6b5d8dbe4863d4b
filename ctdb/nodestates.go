package ctdb

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// nodeStates asks for the flags of nodes, in the words of ctdb nodestatus. Other than [Client.Status] it does not wait
// for word of the leader. There is no entry for a deleted node.
func (c *Client) nodeStates(ctx context.Context, which string) (Command, Result, *status.Cluster, error) {
	cmd, result, err := c.run(ctx, "nodestatus", which)
	if err != nil {
		return cmd, result, nil, err
	}
	if len(bytes.TrimSpace(result.Stdout)) == 0 {
		switch {
		case result.ExitCode == 0: // deleted nodes only
			return cmd, result, &status.Cluster{}, nil
		case isSilent(result):
			return cmd, result, nil, newCommandError(cmd, result, causes{ErrNotReady})
		}
		return cmd, result, nil, failed(cmd, result)
	}
	// The exit code is the nodes' flags.
	cluster, err := status.ParseNodeStatus(result.Stdout)
	if err != nil {
		return cmd, result, nil, notUnderstood(cmd, result, errors.Join(err, failed(cmd, result)))
	}
	return cmd, result, cluster, nil
}

// checkNodes makes sure that nodes can be addressed, for commands that take minutes to find out or do not say what is
// wrong. It asks the node that the tool runs on.
func (c *Client) checkNodes(ctx context.Context, pnns ...nodes.PNN) error {
	for _, pnn := range pnns {
		if pnn > maxPNN {
			return &CommandError{Command: Command{Name: c.config.Tool}, Err: ErrNoSuchNode}
		}
	}
	cmd, result, cluster, err := c.On(nodes.NoPNN).nodeStates(ctx, joinPNNs(pnns))
	if err != nil {
		return err
	}
	var all causes
	for _, pnn := range pnns {
		switch n, ok := cluster.Node(pnn); {
		case !ok:
			all = all.add(ErrDeleted)
		case n.Flags.Has(status.FlagDisconnected):
			all = all.add(ErrDisconnected)
		}
	}
	if len(all) > 0 {
		return newCommandError(cmd, result, all)
	}
	return nil
}

// maxPNN is the largest number that the tool's type holds.
const maxPNN = 1<<31 - 1

// joinPNNs gives node numbers as the tool takes them: "0,2".
func joinPNNs(pnns []nodes.PNN) string {
	words := make([]string, len(pnns))
	for i, pnn := range pnns {
		words[i] = pnn.String()
	}
	return strings.Join(words, ",")
}
