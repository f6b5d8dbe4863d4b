package ctdb

import (
	"context"
	"slices"

	"github.com/go-ctdb/go-ctdb/status"
)

// SetLeaderRole tells whether the node may lead the cluster, until its restart; an option of ctdb.conf is for good. A
// node that leads and no longer may is waited for: until another leads. If there is none that may, that is a
// [*WaitError] when time is up. To set the role that is set already is no error. It works with all releases: similar to
// ctdb setleaderrole, and ctdb setrecmasterrole up to 4.15.
func (c *Client) SetLeaderRole(ctx context.Context, on bool) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	_, err := c.changeIn(ctx, []way{
		{leaderRole, []string{"setleaderrole", onOff(on)}}, {anyTool, []string{"setrecmasterrole", onOff(on)}},
	})
	if err != nil || on {
		return err
	}
	_, err = c.WaitFor(ctx, NewCondition("another node to lead", func(cluster *status.Cluster) bool {
		this, known := cluster.ThisNode()
		leader, led := cluster.Leader.Get()
		return known && led && leader != this.PNN
	}))
	return err
}

// SetLMasterRole tells whether the node may be the lmaster of records, until its restart; an option of ctdb.conf is for
// good. The leader notices within seconds and runs a recovery, which is waited for; without a leader that is a
// [*WaitError] when time is up. An inactive node is not waited for. To set the role that is set already is no error.
// Similar to: ctdb setlmasterrole.
func (c *Client) SetLMasterRole(ctx context.Context, on bool) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if _, err := c.change(ctx, "setlmasterrole", onOff(on)); err != nil {
		return err
	}
	what := "the node to be no lmaster"
	if on {
		what = "the node to be an lmaster"
	}
	_, err := c.WaitFor(ctx, NewCondition(what, func(cluster *status.Cluster) bool {
		return isLMaster(cluster, on)
	}))
	return err
}

// isLMaster tells whether the vnnmap has the node that was asked, or has it no more. Where no node has the role, the
// one that leads is the only lmaster all the same.
func isLMaster(cluster *status.Cluster, on bool) bool {
	this, ok := cluster.ThisNode()
	switch {
	case !ok:
		return false
	case this.Flags.Inactive():
		return true
	case cluster.RecoveryMode.Is(status.RecoveryActive):
		return false
	}
	is := slices.Contains(cluster.LMasters, this.PNN)
	return is == on || is && len(cluster.LMasters) == 1 && cluster.Leader.Is(this.PNN)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
