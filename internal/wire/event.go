package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"
)

// EventCommand is what an event daemon is asked to do.
type EventCommand uint32

// The commands that there are requests for.
const (
	EventRunCommand    EventCommand = 1
	EventStatusCommand EventCommand = 2
)

// Sizes of the parts of an event daemon's packets that are always there, in bytes. Nothing is aligned or padded.
const (
	eventHeaderSize = 12
	eventReplySize  = eventHeaderSize + 8
)

// maxEventText is how long a name or the arguments of an event may be, in bytes, which keeps requests small.
const maxEventText = 4096

// EventRun is an event to be run by hand.
type EventRun struct {
	// Component is that of the scripts: "legacy" for those that events of the cluster run.
	Component string
	// Event is its name, such as "monitor".
	Event string
	// Args are words without blanks, at which CTDB would take them apart.
	Args []string
	// Timeout is how long all scripts together may take, in whole seconds, rounded up.
	Timeout time.Duration
	// GoOn has the scripts behind one that failed run as well.
	GoOn bool
}

// AppendEventRun appends the packet of a request to run an event. The answer comes when the event is over. What can't
// be sent is an [*Error], and dst as it was. Similar to: ctdb event run.
func AppendEventRun(dst []byte, id uint32, run EventRun) ([]byte, error) {
	seconds := math.Ceil(run.Timeout.Seconds())
	if run.Timeout <= 0 || seconds > math.MaxInt32 {
		return dst, eventError(EventRunCommand, "a time from a nanosecond to 68 years", fmt.Sprint(run.Timeout))
	}
	if err := checkWords(EventRunCommand, run.Component, run.Event); err != nil {
		return dst, err
	}
	if err := checkArgs(run.Args); err != nil {
		return dst, err
	}
	flags := uint32(0)
	if run.GoOn {
		flags = 1
	}
	start := len(dst)
	dst = appendEventHeader(dst, id, EventRunCommand)
	dst = appendText(dst, run.Component)
	dst = appendText(dst, run.Event)
	dst = appendOptional(dst, strings.Join(run.Args, " "))
	dst = binary.NativeEndian.AppendUint32(dst, uint32(seconds))
	dst = binary.NativeEndian.AppendUint32(dst, flags)
	return finishEvent(dst, start), nil
}

// AppendEventStatus appends the packet of a request for what became of an event when it ran last. What can't be sent
// is an [*Error], and dst as it was. Similar to: ctdb event status.
func AppendEventStatus(dst []byte, id uint32, component, event string) ([]byte, error) {
	if err := checkWords(EventStatusCommand, component, event); err != nil {
		return dst, err
	}
	start := len(dst)
	dst = appendEventHeader(dst, id, EventStatusCommand)
	dst = appendText(dst, component)
	dst = appendText(dst, event)
	return finishEvent(dst, start), nil
}

// blanks end a word, and so does NUL.
const blanks = " \t\n\v\f\r\x00"

// checkWords refuses names that the event daemon or a script would take for something else: it makes a path of the
// component and an argument of the event.
func checkWords(command EventCommand, names ...string) error {
	for _, name := range names {
		if name == "" || len(name) > maxEventText || strings.ContainsAny(name, "/"+blanks) ||
			strings.HasPrefix(name, "-") || strings.HasPrefix(name, ".") {
			return eventError(command, "the name of a component and of an event", clip(name))
		}
	}
	return nil
}

func checkArgs(args []string) error {
	size := 0
	for _, arg := range args {
		if arg == "" || strings.ContainsAny(arg, blanks) {
			return eventError(EventRunCommand, "arguments that are words", clip(arg))
		}
		size += len(arg) + 1
	}
	if size > maxEventText {
		return eventError(EventRunCommand, fmt.Sprintf("arguments of fewer than %d bytes", maxEventText), fmt.Sprint(size-1))
	}
	return nil
}

func eventError(command EventCommand, want, got string) error {
	return &Error{Packet: "request " + command.String(), Opcode: NoOpcode, Want: want, Got: got}
}

// appendEventHeader begins a request. [finishEvent] sets its length.
func appendEventHeader(dst []byte, id uint32, command EventCommand) []byte {
	dst = binary.NativeEndian.AppendUint32(dst, 0) // the length
	dst = binary.NativeEndian.AppendUint32(dst, 0) // the version, which nobody looks at
	dst = binary.NativeEndian.AppendUint32(dst, id)
	return binary.NativeEndian.AppendUint32(dst, uint32(command))
}

func finishEvent(dst []byte, start int) []byte {
	binary.NativeEndian.PutUint32(dst[start:], uint32(len(dst)-start))
	return dst
}

// appendOptional appends a text, or that there is none if it is empty.
func appendOptional(dst []byte, text string) []byte {
	if text == "" {
		return binary.NativeEndian.AppendUint32(dst, 0)
	}
	return appendText(dst, text)
}

// EventReply is the answer of an event daemon. It is valid as long as the packet that it was read from.
type EventReply struct {
	// ID is that of the request.
	ID uint32
	// Command is that of the request.
	Command EventCommand
	// Result is 0, or an error number of Linux.
	Result int
	body   []byte
}

// ParseEventReply reads a whole packet, as [Splitter.NextEvent] gives it. Anything else is an [*Error].
func ParseEventReply(packet []byte) (EventReply, error) {
	r := reader{packet: "event reply", opcode: NoOpcode, data: packet}
	if length := r.uint32(); uint64(length) != uint64(len(packet)) {
		r.fail(0, fmt.Sprintf("a packet of %d bytes", length), fmt.Sprint(len(packet)))
	}
	r.padding()
	reply := EventReply{ID: r.uint32(), Command: EventCommand(r.uint32())}
	result := r.int32()
	if result < 0 {
		r.fail(r.at-4, "an error number", fmt.Sprint(result))
	}
	if r.err != nil {
		return EventReply{}, r.err
	}
	reply.Result, reply.body = int(result), packet[r.at:]
	return reply, nil
}
