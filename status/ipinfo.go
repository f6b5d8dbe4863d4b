package status

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

const cmdIPInfo = "ctdb ipinfo"

// PublicIPInfo is what a node knows about a public address that it can host. Similar to: ctdb ipinfo.
type PublicIPInfo struct {
	// Form is text, the only one.
	Form Form `json:"form"`
	// Address is the public address.
	Address netip.Addr `json:"address"`
	// PNN is the node that was asked, whose interfaces these are.
	PNN nodes.PNN `json:"pnn"`
	// Node is the node that hosts the address. Unknown if none does. Always reported.
	Node Value[nodes.PNN] `json:"node"`
	// Interfaces are those that the public_addresses file of the node that was asked gives for the address.
	Interfaces []Interface `json:"interfaces"`
	// ActiveInterface is the one of them that has the address. It is "" on nodes that don't host it.
	ActiveInterface string `json:"active_interface,omitempty"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// ipInfoParser reads an output of ipinfo.
type ipInfoParser struct {
	scanner
	info      PublicIPInfo
	count     int // what the line "NumInterfaces:" said
	countLine int
	names     map[string]bool
}

// ipInfoLines has what the lines begin with. Those without a repeat are there once.
var ipInfoLines = [...]struct {
	key    string
	repeat bool
	parse  func(p *ipInfoParser, rest string, offset int) error
}{
	{"Public IP[", false, (*ipInfoParser).title},
	{"IP:", false, (*ipInfoParser).ip},
	{"CurrentNode:", false, (*ipInfoParser).currentNode},
	{"NumInterfaces:", false, (*ipInfoParser).numInterfaces},
	{"Interface[", true, (*ipInfoParser).iface},
}

// ParsePublicIPInfo reads the output of "ctdb ipinfo", which has only a text form; -X and -Y change nothing. Lines and
// values that it does not know are kept; output that is malformed, incomplete or contradicts itself is a [*ParseError],
// and then there is no PublicIPInfo. So is the output about an address that the node doesn't know; the tool exits with
// 1 then.
//
// The result shares no memory with out.
func ParsePublicIPInfo(out []byte) (*PublicIPInfo, error) {
	p := ipInfoParser{info: PublicIPInfo{Form: FormText, Interfaces: []Interface{}}, names: map[string]bool{}}
	if err := p.start(cmdIPInfo, out); err != nil {
		return nil, err
	}
	seen := [len(ipInfoLines)]bool{}
	if err := p.each(func() error { return p.parseLine(&seen) }); err != nil {
		return nil, err
	}
	for i, l := range ipInfoLines {
		if !seen[i] && !l.repeat {
			return nil, p.errLine(p.num, fmt.Sprintf("the output ends without a line %q", l.key))
		}
	}
	if got := len(p.info.Interfaces); got != p.count {
		return nil, p.errLine(p.countLine, fmt.Sprintf("%d interfaces, but %d are listed", p.count, got))
	}
	p.info.Unparsed = p.unparsed
	return &p.info, nil
}

func (p *ipInfoParser) parseLine(seen *[len(ipInfoLines)]bool) error {
	for i, l := range ipInfoLines {
		rest, ok := strings.CutPrefix(p.line, l.key)
		if !ok {
			continue
		}
		if seen[i] && !l.repeat {
			return p.errAt(0, fmt.Sprintf("a second line %q", l.key))
		}
		seen[i] = true
		return l.parse(p, rest, len(l.key))
	}
	return p.keepUnparsed()
}

// title reads "10.0.0.1] info on node 0".
func (p *ipInfoParser) title(rest string, offset int) error {
	const middle = "] info on node "
	address, number, ok := strings.Cut(rest, middle)
	if !ok {
		return p.errAt(offset, `want "ADDRESS`+middle+`NODE", got `+clip(rest))
	}
	if err := p.address(address, offset); err != nil {
		return err
	}
	pnn, err := p.pnn(number, offset+len(address)+len(middle))
	p.info.PNN = pnn
	return err
}

func (p *ipInfoParser) ip(rest string, offset int) error { return p.address(rest, offset) }

// address reads the address, which is there twice.
func (p *ipInfoParser) address(text string, offset int) error {
	address, err := p.addr(text, offset)
	if err != nil {
		return err
	}
	if p.info.Address.IsValid() && address != p.info.Address {
		return p.errAt(offset, fmt.Sprintf("want %v as before, got %v", p.info.Address, address))
	}
	p.info.Address = address
	return nil
}

func (p *ipInfoParser) currentNode(rest string, offset int) (err error) {
	p.info.Node, err = p.nodeOrNone(rest, offset, "")
	return err
}

// numInterfaces reads the number of interfaces that follow.
func (p *ipInfoParser) numInterfaces(rest string, offset int) (err error) {
	p.countLine = p.num
	p.count, err = p.scanner.count(rest, offset)
	return err
}

// iface reads "1]: Name:eth0 Link:up References:2 (active)".
func (p *ipInfoParser) iface(rest string, offset int) error {
	const middle = "]: "
	number, words, ok := strings.Cut(rest, middle)
	if want := strconv.Itoa(len(p.info.Interfaces) + 1); !ok || number != want {
		return p.errAt(offset, `want "`+want+middle+`…", got `+clip(rest))
	}
	offset += len(number) + len(middle)
	iface, active, err := p.interfaceWords(words, offset)
	switch {
	case err != nil:
		return err
	case p.names[iface.Name]:
		return p.errAt(offset, "a second interface "+clip(iface.Name))
	case active && p.info.ActiveInterface != "":
		return p.errAt(offset, "a second interface that is active")
	case active:
		p.info.ActiveInterface = iface.Name
	}
	p.names[iface.Name] = true
	p.info.Interfaces = append(p.info.Interfaces, iface)
	return nil
}
