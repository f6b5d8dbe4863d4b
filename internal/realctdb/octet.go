//go:build linux

package realctdb

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// clustersDir holds the lock files on the host and, in each install, the clusters' directories. It does not follow
// TMPDIR: two test processes must agree on it, and socket paths have only 107 bytes.
const clustersDir = "/tmp/goctdb"

// maxOctet is the last number of a cluster.
const maxOctet = 254

// An owner is what a lock file says about the process that holds it: enough for the next process to clear up.
type owner struct {
	PID  int    // for people; whether it lives is known from the lock
	Test string // for people
	Root string // the install's root
	// Namespaces is set for a cluster whose nodes have namespaces of their own.
	Namespaces bool
}

// A claim is the right to use one octet, held by an flock until release.
type claim struct {
	octet int
	file  *os.File
	owner owner
}

// claimOctet takes the first free octet for an owner and clears up what dead test processes have left.
func claimOctet(o owner) (*claim, error) {
	if err := privateDir(clustersDir); err != nil {
		return nil, err
	}
	var got *claim
	var failed error
	for octet := 1; octet <= maxOctet; octet++ {
		c, err := tryClaim(octet, got == nil)
		if err == nil && c != nil {
			err = c.clearLeftovers()
		}
		switch {
		case err != nil:
			failed = errors.Join(failed, fmt.Errorf("octet %d: %w", octet, err))
			c.close()
		case got == nil:
			got = c
		default:
			c.close()
		}
	}
	if got == nil {
		return nil, errors.Join(errors.New("no octet is free"), failed)
	}
	if err := got.record(o); err != nil {
		got.close()
		return nil, err
	}
	return got, nil
}

// privateDir makes a directory that only this user can write to. What its files say is acted upon as root, so it must
// not be one that somebody else has made.
func privateDir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s is not a directory of this user's own (%v)", dir, info.Mode())
	}
	return nil
}

// tryClaim locks an octet's file. Without create, and when another process has it, it returns nil.
func tryClaim(octet int, create bool) (*claim, error) {
	flags := os.O_RDWR
	if create {
		flags |= os.O_CREATE
	}
	file, err := os.OpenFile(filepath.Join(clustersDir, strconv.Itoa(octet)+".lock"), flags, 0o600)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return &claim{octet: octet, file: file}, nil
	}
	_ = file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, err
}

// clearLeftovers stops and removes the cluster of an owner that died: one that is recorded though the lock was free.
func (c *claim) clearLeftovers() error {
	text, err := io.ReadAll(io.LimitReader(c.file, 64<<10))
	if err != nil || len(text) == 0 {
		return err
	}
	var last owner
	if err := json.Unmarshal(text, &last); err != nil {
		return fmt.Errorf("%s: %w", c.file.Name(), err)
	}
	if err := last.destroy(clusterDir(c.octet)); err != nil {
		return err
	}
	return c.file.Truncate(0)
}

func (c *claim) record(o owner) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	c.owner = o
	_, err = c.file.WriteAt(text, 0)
	return err
}

// release gives the octet back. The cluster must be gone.
func (c *claim) release() error {
	defer c.close()
	return c.file.Truncate(0)
}

// close unlocks without a word about the cluster, so that the next process looks after it.
func (c *claim) close() {
	if c != nil {
		_ = c.file.Close()
	}
}

// clusterDir is the directory of a cluster as its daemons see it.
func clusterDir(octet int) string { return filepath.Join(clustersDir, strconv.Itoa(octet)) }

// nodeDir is the directory of a cluster's node as its daemons see it.
func nodeDir(octet, pnn int) string {
	return filepath.Join(clusterDir(octet), "node."+strconv.Itoa(pnn))
}
