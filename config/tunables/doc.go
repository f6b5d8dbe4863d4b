// Package tunables reads and edits ctdb.tunables, the file that sets CTDB's tunables when a node starts, and the
// files of the directory tunables.d, which add to it since CTDB 4.23.
//
// [Parse] takes the bytes of a file and gives a [File] with its settings. [Load] and [Edit] do so with a file on
// disk; bytes that nobody edited stay as they are. [File.Effective] says what values a release of CTDB takes from the
// file, and [File.CheckFor] which lines it refuses; [File.Validate] finds what people regret, and [File.Upgrade]
// makes a file of one release one of another. [Known] is the table of all tunables, and [LoadAll] reads all files of
// a node.
//
// All comparisons of names are as CTDB makes them, in all releases: upper and lower case are the same, in ASCII.
//
// # Since 4.17
//
// ctdbd reads the file itself when it starts, with the lexer that it has for ctdb.conf:
//
//   - Blanks (space, tab, carriage return, vertical tab, form feed) around a line, and around the name and the value,
//     do not count. A line whose first byte is # or ; is a comment, and comments do not continue. There are none
//     behind a value.
//   - A line that ends with a backslash continues on the next one, blanks behind the backslash or not. A zero byte
//     ends what counts of a line. The last line may lack its newline.
//   - A line is NAME=VALUE, split at the first =.
//   - VALUE is a whole number with nothing behind it: decimal, octal with a leading 0, hexadecimal with 0x. A +
//     before it is fine, a - is not. It must fit into 64 bits, of which the low 32 are kept: 4294967296 is 0. (Builds
//     with a C library of 2023 or later take binary numbers with 0b too. This package does not, since no release says
//     so.)
//   - Of several settings of a name the last good one counts.
//
// ctdbd logs an error for each line that it can't read, for a name that it does not know, for one that is obsolete
// and for a value that is no number, and then goes on: it starts with the values of all other lines, and the bad
// ones change nothing. Only behind a line that begins with =, or with [ and has no ], it reads no
// further; what was before that line is set. No release from 4.17 to 4.25 refuses to start over this file, so a
// mistake in it shows in the log only.
//
// Since 4.23, ctdbd then reads the files of tunables.d in the same way, those whose names end with .tunables, in the
// order of their names. It reads all of them, whatever is wrong with some, and the last setting counts.
//
// # 4.9 to 4.16
//
// The event script 00.ctdb reads the file line by line with the shell, and calls ctdb setvar for each:
//
//   - A line is NAME=VALUE, split at the first =. Blanks count: "A = 1" sets "A ", which does not exist.
//   - A line that is empty, begins with = or begins with # is skipped. There is no other comment; blanks before the
//     #, or alone on a line, are a name that does not exist.
//   - A backslash takes away the special meaning of the = behind it, and joins the next line if it is the last byte;
//     in a comment too, which then swallows the next line. Zero bytes vanish. If VALUE has a single =, at its end,
//     that vanishes. (This is dash; bash differs about a backslash before a zero byte.)
//   - A last line without newline is not read.
//   - The number is what VALUE begins with, blanks before it or not: "5 x" is 5 and "09" is 0. A VALUE without a
//     number, a negative one, or one of more than 64 bits is refused; 4.9 and 4.10 take anything, and have 0 for no
//     number.
//   - A name that is unknown or obsolete is refused.
//
// The first line that is refused ends the script, and then ctdbd ends: the node does not start. So the same obsolete
// tunable that is an error in the log of 4.17 keeps 4.16 from starting.
//
// The lines NAME=VALUE that [File.Set] writes are read by all releases. Before 4.9 there was no such file.
//
// # Loading a changed file
//
// A running ctdbd does not look at the files again. Similar to: ctdb listvars, getvar and setvar, which see and
// change the values of a running node, and ctdb-tunables(7).
package tunables
