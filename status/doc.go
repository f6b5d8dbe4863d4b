// Package status models what a running CTDB cluster reports and parses the output of the ctdb tool that reports it. It
// does no I/O: package ctdb runs the tool and hands its output here, and so may any program that has output from
// elsewhere.
//
// [Parse] reads "ctdb status" and [ParseNodeStatus] reads "ctdb nodestatus", each in any form that releases 4.9 to 4.25
// print, without being told which. There is a parser like that for each other query command:
//
//   - addresses: [ParsePublicIPs] (ip), [ParsePublicIPInfo], [ParseInterfaces] (ifaces), [ParseTickles] (gettickles);
//   - the node: [ParseUptime], [ParseLeader] (leader, recmaster), [ParsePNN], [ParseClusterLock] (getreclock),
//     [ParseRunState], [ParsePing], [ParsePID], [ParseDebugLevel], [ParseCapabilities], [ParseNodeList] (listnodes),
//     [ParseTunables] (listvars), [ParseTunable] (getvar), and [ParseNodeStatusExit], which reads the exit code too;
//   - databases and counters: [ParseDatabaseMap], [ParseDatabaseStatus], [ParseStatistics], [ParseStats],
//     [ParseDBStatistics];
//   - events: [ParseEventStatus], [ParseScriptStatus], [ParseEventScripts];
//   - groups: [ParseNATGWLeader], [ParseNATGWList], [ParseNATGWStatus], [ParseLVSLeader], [ParseLVSList],
//     [ParseLVSStatus], in the words of all releases.
//
// What follows is about status. The others keep to the same rules.
//
// # Text
//
// This is the fullest form, and the only one before 4.25 that names the leader:
//
//	Number of nodes:4 (including 1 deleted nodes)
//	pnn:0 10.0.0.1         OK (THIS NODE)
//	pnn:1 10.0.0.2         DISCONNECTED|UNHEALTHY|INACTIVE
//	pnn:3 10.0.0.4         BANNED|INACTIVE
//	Generation:1919983054
//	Size:1
//	hash:0 lmaster:0
//	Recovery mode:NORMAL (0)
//	Leader:0
//
// Deleted nodes are counted in the first line and have no line of their own, so the numbers can have gaps. Generation
// can be INVALID. Up to 4.15 the last line is "Recovery master:0" (-1 when there is none), later "Leader:0" or
// "Leader:UNKNOWN". Size is the number of hash lines, not of nodes.
//
// # Machine form
//
// With -X or -Y there is a table with a header, and nothing but the nodes:
//
//	|Node|IP|Disconnected|Unknown|Banned|Disabled|Unhealthy|Stopped|Inactive|PartiallyOnline|ThisNode|
//	|0|10.0.0.1|0|0|0|0|0|0|0|0|Y|
//
// Columns are found by name: 4.17 put Unknown in the middle. The separator is read from the header, whatever -x made
// of it, but for the empty one: with an empty separator the row of node 1 at 10.0.0.1 and that of node 11 at 0.0.0.1 are the same
// bytes, and nothing is guessed.
//
// # JSON
//
// 4.25 and later print JSON with --json where they were built with it.
//
// # What is not there
//
// A value that a form may lack is a [Value]: reported, reported as unknown, or not reported. Lines, columns and flags
// that this package does not know are kept ([Cluster.Unparsed], [Node.Extra], [Node.OtherFlags]), since a newer CTDB is
// not an error; what it does know and cannot read is a [*ParseError] that says where.
//
// Output that was cut off is refused where that can be seen: the last line needs its newline, the counts have to agree
// with the rows, and the text form of status has to be complete. A machine table that lost whole rows looks like that
// of a smaller cluster; only the exit code tells. The comment of each parser says in which forms that is so.
//
// Numbers and times are those of the C locale; in any other one they are a [*ParseError].
package status
