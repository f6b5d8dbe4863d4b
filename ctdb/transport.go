package ctdb

import (
	"fmt"
	"math/bits"
	"runtime"
)

// Transport is a way to reach a ctdbd. What goes where:
//
//	                                                 TransportAuto   TransportSocket   TransportTool
//	Status, WaitFor                                  socket          socket            tool
//	LightStatus                                      socket          socket            tool, without the vnnmap and so on
//	PNN, PID, Ping, Uptime, RunState, Leader,
//	Capabilities, ClusterLock, LogLevel              socket          socket            tool
//	PublicIPs, AllPublicIPs, Addresses,
//	PublicIPInfo, Interfaces, Tickles                socket          socket            tool
//	Databases, Database, DatabaseStatistics          socket          socket            tool
//	Statistics, StatisticsHistory                    socket          socket            tool
//	Tunables, Tunable, ProcessExists, NodesFile      socket          socket            tool
//	EventStatus                                      event socket    event socket      tool
//	BanState                                         socket          socket            unsupported
//	Disable, Enable                                  socket; tool    socket            tool
//	                                                 before 4.13.12
//	Stop, Continue, Ban, Unban, IPReallocate         socket          socket            tool
//	SetVar, SetDebug, StatisticsReset, AddTickle,
//	DelTickle, GratARP                               socket          socket            tool
//	RunEvent                                         event socket    event socket      tool
//	ReloadIPs                                        tool            of one node only  tool
//	Version, NodeList, EventScripts, NATGW…, LVS…    tool            unsupported       tool
//	ReloadNodes, MoveIP, AddIP, DelIP, Recover,
//	SetLeaderRole, SetLMasterRole, SetIfaceLink,
//	Shutdown, Tickle, scripts, work on databases     tool            unsupported       tool
//
// Values and kinds of errors are the same in either way; the answers' Form tells which it was. With TransportAuto, a
// question that the socket can't answer goes to the tool: if the socket can't be opened, if the answer is not understood,
// and if ctdbd refuses it, as a later release may. One whose time is up does not. An action goes to the tool only if
// nothing was sent, or if that ctdbd has no such control.
//
// A question is asked again, once, if the connection ends before the answer. An action never is: then the error is an
// [ErrNotReady], and it may have been done or not.
type Transport uint8

// The transports.
const (
	// TransportAuto asks over ctdbd's socket what can be asked there, and through the tool everything else, and everything
	// if the socket can't be opened. It is for the ctdbd of this machine: with a [Config.Runner] or a [Config.Tool], which
	// may lead elsewhere, it uses the socket only if [Config.Socket] says which. Without that it tries the usual places.
	// Where the protocol is not known, which is everywhere but on 64-bit Linux, it means the tool.
	TransportAuto Transport = iota
	// TransportSocket uses the socket only. What can't be asked there is an error: errors.Is finds [errors.ErrUnsupported].
	TransportSocket
	// TransportTool runs the tool only. The client then holds no connection.
	TransportTool
)

var transportNames = [...]string{"auto", "socket", "tool"}

// String gives "auto", "socket" or "tool".
func (t Transport) String() string {
	if int(t) < len(transportNames) {
		return transportNames[t]
	}
	return fmt.Sprintf("Transport(%d)", uint8(t))
}

// socketSystem tells whether this program can understand a ctdbd at all: its packets are images of its memory.
const socketSystem = runtime.GOOS == "linux" && bits.UintSize == 64

// usesSocket tells whether the socket is to be tried.
func (c Config) usesSocket() bool {
	switch c.Transport {
	case TransportTool:
		return false
	case TransportSocket:
		return true
	case TransportAuto:
	}
	return socketSystem && (c.Socket != "" || c.Runner == nil && c.Tool == "")
}

// usualSockets are where packages have ctdbd's socket.
var usualSockets = []string{
	"/run/ctdb/ctdbd.socket", "/var/run/ctdb/ctdbd.socket", "/usr/local/var/run/ctdb/ctdbd.socket",
}

// eventSocketName is the name of the event daemon's socket.
const eventSocketName = "eventd.socket"

// usualEventSockets are where packages have that one.
var usualEventSockets = []string{
	"/run/ctdb/eventd.socket", "/run/samba/ctdb/eventd.socket", "/var/run/ctdb/eventd.socket",
	"/usr/local/var/run/ctdb/eventd.socket",
}
