//go:build linux

package realctdb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// destroy ends every process of the owner's cluster in dir, takes its public addresses off this host's interfaces and
// removes it.
func (o owner) destroy(dir string) error {
	root := o.Root
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		// A stopped process does not see SIGTERM until it goes on.
		if signalAll(root, dir, syscall.SIGCONT, signal) == 0 || awaitNone(root, dir, 3*time.Second) {
			break
		}
	}
	if n := signalAll(root, dir); n > 0 {
		return fmt.Errorf("%d processes of %s do not end", n, dir)
	}
	if o.Namespaces {
		return removeAll(filepath.Join(root, dir)) // addresses have gone with the namespaces
	}
	return errors.Join(removePublicAddresses(root, dir), removeAll(filepath.Join(root, dir)))
}

// removeAll removes a directory. When the first process of a namespace is killed, its own end comes before that of the
// others, which may be writing still.
func removeAll(dir string) error {
	for deadline := time.Now().Add(helperLimit); ; time.Sleep(pollInterval) {
		if err := os.RemoveAll(dir); err == nil || time.Now().After(deadline) {
			return err
		}
	}
}

// removePublicAddresses takes down those that killed daemons have left up.
func removePublicAddresses(root, dir string) error {
	files, err := filepath.Glob(filepath.Join(root, dir, "node.*", "public_addresses"))
	if err != nil {
		return err
	}
	var failed error
	for _, file := range files {
		text, err := os.ReadFile(file)
		failed = errors.Join(failed, err)
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) != 2 || strings.HasPrefix(fields[0], "#") {
				continue
			}
			for name := range strings.SplitSeq(fields[1], ",") {
				failed = errors.Join(failed, removeAddress(root, fields[0], name))
			}
		}
	}
	return failed
}

func removeAddress(root, prefix, device string) error {
	networkInterface, err := net.InterfaceByName(device)
	if err != nil {
		return nil // a test may name an interface that is not there
	}
	addresses, err := networkInterface.Addrs()
	if err != nil {
		return err
	}
	for _, address := range addresses {
		if address.String() != prefix {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
		defer cancel()
		command := ctdb.Command{Name: "ip", Args: []string{"address", "del", prefix, "dev", device}}
		result, err := (runner{root: root}).Run(ctx, command)
		if err == nil && result.ExitCode != 0 {
			err = fmt.Errorf("%v: exit code %d: %s", command, result.ExitCode, result.Stderr)
		}
		return err
	}
	return nil
}
