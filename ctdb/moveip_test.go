package ctdb_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// TestMoveIPFailures holds moves against what the tool of real clusters said. A node that is known to be unfit is not
// moved to: the tool would take the address away from its host all the same.
func TestMoveIPFailures(t *testing.T) {
	t.Parallel()
	inVain := func(ret, end string) ctdb.Result {
		attempt := "Control TAKEOVER_IP failed, ret=" + ret + "\nFailed to takeover IP on node 1\n"
		return failedWith(1, attempt+attempt+attempt+attempt+attempt+end)
	}
	const gaveUp, hadNoTime = "Failed to move IP 10.0.0.9 to node 1\n", "Maximum runtime exceeded - exiting\n"
	tests := map[string]struct {
		state string // of the node, in nodestatus
		code  int    // of nodestatus
		move  ctdb.Result
		moved bool // the tool is told to
		want  map[string]bool
	}{
		"stopped":           {state: "STOPPED|INACTIVE", code: 32, want: set("refused")},
		"banned":            {state: "BANNED|INACTIVE", code: 8, want: set("refused")},
		"banned and dead":   {state: "DISCONNECTED|UNHEALTHY|BANNED|INACTIVE", code: 11, want: set("disconnected")},
		"disabled":          {state: "DISABLED", code: 4, moved: true, want: set()},
		"unhealthy":         {state: "UNHEALTHY", code: 2, moved: true, want: set()},
		"no link":           {state: "PARTIALLYONLINE", move: inVain("-1", gaveUp), moved: true, want: set("refused")},
		"script that fails": {state: "OK", move: inVain("8", gaveUp), moved: true, want: set("refused")},
		"no link, no time":  {state: "OK", move: inVain("-1", hadNoTime), moved: true, want: set("refused", "timeout")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			const asked, move = "nodestatus 1", "moveip 10.0.0.9 1 -t 3"
			status := ctdb.Result{ExitCode: test.code, Stdout: []byte("pnn:1 10.0.0.2         " + test.state + "\n")}
			s := &script{answers: map[string]ctdb.Result{asked: status, move: test.move}}
			err := ctdb.New(ctdb.Config{Runner: s}).MoveIP(t.Context(), anIP, 1)
			if diff := cmp.Diff(test.want, kinds(err)); diff != "" || (err == nil) != (len(test.want) == 0) {
				t.Errorf("got %v (-want +got)\n%s", err, diff)
			}
			if slices.Contains(s.ran, move) != test.moved {
				t.Errorf("ran %q", s.ran)
			}
		})
	}
}
