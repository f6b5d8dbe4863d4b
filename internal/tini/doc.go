// Package tini splits the text of ctdb.conf, and since CTDB 4.17 of ctdb.tunables, into what CTDB's own lexer makes of
// it, with the place of each part in the source.
//
// # The grammar
//
// This is what all releases of CTDB from 4.9 do:
//
//   - Blanks are space, tab, carriage return, vertical tab and form feed. All else is data; there is no encoding, and
//     no byte order mark.
//   - Blanks before the content of a line are left out. A line without content is skipped, and so is one whose first
//     byte of content is # or ;. Nothing else is a comment.
//   - A line of content whose last byte, but for blanks, is a backslash continues on the next line: the backslash and the
//     blanks behind it are left out, and the bytes of the next line follow, whatever they are. A comment never continues.
//   - Blanks side by side count as one: the first.
//   - A NUL ends what counts of a line; whether it continues is still up to its end.
//   - A line that begins with [ is the header of a section. Its name ends before the first ], with blanks and all; what
//     follows is ignored. Without ] the whole file is refused.
//   - Any other line is a setting, split at the first =, without the blanks around name and value. If nothing stands
//     before the =, the whole file is refused. A line without = is [Word].
//   - There are no quotes, no escapes and no variables.
package tini
