package status

import (
	"net/netip"
	"strings"
)

const cmdIP = "ctdb ip"

const (
	ipTitle    = "Public IPs on "
	ipAllNodes = "ALL nodes"
)

// ipParser reads an output of ip.
type ipParser struct {
	scanner
	result PublicIPs
	seen   map[netip.Addr]bool
	names  map[string]string // of interfaces: there are few, and each comes often
	table  table
	cols   []ipColumn
	row    PublicIP // the one being read
}

// parseLine reads the current line in the form that was found, or finds it.
func (p *ipParser) parseLine() error {
	switch {
	case p.result.Form == FormText:
		return p.textRow()
	case p.result.Form == FormMachine:
		return p.machineRow()
	case strings.HasPrefix(p.line, ipTitle):
		return p.title(p.line[len(ipTitle):])
	case p.isHeader():
		return p.header()
	}
	return p.keepUnparsed()
}

// title reads "ALL nodes" or "node 0".
func (p *ipParser) title(rest string) error {
	p.result.Form = FormText
	p.result.All = Known(rest == ipAllNodes)
	if rest == ipAllNodes {
		return nil
	}
	number, ok := strings.CutPrefix(rest, "node ")
	if !ok {
		return p.errAt(len(ipTitle), `want "ALL nodes" or "node" and its number, got `+clip(rest))
	}
	pnn, err := p.pnn(number, len(p.line)-len(number))
	p.result.PNN = Known(pnn)
	return err
}

// textRow reads "10.0.0.1 0" or "10.0.0.1 node[0] active[eth0] available[eth0,eth1] configured[eth0,eth1]".
func (p *ipParser) textRow() error {
	address, rest, _ := strings.Cut(p.line, " ")
	if !isAddressLike(address) {
		if strings.HasPrefix(p.line, ipTitle) {
			return p.errAt(0, "a second title")
		}
		return p.keepUnparsed()
	}
	p.row = PublicIP{}
	if err := p.address(&p.row, "", address, 0); err != nil {
		return err
	}
	offset := len(address) + 1
	verbose := strings.Contains(rest, "[")
	if len(p.result.IPs) > 0 && verbose != p.result.Verbose {
		return p.errAt(offset, "some rows have interfaces and some have not")
	}
	p.result.Verbose = verbose
	if verbose {
		if err := p.words(&p.row, rest, offset); err != nil {
			return err
		}
	} else if err := p.node(&p.row, "", rest, offset); err != nil {
		return err
	}
	return p.add(p.row)
}

// ipWords has the words of -v, each with the column that has the same, in their order.
var ipWords = [...]struct{ word, column string }{
	{"node", columnNode},
	{"active", columnActive},
	{"available", columnAvailable},
	{"configured", columnConfigured},
}

// words reads "node[0] active[eth0] available[eth0,eth1] configured[eth0,eth1]". Words that are not known are kept.
func (p *ipParser) words(ip *PublicIP, rest string, offset int) error {
	seen := [len(ipWords)]bool{}
	for word := range strings.SplitSeq(rest, " ") {
		key, value, ok := strings.Cut(word, "[")
		value, ok2 := strings.CutSuffix(value, "]")
		if !ok || !ok2 {
			return p.errAt(offset, `want "NAME[VALUE]", got `+clip(word))
		}
		column := ipColumn{key, (*ipParser).extra}
		for i, w := range ipWords {
			if w.word != key {
				continue
			}
			if seen[i] {
				return p.errAt(offset, "a second "+clip(key))
			}
			seen[i] = true
			column = ipColumnNamed(w.column)
		}
		if err := column.parse(p, ip, key, value, offset+len(key)+1); err != nil {
			return err
		}
		offset += len(word) + 1
	}
	for i, w := range ipWords {
		if !seen[i] {
			return p.errAt(len(p.line), "want "+w.word+"[…]")
		}
	}
	return nil
}

// add takes an address that was read from the current line.
func (p *ipParser) add(ip PublicIP) error {
	if p.seen[ip.Address] {
		return p.errAt(0, "a second row of "+ip.Address.String())
	}
	p.seen[ip.Address] = true
	p.result.IPs = append(p.result.IPs, ip)
	return nil
}
