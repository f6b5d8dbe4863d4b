package ctdb

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
	"github.com/go-ctdb/go-ctdb/status"
)

// Address is a public address of a node: what the node's file says of it beside what its ctdbd does.
type Address struct {
	Address netip.Addr `json:"address"`
	// Configured is the entry of the public_addresses file; nil if the file has none.
	Configured *publicaddr.Entry `json:"configured,omitempty"`
	// Active is what ctdbd says; nil if it does not know the address.
	Active *status.PublicIP `json:"active,omitempty"`
}

// Host gives the node that hosts the address. There is none while the address moves, if no node can host it, or if ctdbd
// does not know it.
func (a Address) Host() (nodes.PNN, bool) {
	if a.Active == nil {
		return 0, false
	}
	return a.Active.Node.Get()
}

// Drift tells how the file and ctdbd differ.
func (a Address) Drift() Drift {
	switch {
	case a.Active == nil && a.Configured == nil:
		return NoDrift
	case a.Active == nil:
		return NotLoaded
	case a.Configured == nil:
		return NotInFile
	case len(a.Active.ConfiguredInterfaces) > 0 && !sameNames(a.Active.ConfiguredInterfaces, a.Configured.Interfaces):
		return OtherInterfaces
	}
	return NoDrift
}

// sameNames compares names, in whatever order and however often they come.
func sameNames(a, b []string) bool {
	set := func(names []string) map[string]bool {
		all := make(map[string]bool, len(names))
		for _, name := range names {
			all[name] = true
		}
		return all
	}
	return maps.Equal(set(a), set(b))
}

// Drift is how the public_addresses file of a node and its ctdbd differ in an address.
type Drift uint8

// The ways to differ.
const (
	NoDrift         Drift = iota // they don't, as far as ctdbd reports; it does not report masks
	NotLoaded                    // the file has it and ctdbd does not: Client.ReloadIPs adds it
	NotInFile                    // ctdbd has it and the file does not: Client.ReloadIPs drops it, and so does a restart
	OtherInterfaces              // for other interfaces: Client.ReloadIPs does not see that, a restart does
)

var driftNames = [...]string{"none", "not loaded", "not in the file", "other interfaces"}

// String gives "none", "not loaded", "not in the file" or "other interfaces".
func (d Drift) String() string {
	if int(d) < len(driftNames) {
		return driftNames[d]
	}
	return fmt.Sprintf("Drift(%d)", uint8(d))
}

// Addresses gives the node's public addresses, as the node's file has them and as its ctdbd does, in the order of the
// addresses. The file comes from the caller, since the node may be on another machine: publicaddr.Load reads that of
// this one. Failures are those of [Client.PublicIPs]. Similar to: ctdb ip -v, beside public_addresses.
func (c *Client) Addresses(ctx context.Context, file *publicaddr.File) ([]Address, error) {
	active, err := c.PublicIPs(ctx)
	if err != nil {
		return nil, err
	}
	return JoinAddresses(file, active), nil
}

// JoinAddresses puts the entries of a node's file beside what its ctdbd reports, as [Client.PublicIPs] has it, in the
// order of the addresses. A file that ctdbd refuses has no entries.
func JoinAddresses(file *publicaddr.File, active *status.PublicIPs) []Address {
	all := make(map[netip.Addr]*Address, file.Len()+len(active.IPs))
	at := func(addr netip.Addr) *Address {
		if all[addr] == nil {
			all[addr] = &Address{Address: addr}
		}
		return all[addr]
	}
	for entry := range file.All() {
		at(entry.Address).Configured = &entry
	}
	for _, ip := range active.IPs {
		at(ip.Address.Unmap()).Active = &ip
	}
	joined := make([]Address, 0, len(all))
	for _, addr := range slices.SortedFunc(maps.Keys(all), netip.Addr.Compare) {
		joined = append(joined, *all[addr])
	}
	return joined
}
