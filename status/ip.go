package status

import (
	"iter"
	"net/netip"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// PublicIPs are the public addresses of a cluster, or those that one node can host, and who hosts them. Similar to:
// ctdb ip, ctdb ip -v, ctdb ip all.
type PublicIPs struct {
	// Form is the form of output that it was read from.
	Form Form `json:"form"`
	// All tells whether all nodes were asked ("all"), or one. Not in the machine form.
	All Value[bool] `json:"all,omitzero"`
	// PNN is the node that was asked. Not in the machine form, and not if all nodes were asked.
	PNN Value[nodes.PNN] `json:"pnn,omitzero"`
	// Verbose tells whether the output has the interfaces of the addresses (-v). The text form of no addresses looks
	// the same with and without.
	Verbose bool `json:"verbose"`
	// IPs are in the order of the output, which is that of the addresses since 4.6. Each address is there once.
	IPs []PublicIP `json:"ips"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// PublicIP is a public address and where it is.
type PublicIP struct {
	Address netip.Addr `json:"address"`
	// Node is the node that hosts the address. Unknown if none does: the address is on its way from one node to
	// another, or no node is able to host it. Always reported.
	Node Value[nodes.PNN] `json:"node"`
	// ActiveInterface is the interface that has the address. Only with -v, and only from the node that hosts it: asked
	// with "all", the tool finds that node; asked without, the node that answers knows no other's.
	ActiveInterface string `json:"active_interface,omitempty"`
	// AvailableInterfaces are those that have a link and could have the address, of the node that ActiveInterface is
	// from. Only with -v.
	AvailableInterfaces []string `json:"available_interfaces,omitempty"`
	// ConfiguredInterfaces are those that the node's public_addresses file gives for the address. Only with -v.
	ConfiguredInterfaces []string `json:"configured_interfaces,omitempty"`
	// Extra holds columns that this package does not know, by name.
	Extra map[string]string `json:"extra,omitempty"`
}

// Assigned tells whether a node hosts the address.
func (ip PublicIP) Assigned() bool {
	_, ok := ip.Node.Get()
	return ok
}

// Find gives the entry of an address.
func (p *PublicIPs) Find(address netip.Addr) (PublicIP, bool) {
	for _, ip := range p.IPs {
		if ip.Address == address {
			return ip, true
		}
	}
	return PublicIP{}, false
}

// On gives the addresses that a node hosts.
func (p *PublicIPs) On(pnn nodes.PNN) iter.Seq[PublicIP] { return p.where(Known(pnn)) }

// Unassigned gives the addresses that no node hosts.
func (p *PublicIPs) Unassigned() iter.Seq[PublicIP] { return p.where(Unknown[nodes.PNN]()) }

func (p *PublicIPs) where(node Value[nodes.PNN]) iter.Seq[PublicIP] {
	return func(yield func(PublicIP) bool) {
		for _, ip := range p.IPs {
			if ip.Node == node && !yield(ip) {
				return
			}
		}
	}
}

// ParsePublicIPs reads the output of "ctdb ip", of one node or of all, with or without -v, in text or machine form, of
// releases 4.9 to 4.25, and finds out which it is. A node number of -1 or 4294967295 is an address that nobody hosts.
// Lines and columns that it does not know are kept; output that is malformed or something else is a [*ParseError], and
// then there are no PublicIPs.
//
// Output that lost whole rows looks like that of fewer addresses; only the exit code tells. The result shares no memory
// with out.
func ParsePublicIPs(out []byte) (*PublicIPs, error) {
	var p ipParser
	if err := p.start(cmdIP, out); err != nil {
		return nil, err
	}
	rows := p.countLines(len(":: 0\n"))
	p.seen = make(map[netip.Addr]bool, rows)
	p.names = map[string]string{}
	p.result.IPs = make([]PublicIP, 0, rows)
	if err := p.each(p.parseLine); err != nil {
		return nil, err
	}
	if p.result.Form == 0 {
		return nil, p.noForm(`"Public IPs on", or a table with the columns Public IP and Node`)
	}
	p.result.Unparsed = p.unparsed
	return &p.result, nil
}
