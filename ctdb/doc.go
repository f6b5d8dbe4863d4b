// Package ctdb talks to a CTDB cluster: it runs the ctdb tool, on this machine or on another, or talks to ctdbd over its
// socket, and gives typed answers and typed errors.
//
//	client := ctdb.New(ctdb.Config{})
//	cluster, err := client.Status(ctx)
//
// # Clients
//
// A [Client] asks the ctdbd of the machine that its tool runs on, or another node through that one ([Client.On]). It
// works with every release from 4.9 on. Answers are values of package status.
//
// A client asks for the best form that its tool has, and finds out once what that is: JSON before a table before text, new
// words before old ones. It remembers only what a tool said that it lacks. The answers' Form tells what it came from.
//
// [Client.Addresses] puts the public addresses of a node's file beside those that its ctdbd has.
//
// # Snapshots
//
// [Client.Snapshot] gathers what a node says of itself, and [Client.SnapshotAll] what all nodes say: parts that are each
// an answer or an error of their own, so that a node that is dead or hangs hides nothing of the others.
// [ClusterSnapshot.Findings] tells where they disagree, and what is wrong with the cluster.
//
// # Commands
//
// A Client also changes the cluster: it disables, stops and bans nodes, moves addresses, reloads files, sets tunables and
// so on. A command that finds what it wants to be so already succeeds; where the tool says so, its result tells. Where CTDB
// does not wait for the effect, the command does, within its context. [Client.WaitFor] waits for a state of the cluster, and
// [Client.WaitForAddress] for the place of an address.
//
// # Runners
//
// Programs are started through a [Runner], an interface with one method. [ExecRunner] runs them on this machine.
// [Prefix] puts sudo, ssh, ip netns exec, nsenter or chroot before them. [RunnerFunc] makes a runner of a function, for
// logging, counting or faking:
//
//	logged := ctdb.RunnerFunc(func(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
//		slog.InfoContext(ctx, "run", "command", cmd)
//		return ctdb.ExecRunner{}.Run(ctx, cmd)
//	})
//
// # The socket
//
// On 64-bit Linux a Client talks to the ctdbd of its machine without the tool. A [Client.LightStatus] then takes some
// tens of microseconds, a hundredth of what the tool needs to start; since 4.16 ctdb status also waits for the leader's
// next message, half a second on average, which a client that is kept has heard already. [Transport] has what goes
// where; [Config.Transport] chooses. Only ctdbd's user, root as a rule, may open the socket. Who runs as root can have
// [Config.SocketOwner] make sure whose it is before anything is sent.
//
// # Watching
//
// [Client.Watch] tells what changes in a cluster, as it happens where there is a socket:
//
//	for event, err := range client.Watch(ctx, ctdb.WatchOptions{}) {
//		…
//	}
//
// It begins with the whole state, survives restarts of ctdbd, and what it told last is so in the end.
//
// # Failures
//
// There is one error for each way in which a cluster can be out of reach: [ErrNotRunning], [ErrDisconnected],
// [ErrAllBanned] and so on. errors.Is finds them, whatever the transport. errors.AsType[*ctdb.SocketError] gives the socket
// and what was asked for; errors.AsType[*ctdb.CommandError] gives the command, its exit code and the tool's own words. The
// tool says nearly everything with exit code 1 and words; these words were seen in releases 4.13, 4.17, 4.22 and 4.25.
//
// # Links
//
// A [Linker] links the files that all nodes share, such as the nodes file, from a cluster file system into CTDB's
// directory, and back. The files themselves are the business of packages nodes and publicaddr.
//
// # Logs
//
// [FindLog] tells where a host's daemons log to, and [Journal] reads the systemd journal of a host. Entries and files are
// the business of package ctdblog.
//
// # Testing your code
//
// Package ctdbtest simulates a cluster that clients work on as they are.
package ctdb
