// Package ctdbtest simulates a CTDB cluster for tests of programs that use package ctdb.
//
// A [Cluster] lives in memory. It is a ctdb.Runner that answers the ctdb tool's commands as the tool of a chosen release
// would, so that a ctdb.Client works on it as it is:
//
//	cluster := ctdbtest.New(ctdbtest.Options{Nodes: 3})
//	client := cluster.Client(0)
//	if err := cluster.Ban(1); err != nil { … }
//	status, err := client.Status(ctx)
//
// What it answers: status, nodestatus, listnodes, pnn, version, getvar and getdebug, with the options -n, -X, -Y, -x, -t,
// -T, -v, -d and, where the release has it, --json. What it does: disable, enable, stop, continue, ban, unban, shutdown,
// recover, ipreallocate, reloadnodes (which finds no change), setleaderrole or setrecmasterrole, setlmasterrole, setvar,
// setdebug and statisticsreset. Whatever else it is asked, it fails as the tool does for a command that it does not know.
//
// What it does not do: it has no databases, public addresses, event scripts or log. A change takes effect at once, where
// a real cluster takes seconds, and the node that leads next is the lowest that may. A node that was killed is
// disconnected for all others at once; the network never splits. Time does not pass: a ban lasts until it is lifted, and
// what a real tool never returns from, such as to stop the last active node, fails at once as if its time were up.
package ctdbtest
