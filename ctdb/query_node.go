package ctdb

import (
	"context"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// Uptime tells since when the node's ctdbd runs and when its last recovery ended. The tool prints times of its host; they
// are read as times of this process's zone. Similar to: ctdb uptime.
func (c *Client) Uptime(ctx context.Context) (*status.Uptime, error) {
	read := func(out []byte) (*status.Uptime, error) { return status.ParseUptime(out, time.Local) }
	return query[*status.Uptime]{
		ways("uptime"), read, func(u *status.Uptime) status.Lines { return u.Unparsed },
	}.askSocket(ctx, c, asker.uptime)
}

// Leader gives the node that leads the cluster, as the asked node knows it; it may be unknown. From 4.16 on a call takes
// up to a second, or a third of its time if there is no leader; over a socket, that is the first call only, since the client
// listens from then on, and takes what it heard in the last five seconds. It works with all releases. Similar to: ctdb leader, and
// ctdb recmaster up to 4.15.
func (c *Client) Leader(ctx context.Context) (status.Value[nodes.PNN], error) {
	return query[status.Value[nodes.PNN]]{
		[]way{{leaderWord, []string{"leader"}}, {anyTool, []string{"recmaster"}}}, status.ParseLeader, nil,
	}.askSocket(ctx, c, asker.leaderNow)
}

// PNN gives the number of the node that the tool runs on, or that the socket belongs to. It can't be asked of another node,
// whose number is known anyway: that is an [ErrUsage]. Similar to: ctdb pnn.
func (c *Client) PNN(ctx context.Context) (nodes.PNN, error) {
	return query[nodes.PNN]{ways("pnn"), status.ParsePNN, nil}.askSocket(ctx, c, asker.ownPNN)
}

// ClusterLock gives the lock that the node's ctdbd runs with; the zero value is none. Similar to: ctdb getreclock.
func (c *Client) ClusterLock(ctx context.Context) (config.Lock, error) {
	read := func(out []byte) (config.Lock, error) {
		text, err := status.ParseClusterLock(out)
		if err != nil {
			return config.Lock{}, err
		}
		return config.ParseLock(text)
	}
	return query[config.Lock]{ways("getreclock"), read, nil}.askSocket(ctx, c, asker.clusterLock)
}

// RunState tells how far the node's ctdbd has come: from INIT to RUNNING, or SHUTDOWN. Similar to: ctdb runstate.
func (c *Client) RunState(ctx context.Context) (status.RunState, error) {
	return query[status.RunState]{ways("runstate"), status.ParseRunState, nil}.
		askSocket(ctx, c, asked(wire.GetRunState(), wire.DecodeRunState))
}

// Ping asks the node's ctdbd for a sign of life, and gives how long that took and how many clients it has. Similar to:
// ctdb ping.
func (c *Client) Ping(ctx context.Context) (*status.Ping, error) {
	return query[*status.Ping]{ways("ping"), status.ParsePing, nil}.askSocket(ctx, c, asker.ping)
}

// PID gives the process number of the node's ctdbd, on its machine. Similar to: ctdb getpid.
func (c *Client) PID(ctx context.Context) (int, error) {
	return query[int]{ways("getpid"), status.ParsePID, nil}.askSocket(ctx, c, asked(wire.GetPID(), wire.DecodePID))
}

// LogLevel gives the level that the node's ctdbd logs at. Similar to: ctdb getdebug.
func (c *Client) LogLevel(ctx context.Context) (config.LogLevel, error) {
	read := func(out []byte) (config.LogLevel, error) {
		text, err := status.ParseDebugLevel(out)
		if err != nil {
			return 0, err
		}
		return config.ParseLogLevel(text)
	}
	return query[config.LogLevel]{ways("getdebug"), read, nil}.
		askSocket(ctx, c, asked(wire.GetLogLevel(), wire.DecodeLogLevel))
}

// Capabilities tells whether the node may lead and be the lmaster of records. Similar to: ctdb getcapabilities.
func (c *Client) Capabilities(ctx context.Context) (*status.Capabilities, error) {
	return query[*status.Capabilities]{
		machineWays("getcapabilities"), status.ParseCapabilities,
		func(all *status.Capabilities) status.Lines { return all.Unparsed },
	}.askSocket(ctx, c, asker.capabilities)
}

// NodeList gives the nodes that are listed on the machine that the tool runs on, without those that are deleted. It asks
// no daemon, and so can't be asked on another node. Similar to: ctdb listnodes.
func (c *Client) NodeList(ctx context.Context) (*status.NodeList, error) {
	return query[*status.NodeList]{
		machineWays("listnodes"), status.ParseNodeList,
		func(list *status.NodeList) status.Lines { return list.Unparsed },
	}.ask(ctx, c)
}

// Tunables gives the tunables that the node runs with. Those that are obsolete are not among them. Similar to: ctdb
// listvars.
func (c *Client) Tunables(ctx context.Context) (*status.Tunables, error) {
	return query[*status.Tunables]{
		ways("listvars"), status.ParseTunables,
		func(all *status.Tunables) status.Lines { return all.Unparsed },
	}.askSocket(ctx, c, asker.tunables)
}

// Tunable gives one of them, in upper or lower case. A name that CTDB does not know, or that is
// obsolete, is an [ErrNoSuchTunable]. Similar to: ctdb getvar.
func (c *Client) Tunable(ctx context.Context, name string) (uint32, error) {
	if err := checkName("getvar", "tunable", name); err != nil {
		return 0, err
	}
	answer, err := query[status.Tunable]{ways("getvar", name), status.ParseTunable, nil}.askSocket(ctx, c, tunable(name))
	return answer.Value, err
}

// NodesFile gives the nodes file as the node's ctdbd would read it now, which need not be what it runs with: see
// [Client.ReloadNodes]. From 4.22 on it can be the output of a command. Over the socket it also tells which nodes are
// deleted. By the tool it is [Client.NodeList], and can't be asked of another node.
func (c *Client) NodesFile(ctx context.Context) (*status.NodeList, error) {
	return query[*status.NodeList]{
		machineWays("listnodes"), status.ParseNodeList,
		func(list *status.NodeList) status.Lines { return list.Unparsed },
	}.askSocket(ctx, c, asker.nodesFile)
}
