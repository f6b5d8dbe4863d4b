//go:build linux

package realctdb

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// pidFile is the name of ctdbd's pid file, in a node's run directory.
const pidFile = "ctdbd.pid"

// maxSocketPath is what fits into sockaddr_un, without the zero byte.
const maxSocketPath = 107

// nodeDirs are what a node's daemons expect to find below CTDB_BASE.
var nodeDirs = []string{
	"run", "var", "db/volatile", "db/persistent", "db/state",
	"events/legacy", "events/notification", "share/events/legacy", "log",
}

// writeFiles makes the cluster's directory with everything that its daemons read.
func (c *Cluster) writeFiles() error {
	if err := privateDir(filepath.Join(c.install.Root, clustersDir)); err != nil {
		return err
	}
	if err := os.Mkdir(c.hostDir(), 0o700); err != nil {
		return err
	}
	for pnn := range c.dirs() {
		if err := c.writeNode(pnn); err != nil {
			return fmt.Errorf("node %d: %w", pnn, err)
		}
	}
	return nil
}

func (c *Cluster) writeNode(pnn int) error {
	if socket := path.Join(c.base(pnn), "run", "ctdbd.socket"); len(socket) > maxSocketPath {
		return fmt.Errorf("%s is longer than a socket's path may be", socket)
	}
	for _, dir := range nodeDirs {
		if err := os.MkdirAll(filepath.Join(c.Dir(pnn), dir), 0o755); err != nil {
			return err
		}
	}
	if err := c.copyPackaged(pnn); err != nil {
		return err
	}
	if err := c.writeScripts(pnn); err != nil {
		return err
	}
	files := map[string]string{"nodes": c.nodesFile(), "ctdb.conf": c.config(pnn), "ctdb.tunables": c.tunables()}
	if c.options.PublicAddresses != nil {
		files["public_addresses"] = c.options.PublicAddresses(c.claim.octet, pnn)
	}
	if c.options.ScriptOptions != "" {
		files["script.options"] = c.options.ScriptOptions
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(c.Dir(pnn), name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// copyPackaged copies the files of the package that event scripts need, and the scripts.
func (c *Cluster) copyPackaged(pnn int) error {
	for _, name := range []string{"functions", "notify.sh"} {
		from := filepath.Join(c.install.Root, "/etc/ctdb", name)
		if err := copyFile(from, filepath.Join(c.Dir(pnn), name)); err != nil {
			return err
		}
	}
	scripts, err := filepath.Glob(filepath.Join(c.install.Root, "/usr/share/ctdb/events/legacy", "*.script"))
	if err != nil {
		return err
	}
	for _, script := range scripts {
		to := filepath.Join(c.Dir(pnn), "share/events/legacy", filepath.Base(script))
		if err := copyFile(script, to); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o755)
}

// writeScripts enables 00.ctdb as the packages do (up to 4.16 it is what loads the tunables), and what the test wants.
func (c *Cluster) writeScripts(pnn int) error {
	enabled := []string{"00.ctdb"}
	if c.options.PublicAddresses != nil {
		enabled = append(enabled, "10.interface")
	}
	for _, name := range enabled {
		target := path.Join(c.ground.packagedScripts(pnn), name+".script")
		if err := os.Symlink(target, c.scriptPath(pnn, name)); err != nil {
			return err
		}
	}
	for name, text := range c.options.Scripts {
		if err := os.WriteFile(c.scriptPath(pnn, name), []byte(text), 0o755); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) scriptPath(pnn int, name string) string {
	return filepath.Join(c.Dir(pnn), "events/legacy", name+".script")
}

func (c *Cluster) nodesFile() string {
	var b strings.Builder
	for pnn := range c.nodes() {
		if c.isDeleted(pnn) {
			b.WriteByte('#')
		}
		fmt.Fprintln(&b, c.Address(pnn))
	}
	return b.String()
}

func (c *Cluster) config(pnn int) string {
	var b strings.Builder
	base, release := c.base(pnn), c.install.Release
	fmt.Fprintf(&b, "[logging]\n\tlocation = file:%s/log.ctdb\n\tlog level = NOTICE\n", base)
	fmt.Fprintf(&b, "[cluster]\n\tnode address = %v\n", c.Address(pnn))
	if release.AtLeast(4, 16, 0) {
		fmt.Fprintf(&b, "\tcluster lock = %s/lock\n\tleader timeout = 3\n", c.dir())
	} else {
		fmt.Fprintf(&b, "\trecovery lock = %s/lock\n", c.dir())
	}
	b.WriteString("[database]\n")
	for _, kind := range []string{"volatile", "persistent", "state"} {
		fmt.Fprintf(&b, "\t%s database directory = %s/db/%s\n", kind, base, kind)
	}
	if release.HasShutdownTimeouts() {
		b.WriteString("[failover]\n\tshutdown failover timeout = 1\n")
	}
	b.WriteString("[legacy]\n\trealtime scheduling = false\n")
	return b.String() + c.options.Config
}

func (c *Cluster) tunables() string {
	all := quickTunables()
	maps.Copy(all, c.options.Tunables)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "%s=%d\n", name, all[name])
	}
	return b.String()
}
