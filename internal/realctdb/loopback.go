//go:build linux

package realctdb

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// loopback is a cluster on this host's loopback addresses, in CTDB's test mode.
type loopback struct {
	install Install
	octet   int
}

func (l loopback) address(pnn int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, 77, byte(l.octet), byte(pnn + 1)})
}

func (l loopback) publicAddress(number int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, 78, byte(l.octet), byte(number)})
}

// packagedScripts is a node's copy: in the test mode everything is below CTDB_BASE.
func (l loopback) packagedScripts(pnn int) string {
	return filepath.Join(nodeDir(l.octet, pnn), "share/events/legacy")
}

func (l loopback) runner(pnn int) runner {
	base := nodeDir(l.octet, pnn)
	return runner{root: l.install.Root, env: []string{
		"CTDB_TEST_MODE=yes",
		"CTDB_BASE=" + base,
		"CTDB_TEST_HELPER_BINDIR=" + l.install.helpers, // 4.25 aborts in test mode without it
		"CTDB_HELPER_BINDIR=" + l.install.helpers,      // for helpers that are shell scripts
		// Event scripts do not know the test mode. Without this, all nodes would share the machine's own directory.
		"CTDB_SCRIPT_VARDIR=" + base + "/var/scripts",
	}}
}

func (l loopback) processes(pnn int) []*os.Process {
	return processesOf(l.install.Root, nodeDir(l.octet, pnn))
}

func (l loopback) isProcess(process *os.Process, _, pid int) bool { return process.Pid == pid }

func (l loopback) open(int) error { return nil }

// close asks every node to stop and waits for a while.
func (l loopback) close(nodes int) error {
	dir := clusterDir(l.octet)
	signalAll(l.install.Root, dir, syscall.SIGCONT)
	ctx, cancel := context.WithTimeout(context.Background(), shutdownLimit) // the test's own context has ended
	defer cancel()
	var group sync.WaitGroup
	for pnn := range nodes {
		group.Go(func() {
			// A node that does not answer is one that destroy ends.
			_, _ = l.runner(pnn).Run(ctx, ctdb.Command{Name: "ctdb", Args: []string{"shutdown"}})
		})
	}
	group.Wait()
	awaitNone(l.install.Root, dir, helperLimit)
	return nil
}
