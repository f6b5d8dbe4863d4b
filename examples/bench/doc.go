// Package bench compares package config, which reads and edits ctdb.conf, with gopkg.in/ini.v1, a general library for
// INI files, and package status, which reads what the ctdb tool prints, with a parser as a program has it that does so
// in passing. All get the same bytes. It is a module of its own, so that users of go-ctdb do not get ini.v1 too.
//
//	go test -run '^$' -bench . -count 3
//
// # What is compared: ctdb.conf
//
// There are three files. The one of 60 lines, testdata/ctdb.conf, is as an administrator would write it. That of
// 100,000 lines has CTDB's sections, comments, and made-up keys that are all different. The last one has as many lines
// in 1,000 made-up sections. Nobody has files like these two; they show what grows how.
//
//   - parse: from the bytes to what can be asked and edited.
//   - get: one value near the end of a file that was parsed before.
//   - set: that value is changed in a file that was parsed before, and the bytes of the whole file are made.
//   - parse+set+bytes: all of it, as a program does that edits a file.
//   - set alone: the value is changed in a file that was parsed before, and no bytes are made.
//
// # What is fair, and what is not
//
// ini.v1 gets the options with which it comes nearest to CTDB's rules and does least: it neither aligns what it writes
// nor locks when it is asked. The files need no rule that only one of the two has: TestSame wants the same values from
// both, and from each those of the file that the other one writes after a change.
//
// This is in favour of ini.v1:
//
//   - It keeps less: no places, no blank lines, no indentation, no comment behind the last key. config knows line and
//     column of every setting, and gives back all bytes that nobody edited.
//   - A set alone is one assignment to it. config makes the edited bytes and reads the whole file again, to see that
//     CTDB would read the value back and that nothing else changed, so that it costs as much as a parse and more. What
//     ini.v1 writes was never read.
//   - It keeps the slice that it is given, and config copies it.
//
// This is against it:
//
//   - It looks for each new key among all keys of its section, one after the other, and its time to parse is quadratic
//     in their number. The second file has 10,000 in each section; the third shows what the rest costs.
//   - It can do more, such as variables in values, shadow keys and nested sections, and looks for some of it.
//   - It writes into a buffer of its own first, and then into the one that it is given. While it parses, it locks.
//
// # What is compared: output of the tool
//
// "ctdb status", "ctdb -X status" and "ctdb -X ip all" of 3, 64 and 1,000 nodes or addresses. No Go package was found
// that could be imported and reads them: github.com/jf-guillou/ctdb_exporter, which reads the second one, is a main
// package. So "split" is a parser that was written for this comparison, of strings.Split, strings.Fields and
// strconv.Atoi, some twenty lines for each output. TestSameStatus wants the same answers from both.
//
// This is in favour of split:
//
//   - It keeps less: addresses, flags, generation, recovery mode and leader are text that nobody looked at. go-ctdb
//     reads them into values, and keeps what it does not know.
//   - It hardly checks. Output that was cut off is a smaller cluster to it (TestCutStatus), as is a line that means
//     nothing to it; go-ctdb looks for counts that disagree and lines that are missing or there twice, and its errors
//     have line and column.
//   - It knows its form, separator and release. go-ctdb finds them out, which costs as much for 3 rows as for 1,000.
//
// This is against it:
//
//   - It makes slices of strings for each line, and a map that grows.
package bench
