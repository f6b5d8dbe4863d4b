// Package routes reads and edits the two files of CTDB with routes: that of policy routing (13.per_ip_routing), which has
// routes for packets from a public address, and static-routes (11.routing), which has routes through an interface.
//
// [Parse], [Load] and [Edit] are for the first, [ParseStatic], [LoadStatic] and [EditStatic] for the second. Bytes that
// nobody edited stay as they are. [Config] has the settings that policy routing needs besides its file.
//
// # The grammar
//
// ctdbd reads neither file. Event scripts do, with the read command of the shell, and give what they find to the ip
// command:
//
//   - Each line ends with a newline. The scripts do not see a last line without one.
//   - Spaces and tabs split a line into words; those at its ends are left out.
//   - A line of policy routing is "ADDRESS DESTINATION [GATEWAY]", where the address is a public IPv4 address as CTDB
//     prints it. Lines with any other first word are ignored, and so serve as comments. An address may have several lines.
//     All words from the third on go to "ip route add DESTINATION via".
//   - A line of static-routes is "INTERFACE DESTINATION GATEWAY". There are no comments, but errors of the ip command are
//     ignored, and a line that starts with # is one. This package takes it for a comment.
//   - A carriage return is a part of the word before it.
//   - A backslash has the shell's meaning: at the end of a line it joins the next one. This package refuses it.
//
// In policy routing, a route that the ip command refuses makes the event fail that brings the address to a node.
//
// Similar to: ip rule show, ip route show table ctdb.ADDRESS. See the section POLICY ROUTING of ctdb(7) and of
// ctdb-script.options(5).
package routes
