// Package goctdb is the root of go-ctdb, a library for programs that run or watch a CTDB cluster. CTDB, Samba's clustered
// TDB, keeps a storage cluster's nodes, its leader and its floating public addresses together.
//
// This package is empty. The rooms of the house are:
//
//   - ctdb: the client. It runs the ctdb tool, here or elsewhere, and gives typed answers and typed errors.
//   - ctdb/ctdbtest: a simulated cluster for tests of programs that use the client.
//   - ctdb/release: a release of CTDB as a value, and what differs between releases.
//   - status: what a running cluster reports, and the parsers for the tool's output.
//   - nodes: the nodes file.
//
// # Promises
//
// Zero values are production: ctdb.New(ctdb.Config{}) talks to the ctdbd of this machine. Whatever waits takes a context
// first and is bounded in time without one. Nothing starts a goroutine that outlives its call, logs, exits or panics.
// What is safe for concurrent use says so.
//
// Errors are told apart with errors.Is and errors.AsType; nobody has to look at their text. What could not be understood
// is an error with a position.
//
// Names are CTDB's own, those of its newest release: PNN, leader, cluster lock, public address, vnnmap. Words of older
// releases (recovery master) are translated at the edge.
//
// CTDB runs on Linux. So does all of this module; the parsers (status, nodes, ctdb/release) build anywhere.
package goctdb
