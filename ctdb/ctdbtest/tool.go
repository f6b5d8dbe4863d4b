package ctdbtest

import (
	"context"
	"fmt"
	"os/exec"
	"path"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// Run answers a command as the ctdb tool on node 0 would: see [Cluster.Runner].
func (c *Cluster) Run(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
	return c.Runner(0).Run(ctx, cmd)
}

// Runner gives a runner that answers as the ctdb tool on that node would. There is no other program than ctdb there. Run
// returns at once, unless a daemon that it needs hangs: see [Cluster.Hang].
func (c *Cluster) Runner(pnn nodes.PNN) ctdb.Runner {
	return ctdb.RunnerFunc(func(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
		if err := ctx.Err(); err != nil {
			return ctdb.Result{}, fmt.Errorf("run %v: %w", cmd, err)
		}
		if path.Base(cmd.Name) != "ctdb" {
			return ctdb.Result{}, fmt.Errorf("run %v: %w", cmd, exec.ErrNotFound)
		}
		result, err := c.run(ctx, pnn, cmd)
		if err != nil {
			return ctdb.Result{}, fmt.Errorf("run %v: %w", cmd, err)
		}
		if cmd.Stdout == nil {
			return result, nil
		}
		_, err = cmd.Stdout.Write(result.Stdout)
		result.Stdout = nil
		return result, err
	})
}

// Answers of the tool.
func printed(out string) ctdb.Result { return ctdb.Result{Stdout: []byte(out)} }
func refused(words string) ctdb.Result {
	return ctdb.Result{ExitCode: 1, Stderr: []byte(words + "\n")}
}

// said is an answer of a tool that succeeds and has something to say.
func said(words string) ctdb.Result { return ctdb.Result{Stderr: []byte(words + "\n")} }

// usage is the answer to a command that is used wrongly. Real ones are longer.
func usage() ctdb.Result {
	return ctdb.Result{ExitCode: 1, Stdout: []byte("Usage: [-?YXv] [-?|--help] [--usage] COMMAND [ARGS]\n")}
}

// wordsOver are the last ones of a tool whose time is up.
const wordsOver = "Maximum runtime exceeded - exiting"

// query is what a command is asked.
type query struct {
	options
	local  nodes.PNN // the node that the tool runs on
	target nodes.PNN // the node that it is asked about
	stdin  []byte

	late  map[nodes.PNN]bool // the nodes that were waited for, in vain
	await *await             // what is to be waited for
}

// tool is the tool on a node.
func (c *Cluster) tool(q *query) ctdb.Result {
	switch {
	case q.help:
		result := usage()
		result.ExitCode = 0
		return result
	case len(q.words) == 0:
		return usage()
	}
	name := q.words[0]
	command, ok := commands[name]
	switch {
	case !ok || !c.knows(name):
		return refused("Unknown command '" + name + "'")
	case q.json && !command.json:
		return refused("--json not supported by the " + name + " subcommand")
	case command.offline && q.node != nil:
		return refused("Cannot specify node for command " + name)
	case command.offline && command.wrong(q):
		return usage()
	case command.offline:
		q.target = q.local
		return command.run(c, q)
	}
	return c.ask(command, q)
}

// ask runs a command that talks to the daemon.
func (c *Cluster) ask(command command, q *query) ctdb.Result {
	self, ok := c.node(q.local)
	if !ok || !self.running {
		return refused("connect() failed, errno=111\nFailed to connect to CTDB daemon (/run/ctdb/ctdbd.socket)")
	}
	if self.hung != nil {
		q.await = &await{resumed: self.hung}
		return ctdb.Result{}
	}
	q.target = q.local
	banned := c.allBanned()
	if banned && q.words[0] == "unban" && (q.node == nil || *q.node == q.local) {
		result := command.run(c, q)
		result.Stderr = append([]byte(wordsAllBanned+"\n"), result.Stderr...)
		return result
	}
	if q.node != nil {
		q.target = *q.node
		if bad := c.verify(q); bad != "" {
			return refused(bad)
		}
	}
	switch {
	case command.local && q.target != q.local:
		return refused("Node cannot be specified for command " + q.words[0])
	case command.wrong(q):
		return usage()
	case command.nodemap && banned:
		return refused(wordsAllBanned)
	case command.nodemap && q.limit == 0:
		return refused(q.noNodemap())
	}
	return command.run(c, q)
}

// verify looks for what is wrong with the node that a command is for.
func (c *Cluster) verify(q *query) (bad string) {
	switch _, ok := c.node(q.target); {
	case q.limit == 0:
		return q.noNodemap()
	case c.allBanned():
		return wordsAllBanned
	case !ok:
		return fmt.Sprintf("Node %d does not exist", uint32(q.target))
	}
	if flags := c.seen(q.local, q.target); flags.Has(status.FlagDisconnected) {
		return fmt.Sprintf("Node %d has status %v", q.target, flags)
	}
	return ""
}

const wordsAllBanned = "Warning: All nodes are banned."

// noNodemap is what the tool says when its daemon does not tell the nodes in no time.
func (q *query) noNodemap() string {
	return fmt.Sprintf("%s\nFailed to get nodemap from node %d", noAnswer("GET_NODEMAP", q.local), q.local)
}
