package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// pause is between two things that happen to the simulated cluster.
const pause = 7 * time.Second

// simulate gives a client of a cluster that loses a node and gets it back, again and again until the context ends.
func simulate(ctx context.Context) (*ctdb.Client, error) {
	var addresses []ctdbtest.PublicAddress
	for i := range byte(6) {
		addresses = append(addresses, ctdbtest.PublicAddress{
			Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 1, 0, i + 1}), 24), Interfaces: []string{"eth1"},
		})
	}
	cluster := ctdbtest.New(ctdbtest.Options{Nodes: 3, PublicAddresses: addresses})
	client := cluster.Client(0)
	if _, err := client.Status(ctx); err != nil {
		return nil, fmt.Errorf("the simulated cluster: %w", err)
	}
	go disturb(ctx, cluster)
	return client, nil
}

// disturb kills, disables and stops nodes by turns.
func disturb(ctx context.Context, cluster *ctdbtest.Cluster) {
	ways := []struct{ out, back func(nodes.PNN) error }{
		{cluster.Kill, cluster.Start}, {cluster.Disable, cluster.Enable}, {cluster.Stop, cluster.Continue},
	}
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for i := 0; ; i++ {
		way, pnn := ways[i%len(ways)], nodes.PNN(1+i%2)
		for _, step := range []func(nodes.PNN) error{way.out, way.back} {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			if step(pnn) != nil {
				return // a node that is not there, which there is none of
			}
		}
	}
}
