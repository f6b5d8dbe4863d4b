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
// that hangs but is still connected costs such a third too; what the tool says of it is in the answer's Warnings.
//
// While a node starts, its answer mixes two moments: flags, generation and recovery mode (UNKNOWN or DISCONNECTED for
// other nodes, an invalid generation, RECOVERY) are from before the tool waited for the leader that it names.
//
// Over the socket it is the same, but for the time: the client listens to the leader from the first call on, and
// LeaderHeard says how old the news is. Without other nodes' part in it there is [Client.LightStatus].
//
// By the tool it is read from JSON where that has it, which is said in the answer's Form.
//
// Similar to: ctdb status.
func (c *Client) Status(ctx context.Context) (*status.Cluster, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	cluster, settled, why := overSocket(ctx, c, asker.status)
	if settled {
		return cluster, why
	}
	cmd, result, err := c.answer(ctx, []way{{jsonForm, []string{"--json", "status"}}, {anyTool, []string{"status"}}})
	if err != nil {
		return nil, c.worse(why, err)
	}
	cluster, err = query[*status.Cluster]{
		read: status.Parse, unparsed: func(all *status.Cluster) status.Lines { return all.Unparsed },
	}.understand(c, cmd, result)
	if err != nil {
		return nil, err
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
