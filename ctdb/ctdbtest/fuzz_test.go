package ctdbtest_test

import (
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// FuzzTool gives the tools of all nodes arguments, one a line, and input, on clusters of all releases in several states.
// They must answer with exit codes that a program can have, and leave a cluster that answers.
func FuzzTool(f *testing.F) {
	f.Fuzz(func(t *testing.T, args, input string, state uint8) {
		c := ctdbtest.New(full(releases[int(state)%len(releases)]))
		must(t, fuzzedState(c, int(state)/len(releases)))
		command := ctdb.Command{Name: "ctdb", Args: strings.Split(args, "\n"), Stdin: []byte(input)}
		for pnn := range nodes.PNN(5) {
			result, err := c.Runner(pnn).Run(t.Context(), command)
			must(t, err)
			if result.ExitCode < 0 || result.ExitCode > 255 {
				t.Errorf("node %v: exit code %d", pnn, result.ExitCode)
			}
		}
		c.SetRecovering(false)
		c.SetNoLeader(false)
		for _, pnn := range []nodes.PNN{0, 1, 3} {
			must(t, c.Unban(pnn))
			must(t, c.Start(pnn))
		}
		report, err := c.Client(3).Status(t.Context())
		if err != nil || len(report.Nodes) != 3 {
			t.Errorf("then the status is %v, %v", report, err)
		}
		if _, err := c.Client(3).AllPublicIPs(t.Context()); err != nil {
			t.Errorf("then the addresses are %v", err)
		}
	})
}

// fuzzedState brings a cluster into one of some states.
func fuzzedState(c *ctdbtest.Cluster, state int) error {
	switch state {
	case 1:
		return c.Stop(0)
	case 2:
		return c.Ban(1)
	case 3:
		return c.StartUp(3, status.RunStateSetup)
	case 4:
		c.SetRecovering(true)
	case 5:
		c.SetNoLeader(true)
	case 6:
		return c.SetLink(1, "eth1", false)
	case 7:
		return c.SetNodesFile(0, "10.0.0.1\n10.0.0.2\n#\n10.0.0.4\n10.0.0.5\n")
	case 8:
		return c.Kill(1)
	case 9:
		return c.FailScript(0, "00.ctdb", "a\nb")
	case 10:
		return c.SetScript(3, "50.own", "takeip", ctdbtest.Outcome{TimesOut: true})
	}
	return nil
}
