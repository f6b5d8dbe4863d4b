package wire

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/status"
)

// maxTunableName is more than the length of any tunable's name, in bytes.
const maxTunableName = 255

// GetTunable asks for the value of a tunable, by its name in any case. The daemon refuses a name that it does not
// know. A name that can't be sent is an [*Error]. Similar to: ctdb getvar.
func GetTunable(name string) (Request, error) {
	if err := checkText(OpGetTunable, "a name", name, maxTunableName); err != nil {
		return Request{}, err
	}
	return Request{opcode: OpGetTunable, data: appendText(nil, name)}, nil
}

// DecodeTunable reads the answer to [GetTunable].
func DecodeTunable(reply Reply) (uint32, error) { return reply.word(OpGetTunable) }

// SetTunable sets a tunable of the node, until its restart. The daemon refuses a name that it does not know. A name
// that can't be sent is an [*Error]. Similar to: ctdb setvar.
func SetTunable(name string, value uint32) (Request, error) {
	if err := checkText(OpSetTunable, "a name", name, maxTunableName); err != nil {
		return Request{}, err
	}
	data := binary.NativeEndian.AppendUint32(nil, value)
	return Request{opcode: OpSetTunable, data: appendText(data, name)}, nil
}

// DecodeSetTunable reads the answer to [SetTunable]. The daemon takes an obsolete tunable, and has no use for it.
func DecodeSetTunable(reply Reply) (obsolete bool, err error) {
	const statusObsolete = 1
	if reply.Status == statusObsolete {
		return true, nil
	}
	return false, reply.Err(OpSetTunable)
}

// GetTunableNames asks for the names of the tunables, without those that are obsolete.
func GetTunableNames() Request { return Request{opcode: OpListTunables} }

// DecodeTunableNames reads the answer to [GetTunableNames], in the daemon's order. It leaves empty places for names
// that it does not tell, the first among them.
func DecodeTunableNames(reply Reply) ([]string, error) {
	r := reply.reader(OpListTunables)
	n := r.count(1, "names")
	text := r.text(n)
	if r.err != nil {
		return nil, r.err
	}
	return strings.FieldsFunc(text, func(c rune) bool { return c == ':' }), nil
}

// GetAllTunables asks for the values of all tunables, also those that are obsolete.
func GetAllTunables() Request { return Request{opcode: OpAllTunables} }

// tunableOrder has all tunables in the order in which their values come, in all releases from 4.9 to 4.25. The names
// come in another one, in which LCP2PublicIPs and VacuumFastPathCount are elsewhere.
var tunableOrder = [...]string{
	"MaxRedirectCount", "SeqnumInterval", "ControlTimeout", "TraverseTimeout", "KeepaliveInterval", "KeepaliveLimit",
	"RecoverTimeout", "RecoverInterval", "ElectionTimeout", "TakeoverTimeout", "MonitorInterval", "TickleUpdateInterval",
	"EventScriptTimeout", "MonitorTimeoutCount", "EventScriptUnhealthyOnTimeout", "RecoveryGracePeriod",
	"RecoveryBanPeriod", "DatabaseHashSize", "DatabaseMaxDead", "RerecoveryTimeout", "EnableBans", "DeterministicIPs",
	"ReclockPingPeriod", "NoIPFailback", "DisableIPFailover", "VerboseMemoryNames", "RecdPingTimeout", "RecdFailCount",
	"LogLatencyMs", "RecLockLatencyMs", "RecoveryDropAllIPs", "VerifyRecoveryLock", "VacuumInterval", "VacuumMaxRunTime",
	"RepackLimit", "VacuumLimit", "MaxQueueDropMsg", "AllowUnhealthyDBRead", "StatHistoryInterval", "DeferredAttachTO",
	"VacuumFastPathCount", "LCP2PublicIPs", "AllowClientDBAttach", "RecoverPDBBySeqNum", "DeferredRebalanceOnNodeAdd",
	"FetchCollapse", "HopcountMakeSticky", "StickyDuration", "StickyPindown", "NoIPTakeover", "DBRecordCountWarn",
	"DBRecordSizeWarn", "DBSizeWarn", "PullDBPreallocation", "NoIPHostOnAllDisabled", "Samba3AvoidDeadlocks",
	"TDBMutexEnabled", "LockProcessesPerDB", "RecBufferSizeLimit", "QueueBufferSize", "IPAllocAlgorithm",
	"AllowMixedVersions",
}

// DecodeAllTunables reads the answer to [GetAllTunables], which has no names: those are what [DecodeTunableNames] gave
// for the same node. A name that is not known, and another number of values than is known, of a newer release, is an
// [*Error]: then each has to be asked for by itself. The result has the same tunables in the same order as that of
// ctdb listvars.
func DecodeAllTunables(reply Reply, names []string) (*status.Tunables, error) {
	r := reply.reader(OpAllTunables)
	r.size(4 * len(tunableOrder))
	all := &status.Tunables{Tunables: make([]status.Tunable, 0, min(len(names), len(tunableOrder)))}
	for _, name := range names {
		at := slices.Index(tunableOrder[:], name)
		if at < 0 {
			r.fail(0, "a tunable whose place is known", clip(name))
		}
		if r.err != nil {
			return nil, r.err
		}
		value := binary.NativeEndian.Uint32(r.data[4*at:])
		all.Tunables = append(all.Tunables, status.Tunable{Name: name, Value: value})
	}
	if r.err != nil {
		return nil, r.err
	}
	return all, nil
}
