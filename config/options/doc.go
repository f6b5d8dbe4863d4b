// Package options reads and edits the options of CTDB's event scripts: script.options, which all of them source, and
// NAME.options beside a script, which overrides it for that script.
//
// [Parse] takes the bytes of a file and gives a [File] with one [Entry] for each assignment. [Load] and [Edit] do so
// with a file on disk; bytes that nobody edited stay as they are. [File.Lookup] tells what the file makes of a
// variable, or that only a shell can tell. [File.Validate] finds what people regret, and [Known] has the variables of
// each release. [Merge] and [LoadMerged] put the files of one script together; [Merged.NATGateway], [Merged.LVS] and
// [Merged.PerIPRouting] give the options of these as a group.
//
// # The grammar
//
// ctdbd reads neither file. The shell does: a script sources /etc/ctdb/script.options and then
// /etc/ctdb/events/legacy/NAME.options, so that any command may stand there. Nothing here runs a shell. What this
// package can read is what people should write:
//
//   - A command is NAME=WORD or export NAME=WORD, or several of these with blanks between them. It ends at a newline,
//     at a semicolon or at the end of the file. Blanks are spaces and tabs. There is no blank around the =.
//   - A comment begins with a # that is the first byte of a word, and ends with the line.
//   - A WORD is made of bare characters and of parts between quotes, without blanks between them. It may be empty.
//   - Between single quotes all is as it stands. Between double quotes a backslash stands for itself, unless a dollar
//     sign, a backquote, a double quote or another backslash follows. Elsewhere it takes the meaning away from any
//     character. Newlines may stand between quotes.
//   - A backslash at the end of a line joins the next one, but between single quotes and in comments.
//   - A carriage return is a character like others, and so at the end of a line a part of the value.
//   - Of several assignments of a variable the last one counts.
//
// # What only a shell can tell
//
// All else is kept byte for byte, as a [Dynamic] entry: expansions and substitutions; a tilde at the beginning of a
// WORD or behind a colon; all other commands, alone or in if, case, loops, functions, pipes and lists with && and ||;
// redirections and here-documents. The parser knows their structure as far as all shells agree about it, and which
// variables an entry may change:
//
//   - An assignment or unset changes what it names, also in an if that may not come true, and so does ${NAME:=WORD}.
//   - The commands [, test, :, true, false, echo, ulimit and umask change nothing, and neither do commands whose name
//     no function can have, such as /bin/true, or whose name is in capitals, which are mistyped assignments.
//   - To source another file, eval and all other commands may change any variable: they may be functions of CTDB.
//   - Behind return, exit, eval and some others it is not sure that the shell reads on.
//
// What the parser does not know, or what shells differ about, makes the rest of the file one entry of which nothing is
// known. So does a NUL, for the whole file. Some variables are the shell's own, such as IFS and RANDOM; no assignment
// of these is taken for known.
//
// So there are three answers to the question for a value: [Literal], [NotSet] and [Unknown]. The first two hold if the
// shell gets to the end of the file; a command such as exit ends the script. A variable that is not known can't be
// edited.
//
// A quote that does not end is an error: the shell ends the script that sources the file, and the event fails.
//
// Similar to: . /etc/ctdb/script.options. See ctdb-script.options(5).
package options
