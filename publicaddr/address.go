package publicaddr

import (
	"fmt"
	"net/netip"
	"strings"
)

// maxWord is the longest ADDRESS/MASK that ctdbd reads, in bytes.
const maxWord = 63

// rules are what differs between releases.
type rules struct {
	noBrackets       bool // up to 4.15
	defaultInterface bool // up to 4.8
}

// parsePrefix reads ADDRESS/MASK as ctdbd does.
func (r rules) parsePrefix(word string) (addr netip.Addr, mask uint8, err error) {
	slash := strings.LastIndexByte(word, '/')
	switch {
	case len(word) > maxWord:
		return netip.Addr{}, 0, errLong
	case slash < 0:
		return netip.Addr{}, 0, ErrNoMask
	}
	mask, ok := parseMask(word[slash+1:])
	if !ok {
		return netip.Addr{}, 0, ErrMask
	}
	addr, err = r.parseAddress(word[:slash])
	return addr, mask, err
}

// parseMask reads a mask as C's strtoul and an 8-bit variable do, with no sign but a +.
func parseMask(text string) (mask uint8, ok bool) {
	text = strings.TrimLeft(text, "\v\f") // these two are blanks for strtoul only
	text = strings.TrimPrefix(text, "+")
	if text == "" {
		return 0, false
	}
	var value uint64
	for _, digit := range []byte(text) {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		next := value*10 + uint64(digit-'0')
		if value > (1<<64-1)/10 || next < value*10 {
			return 0, false
		}
		value = next
	}
	return uint8(value), true // ctdbd drops the rest too
}

// What is wrong with an address, where it can be told.
var (
	errLong   = fmt.Errorf("%w of at most %d bytes", ErrAddress, maxWord)
	errMapped = fmt.Errorf("%w, an IPv4-mapped one with dots", ErrAddress)
	errZone   = fmt.Errorf("%w without a zone", ErrAddress)
)

// parseAddress reads an address as ctdbd does.
func (r rules) parseAddress(text string) (netip.Addr, error) {
	inner := text
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") && strings.Contains(text, ":") {
		inner = text[1 : len(text)-1]
	}
	addr, err := netip.ParseAddr(inner)
	switch {
	case strings.Contains(text, "%"):
		return netip.Addr{}, errZone
	case err != nil:
		return netip.Addr{}, ErrAddress
	case addr.Is4In6() && !strings.Contains(inner, "."):
		// ctdbd reads what is behind the last colon of a mapped address once more, as IPv4.
		return netip.Addr{}, errMapped
	case r.noBrackets && inner != text:
		return netip.Addr{}, ErrBrackets
	}
	return addr.Unmap(), nil
}
