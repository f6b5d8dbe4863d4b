package ctdb

import (
	"bytes"
	"context"
	"errors"

	"github.com/go-ctdb/go-ctdb/status"
)

// ErrNoGroup says that the node that the tool runs on belongs to no such group: it has no natgw_nodes or lvs_nodes
// file.
var ErrNoGroup = errors.New("the node is in no such group")

// NATGWLeader gives the node that is the gateway of the NAT gateway group of the machine that the tool runs on; unknown
// if no node of the group can be. [ErrNoGroup] says that there is no group. The client must not be one for another node;
// so it is with all questions about groups. It works with all releases. Similar to: ctdb natgw leader, and ctdb natgw
// master up to 4.13.
func (c *Client) NATGWLeader(ctx context.Context) (*status.GroupLeader, error) {
	return c.groupLeader(ctx, "natgw", natgwLeader, status.ParseNATGWLeader)
}

// NATGWList gives the nodes of the NAT gateway group, and which of them is the gateway. Similar to: ctdb natgw list.
func (c *Client) NATGWList(ctx context.Context) (*status.NATGWGroup, error) {
	return query[*status.NATGWGroup]{
		ways("natgw", "list"), status.ParseNATGWList,
		func(group *status.NATGWGroup) status.Lines { return group.Unparsed },
	}.ask(ctx, c)
}

// NATGWStatus gives the states of the nodes of the NAT gateway group; nothing else of the answer is reported. Similar
// to: ctdb natgw status.
func (c *Client) NATGWStatus(ctx context.Context) (*status.Cluster, error) {
	return groupStatus("natgw", status.ParseNATGWStatus).ask(ctx, c)
}

// LVSLeader gives the node that takes in the connections of the LVS group of the machine that the tool runs on, and
// sends them to the others; unknown if no node of the group can. [ErrNoGroup] says that there is no group. It works with
// all releases. Similar to: ctdb lvs leader, and ctdb lvs master up to 4.13.
func (c *Client) LVSLeader(ctx context.Context) (*status.GroupLeader, error) {
	return c.groupLeader(ctx, "lvs", lvsLeader, status.ParseLVSLeader)
}

// LVSList gives the nodes of the LVS group that connections are sent to at the moment. Similar to: ctdb lvs list.
func (c *Client) LVSList(ctx context.Context) (*status.LVSGroup, error) {
	return query[*status.LVSGroup]{
		ways("lvs", "list"), status.ParseLVSList,
		func(group *status.LVSGroup) status.Lines { return group.Unparsed },
	}.ask(ctx, c)
}

// LVSStatus gives the states of the nodes of the LVS group; nothing else of the answer is reported. Similar to: ctdb lvs
// status.
func (c *Client) LVSStatus(ctx context.Context) (*status.Cluster, error) {
	return groupStatus("lvs", status.ParseLVSStatus).ask(ctx, c)
}

func groupStatus(group string, read func([]byte) (*status.Cluster, error)) query[*status.Cluster] {
	return query[*status.Cluster]{
		ways(group, "status"), read, func(all *status.Cluster) status.Lines { return all.Unparsed },
	}
}

// groupLeader asks for the leader of a group, whose being unknown is an exit code.
func (c *Client) groupLeader(
	ctx context.Context, group string, needs feature, read func([]byte, int) (*status.GroupLeader, error),
) (*status.GroupLeader, error) {
	cmd, result, err := c.try(ctx, []way{{needs, []string{group, "leader"}}, {anyTool, []string{group, "master"}}})
	if err != nil {
		return nil, err
	}
	if result.ExitCode != 0 && len(bytes.TrimSpace(result.Stderr)) > 0 { // as of ssh, which ends with 255 too
		return nil, failed(cmd, result)
	}
	leader, err := read(result.Stdout, result.ExitCode)
	switch {
	case err == nil:
		return leader, nil
	case wentAway(result):
		return nil, newCommandError(cmd, result, causes{ErrNotReady})
	case result.ExitCode != 0:
		return nil, failed(cmd, result)
	}
	return nil, notUnderstood(cmd, result, err)
}
