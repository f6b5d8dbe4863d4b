package ctdblog

import (
	"bytes"
	"net/netip"
	"strconv"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// text is a part of a message that is read from left to right. Each method that reads something cuts it off, and tells
// whether it was there.
type text []byte

// literal reads what is expected.
func (t *text) literal(want string) bool {
	rest, ok := bytes.CutPrefix(*t, []byte(want))
	if ok {
		*t = rest
	}
	return ok
}

// number reads a decimal number, perhaps with a sign.
func (t *text) number() (int, bool) {
	negative := t.literal("-")
	value, digits := number(*t, 10)
	*t = (*t)[digits:]
	if negative {
		value = -value
	}
	return value, digits > 0
}

// node reads a node number.
func (t *text) node() (nodes.PNN, bool) {
	n, ok := t.number()
	if !ok || n < 0 || n > int(nodes.NoPNN) {
		return 0, false
	}
	return nodes.PNN(n), true //nolint:gosec // it is in its bounds
}

// nodeOrNone reads a node number, or -1 or CTDB's largest number for no node.
func (t *text) nodeOrNone() (status.Value[nodes.PNN], bool) {
	n, ok := t.number()
	switch {
	case !ok || n < -1 || n > int(nodes.NoPNN):
		return status.Value[nodes.PNN]{}, false
	case n == -1 || n == int(nodes.NoPNN):
		return status.Unknown[nodes.PNN](), true
	}
	return status.Known(nodes.PNN(n)), true //nolint:gosec // it is in its bounds
}

// seconds reads a number of seconds.
func (t *text) seconds() (time.Duration, bool) {
	n, ok := t.number()
	return time.Duration(n) * time.Second, ok && n >= 0
}

// flags reads a hexadecimal number.
func (t *text) flags() (status.Flags, bool) {
	if !t.literal("0x") {
		return 0, false
	}
	n := 0
	for n < len(*t) && isHex((*t)[n]) {
		n++
	}
	bits, err := strconv.ParseUint(string((*t)[:min(n, 9)]), 16, 32)
	*t = (*t)[n:]
	return status.Flags(bits), err == nil
}

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// word reads up to the next blank or the end. It is never empty.
func (t *text) word() (string, bool) {
	n := bytes.IndexByte(*t, ' ')
	if n < 0 {
		n = len(*t)
	}
	w := (*t)[:n]
	*t = (*t)[n:]
	return string(w), n > 0 && n <= maxWord
}

// maxWord is more than a name or an address has.
const maxWord = 255

// address reads an address.
func (t *text) address() (netip.Addr, bool) {
	w, ok := t.word()
	if !ok {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(w)
	return a.Unmap(), err == nil
}

// prefix reads ADDRESS/MASK.
func (t *text) prefix() (a netip.Addr, mask int, ok bool) {
	slash := bytes.IndexByte(*t, '/')
	if slash < 0 || slash > maxWord {
		return a, 0, false
	}
	a, err := netip.ParseAddr(string((*t)[:slash]))
	*t = (*t)[slash+1:]
	mask, ok = t.number()
	return a.Unmap(), mask, ok && err == nil
}

// socket reads the address in ADDRESS:PORT, where an IPv6 address is not in brackets.
func (t *text) socket() (netip.Addr, bool) {
	w, ok := t.word()
	colon := bytes.LastIndexByte([]byte(w), ':')
	if !ok || colon < 0 {
		return netip.Addr{}, false
	}
	if _, digits := number([]byte(w[colon+1:]), 5); digits == 0 || digits != len(w)-colon-1 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(w[:colon])
	return a.Unmap(), err == nil
}

// done tells whether nothing is left.
func (t *text) done() bool { return len(*t) == 0 }

// reason gives the first line of a text, shortened, as a copy.
func reason(message []byte) string {
	line, _, _ := bytes.Cut(message, []byte("\n"))
	const most = 500
	if len(line) > most {
		return string(line[:most]) + "..."
	}
	return string(line)
}
