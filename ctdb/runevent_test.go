package ctdb_test

import (
	"errors"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

func TestEventError(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		code   int
		out    string
		status int
		want   error
	}{
		{8, "Event monitor in legacy failed\n", 8, ctdb.ErrEventFailed},
		{46, "Event monitor in legacy timed out\n", 110, ctdb.ErrTimeout},
		{61, "Event monitor in legacy got cancelled\n", 125, ctdb.ErrEventCanceled},
	} {
		runner := answers(ctdb.Result{ExitCode: test.code, Stdout: []byte(test.out)})
		err := ctdb.New(ctdb.Config{Runner: runner}).RunEvent(t.Context(), time.Second, "monitor")
		e, ok := errors.AsType[*ctdb.EventError](err)
		if !ok || e.Event != "monitor" || e.Status != test.status || !errors.Is(err, test.want) {
			t.Errorf("exit code %d: got %v", test.code, err)
		}
		if c, ok := errors.AsType[*ctdb.CommandError](err); !ok || c.ExitCode != test.code {
			t.Errorf("exit code %d: got %v", test.code, err)
		}
	}
}

// TestFileErrors looks at files that the tool can't open.
func TestFileErrors(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{2: "file does not exist", 13: "permission denied"} {
		runner := answers(failedWith(code, "Failed to open file /a/b for writing\n"))
		err := ctdb.New(ctdb.Config{Runner: runner}).BackupDB(t.Context(), "a.tdb", "/a/b")
		if e, ok := errors.AsType[*ctdb.CommandError](err); !ok || e.Err.Error() != want {
			t.Errorf("exit code %d: got %v", code, err)
		}
	}
}

// TestDetachCrash wants a database that ctdbd would crash over to be left alone.
func TestDetachCrash(t *testing.T) {
	t.Parallel()
	for _, database := range []string{"a.tdb", "0x4d2a432b", "0x4D2A432B"} {
		s := &script{answers: map[string]ctdb.Result{
			"nodestatus all": wrote(twoNodes), "-n 0 getdbmap": wrote(oneDatabase),
			"-n 1 getdbmap": wrote("Number of databases:1\ndbid:0x4d2a432b name:a.tdb path:/db/a.tdb.1 READONLY\n"),
		}}
		detached, err := ctdb.New(ctdb.Config{Runner: s}).Detach(t.Context(), database)
		if detached || !errors.Is(err, ctdb.ErrWouldCrash) || len(s.ran) != 3 {
			t.Errorf("%s: got %t, %v after %q", database, detached, err, s.ran)
		}
	}
}
