package wire

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// GetPNN asks for the number of the node. Similar to: ctdb pnn.
func GetPNN() Request { return Request{opcode: OpPNN} }

// DecodePNN reads the answer to [GetPNN].
func DecodePNN(reply Reply) (nodes.PNN, error) {
	n, err := reply.number(OpPNN)
	return nodes.PNN(n), err
}

// GetPID asks for the process ID of the node's ctdbd, on its host. Similar to: ctdb getpid.
func GetPID() Request { return Request{opcode: OpPID} }

// DecodePID reads the answer to [GetPID].
func DecodePID(reply Reply) (int, error) {
	n, err := reply.number(OpPID)
	if err == nil && n == 0 { // a kill(2) of that would hit others
		err = &Error{Packet: "reply to GET_PID", Opcode: OpPID, Offset: 32, Want: "a process ID", Got: "0"}
	}
	return int(n), err
}

// Ping asks for a sign of life. Similar to: ctdb ping.
func Ping() Request { return Request{opcode: OpPing} }

// DecodePing reads the answer to [Ping]: the number of programs that are connected to the node's ctdbd, as
// [status.Ping.Clients] has it. The rest of a [status.Ping] is the caller's to know.
func DecodePing(reply Reply) (clients int, err error) {
	n, err := reply.number(OpPing)
	return int(n), err
}

// GetRecoveryMode asks whether databases are being recovered. Similar to: ctdb status.
func GetRecoveryMode() Request { return Request{opcode: OpRecoveryMode} }

// DecodeRecoveryMode reads the answer to [GetRecoveryMode].
func DecodeRecoveryMode(reply Reply) (status.RecoveryMode, error) {
	n, err := reply.number(OpRecoveryMode)
	if err != nil || n == 0 {
		return status.RecoveryNormal, err
	}
	return status.RecoveryActive, nil
}

// GetRecmaster asks for the node that leads the cluster. Releases from 4.16 on refuse it: there, the leader says who
// it is once a second, see [SrvidLeader]. Similar to: ctdb recmaster.
func GetRecmaster() Request { return Request{opcode: OpRecmaster} }

// DecodeRecmaster reads the answer to [GetRecmaster]. A status of -1 is a [*StatusError], which means either that
// there is no leader now or that the release is 4.16 or later: the two look the same.
func DecodeRecmaster(reply Reply) (nodes.PNN, error) {
	n, err := reply.number(OpRecmaster)
	return nodes.PNN(n), err
}

// GetRunState asks how far the node's ctdbd has come. Similar to: ctdb runstate.
func GetRunState() Request { return Request{opcode: OpRunState} }

// runStates is in the order of CTDB's numbers.
var runStates = [...]status.RunState{
	status.RunStateUnknown, status.RunStateInit, status.RunStateSetup, status.RunStateFirstRecovery,
	status.RunStateStartup, status.RunStateRunning, status.RunStateShutdown,
}

// DecodeRunState reads the answer to [GetRunState]. A state that is not known, of a newer release, is its number in
// decimal.
func DecodeRunState(reply Reply) (status.RunState, error) {
	n, err := reply.word(OpRunState)
	switch {
	case err != nil:
		return "", err
	case int64(n) < int64(len(runStates)):
		return runStates[n], nil
	}
	return status.RunState(strconv.FormatUint(uint64(n), 10)), nil
}

// word reads data of one number.
func (r Reply) word(opcode Opcode) (uint32, error) {
	data := r.reader(opcode)
	data.size(4)
	n := data.uint32()
	return n, data.err
}

// GetCapabilities asks for the roles that the node may take. Similar to: ctdb getcapabilities.
func GetCapabilities() Request { return Request{opcode: OpCapabilities} }

// DecodeCapabilities reads the answer to [GetCapabilities]. Bits that are no roles, or those of a newer release, are
// ignored.
func DecodeCapabilities(reply Reply) (*status.Capabilities, error) {
	const leader, lmaster = 1, 2
	n, err := reply.word(OpCapabilities)
	if err != nil {
		return nil, err
	}
	return &status.Capabilities{Leader: n&leader != 0, LMaster: n&lmaster != 0}, nil
}

// GetClusterLock asks for the cluster lock ("recovery lock" up to 4.15) that the node uses. Similar to: ctdb
// getreclock.
func GetClusterLock() Request { return Request{opcode: OpClusterLock} }

// DecodeClusterLock reads the answer to [GetClusterLock], as ctdb.conf has it; config.ParseLock reads that. It is "" if
// there is none.
func DecodeClusterLock(reply Reply) (string, error) { return reply.text(OpClusterLock) }

// text reads data that are one text.
func (r Reply) text(opcode Opcode) (string, error) {
	data := r.reader(opcode)
	text := data.rest()
	return text, data.err
}

// GetBanState asks whether the node is banned.
func GetBanState() Request { return Request{opcode: OpBanState} }

// BanState is whether a node is banned, and for how long in all.
type BanState struct {
	PNN nodes.PNN
	// For is the length of the ban, of which a part may have passed; 0 is no ban.
	For time.Duration
}

// DecodeBanState reads the answer to [GetBanState].
func DecodeBanState(reply Reply) (BanState, error) {
	r := reply.reader(OpBanState)
	r.size(8)
	ban := BanState{PNN: nodes.PNN(r.uint32()), For: time.Duration(r.uint32()) * time.Second}
	return ban, r.err
}

// Ban has a node banned for a while, in whole seconds, rounded up. It must be sent to the node itself, whose number is
// pnn. A time that is not from a nanosecond to 136 years is an [*Error]. Similar to: ctdb ban.
func Ban(pnn nodes.PNN, d time.Duration) (Request, error) {
	seconds := math.Ceil(d.Seconds())
	if d <= 0 || seconds > math.MaxUint32 {
		return Request{}, requestError(OpSetBanState, "a time to ban a node for", fmt.Sprint(d))
	}
	return words(OpSetBanState, uint32(pnn), uint32(seconds)), nil
}

// Unban ends the ban of a node. It must be sent to the node itself, whose number is pnn. Similar to: ctdb unban.
func Unban(pnn nodes.PNN) Request { return words(OpSetBanState, uint32(pnn), 0) }

// DisableNode has the node give up its public addresses. Releases before 4.13.12, and 4.14.0, do not have it. Similar
// to: ctdb disable.
func DisableNode() Request { return Request{opcode: OpDisableNode} }

// EnableNode undoes [DisableNode]. Similar to: ctdb enable.
func EnableNode() Request { return Request{opcode: OpEnableNode} }

// StopNode has the node leave the cluster's databases too. Similar to: ctdb stop.
func StopNode() Request { return Request{opcode: OpStopNode} }

// ContinueNode undoes [StopNode]. Similar to: ctdb continue.
func ContinueNode() Request { return Request{opcode: OpContinueNode} }
