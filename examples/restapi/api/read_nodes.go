package api

import (
	"net/netip"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// newest is the release that nobody knows, whose grammar reads all others' files.
var newest release.Release

// readNodes reads the body of POST nodes. The addresses come back as they are written in a nodes file.
func readNodes(body []byte) (wanted []string, err error) {
	d, err := newDecoder(body)
	if err != nil {
		return nil, err
	}
	seen := map[netip.Addr]bool{}
	begin := 0
	err = d.object(member{"addresses", true, func() error {
		begin = d.next()
		return d.list(func(int) error {
			at := d.next()
			text, err := d.text()
			if err != nil {
				return err
			}
			address, err := netip.ParseAddr(text)
			if err != nil {
				return d.wrong(at, "want a numeric IPv4 or IPv6 address, got %q", finding.Clip(text))
			}
			address = address.Unmap()
			if _, err := new(nodes.File).Append(address); err != nil {
				return d.wrong(at, "%v", err)
			}
			if seen[address] {
				return d.wrong(at, "%v is there twice", address)
			}
			seen[address] = true
			wanted = append(wanted, address.String())
			return nil
		})
	}})
	if err == nil && len(wanted) == 0 {
		d.path = []string{".addresses"}
		return nil, d.wrong(begin, "a cluster without nodes does not start")
	}
	return wanted, err
}
