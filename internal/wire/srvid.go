package wire

import "fmt"

// Srvid is the address of messages. Programs register for those that they want.
type Srvid uint64

// The messages of CTDB's own that a client may want. Each tells that something changed; none tells of every change of a
// node's flags.
const (
	// SrvidReconfigure: a recovery is over. To all connected nodes.
	SrvidReconfigure Srvid = 0xF200000000000000
	// SrvidLeader: who leads, from the leader about once a second; see [DecodeLeader]. Since 4.16.
	SrvidLeader Srvid = 0xF101000000000000
	// SrvidReleaseIP: this node released a public address; see [DecodeAddress].
	SrvidReleaseIP Srvid = 0xF300000000000000
	// SrvidTakeIP: this node took a public address, perhaps one that it had; see [DecodeAddress].
	SrvidTakeIP Srvid = 0xF301000000000000
	// SrvidIPReallocated: a takeover run is over on this node. Since 4.20.
	SrvidIPReallocated Srvid = 0xF302000000000000
	// SrvidStartIPReallocate: a takeover run begins on this node. Since 4.21.
	SrvidStartIPReallocate Srvid = 0xF303000000000000
	// SrvidSetNodeFlags: a node's flags changed; see [DecodeFlagChange]. Up to 4.13.11, and in 4.14, only.
	SrvidSetNodeFlags Srvid = 0xF400000000000000
	// SrvidHealth: this node became healthy or unhealthy; see [DecodeFlagChange].
	SrvidHealth Srvid = 0xF900000000000000

	srvidTakeoverRun Srvid = 0xFB00000000000000

	// srvidClient is the range that is for programs like this one.
	srvidClient Srvid = 0xBE00000000000000
	// srvidNumber has the bits of a range that tell its members apart.
	srvidNumber = 1<<56 - 1
)

// ClientSrvid makes an address that messages to this program can have, such as replies, out of the low 56 bits of a
// number. That is best a random one: all programs of the cluster share them.
func ClientSrvid(number uint64) Srvid { return srvidClient | Srvid(number&srvidNumber) }

// String gives the address as a hexadecimal number.
func (s Srvid) String() string { return fmt.Sprintf("0x%016X", uint64(s)) }

// RegisterSrvid has ctdbd deliver messages to an address to this connection, as long as that lives. It can be sent to
// the node that the socket belongs to only. Whoever registers has to read: ctdbd keeps a million messages and then
// closes the connection. To register twice means to get each message twice.
func RegisterSrvid(srvid Srvid) Request { return Request{opcode: OpRegisterSrvid, srvid: srvid} }

// DeregisterSrvid undoes one [RegisterSrvid].
func DeregisterSrvid(srvid Srvid) Request { return Request{opcode: OpDeregisterSrvid, srvid: srvid} }
