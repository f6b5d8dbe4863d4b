package ctdbtest

import (
	"context"
	"fmt"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// Run answers a command as the ctdb tool on node 0 would: see [Cluster.Runner].
func (c *Cluster) Run(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
	return c.Runner(0).Run(ctx, cmd)
}

// Runner gives a runner that answers as the ctdb tool on that node would. There is no other program than ctdb there.
func (c *Cluster) Runner(pnn nodes.PNN) ctdb.Runner {
	return ctdb.RunnerFunc(func(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
		if err := ctx.Err(); err != nil {
			return ctdb.Result{}, fmt.Errorf("run %v: %w", cmd, err)
		}
		if path.Base(cmd.Name) != "ctdb" {
			return ctdb.Result{}, fmt.Errorf("run %v: %w", cmd, exec.ErrNotFound)
		}
		c.mu.Lock()
		result := c.tool(pnn, cmd.Args)
		c.mu.Unlock()
		if cmd.Stdout == nil {
			return result, nil
		}
		_, err := cmd.Stdout.Write(result.Stdout)
		result.Stdout = nil
		return result, err
	})
}

// Answers of the tool.
func printed(out string) ctdb.Result { return ctdb.Result{Stdout: []byte(out)} }
func refused(words string) ctdb.Result {
	return ctdb.Result{ExitCode: 1, Stderr: []byte(words + "\n")}
}
func usage() ctdb.Result {
	return ctdb.Result{ExitCode: 1, Stdout: []byte("Usage: [-?YXv] [-?|--help] [--usage] COMMAND [ARGS]\n")}
}

// tool is the tool on a node.
func (c *Cluster) tool(local nodes.PNN, args []string) ctdb.Result {
	o, bad := c.parse(args)
	switch {
	case bad != "":
		return refused(bad)
	case len(o.words) == 0:
		return usage()
	}
	command, ok := commands[o.words[0]]
	switch {
	case !ok || !c.knows(o.words[0]):
		return refused("Unknown command '" + o.words[0] + "'")
	case o.json && !command.json:
		return refused("--json not supported by the " + o.words[0] + " subcommand")
	case command.offline && o.node != nil:
		return refused("Cannot specify node for command " + o.words[0])
	case command.offline:
		return command.run(c, query{options: o})
	}
	return c.ask(local, command, o)
}

// knows tells whether the release has a command that not all have.
func (c *Cluster) knows(command string) bool {
	switch command {
	case "setleaderrole":
		return c.release.HasLeader()
	case "setrecmasterrole":
		return !c.release.HasLeader()
	}
	return true
}

// ask runs a command that talks to the daemon.
func (c *Cluster) ask(local nodes.PNN, command command, o options) ctdb.Result {
	self, ok := c.node(local)
	if !ok || !self.running {
		return refused("connect() failed, errno=111\nFailed to connect to CTDB daemon (/run/ctdb/ctdbd.socket)")
	}
	target := local
	if o.node != nil {
		target = *o.node
	}
	n, ok := c.node(target)
	switch {
	case c.allBanned() && o.words[0] == "unban" && target == local:
		result := command.run(c, query{options: o, target: target})
		result.Stderr = append([]byte("Warning: All nodes are banned.\n"), result.Stderr...)
		return result
	case c.allBanned():
		return refused("Warning: All nodes are banned.")
	case !ok:
		return refused(fmt.Sprintf("Node %d does not exist", uint32(target)))
	case n.view().Has(status.FlagDisconnected):
		return refused(fmt.Sprintf("Node %d has status %v", target, n.view()))
	case command.local && target != local:
		return refused("Node cannot be specified for command " + o.words[0])
	case len(o.words)-1 > command.args, command.exact && len(o.words)-1 < command.args:
		return usage()
	}
	return command.run(c, query{options: o, target: target})
}

func (c *Cluster) allBanned() bool {
	return !slices.ContainsFunc(c.nodes, func(n *node) bool { return n.running && !n.flags.Has(status.FlagBanned) })
}

// query is what a command is asked.
type query struct {
	options
	target nodes.PNN
}

// command is a command of the tool.
type command struct {
	offline bool // it needs no daemon, and takes no -n
	local   bool // it takes no other node's number
	json    bool // it has a JSON form, in releases that have any
	args    int  // how many arguments it takes
	exact   bool // it takes no fewer
	run     func(c *Cluster, q query) ctdb.Result
}

var commands = map[string]command{
	"continue":         {run: flagCommand{status.FlagStopped, false, "stopped"}.run},
	"disable":          {run: flagCommand{status.FlagDisabled, true, "disabled"}.run},
	"enable":           {run: flagCommand{status.FlagDisabled, false, "disabled"}.run},
	"stop":             {run: flagCommand{status.FlagStopped, true, "stopped"}.run},
	"unban":            {run: flagCommand{status.FlagBanned, false, "banned"}.run},
	"ban":              {args: 1, exact: true, run: (*Cluster).runBan},
	"shutdown":         {run: (*Cluster).runShutdown},
	"recover":          {run: (*Cluster).runRecover},
	"ipreallocate":     {run: (*Cluster).runTakeover},
	"reloadnodes":      {local: true, run: (*Cluster).runReloadNodes},
	"setleaderrole":    {args: 1, exact: true, run: (*Cluster).runSetLeader},
	"setrecmasterrole": {args: 1, exact: true, run: (*Cluster).runSetLeader},
	"setlmasterrole":   {args: 1, exact: true, run: (*Cluster).runSetLMaster},
	"setvar":           {args: 2, exact: true, run: (*Cluster).runSetVar},
	"getvar":           {args: 1, exact: true, run: (*Cluster).runGetVar},
	"setdebug":         {args: 1, exact: true, run: (*Cluster).runSetDebug},
	"getdebug":         {run: (*Cluster).runGetDebug},
	"statisticsreset":  {run: func(*Cluster, query) ctdb.Result { return ctdb.Result{} }},

	"status":     {json: true, run: (*Cluster).runStatus},
	"nodestatus": {args: 1, run: (*Cluster).runNodeStatus},
	"pnn":        {local: true, run: func(_ *Cluster, q query) ctdb.Result { return printed(q.target.String() + "\n") }},
	"listnodes":  {offline: true, run: (*Cluster).runListNodes},
	"version":    {offline: true, json: true, run: (*Cluster).runVersion},
}

// options are the tool's options, and the words that are none.
type options struct {
	node    *nodes.PNN
	machine bool
	json    bool
	sep     string
	words   []string
}

// parse reads the tool's arguments. Options may come behind the command. What is wrong comes back in the tool's words.
func (c *Cluster) parse(args []string) (o options, bad string) {
	o.sep = c.release.MachineSeparator()
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			o.words = append(o.words, arg)
			continue
		}
		name, value, inline := strings.Cut(arg, "=")
		option, ok := optionNames[name]
		if !ok || option == 'j' && !c.release.HasJSON() {
			return o, "Invalid option " + arg + ": unknown option"
		}
		if strings.ContainsRune("ntTdx", option) && !inline {
			if i++; i == len(args) {
				return o, "Invalid option " + arg + ": missing argument"
			}
			value = args[i]
		}
		if bad := o.set(option, value); bad != "" {
			return o, bad
		}
	}
	if o.json && o.machine {
		return o, "--json and -Y options are mutually exclusive"
	}
	return o, ""
}

// optionNames gives the letter of each option.
var optionNames = map[string]rune{
	"-n": 'n', "--node": 'n', "-t": 't', "--timelimit": 't', "-T": 'T', "--maxruntime": 'T', "-d": 'd', "--debug": 'd',
	"-x": 'x', "--separator": 'x', "-X": 'X', "-Y": 'X', "-v": 'v', "--verbose": 'v', "-j": 'j', "--json": 'j',
}

func (o *options) set(option rune, value string) (bad string) {
	switch option {
	case 'n', 't', 'T':
		n, err := strconv.ParseInt(value, 0, 32)
		if err != nil {
			return "Invalid option " + value + ": invalid numeric value"
		}
		if option == 'n' && n != -1 {
			pnn := nodes.PNN(uint32(n))
			o.node = &pnn
		}
	case 'x':
		o.sep = value
	case 'X':
		o.machine = true
	case 'j':
		o.json = true
	}
	return ""
}
