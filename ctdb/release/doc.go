// Package release names the releases of CTDB and what a program has to know about each.
//
// CTDB changes its command names, its output and its file grammars from release to release. [Parse] reads the release
// from what the ctdb program or a package manager prints, and the methods of [Release] answer the questions that
// follow: is there a `leader` command, is there JSON, which separator does machine-readable output have. Code that
// asks for the fact, not for the number, says why it asks.
//
// The zero [Release] stands for a release that nobody knows. It is treated as the newest.
//
// The package does no I/O and has no state. Everything in it is safe for concurrent use.
//
// Similar to: ctdb version.
package release
