package wire

import (
	"encoding/binary"
	"net/netip"
)

// An address is the memory image of a sockaddr_in or a sockaddr_in6 of Linux, always of the size of the larger one.
const (
	sockaddrSize = 28
	familyIPv4   = 2
	familyIPv6   = 10
)

// addrPort reads an address and its port. An address of another family is the zero one, which is not valid, and no
// error. Of an IPv6 address the scope is ignored: CTDB knows none.
func (r *reader) addrPort() netip.AddrPort {
	b := r.bytes(sockaddrSize)
	if b == nil {
		return netip.AddrPort{}
	}
	port := binary.BigEndian.Uint16(b[2:])
	switch binary.NativeEndian.Uint16(b) {
	case familyIPv4:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), port)
	case familyIPv6:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])), port)
	}
	return netip.AddrPort{}
}

// addr reads an address whose port does not matter.
func (r *reader) addr() netip.Addr { return r.addrPort().Addr() }

// appendSockaddr appends an address that isAddress accepts. An IPv4-mapped one is the IPv4 address, as for CTDB.
func appendSockaddr(dst []byte, a netip.AddrPort) []byte {
	var image [sockaddrSize]byte
	binary.BigEndian.PutUint16(image[2:], a.Port())
	if addr := a.Addr().Unmap(); addr.Is4() {
		binary.NativeEndian.PutUint16(image[:], familyIPv4)
		ip := addr.As4()
		copy(image[4:], ip[:])
	} else {
		binary.NativeEndian.PutUint16(image[:], familyIPv6)
		ip := addr.As16()
		copy(image[8:], ip[:])
	}
	return append(dst, image[:]...)
}

// isAddress tells whether an address can be sent.
func isAddress(addr netip.Addr) bool { return addr.IsValid() && addr.Zone() == "" }
