//go:build linux

package realctdb

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	tailLines = 200
	tailBytes = 64 << 10
)

// logTails logs the last lines of each daemon's log.
func (c *Cluster) logTails() {
	for pnn := range c.dirs() {
		if !c.isDeleted(pnn) {
			c.t.Logf("CTDB %v, end of the log of node %d:\n%s", c.install, pnn, tail(filepath.Join(c.Dir(pnn), "log.ctdb")))
		}
	}
}

// tail gives the last lines of a file, or why it can't.
func tail(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = file.Close() }()
	if size, err := file.Seek(0, io.SeekEnd); err != nil {
		return err.Error()
	} else if _, err = file.Seek(max(0, size-tailBytes), io.SeekStart); err != nil {
		return err.Error()
	}
	text, err := io.ReadAll(io.LimitReader(file, tailBytes))
	if err != nil {
		return err.Error()
	}
	lines := strings.SplitAfter(string(text), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "")
}
