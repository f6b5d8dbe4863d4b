package ctdb

import (
	"context"
	"strings"

	"github.com/go-ctdb/go-ctdb/status"
)

// Status reads the cluster's state as one node sees it: the nodes and their flags, the generation, the vnnmap, the
// recovery mode and the leader.
//
// From 4.16 on, the tool learns the leader from a message that the leader sends once a second, so that a call takes half
// a second on average, and a third of the time that it was given if there is no leader, which is then unknown. A node
// that hangs costs as much; what the tool says of it is in the answer's Warnings.
//
// Similar to: ctdb status.
func (c *Client) Status(ctx context.Context) (*status.Cluster, error) {
	cmd, result, err := c.run(ctx, "status")
	if err != nil {
		return nil, err
	}
	if result.ExitCode != 0 {
		return nil, failed(cmd, result)
	}
	cluster, err := status.Parse(result.Stdout)
	if err == nil && c.config.Strict {
		err = cluster.Unparsed.Err()
	}
	if err != nil {
		return nil, notUnderstood(cmd, result, err)
	}
	cluster.Warnings = warnings(result.Stderr)
	return cluster, nil
}

// warnings gives what a tool that succeeded said on standard error, line by line.
func warnings(stderr []byte) []string {
	var all []string
	for line := range firstLines(stderr) {
		if strings.TrimSpace(line) != "" {
			all = append(all, line)
		}
	}
	return all
}
