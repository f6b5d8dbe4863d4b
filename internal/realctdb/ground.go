//go:build linux

package realctdb

import (
	"net/netip"
	"os"
)

// A ground is what the nodes of a cluster stand on: this host's loopback addresses, or namespaces of their own. Nodes
// are numbered as in [Cluster].
type ground interface {
	// address gives a node's private address.
	address(pnn int) netip.Addr
	// publicAddress gives the public address of a number.
	publicAddress(number int) netip.Addr
	// packagedScripts is the directory of CTDB's event scripts, as a node sees it.
	packagedScripts(pnn int) string
	// runner gives a runner that runs programs as a node would.
	runner(pnn int) runner
	// processes finds a node's processes. The caller releases them.
	processes(pnn int) []*os.Process
	// isProcess tells whether a process is the one that has that pid for the node.
	isProcess(process *os.Process, pnn, pid int) bool
	// open makes what so many nodes stand on. Their directories are there already.
	open(nodes int) error
	// close ends the nodes, as far as they can be ended in good order. What is left is destroy's.
	close(nodes int) error
}
