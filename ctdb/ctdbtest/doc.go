// Package ctdbtest simulates a CTDB cluster for tests of programs that use package ctdb.
//
// A [Cluster] lives in memory. It is a ctdb.Runner that answers the ctdb tool's commands as the tool of a chosen release
// would, byte for byte, so that a ctdb.Client works on it as it is:
//
//	cluster := ctdbtest.New(ctdbtest.Options{Nodes: 3})
//	client := cluster.Client(0)
//	if err := cluster.Ban(1); err != nil { … }
//	status, err := client.Status(ctx)
//
// # What it answers
//
// About nodes: status, nodestatus, listnodes, version, pnn, ping, uptime, getpid, runstate, leader or recmaster,
// getreclock, getcapabilities, getvar, listvars and getdebug. About public addresses: ip, ipinfo, ifaces and gettickles.
// About databases: getdbmap, getdbstatus, statistics, stats and dbstatistics. About event scripts: event status, event
// script list and scriptstatus. About groups of nodes: natgw and lvs with leader (or master), list and status. The
// options are -n, -X, -Y, -x, -t, -T, -v, -d and, where the release has it, --json, with their long names.
//
// # What it does
//
// With nodes: disable, enable, stop, continue, ban, unban, shutdown, recover, reloadnodes, setleaderrole or
// setrecmasterrole, setlmasterrole, setvar, setdebug and statisticsreset. With public addresses: ipreallocate or sync,
// moveip, addip, delip, reloadips, setifacelink, addtickle and deltickle; gratarp and tickle, which nobody sees. With
// databases: attach, detach, backupdb, restoredb, wipedb, setdbreadonly and setdbsticky. With event scripts: event run,
// event script enable and event script disable.
//
// Whatever else the tool is asked, it fails as for a command that it does not know. Of its usage it shows only the
// beginning.
//
// # What happens to a cluster
//
// Methods of Cluster do what an administrator, a machine or a bug does: [Cluster.Kill] and [Cluster.Start],
// [Cluster.Hang] and [Cluster.Resume], [Cluster.FailScript], [Cluster.SetLink], [Cluster.SetNoLeader],
// [Cluster.SetRecovering], [Cluster.EditNodes] and others. Nodes can disagree: [Cluster.SetLock],
// [Cluster.SetNodesFile], [Cluster.SetLeaderView], [Cluster.SetGenerationView] and [Cluster.SetFlagsView].
//
// The zero value of [Options] is a cluster of three nodes, all well, with the databases and the event scripts of a usual
// file server, but without public addresses, a cluster lock, a NAT gateway or LVS. An address goes to the node that has
// the fewest and may host it, the lowest-numbered of several; a node that had none gets some of the busiest. That is as
// even as what CTDB does, and always the same, but not the same nodes.
//
// # What it does differently
//
// A change takes effect at once, where a real cluster takes seconds: there are no elections, no takeover runs on their
// way, and the node that leads next is the lowest that may. Nodes learn of each other's connections at once. What the
// tool tries several times, with pauses between, takes no time, nor does the wait for a leader that does not come: such
// commands fail at once, with the words that they would have ended with within their limit (-T). So does what a real tool
// never returns from, such as to stop the last active node.
//
// Time is that of package time, and so that of testing/synctest: uptimes grow, and a node that ctdb ban banned is
// unbanned when its time is over. Only a daemon that hangs makes commands wait.
//
// A daemon that hangs stays connected; the network splits only in what [Cluster.SetFlagsView] has nodes see. Nothing
// is written to a disk: the files of nodes, of public addresses and of groups are in memory, and so are backups, which
// all nodes find under the same path. A database has records only for those commands that deal with all of it. There
// are no processes of scripts, no packets and no log. Nothing crashes, not even by detaching a read-only database, which
// ends real daemons.
package ctdbtest
