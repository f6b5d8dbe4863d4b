package ctdbtest_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// TestLog reads the log of a simulated node as that of a real one.
func TestLog(t *testing.T) {
	t.Parallel()
	for _, r := range []release.Release{{Major: 4, Minor: 13}, {Major: 4, Minor: 22}} {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			c := ctdbtest.New(ctdbtest.Options{Release: r, Nodes: 2})
			for pnn := range nodes.PNN(2) {
				must(t, c.SetPublicAddressesFile(pnn, "10.1.0.1/24 eth0\n10.1.0.2/24 eth0\n"))
				_, err := c.Client(pnn).PNN(t.Context())
				must(t, err)
			}
			must(t, c.Client(0).ReloadIPs(t.Context()))
			must(t, c.FailScript(1, "10.interface", "ERROR: no link"))
			must(t, c.Kill(1))
			must(t, c.Start(1))
			got := kindsOf(c.Log(0))
			if got[0] != "takeover-started" || !contains(got, "address-taken", "takeover-finished", "node-flags", "node-dead", "node-connected") {
				t.Errorf("events of node 0: %v\n%s", got, c.Log(0))
			}
			if other := kindsOf(c.Log(1)); !contains(other, "script-report", "address-released") {
				t.Errorf("events of node 1: %v\n%s", other, c.Log(1))
			}
			if c.Log(9) != nil {
				t.Error("a node that is not there has a log")
			}
		})
	}
}

// kindsOf gives the kinds of a log's events. Every line has to be an entry.
func kindsOf(log []byte) (kinds []string) {
	for entry, err := range ctdblog.Scan(bytes.NewReader(log), ctdblog.Options{}) {
		switch event := entry.Event(); {
		case err != nil || entry.Form == ctdblog.FormNone:
			kinds = append(kinds, fmt.Sprintf("%q, %v", entry.String(), err))
		case event != nil:
			kinds = append(kinds, string(event.Kind()))
		}
	}
	return kinds
}

func contains(kinds []string, want ...string) bool {
	for _, kind := range want {
		if !strings.Contains(" "+strings.Join(kinds, " ")+" ", " "+kind+" ") {
			return false
		}
	}
	return true
}

// TestLogIsOnesOwn: a log that was handed out does not change.
func TestLogIsOnesOwn(t *testing.T) {
	t.Parallel()
	c := ctdbtest.New(ctdbtest.Options{})
	must(t, c.Ban(1))
	log := c.Log(0)
	before := string(log)
	log[0] = 'x'
	if diff := cmp.Diff(before, string(c.Log(0))); diff != "" {
		t.Errorf("mismatch (-before +after)\n%s", diff)
	}
}
