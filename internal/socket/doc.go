// Package socket keeps a connection to ctdbd's unix socket: many calls at once over one connection, and the messages
// that it is registered for. Package wire has the packets; this one has the time limits, the order and the end of
// things.
//
// # Calls
//
// [Conn.Call] sends requests at once and waits for all their replies, which may come in any order and between those of
// other calls. Each call has its context's time. One that gives up is forgotten: its replies are dropped when they
// come, and the connection goes on. Request numbers are not used again for four billion requests.
//
// As long as ctdbd does not read, calls wait for room, and leave nothing behind when they give up. Only of a call that
// is larger than the room a part may be out then, and nothing can follow that: the connection is over, [ErrHalfSent].
//
// [Event] asks an event daemon instead, over a connection for each request.
//
// # The end
//
// What can't be understood ends the connection, and so does the end of the stream: then all calls fail with an error
// that is [ErrEnded] and says why, and so does each one after. Nothing is tried again here, since only the caller knows
// what may be done twice.
//
// Whoever waits for replies reads, for all others too. One goroutine, from [Dial] until the connection ends, reads when
// nobody waits; [Conn.Close] ends it and waits for it.
//
// # Messages
//
// [Conn.Listen] registers for messages to an address, once for all who listen to it on this connection: ctdbd would
// send a message to each registration. Those who listen are called by whoever reads and must not block, since all calls
// would wait. A message that comes right behind a reply may be delivered two milliseconds late.
//
// The package works on Linux, where ctdbd does, and for 64-bit programs only: packets are images of the daemon's
// memory.
package socket
