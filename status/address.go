package status

import (
	"net/netip"
	"strings"
)

// addr reads an address at an offset of the current line. CTDB knows none with a zone.
func (s *scanner) addr(text string, offset int) (netip.Addr, error) {
	address, err := netip.ParseAddr(text)
	if err != nil || address.Zone() != "" {
		return netip.Addr{}, s.errAt(offset, "want an address, got "+clip(text))
	}
	return address, nil
}

// isAddressLike tells whether a word is made of what addresses are made of.
func isAddressLike(word string) bool {
	return strings.ContainsAny(word, ".:") && strings.Trim(word, "0123456789abcdefABCDEF.:") == ""
}
