//go:build linux

package realctdb

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// network is a cluster whose nodes have namespaces of their own: for the network, mounts and processes. A further
// network namespace, the hub, has what connects them: two bridges, and for each interface of a node the other end of its
// cable.
type network struct {
	install    Install
	octet      int
	interfaces int // public ones of each node
	ipv6       bool

	hub   *holder
	nodes []*holder
}

func (n *network) address(pnn int) netip.Addr {
	if n.ipv6 {
		return netip.AddrFrom16([16]byte{0: 0xfd, 1: 0x77, 3: byte(n.octet), 15: byte(pnn + 1)})
	}
	return netip.AddrFrom4([4]byte{10, 77, byte(n.octet), byte(pnn + 1)})
}

func (n *network) publicAddress(number int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, 78, byte(n.octet), byte(number)})
}

func (n *network) publicAddress6(number int) netip.Addr {
	return netip.AddrFrom16([16]byte{0: 0xfd, 1: 0x78, 3: byte(n.octet), 15: byte(number)})
}

func (n *network) packagedScripts(int) string { return "/usr/share/ctdb/events/legacy" }

func (n *network) runner(pnn int) runner {
	return runner{root: n.install.Root, inside: n.nodes[pnn].enter()}
}

// nodeScript puts a node's directory ($2) in the places that CTDB looks at, below the install's root ($1). /run gets new
// directories, which are there for this node only. The node's programs see the processes of their own namespace.
//
// IPv6 addresses are used without a look for duplicates first: a killed ctdbd leaves its addresses up, where a machine
// without power would not.
const nodeScript = `
mount -t tmpfs -o mode=0755 run "$1/run"
mkdir -p "$1/run/ctdb" "$1/run/samba/ctdb"
mount --bind "$2/run" "$1/run/ctdb"
mount --bind "$2/run" "$1/run/samba/ctdb"
mount --bind "$2/var" "$1/var/lib/ctdb"
mount --bind "$2/log" "$1/var/log/ctdb"
mount --bind "$2" "$1/etc/ctdb"
mount -t proc proc "$1/proc"
dad=$1/proc/sys/net/ipv6/conf/default/accept_dad
if [ -e "$dad" ]; then echo 0 >"$dad"; fi
`

// open starts the hub and so many nodes, and connects them.
func (n *network) open(nodes int) (err error) {
	if n.hub, err = startHolder(filepath.Join(clusterDir(n.octet), "hub"), "true"); err != nil {
		return fmt.Errorf("the hub: %w", err)
	}
	if err := n.hub.ip(
		"link add private type bridge", "link set private up", "link add public type bridge", "link set public up",
	); err != nil {
		return fmt.Errorf("the hub: %w", err)
	}
	for pnn := range nodes {
		if err := n.openNode(pnn); err != nil {
			return fmt.Errorf("node %d: %w", pnn, err)
		}
	}
	return nil
}

func (n *network) openNode(pnn int) error {
	base := nodeDir(n.octet, pnn)
	node, err := startHolder(base, nodeScript, n.install.Root, filepath.Join(n.install.Root, base))
	if err != nil {
		return err
	}
	n.nodes = append(n.nodes, node)
	outside, inside := []string{}, []string{"link set lo up"}
	for number := range 1 + n.interfaces {
		name, bridge := fmt.Sprintf("eth%d", number), "public"
		if number == 0 {
			bridge = "private"
		}
		cable := cableName(pnn, name)
		outside = append(outside,
			fmt.Sprintf("link add %s type veth peer name %s netns %s", cable, name, node.pid()),
			fmt.Sprintf("link set %s master %s", cable, bridge), fmt.Sprintf("link set %s up", cable))
		inside = append(inside, fmt.Sprintf("link set %s up", name))
	}
	if n.ipv6 {
		inside = append(inside, fmt.Sprintf("address add %v/64 dev eth0 nodad", n.address(pnn)))
	} else {
		inside = append(inside, fmt.Sprintf("address add %v/24 dev eth0", n.address(pnn)))
	}
	return errors.Join(n.hub.ip(outside...), node.ip(inside...))
}

// cableName is the name that the other end of a node's interface has in the hub.
func cableName(pnn int, networkInterface string) string {
	return fmt.Sprintf("n%d-%s", pnn, networkInterface)
}

// close ends all nodes at once, daemons and all: nothing of what they could put in order stays.
func (n *network) close(int) error {
	var failed error
	for _, node := range n.nodes {
		failed = errors.Join(failed, node.end())
	}
	if n.hub != nil {
		failed = errors.Join(failed, n.hub.end())
	}
	return failed
}

// processes finds what runs in a node's namespace, other than the holder itself and its child.
func (n *network) processes(pnn int) []*os.Process {
	namespace := processNamespace(n.nodes[pnn].pid())
	if namespace == "" || namespace == processNamespace("self") { // never this process's own: that is the whole machine
		return nil
	}
	return processesWhere(func(pid int) bool {
		return processNamespace(strconv.Itoa(pid)) == namespace && !environmentIn(pid, nodeDir(n.octet, pnn))
	})
}

func (n *network) isProcess(process *os.Process, _, pid int) bool {
	return innerPID(process.Pid) == strconv.Itoa(pid)
}

// processNamespace names the namespace that a process's number is counted in; "" when the process has ended.
func processNamespace(pid string) string {
	name, err := os.Readlink(filepath.Join("/proc", pid, "ns/pid"))
	if err != nil {
		return ""
	}
	return name
}

// innerPID is the number that a process has in its own namespace; "" when it has ended.
func innerPID(pid int) string {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(status)) {
		if numbers, ok := strings.CutPrefix(line, "NSpid:"); ok {
			fields := strings.Fields(numbers)
			return fields[len(fields)-1]
		}
	}
	return ""
}

// setLink pulls the cable of a node's interface, or plugs it in.
func (n *network) setLink(pnn int, networkInterface string, up bool) error {
	state := "down"
	if up {
		state = "up"
	}
	return n.hub.ip(fmt.Sprintf("link set %s %s", cableName(pnn, networkInterface), state))
}

// held gives what "ip address" says of a node, without addresses that count on one machine or one link only.
func (n *network) held(pnn int) ([]netip.Addr, error) {
	output, err := n.nodes[pnn].runIP(nil, "-json", "address", "show", "scope", "global")
	if err != nil {
		return nil, err
	}
	var interfaces []struct {
		Addresses []struct {
			Local netip.Addr `json:"local"`
		} `json:"addr_info"`
	}
	if err := json.Unmarshal(output, &interfaces); err != nil {
		return nil, fmt.Errorf("ip address: %w", err)
	}
	var held []netip.Addr
	for _, i := range interfaces {
		for _, a := range i.Addresses {
			if a.Local.IsValid() { // what is left out is an empty object
				held = append(held, a.Local)
			}
		}
	}
	slices.SortFunc(held, netip.Addr.Compare)
	return held, nil
}
