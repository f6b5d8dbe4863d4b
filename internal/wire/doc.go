// Package wire has the protocols of ctdbd's and the event daemon's unix sockets: it makes packets of requests, and
// values of the packets that come back. It does no I/O and starts nothing: whoever has the connection gives and takes
// bytes.
//
// It is for the client in package ctdb, and speaks what a client can say without harm: queries, and those actions of an
// administrator that concern one node. There is no way to make a request that can hurt a cluster; see [Opcode].
//
// # A conversation with ctdbd
//
//	buffer = wire.AppendControl(buffer[:0], wire.Destination{}, id, wire.GetUptime())
//	…write buffer, read…
//	packet, need, err := wire.Splitter{}.Next(received)
//	header, err := wire.ParseHeader(packet)
//	reply, err := wire.ParseReply(packet) // if header.Operation is OperationReply; see also [ParseMessage]
//	uptime, err := wire.DecodeUptime(reply)
//
// Requests are answered by their ids, in any order, and any number of them can be under way. ctdbd does not answer a
// packet that it takes for malformed, nor any at all while it hangs: each call needs a time limit of the caller's.
// After it a late reply may still come. [AppendLight] and [Light] are four requests that a watcher of a cluster makes
// again and again.
//
// A [Request] goes with the Decode function of the same name: [GetNodeMap] and [DecodeNodeMap]. Actions without an
// answer of their own have [Reply.Err]. What a ctdbd refuses is a [*StatusError], which often is all it says.
//
// # A conversation with the event daemon
//
// It has another protocol on a socket beside the other: [AppendEventRun] and [AppendEventStatus], [Splitter.NextEvent],
// [ParseEventReply], [DecodeEventRun] and [DecodeEventStatus].
//
// # Values
//
// Answers are values of package status where that has a model, equal to what its parsers make of the ctdb tool's
// output: times are cut to the second, and durations rounded to the digits that the tool prints. [status.Form] is not
// set: there is no form. What an answer does not tell, such as the node that was asked, is the caller's to fill in,
// and each Decode function says so.
//
// # Bytes
//
// Packets are memory images: integers have the byte order and sizes of the host, and addresses are sockaddr images.
// This package reads and writes those of 64-bit Linux. It can be built anywhere, but what it says is right on 64-bit
// Linux only, where CTDB runs.
//
// What comes in is not trusted. Each length and count is compared with the bytes that are there before anything is
// allocated for it, so that a packet costs memory in proportion to its size, which [Splitter.Limit] bounds. What is
// malformed is an [*Error] that says where. Bytes behind what is known are refused, but for padding and the end of the
// statistics, where newer releases may add some. What goes out has lengths that are those of its bytes: a ctdbd
// without the fixes for CVE-2026-58224 reads past the end of a packet whose lengths lie.
//
// Everything here is a function of its arguments or a plain value, and safe for concurrent use; slices to read into
// belong to one caller at a time. Values share no memory with packets, but for [Reply], [Message] and [EventReply].
package wire
