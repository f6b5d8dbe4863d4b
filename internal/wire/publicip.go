package wire

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// publicIPSize is the size of a public address in a list: the node that hosts it, and the address.
const publicIPSize = 4 + sockaddrSize

// GetPublicIPs asks for the public addresses that the node can host and where they are; or, with available, for those
// that it could host now, having an interface with a link for them. Similar to: ctdb ip.
func GetPublicIPs(available bool) Request {
	const onlyAvailable = 0x10000
	if available {
		return Request{opcode: OpPublicIPs, flags: onlyAvailable}
	}
	return Request{opcode: OpPublicIPs}
}

// DecodePublicIPs reads the answer to [GetPublicIPs] into the memory of a slice. They are in the order of their
// addresses, as the ctdb tool has them. What is told of interfaces is up to [DecodePublicIPInfo]. Beside an error
// there are none.
func DecodePublicIPs(reply Reply, into []status.PublicIP) ([]status.PublicIP, error) {
	r := reply.reader(OpPublicIPs)
	n := r.count(publicIPSize, "addresses")
	into = room(into, n)
	for range n {
		node := nodeOrNone(r.uint32())
		into = append(into, status.PublicIP{Address: r.addr(), Node: node})
	}
	slices.SortStableFunc(into, func(a, b status.PublicIP) int { return a.Address.Compare(b.Address) })
	return into, r.err
}

// nodeOrNone gives a node, unknown for the number of no node.
func nodeOrNone(n uint32) status.Value[nodes.PNN] {
	if nodes.PNN(n) == nodes.NoPNN {
		return status.Unknown[nodes.PNN]()
	}
	return status.Known(nodes.PNN(n))
}

// GetPublicIPInfo asks what the node knows about a public address. What is no address is an [*Error]; one that the node
// does not know is refused. Similar to: ctdb ipinfo.
func GetPublicIPInfo(addr netip.Addr) (Request, error) {
	return aboutAddress(OpPublicIPInfo, addr)
}

// aboutAddress makes a request whose data are an address without a port.
func aboutAddress(opcode Opcode, addr netip.Addr) (Request, error) {
	if !isAddress(addr) {
		return Request{}, requestError(opcode, "an address without a zone", addr.String())
	}
	return Request{opcode: opcode, data: appendSockaddr(nil, netip.AddrPortFrom(addr, 0))}, nil
}

// DecodePublicIPInfo reads the answer to [GetPublicIPInfo]. [status.PublicIPInfo.PNN], the node that was asked, is not
// told: the caller knows it.
func DecodePublicIPInfo(reply Reply) (*status.PublicIPInfo, error) {
	r := reply.reader(OpPublicIPInfo)
	info := &status.PublicIPInfo{Node: nodeOrNone(r.uint32()), Address: r.addr()}
	at := r.at
	active := r.uint32()
	n := r.count(interfaceSize, "interfaces")
	info.Interfaces = r.interfaces(n, nil)
	switch {
	case r.err != nil:
		return nil, r.err
	case int64(active) < int64(n):
		info.ActiveInterface = info.Interfaces[active].Name
	case active != noInterface:
		r.fail(at, fmt.Sprintf("one of %d interfaces", n), fmt.Sprint(active))
		return nil, r.err
	}
	return info, nil
}

// GetInterfaces asks for the interfaces that the node has public addresses for. Similar to: ctdb ifaces.
func GetInterfaces() Request { return Request{opcode: OpInterfaces} }

// DecodeInterfaces reads the answer to [GetInterfaces] into the memory of a slice. Beside an error there are none.
func DecodeInterfaces(reply Reply, into []status.Interface) ([]status.Interface, error) {
	r := reply.reader(OpInterfaces)
	n := r.count(interfaceSize, "interfaces")
	return r.interfaces(n, into), r.err
}

// An interface is its name, whether it has a link, and how many addresses the node has on it.
const (
	interfaceNameSize = 18
	interfaceSize     = interfaceNameSize + 2 + 4

	noInterface = 0xFFFFFFFF // the number of the active one where there is none
)

func (r *reader) interfaces(n int, into []status.Interface) []status.Interface {
	into = room(into, n)
	for range n {
		iface := status.Interface{Name: r.array(interfaceNameSize), Up: r.uint16() != 0}
		at := r.at
		references := r.uint32()
		if references > maxReferences {
			r.fail(at, "a number of addresses", fmt.Sprint(references))
			return into[:0]
		}
		iface.References = int(references)
		into = append(into, iface)
	}
	return into
}

// maxReferences is more than the addresses that a node can have, and fits into an int on all systems.
const maxReferences = 1<<31 - 1

// ReloadPublicIPs has the node read its public_addresses file again. It answers when it is done, which takes up to two
// minutes. Similar to: a part of ctdb reloadips, which keeps takeover runs off meanwhile and starts one at the end.
func ReloadPublicIPs() Request { return Request{opcode: OpReloadPublicIPs} }

// maxInterfaceName is how long the name of an interface can be for Linux, in bytes.
const maxInterfaceName = 15

// SendGratuitousARP has the node tell its network that an address is at an interface of its own. What is no address or
// no name is an [*Error]. Similar to: ctdb gratarp.
func SendGratuitousARP(addr netip.Addr, iface string) (Request, error) {
	r, err := aboutAddress(OpGratuitousARP, addr)
	if err != nil {
		return Request{}, err
	}
	if err := checkText(OpGratuitousARP, "the name of an interface", iface, maxInterfaceName); err != nil {
		return Request{}, err
	}
	r.data = append(r.data, 0, 0, 0, 0) // the mask, which does not matter
	r.data = appendText(r.data, iface)
	return r, nil
}
