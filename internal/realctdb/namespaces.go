//go:build linux

package realctdb

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
)

// lacksForNet tells what a cluster of namespaces needs and this host does not have; nil if it has all.
func lacksForNet(install Install, options NetOptions) error {
	for _, name := range []string{"sh", "mount", "mkdir", "cat", "env", "chroot", "nsenter", "ip"} {
		if _, err := exec.LookPath(name); err != nil {
			return err
		}
	}
	for _, name := range []string{"ip", "ethtool"} { // 10.interface uses them
		if _, err := findProgram(install.Root, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if _, err := os.Stat("/proc/sys/net/ipv6"); err != nil && (options.Public6 > 0 || options.PrivateIPv6) {
		return fmt.Errorf("no IPv6: %w", err)
	}
	return tryNamespaces()
}

// tryNamespaces makes what the network of a cluster consists of, once, and removes it.
var tryNamespaces = sync.OnceValue(func() error {
	trial, err := startHolder("/", "mount -t tmpfs trial /run; mount -t proc proc /proc")
	if err != nil {
		return fmt.Errorf("no namespaces: %w", err)
	}
	err = trial.ip("link add bridge type bridge", "link add one type veth peer name other")
	return errors.Join(err, trial.end())
})
