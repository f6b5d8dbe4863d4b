package publicaddr

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// Host is a node that can host a public address, and how.
type Host struct {
	PNN        nodes.PNN `json:"pnn"`
	Mask       int       `json:"mask"`
	Interfaces []string  `json:"interfaces"`
}

// Place is a public address of a cluster, and the nodes that can host it.
type Place struct {
	Address netip.Addr `json:"address"`
	// Hosts are the nodes with the address in their file, in the order of their numbers. There is at least one.
	Hosts []Host `json:"hosts"`
}

// Single tells whether only one node can host the address. Nobody takes it over then.
func (p Place) Single() bool { return len(p.Hosts) == 1 }

// SameMask tells whether the address has the same mask on all nodes.
func (p Place) SameMask() bool {
	return !slices.ContainsFunc(p.Hosts, func(h Host) bool { return h.Mask != p.Hosts[0].Mask })
}

// SameInterfaces tells whether all nodes have the same interfaces for the address, in the same order.
func (p Place) SameInterfaces() bool {
	return !slices.ContainsFunc(p.Hosts, func(h Host) bool { return !slices.Equal(h.Interfaces, p.Hosts[0].Interfaces) })
}

// String gives a line for people: "10.0.0.1 on nodes 0, 2".
func (p Place) String() string {
	var text strings.Builder
	text.WriteString(p.Address.String() + " on node")
	if !p.Single() {
		text.WriteString("s")
	}
	for i, host := range p.Hosts {
		if i > 0 {
			text.WriteString(",")
		}
		text.WriteString(" " + host.PNN.String())
	}
	return text.String()
}

// Cluster gives the public addresses of a cluster, in their order, from the files of its nodes. A node whose file is
// missing, nil here, or refused by ctdbd hosts none.
//
// Similar to: ctdb ip all, for the nodes that run.
func Cluster(files map[nodes.PNN]*File) []Place {
	index := map[netip.Addr]int{}
	var places []Place
	for _, pnn := range slices.Sorted(maps.Keys(files)) {
		for _, entry := range entriesOf(files[pnn]) {
			i, ok := index[entry.Address]
			if !ok {
				i = len(places)
				index[entry.Address] = i
				places = append(places, Place{Address: entry.Address})
			}
			host := Host{PNN: pnn, Mask: entry.Mask, Interfaces: slices.Clone(entry.Interfaces)}
			places[i].Hosts = append(places[i].Hosts, host)
		}
	}
	slices.SortFunc(places, func(a, b Place) int { return a.Address.Compare(b.Address) })
	return places
}

// The identifiers of what [ValidateCluster] finds.
const (
	FindingOneNode         = "public_addresses/one-node"         // nobody takes it over
	FindingOtherMask       = "public_addresses/other-mask"       // nodes disagree on the network
	FindingOtherInterfaces = "public_addresses/other-interfaces" // nodes have it on different interfaces
)

// ValidateCluster reports what is odd about the files of a cluster's nodes taken together: addresses that one node alone
// can host, and those that have another mask or other interfaces than on the first node that has them. The latter are
// right where machines differ. Each finding is at the entry that it is about, in the file of the node that it names.
// [File.Validate] has the rest.
func ValidateCluster(files map[nodes.PNN]*File) []finding.Finding {
	var found []finding.Finding
	names := func(h Host) string { return strings.Join(h.Interfaces, ",") }
	for _, place := range Cluster(files) {
		first := place.Hosts[0]
		if place.Single() && len(files) > 1 {
			found = append(found, files[first.PNN].finding(place.Address, FindingOneNode, finding.Warning,
				fmt.Sprintf("only node %v can host %v, and nobody takes it over", first.PNN, place.Address)))
		}
		for _, host := range place.Hosts[1:] {
			if host.Mask != first.Mask {
				found = append(found, files[host.PNN].finding(place.Address, FindingOtherMask, finding.Error,
					fmt.Sprintf("%v has the mask length %d on node %v, and %d on node %v",
						place.Address, host.Mask, host.PNN, first.Mask, first.PNN)))
			}
			if !slices.Equal(host.Interfaces, first.Interfaces) {
				found = append(found, files[host.PNN].finding(place.Address, FindingOtherInterfaces, finding.Note,
					fmt.Sprintf("%v has the interfaces %v on node %v, and %v on node %v",
						place.Address, names(host), host.PNN, names(first), first.PNN)))
			}
		}
	}
	finding.Sort(found)
	return found
}

// finding is one about an address of the file.
func (f *File) finding(addr netip.Addr, id string, severity finding.Severity, message string) finding.Finding {
	entry, _ := f.lookup(addr)
	at := f.source().Position(splitLine(f.source(), entry.Line-1).address.Start)
	return finding.Finding{ID: id, Severity: severity, File: at.File, Line: at.Line, Col: at.Col, Message: message}
}
