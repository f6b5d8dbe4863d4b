package ctdbtest

import (
	"bytes"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
	"github.com/go-ctdb/go-ctdb/status"
)

// maxLog is how much a node's log keeps, in bytes: of a longer one the oldest lines are gone.
const maxLog = 1 << 20

// Log gives what the daemons of a node have logged, in the form of the release, for package ctdblog or to be written to a
// file: nodes whose flags changed, that died or came, public addresses taken and released, takeover runs of the leader,
// and what event scripts printed that failed. It stays when the daemon ends. There is none for a node that there is not.
func (c *Cluster) Log(pnn nodes.PNN) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, ok := c.node(pnn)
	if !ok {
		return nil
	}
	return bytes.Clone(n.log)
}

// The programs that log.
const (
	mainDaemon     = "ctdbd"
	recoveryDaemon = "ctdb-recoverd"
	eventDaemon    = "ctdb-eventd"
)

// logs writes a line to a node's log, if the node runs.
func (c *Cluster) logs(pnn nodes.PNN, program, format string, args ...any) {
	n := c.nodes[pnn]
	if !n.running {
		return
	}
	header := time.Now().Format("2006/01/02 15:04:05.000000 ")
	if c.release.AtLeast(4, 16, 0) {
		header = time.Now().Format("2006-01-02T15:04:05.000000-07:00 ") + fmt.Sprintf("n%d ", pnn)
	}
	n.log = fmt.Appendf(n.log, "%s%s[%d]: %s\n", header, program, 1000*(int(pnn)+1)+n.pid, fmt.Sprintf(format, args...))
	if len(n.log) > maxLog {
		_, rest, _ := bytes.Cut(n.log[len(n.log)-maxLog/2:], []byte("\n"))
		n.log = bytes.Clone(rest)
	}
}

// scene is what logs tell the changes of.
type scene struct {
	flags  []status.Flags
	places map[netip.Addr]place
	leader status.Value[nodes.PNN]
}

func (c *Cluster) scene() scene {
	s := scene{places: maps.Clone(c.places), leader: c.leader}
	for _, n := range c.nodes {
		s.flags = append(s.flags, n.flagsOf())
	}
	return s
}

// logChanges has all nodes that run log what became of the cluster.
func (c *Cluster) logChanges(before scene) {
	after := c.scene()
	for pnn, is := range after.flags {
		if was := status.FlagDisconnected; pnn >= len(before.flags) {
			c.logFlags(nodes.PNN(pnn), was, is)
		} else {
			c.logFlags(nodes.PNN(pnn), before.flags[pnn], is)
		}
	}
	c.logPlaces(before.places, after)
}

// logFlags has the nodes log that a node has died, has come, or has other flags.
func (c *Cluster) logFlags(pnn nodes.PNN, was, is status.Flags) {
	if was == is {
		return
	}
	n := c.nodes[pnn]
	connected := len(c.those((*node).isConnected)) - 1
	for i := range c.nodes {
		to := nodes.PNN(i)
		switch gone := status.FlagDisconnected; {
		case to == pnn:
		case is.Has(gone) && !was.Has(gone):
			c.logs(to, mainDaemon, "%v:4379: node %v:4379 is dead: %d connected", c.nodes[i].address, n.address, connected)
		case was.Has(gone) && !is.Has(gone):
			c.logs(to, mainDaemon, "%v:4379: connected to %v:4379 - %d connected", c.nodes[i].address, n.address, connected)
		}
		if seen := status.FlagDisconnected | status.FlagDeleted; was&^seen != is&^seen {
			c.logs(to, mainDaemon, "Node %d has changed flags - 0x%x -> 0x%x", pnn, uint32(was&^seen), uint32(is&^seen))
		}
	}
	if is.Has(status.FlagUnhealthy) && !was.Has(status.FlagUnhealthy) {
		c.logFailure(pnn)
	}
}

// logFailure has a node log what the scripts printed that make it unhealthy.
func (c *Cluster) logFailure(pnn nodes.PNN) {
	n := c.nodes[pnn]
	for _, s := range n.scripts {
		does := n.outcomes[scriptEvent{s.Name, monitor}]
		if !s.Enabled || !does.TimesOut && does.ExitCode == 0 {
			continue
		}
		for line := range strings.Lines(does.Output) {
			c.logs(pnn, eventDaemon, "%s: %s", s.Name, strings.TrimSuffix(line, "\n"))
		}
		c.logs(pnn, eventDaemon, "monitor event failed")
		return
	}
}

// logPlaces has the nodes log which addresses they took and released, and the leader that it distributed them.
func (c *Cluster) logPlaces(before map[netip.Addr]place, after scene) {
	if maps.Equal(before, after.places) {
		return
	}
	leader, led := after.leader.Get()
	if led {
		c.logs(leader, recoveryDaemon, "Takeover run starting")
	}
	all := maps.Clone(before)
	maps.Copy(all, after.places)
	for _, addr := range slices.SortedFunc(maps.Keys(all), netip.Addr.Compare) {
		c.logPlace(addr, before, after.places)
	}
	if led {
		c.logs(leader, recoveryDaemon, "Takeover run completed successfully")
	}
}

func (c *Cluster) logPlace(addr netip.Addr, before, after map[netip.Addr]place) {
	was, had := before[addr]
	is, has := after[addr]
	if had == has && was == is {
		return
	}
	if had && (!has || was.pnn != is.pnn) {
		host := -1
		if has {
			host = int(is.pnn)
		}
		c.logs(was.pnn, mainDaemon, "Release of IP %s on interface %s  node:%d", c.withMask(was.pnn, addr), was.iface, host)
	}
	if has && (!had || was.pnn != is.pnn) {
		c.logs(is.pnn, mainDaemon, "Takeover of IP %s on interface %s", c.withMask(is.pnn, addr), is.iface)
	}
}

// withMask gives an address with its mask in the node's file, or that of the address itself.
func (c *Cluster) withMask(pnn nodes.PNN, addr netip.Addr) string {
	mask := addr.BitLen()
	if f, err := publicaddr.Parse("public_addresses", c.nodes[pnn].files.public); err == nil {
		if entry, ok := f.Lookup(addr); ok {
			mask = entry.Mask
		}
	}
	return fmt.Sprintf("%v/%d", addr, mask)
}
