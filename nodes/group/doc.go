// Package group reads and edits the natgw_nodes and lvs_nodes files of CTDB: the nodes that share a NAT gateway, and those
// that share an LVS address. Both have the same form.
//
// [Parse] takes the bytes of a file and gives a [File] with one [Member] for each node, as CTDB's scripts read them.
// [Load] and [Edit] do so with a file on disk; bytes that nobody edited stay as they are. [File.Validate] finds what the
// scripts accept and people regret.
//
// # The grammar
//
// The files are /etc/ctdb/natgw_nodes and /etc/ctdb/lvs_nodes, or what CTDB_NATGW_NODES and CTDB_LVS_NODES in
// script.options name. ctdbd never reads them. The scripts behind `ctdb natgw` and `ctdb lvs` do, with the read command
// of the shell:
//
//   - Lines end with a newline; the last one may lack it. Spaces and tabs around the text and between its two words are
//     left out. A blank line means nothing. (`ctdb natgw list` prints it, and when nobody leads, it calls it the leader.)
//   - The first word is a node's private address, the second is "follower-only" or not there: such a node uses the
//     service and never leads it. Up to CTDB 4.13 the word is "slave-only", and each release knows only its own. Any other
//     text behind the address makes the scripts refuse the whole file.
//   - A line whose first word starts with # is a comment. It may have any text. (`ctdb natgw list` prints it all the same.)
//   - The address must be written as CTDB prints it, since the scripts compare text: an IPv6 address in lower case and as
//     short as it gets, without brackets. What is not written so is no error and no node's. A carriage return at the end
//     of a line belongs to the word before it, so that a file with such line ends has no nodes, or is refused.
//   - In an address that is looked for, the scripts take dots for any character, so that "10-0-0-1" counts as 10.0.0.1 when
//     they choose a leader. No two IPv4 addresses are confused by that.
//   - A backslash has the shell's meaning: at the end of a line it joins the next one. This package refuses it.
//
// The leader is the first node, by number, of those with the best state that are not follower-only.
//
// Similar to: ctdb natgw list, ctdb lvs list. See the sections NAT GATEWAY and LVS of ctdb(7), and ctdb-script.options(5).
package group
