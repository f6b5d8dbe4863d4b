package wire

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Reasons of an [Error] or a [StatusError] that a program may want to tell apart. errors.Is finds them.
var (
	// ErrTooLarge: a packet claims to be larger than the limit of the [Splitter]. The connection can't be used further.
	ErrTooLarge = errors.New("the packet is larger than the limit")
	// ErrDisconnected: the node that a control was for is not connected to the one that was asked, or has no such number.
	ErrDisconnected = errors.New("the node is disconnected")
	// ErrTimedOut: ctdbd itself gave up waiting for another node, after tunable ControlTimeout, by default 60 seconds.
	ErrTimedOut = errors.New("the node did not answer")
)

// Error says that bytes are not what the protocol wants there, or that a value can't be made into a packet.
type Error struct {
	// Packet says what it is about: "header", "reply to GET_NODEMAP", "message LEADER", "event status".
	Packet string
	// Opcode is the control that it is about, [NoOpcode] if there is none.
	Opcode Opcode
	// Offset is where in the packet, in bytes from its beginning. It is 0 for a value that can't be made into a packet.
	Offset int
	// Want and Got are what was expected and what was there.
	Want, Got string
	// Err is ErrTooLarge or nil.
	Err error
}

// Error gives "reply to GET_NODEMAP, offset 44: want this, got that".
func (e *Error) Error() string {
	return fmt.Sprintf("%s, offset %d: want %s, got %s", e.Packet, e.Offset, e.Want, e.Got)
}

// Unwrap gives Err.
func (e *Error) Unwrap() error { return e.Err }

// StatusError says that a daemon refused a control. Most often it gives no reason: that is in the log of that ctdbd
// only.
type StatusError struct {
	// Opcode is the control.
	Opcode Opcode
	// Status is what the daemon answered: -1 as a rule, a negative error number of Linux or, for a few controls, 1.
	Status int32
	// Text is the daemon's reason, most often empty, and shortened if it is long.
	Text string
}

// Error gives the name of the control, the status and the text.
func (e *StatusError) Error() string {
	text := fmt.Sprintf("%v: status %d", e.Opcode, e.Status)
	if e.Text != "" {
		text += " " + strconv.Quote(e.Text)
	}
	return text
}

// Unwrap gives ErrDisconnected or ErrTimedOut if the text says so, else nil.
func (e *StatusError) Unwrap() error {
	switch {
	case strings.Contains(e.Text, "timed out"):
		return ErrTimedOut
	case strings.Contains(e.Text, "disconnected"):
		return ErrDisconnected
	}
	return nil
}

// clip quotes text for a message, and shortens it: it may be anything, and long.
func clip(text string) string {
	const most = 60
	if len(text) > most {
		return strconv.Quote(text[:most]) + "…"
	}
	return strconv.Quote(text)
}
