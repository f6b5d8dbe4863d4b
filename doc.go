// Package goctdb is the root of go-ctdb, a library for programs that run or watch a CTDB cluster. CTDB, Samba's clustered
// TDB, keeps a storage cluster's nodes, its leader and its floating public addresses together.
//
// This package is empty. The rooms of the house are:
//
//   - ctdb: the client. It runs the ctdb tool, here or elsewhere, and gives typed answers and typed errors.
//   - ctdb/ctdbtest: a simulated cluster for tests of programs that use the client.
//   - ctdb/ctdblog: CTDB's logs: read, followed, and their events.
//   - ctdb/release: a release of CTDB as a value, and what differs between releases.
//   - status: what a running cluster reports, and the parsers for the tool's output.
//   - nodes: the nodes file, read as ctdbd reads it and edited without renumbering anything. nodes/group: the node groups
//     of the NAT gateway and LVS.
//   - publicaddr: the public_addresses file. publicaddr/routes: the routes of public addresses.
//   - config: ctdb.conf, what each release makes of it, its validation and its upgrade; where a host has its files.
//     config/tunables: ctdb.tunables. config/options: the settings of event scripts.
//   - eventscript: event scripts and notification scripts, and the services that they are.
//   - config/finding: what the validation of any file reports.
//
// # Promises
//
// Zero values are production: ctdb.New(ctdb.Config{}) talks to the ctdbd of this machine. Whatever waits takes a context
// first and is bounded in time without one. Nothing logs, exits or panics, and no goroutine outlives its call but the one
// that ctdb.ExecRunner documents, which waits for a program that can't be ended.
// What is safe for concurrent use says so.
//
// Errors are told apart with errors.Is and errors.AsType; nobody has to look at their text. What could not be understood
// is an error with a position.
//
// Names are CTDB's own, those of its newest release: PNN, leader, cluster lock, public address, vnnmap. Words of older
// releases (recovery master) are translated at the edge.
//
// Files are written atomically and durably, under a lock, and compared before they are replaced: readers see the old
// file or the new one, and nobody's edit is lost. Bytes that nobody edited do not change.
//
// CTDB runs on Linux. So does all of this module; everything builds anywhere, and what can't work there says so.
package goctdb
