// Package nodes reads and edits the nodes file of CTDB, the list of a cluster's nodes.
//
// [Parse] takes the bytes of the file and gives a [File], which says which node number belongs to which address, as
// ctdbd and `ctdb listnodes` understand it; it does no I/O. [Load] reads the file, [Edit] changes it, and [ReadList]
// reads a list wherever ctdb.conf says it is. [File.Validate] finds what CTDB accepts and people regret, and [Diff] says
// what happened between two versions.
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
//   - An empty file is valid and has no nodes. ctdbd does not start with it.
//
// That is the newest grammar, and Parse follows it. All releases of CTDB that this was tested with, 4.13 to 4.25, agree
// on it apart from the brackets, which those before 4.16 refuse. [File.CheckFor] says whether a release reads the file.
//
// # Edits
//
// [File.Append], [File.Delete] and [File.Restore] change the line of one node and no other byte of the file. None of them
// gives another node another number or address: a new node gets a number that was never used, and the line of a deleted
// one is commented out and stays. An edit whose result ctdbd would refuse, or that asks for an address that no node can
// have, is an error and changes nothing.
//
// Edit makes such changes to the file itself. It locks out other callers of Edit, notices other writers, replaces the file
// in one step that survives a crash, follows a symbolic link to a file that nodes share, and keeps owner and permissions.
//
// A running cluster can be told to read its new list (ctdb reloadnodes), but does not accept every list: a node's number
// is its identity, so a line that vanished, an address that changed in place, and whatever shifts nodes to other numbers
// are refused, and a node that restarts with such a list is at odds with the others. Diff calls these changes forbidden
// ([ChangeKind.Forbidden]), and Edit does not make them unless [Options.Allow] says so. To give a node another address,
// delete it, reload, restore it with the new address, and reload again.
//
// Edit changes the file of one machine, once. To get it to all nodes and reload them is left to the caller.
//
// Similar to: ctdb listnodes.
package nodes
