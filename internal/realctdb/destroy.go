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

// destroy ends every process of the cluster in dir, takes its public addresses off the interfaces and removes it.
func destroy(root, dir string) error {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		// A stopped process does not see SIGTERM until it goes on.
		if signalAll(root, dir, syscall.SIGCONT, signal) == 0 || awaitNone(root, dir, 3*time.Second) {
			break
		}
	}
	if n := signalAll(root, dir); n > 0 {
		return fmt.Errorf("%d processes of %s do not end", n, dir)
	}
	return errors.Join(removePublicAddresses(root, dir), os.RemoveAll(filepath.Join(root, dir)))
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
