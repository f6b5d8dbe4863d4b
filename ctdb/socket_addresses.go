package ctdb

import (
	"context"
	"net/netip"
	"slices"
	"sync"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// publicIPs gives the node's addresses, and asks for the interfaces of each.
func (a asker) publicIPs(ctx context.Context) (*status.PublicIPs, error) {
	var this nodes.PNN
	ips, err := one(ctx, a, wire.GetPublicIPs(false), func(reply wire.Reply) ([]status.PublicIP, error) {
		this = a.number(reply)
		return wire.DecodePublicIPs(reply, nil)
	})
	if err != nil {
		return nil, err
	}
	all := make([]int, len(ips))
	for i := range all {
		all[i] = i
	}
	if err := a.interfacesOf(ctx, ips, all); err != nil {
		return nil, err
	}
	return &status.PublicIPs{
		Form: status.FormSocket, All: status.Known(false), PNN: status.Known(this), Verbose: true, IPs: ips,
	}, nil
}

// interfacesOf asks the node for the interfaces of some addresses.
func (a asker) interfacesOf(ctx context.Context, ips []status.PublicIP, some []int) error {
	requests := make([]wire.Request, len(some))
	for i, at := range some {
		var err error
		if requests[i], err = wire.GetPublicIPInfo(ips[at].Address); err != nil {
			return a.failure(ctx, wire.OpPublicIPInfo.String(), err)
		}
	}
	return a.ask(ctx, func(i int, reply wire.Reply) error {
		info, err := wire.DecodePublicIPInfo(reply)
		if err == nil {
			setInterfaces(&ips[some[i]], info)
		}
		return err
	}, requests...)
}

func setInterfaces(ip *status.PublicIP, info *status.PublicIPInfo) {
	ip.ActiveInterface = info.ActiveInterface
	for _, iface := range info.Interfaces {
		ip.ConfiguredInterfaces = append(ip.ConfiguredInterfaces, iface.Name)
		if iface.Up {
			ip.AvailableInterfaces = append(ip.AvailableInterfaces, iface.Name)
		}
	}
}

// allPublicIPs gives the addresses that any active node has, and the interfaces of the node that hosts each.
func (a asker) allPublicIPs(ctx context.Context) (*status.PublicIPs, error) {
	all, _, err := a.nodeMap(ctx)
	if err != nil {
		return nil, err
	}
	var active []nodes.PNN
	for _, n := range all {
		if !n.Flags.Inactive() {
			active = append(active, n.PNN)
		}
	}
	reports := make([][]status.PublicIP, len(active))
	err = a.each(ctx, active, func(ctx context.Context, i int, node asker) (err error) {
		reports[i], err = one(ctx, node, wire.GetPublicIPs(false), func(reply wire.Reply) ([]status.PublicIP, error) {
			return wire.DecodePublicIPs(reply, nil)
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	ips := mergePublicIPs(active, reports)
	if err := a.interfacesOfHosts(ctx, ips); err != nil {
		return nil, err
	}
	return &status.PublicIPs{Form: status.FormSocket, All: status.Known(true), Verbose: true, IPs: ips}, nil
}

// mergePublicIPs puts together what nodes report. That an address is on a node counts only if that node itself says so.
func mergePublicIPs(reporters []nodes.PNN, reports [][]status.PublicIP) []status.PublicIP {
	hosts := map[netip.Addr]status.Value[nodes.PNN]{}
	for i, pnn := range reporters {
		for _, ip := range reports[i] {
			if _, known := hosts[ip.Address]; !known {
				hosts[ip.Address] = status.Unknown[nodes.PNN]()
			}
			if ip.Node.Is(pnn) {
				hosts[ip.Address] = ip.Node
			}
		}
	}
	ips := make([]status.PublicIP, 0, len(hosts))
	for addr, node := range hosts {
		ips = append(ips, status.PublicIP{Address: addr, Node: node})
	}
	slices.SortFunc(ips, func(x, y status.PublicIP) int { return x.Address.Compare(y.Address) })
	return ips
}

// interfacesOfHosts asks each node for the interfaces of the addresses that it hosts.
func (a asker) interfacesOfHosts(ctx context.Context, ips []status.PublicIP) error {
	hosted := map[nodes.PNN][]int{}
	var hosts []nodes.PNN
	for i, ip := range ips {
		host, ok := ip.Node.Get()
		if !ok {
			continue
		}
		if hosted[host] == nil {
			hosts = append(hosts, host)
		}
		hosted[host] = append(hosted[host], i)
	}
	return a.each(ctx, hosts, func(ctx context.Context, i int, node asker) error {
		return node.interfacesOf(ctx, ips, hosted[hosts[i]])
	})
}

// each asks nodes at the same time. The first error ends the others, and counts.
func (a asker) each(ctx context.Context, pnns []nodes.PNN, ask func(ctx context.Context, i int, node asker) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		group sync.WaitGroup
		once  sync.Once
		first error
	)
	for i, pnn := range pnns {
		group.Go(func() {
			node, err := askerFor(a.conn, pnn)
			if err == nil {
				err = ask(ctx, i, node)
			}
			if err != nil {
				once.Do(func() { first = err; cancel() })
			}
		})
	}
	group.Wait()
	return first
}

func publicIPInfo(addr netip.Addr) func(asker, context.Context) (*status.PublicIPInfo, error) {
	return func(a asker, ctx context.Context) (*status.PublicIPInfo, error) {
		request, err := wire.GetPublicIPInfo(addr)
		if err != nil {
			return nil, a.failure(ctx, wire.OpPublicIPInfo.String(), err)
		}
		return one(ctx, a, request, func(reply wire.Reply) (*status.PublicIPInfo, error) {
			info, err := wire.DecodePublicIPInfo(reply)
			if err == nil {
				info.Form, info.PNN = status.FormSocket, a.number(reply)
			}
			return info, err
		})
	}
}

func (a asker) interfaces(ctx context.Context) (*status.Interfaces, error) {
	return one(ctx, a, wire.GetInterfaces(), func(reply wire.Reply) (*status.Interfaces, error) {
		all, err := wire.DecodeInterfaces(reply, nil)
		if err != nil {
			return nil, err
		}
		return &status.Interfaces{Form: status.FormSocket, PNN: status.Known(a.number(reply)), Interfaces: all}, nil
	})
}

func tickles(addr netip.Addr) func(asker, context.Context) (*status.Tickles, error) {
	return func(a asker, ctx context.Context) (*status.Tickles, error) {
		request, err := wire.GetTickles(addr)
		if err != nil {
			return nil, a.failure(ctx, wire.OpTickles.String(), err)
		}
		all, err := one(ctx, a, request, wire.DecodeTickles)
		if err == nil {
			all.Form = status.FormSocket
		}
		return all, err
	}
}
