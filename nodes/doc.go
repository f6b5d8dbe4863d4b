// Package nodes reads the nodes file of CTDB, the list of a cluster's nodes.
//
// [Parse] takes the bytes of the file and gives a [File], which says which node number belongs to which address, as
// ctdbd and `ctdb listnodes` understand it. Nothing here opens a file or runs a program.
//
// # The grammar
//
// The file is /etc/ctdb/nodes and must be the same on all nodes. It has one private address a line. The manual,
// ctdb(7), says little more than that; this is what ctdbd does with it.
//
//   - Lines end with a newline; the last one may lack it. A carriage return or a NUL ends the text of a line, and what
//     follows on that line is ignored, so CRLF is fine.
//   - Spaces and tabs around the text of a line are left out. Only these two are blanks.
//   - The node number ([PNN]) is the number of lines before, from 0. A line without text is no line here: it takes no
//     number. (The script onnode does count it. Do not write such lines.)
//   - A line that starts with # is a deleted node. It takes a number, so that the numbers of the nodes behind it stay,
//     and its address is gone. There are no comments: "# my cluster" at the top is a deleted node 0 and shifts all
//     others. A semicolon, and a # after an address, are errors.
//   - An address is a numeric IPv4 address without leading zeros, or an IPv6 address, which may be in brackets since
//     CTDB 4.16. An IPv4-mapped address ("::ffff:10.0.0.1") is the IPv4 address; it must have its last part in dots.
//     There are no host names, zones ("%eth0"), ports or mask lengths.
//   - The reader accepts 0.0.0.0 and one address several times, although no cluster works with that.
//   - One bad line makes ctdbd and ctdb refuse the whole file.
//   - An empty file is valid and has no nodes. (systemd does not start ctdbd then.)
//
// All releases of CTDB that this was tested with, 4.13 to 4.25, agree on this, apart from the brackets.
//
// Similar to: ctdb listnodes.
package nodes
