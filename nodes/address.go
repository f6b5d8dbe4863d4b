package nodes

import (
	"fmt"
	"net/netip"
	"strings"
)

// What is wrong with an address, where it can be told.
var (
	errMapped = fmt.Errorf("%w, an IPv4-mapped one with dots", ErrAddress)
	errZone   = fmt.Errorf("%w without a zone", ErrAddress)
	errMask   = fmt.Errorf("%w without a mask length", ErrAddress)
	errPort   = fmt.Errorf("%w without a port", ErrAddress)
	errMore   = fmt.Errorf("%w and nothing after it", ErrAddress)
)

// parseAddress reads an address as ctdbd does since 4.16.
func parseAddress(text string) (netip.Addr, error) {
	inner := text
	if strings.Contains(text, ":") { // "[10.0.0.1]" is refused
		inner = withoutBrackets(text)
	}
	addr, err := netip.ParseAddr(inner)
	switch {
	case err != nil || addr.Zone() != "":
		return netip.Addr{}, addressReason(text)
	case addr.Is4In6() && !strings.Contains(inner, "."):
		// ctdbd reads what is behind the last colon of a mapped address once more, as IPv4.
		return netip.Addr{}, errMapped
	}
	return addr.Unmap(), nil
}

func withoutBrackets(text string) string {
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		return text[1 : len(text)-1]
	}
	return text
}

// addressReason says why text is no address. It always gives an error that wraps ErrAddress.
func addressReason(text string) error {
	_, err := netip.ParseAddrPort(text)
	switch {
	case strings.ContainsAny(text, " \t#"):
		return errMore
	case strings.Contains(text, "%"):
		return errZone
	case strings.Contains(text, "/"):
		return errMask
	case err == nil:
		return errPort
	}
	return ErrAddress
}

// unusable says why no node can have an address that ctdbd reads, or that a program made. It is empty if one can.
func unusable(addr netip.Addr) string {
	switch {
	case !addr.IsValid():
		return "there is no address"
	case addr.Zone() != "":
		return fmt.Sprintf("%v has a zone, which the nodes file can't have", addr)
	case addr.Is6() && addr.IsLinkLocalUnicast():
		return fmt.Sprintf("%v needs a zone, which the nodes file can't have", addr)
	case addr.IsUnspecified():
		return fmt.Sprintf("%v is no address of a machine", addr)
	case addr.IsMulticast():
		return fmt.Sprintf("%v is a multicast address", addr)
	case addr == broadcast:
		return fmt.Sprintf("%v is the broadcast address", addr)
	}
	return ""
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})
