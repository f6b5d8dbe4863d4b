package api

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// addressesReader reads the body of POST addresses.
type addressesReader struct {
	*decoder
	wanted []publicaddr.Entry
	seen   map[netip.Addr]bool
}

func readAddresses(body []byte) ([]publicaddr.Entry, error) {
	d, err := newDecoder(body)
	if err != nil {
		return nil, err
	}
	r := addressesReader{decoder: d, seen: map[netip.Addr]bool{}}
	err = r.object(member{"addresses", true, func() error { return r.list(func(int) error { return r.one() }) }})
	return r.wanted, err
}

// one reads an address. Its raw line, which GET gives, is not looked at.
func (r *addressesReader) one() error {
	var e publicaddr.Entry
	begin := r.next()
	err := r.object(
		member{"address", true, func() error { return r.address(&e) }},
		member{"interface_name", true, func() error { return r.interfaces(&e) }},
		member{"raw", false, func() error {
			_, err := r.text()
			return err
		}},
	)
	switch {
	case err != nil:
		return err
	case r.seen[e.Address]:
		return r.wrong(begin, "%v is there twice", e.Address)
	}
	r.seen[e.Address] = true
	r.wanted = append(r.wanted, e)
	return nil
}

func (r *addressesReader) address(e *publicaddr.Entry) error {
	at := r.next()
	text, err := r.text()
	if err != nil {
		return err
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil || prefix.Addr().Is4In6() {
		return r.wrong(at, "want an address with the length of its mask, such as 10.0.0.1/24, got %q", finding.Clip(text))
	}
	e.Address, e.Mask = prefix.Addr(), prefix.Bits()
	probe := publicaddr.Entry{Address: e.Address, Mask: e.Mask, Interfaces: []string{"eth0"}}
	if err := new(publicaddr.File).Add(probe); err != nil {
		return r.wrong(at, "%v", err)
	}
	return nil
}

// interfaces reads one name, or several with commas between them.
func (r *addressesReader) interfaces(e *publicaddr.Entry) error {
	at := r.next()
	text, err := r.text()
	if err != nil {
		return err
	}
	e.Interfaces = strings.Split(text, ",")
	probe := publicaddr.Entry{Address: netip.AddrFrom4([4]byte{10, 0, 0, 1}), Mask: 24, Interfaces: e.Interfaces}
	if err := new(publicaddr.File).Add(probe); err != nil || slices.Contains(e.Interfaces, "") {
		return r.wrong(at, "%v, got %q", publicaddr.ErrInterface, finding.Clip(text))
	}
	return nil
}
