// Package ctdblog reads the logs of CTDB: it scans, tails and follows files, and makes typed events of their messages.
//
//	for entry, err := range ctdblog.Tail(100, ctdblog.Options{}) {
//		if err != nil {
//			log.Fatal(err)
//		}
//		fmt.Println(entry)
//	}
//
// # Reading
//
// There are several ways to read a log, and each gives a sequence of an [Entry] and an error:
//
//   - [Scan] takes a reader, [ScanFile] a path, with or without the files that were rotated away before, and [Parse]
//     one entry;
//   - [Tail] gives the last entries of a file, however large it is;
//   - [Follow] gives what is written to a file from now on, through rotations;
//   - [ScanJournal] takes what journalctl -o json prints.
//
// [Options] say which entries are wanted (by time, program, event script or pattern) and what local times mean.
//
// An error does not end a sequence, unless nothing comes behind it: a rotated file that can't be read does not hide the
// others. A program that does not care returns at the first. Where an error is beside it, the Entry is empty but for
// its File.
//
// Entries are not allocated one by one: the memory of an Entry is used again when the loop goes on, and [Entry.Clone]
// gives one that stays. Reading a log costs about as much as counting its lines with a bufio.Scanner.
//
// # Forms
//
// An entry is a header and a message. The forms of the header are told apart by themselves, and a file can have
// several, as after an upgrade:
//
//	2026-11-21T21:49:30.845326+00:00 host ctdbd[12486]: text    FormISO: since 4.16, and rsyslog
//	2020/09/27 00:12:00.817799 ctdb-recoverd[5035]: text        FormLocal: 4.6 to 4.15
//	2015/01/02 12:00:00.123456 [recoverd: 1234]: text           FormLocal: up to 4.5; the main daemon has no name
//	Nov 21 21:49:30 host ctdbd[12486]: text                     FormSyslog: /var/log/syslog
//	<29>1 2026-11-21T21:49:30.845326+00:00 host ctdbd 12 - - text   FormRFC5424
//	ctdbd[12486]: text                                          FormBare: standard error, up to 4.15
//
// A priority such as "<29>" can stand before each. A line that has no such header continues the entry before it, as the
// stack of a crashed ctdbd does; several daemons write to the same file, so it may be that of another one. What nothing
// comes before is an entry in FormNone, one for each line. So every byte of a log is in exactly one entry, unless its
// line is longer than [Options.MaxEntry].
//
// CTDB writes no level to its files. [Entry.Level] is for what went through syslog or the journal.
//
// # Times
//
// Only FormLocal and FormSyslog need [Options.Location]. Where clocks are put back, an hour is there twice: an entry is
// of the first one, unless that would put it more than a second before the entry before it in the same file. Times are
// not changed otherwise: if the host's clock jumped, so do they.
//
// # Events
//
// [Entry.Event] recognizes messages in the wordings of all releases since 4.2 and gives values such as [NodeFlags],
// [TakeoverFailed] or [Banned]. A [Tracker] does so for a whole log, and knows more: how long a recovery took, why a
// node was banned, which script made it unhealthy. [Summarize] counts what was in a log, and [Explain] gives the
// entries that led to a ban, an illness or a move of an address.
//
// Messages were taken from real clusters of 4.13, 4.17, 4.22 and 4.25; those of other releases, and rare ones, are
// known from reading.
//
// Similar to: tail -F and grep on /var/log/ctdb/log.ctdb; journalctl -u ctdb.
package ctdblog
