package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// reader reads the data of a packet from front to back. From the first error on it gives zeros and nil, and keeps the
// error: whoever reads looks at it once, at the end. Before something is allocated for what a packet says is there,
// [reader.count] or [reader.text] compares that with the bytes that are there.
type reader struct {
	packet string // "reply to" is followed by the opcode
	opcode Opcode
	data   []byte
	at     int // in data
	base   int // where data begins in the packet
	err    error
}

// fail keeps the first error, about what is at an offset of the data.
func (r *reader) fail(at int, want, got string) {
	if r.err != nil {
		return
	}
	packet := r.packet
	if r.opcode != NoOpcode {
		packet += " " + r.opcode.String()
	}
	r.err = &Error{Packet: packet, Opcode: r.opcode, Offset: r.base + at, Want: want, Got: got}
}

// left gives how many bytes there are to read.
func (r *reader) left() int { return len(r.data) - r.at }

// size wants the whole data to be of that size.
func (r *reader) size(want int) {
	if len(r.data) != want {
		r.fail(0, strconv.Itoa(want)+" bytes", strconv.Itoa(len(r.data)))
	}
}

// bytes gives the next n bytes, nil if there are fewer. They are those of the packet.
func (r *reader) bytes(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n > r.left() {
		r.fail(r.at, strconv.Itoa(n)+" more bytes", strconv.Itoa(r.left()))
		return nil
	}
	r.at += n
	return r.data[r.at-n : r.at]
}

// padding skips what keeps larger fields aligned, or what has no meaning.
func (r *reader) padding() { r.bytes(4) }

func (r *reader) uint16() uint16 {
	if b := r.bytes(2); b != nil {
		return binary.NativeEndian.Uint16(b)
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if b := r.bytes(4); b != nil {
		return binary.NativeEndian.Uint32(b)
	}
	return 0
}

func (r *reader) int32() int32 { return int32(r.uint32()) }

// counter reads a number of 32 bits that the models have in 64.
func (r *reader) counter() uint64 { return uint64(r.uint32()) }

func (r *reader) uint64() uint64 {
	if b := r.bytes(8); b != nil {
		return binary.NativeEndian.Uint64(b)
	}
	return 0
}

func (r *reader) float64() float64 { return math.Float64frombits(r.uint64()) }

// count reads how many elements of a size follow, up to the end. With elements of no fixed size, which are the last
// ones, it is [reader.countUpTo].
func (r *reader) count(size int, what string) int {
	n := r.uint32()
	r.exactly(n, size, what)
	return r.orZero(n)
}

// exactly wants what is left to be n elements of a size.
func (r *reader) exactly(n uint32, size int, what string) {
	if uint64(n)*uint64(size) != uint64(r.left()) {
		r.fail(r.at, fmt.Sprintf("%d %s of %d bytes", n, what, size), fmt.Sprintf("%d bytes", r.left()))
	}
}

// countUpTo reads how many elements follow that have a size or more.
func (r *reader) countUpTo(size int, what string) int {
	n := r.uint32()
	if uint64(n)*uint64(size) > uint64(r.left()) {
		r.fail(r.at, fmt.Sprintf("%d %s of %d bytes or more", n, what, size), fmt.Sprintf("%d bytes", r.left()))
	}
	return r.orZero(n)
}

// orZero gives a number that was compared with the bytes at hand, and so fits into an int.
func (r *reader) orZero(n uint32) int {
	if r.err != nil {
		return 0
	}
	return int(n)
}

// room gives an empty slice for n elements, in the memory of another one if that has so much. It is never nil.
func room[T any](into []T, n int) []T {
	if into == nil {
		return make([]T, 0, n)
	}
	return slices.Grow(into[:0], n)
}

// array reads a text from an array of n bytes: it ends at the first NUL or at the end.
func (r *reader) array(n int) string {
	text, _, _ := bytes.Cut(r.bytes(n), []byte{0})
	return string(text)
}

// text reads a text from the next n bytes, of which the last one may be a NUL, and no other.
func (r *reader) text(n int) string {
	at := r.at
	text := bytes.TrimSuffix(r.bytes(n), []byte{0})
	if i := bytes.IndexByte(text, 0); i >= 0 {
		r.fail(at+i, "a text without NUL", clip(string(text)))
		return ""
	}
	return string(text)
}

// rest reads the text up to the end.
func (r *reader) rest() string { return r.text(r.left()) }

// end wants all to be read.
func (r *reader) end() {
	if r.left() > 0 {
		r.fail(r.at, "no more bytes", strconv.Itoa(r.left()))
	}
}
