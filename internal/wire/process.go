package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// ProcessExists asks whether a process of the node's host is connected to its ctdbd. Of other processes ctdbd knows
// nothing. What can't be a process ID is an [*Error]. Similar to: ctdb process-exists.
func ProcessExists(pid int) (Request, error) {
	if err := checkPID(OpProcessExists, pid); err != nil {
		return Request{}, err
	}
	return words(OpProcessExists, uint32(pid)), nil
}

func checkPID(opcode Opcode, pid int) error {
	if pid > 0 && pid <= math.MaxInt32 {
		return nil
	}
	return requestError(opcode, "a process ID", fmt.Sprint(pid))
}

// DecodeProcessExists reads the answer to [ProcessExists].
func DecodeProcessExists(reply Reply) (bool, error) { return reply.yes(OpProcessExists) }

// yes reads a status that is 0 for yes and -1 for no. With a text, -1 is a failure.
func (r Reply) yes(opcode Opcode) (bool, error) {
	if r.Status == -1 && len(r.Text) == 0 {
		return false, nil
	}
	return r.Status == 0, r.Err(opcode)
}

// ProcessHasSrvid asks whether a process of the node's host is connected to its ctdbd and registered for messages to an
// address. What can't be a process ID is an [*Error]. Similar to: ctdb process-exists.
func ProcessHasSrvid(pid int, srvid Srvid) (Request, error) {
	if err := checkPID(OpProcessSrvid, pid); err != nil {
		return Request{}, err
	}
	r := words(OpProcessSrvid, uint32(pid))
	r.data = binary.NativeEndian.AppendUint64(r.data, uint64(srvid)) // not aligned
	return r, nil
}

// DecodeProcessHasSrvid reads the answer to [ProcessHasSrvid].
func DecodeProcessHasSrvid(reply Reply) (bool, error) { return reply.yes(OpProcessSrvid) }

// maxEcho is how many bytes of data there can be in a request, which keeps it a small packet.
const maxEcho = 64 << 10

// Echo has the node send data back. More than 64 KiB is an [*Error]. It is since 4.13, and for tests of a connection. The
// request has a delay in its first word, which no release heeds.
func Echo(data []byte) (Request, error) {
	if len(data) > maxEcho {
		return Request{}, requestError(OpEcho, "at most 64 KiB", fmt.Sprintf("%d bytes", len(data)))
	}
	r := words(OpEcho, 0, uint32(len(data)))
	r.data = append(r.data, data...)
	return r, nil
}

// DecodeEcho reads the answer to [Echo].
func DecodeEcho(reply Reply) ([]byte, error) {
	r := reply.reader(OpEcho)
	r.padding() // the delay
	data := slices.Clone(r.bytes(r.count(1, "pieces")))
	return data, r.err
}
