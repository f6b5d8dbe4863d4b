// Package publicaddr reads and edits the public_addresses file of CTDB: the addresses that a node can serve to clients,
// and the interfaces that it can put them on.
//
// [Parse] takes the bytes of the file and gives a [File] with one [Entry] for each address, as ctdbd reads them. [Load]
// and [Edit] do so with a file on disk; bytes that nobody edited stay as they are. [File.Validate] finds what ctdbd
// accepts and people regret, [Diff] says what changed between two versions, and [Cluster] which nodes can host which
// address.
//
// # The grammar
//
// The file is /etc/ctdb/public_addresses. Each node has its own; often they are all the same. A node without the file has
// no public addresses. This is what ctdbd does with it:
//
//   - Lines end with a newline; the last one may lack it. A carriage return or a NUL ends the text of a line, and what
//     follows on that line is ignored.
//   - Spaces and tabs before the text of a line are left out. Only these two are blanks. A line that is blank, or whose
//     text starts with #, is ignored. (In the nodes file, a # is a deleted node.)
//   - Blanks split the text into words. The first is ADDRESS/MASK, the second the interfaces. All others are ignored.
//   - ADDRESS is a numeric IPv4 address without leading zeros, or an IPv6 address, which may be in brackets since CTDB
//     4.16. An IPv4-mapped address is the IPv4 address; it must have its last part in dots.
//   - MASK is what stands behind the last slash, a decimal number with as many leading zeros as one likes and perhaps a +
//     before it. There is no default for it. ctdbd keeps its low 8 bits and compares it with nothing: /33 is accepted,
//     and /280 is a /24. ADDRESS/MASK is at most 63 bytes long.
//   - The interfaces are names with commas between them and no blanks. Empty names are left out, so "eth0,,eth1," are
//     two. Since CTDB 4.9 there is no default for them. Each must exist when the file is loaded, which [Parse] can't
//     know.
//   - An address that is there twice is an error, whatever the masks and interfaces.
//   - One bad line makes ctdbd refuse the whole file, and it does not start.
//
// All releases of CTDB that this was tested with, 4.13 to 4.25, agree on this, apart from the brackets.
//
// # The manual and the scripts
//
// ctdb(7) shows entries without a mask in its sample of policy routing ("192.168.1.98 eth2,eth3"). Every release refuses
// them.
//
// Event scripts read the file too, and differently. 10.interface takes all words behind the first one for interfaces to
// watch, in every line that does not have its # in the first column. So what is fine for ctdbd (a comment behind an
// entry, a comment or an entry with blanks before it, a carriage return at the end of a line) makes the node unhealthy,
// because there is no such interface. And when all addresses are to be dropped, the scripts do not see a last line
// without a newline. Validate finds all of these.
//
// # Loading a changed file
//
// ctdbd reads the file when it starts and for `ctdb reloadips`, which adds the addresses that are new and drops those
// that are gone. It does not apply a changed mask or changed interfaces: see [ChangeKind.Reloads]. If ctdbd refuses the
// file, the old addresses stay, ctdbd's log says why, and ctdb reloadips exits with 0 all the same.
//
// Similar to: ctdb ip -v, which shows what ctdbd has loaded.
package publicaddr
