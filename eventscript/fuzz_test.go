package eventscript_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/eventscript"
	"github.com/go-ctdb/go-ctdb/status"
)

// FuzzDirectory makes a host of what the bytes say and looks at what must be so for all of them.
func FuzzDirectory(f *testing.F) {
	for _, seed := range [][]byte{
		{}, {3, 0, 1}, {3, 0, 0, 3, 3, 1}, {3, 8, 1}, {5, 13, 1, 4, 2, 1}, {6, 23, 1, 7, 28, 1},
		{12, 3, 1, 13, 0, 1, 9, 0, 1},
		{3, 0, 0, 3, 43, 1, 4, 0, 1, 5, 5, 1}, {14, 0, 1, 15, 0, 1},
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		i := newImage()
		defer i.remove()
		used := build(i, data)
		files := eventscript.Files{Root: i.root}
		l, err := files.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		checkListing(t, l)
		if l.Enabled("50.d") != isRunning(t, files, "50.d") {
			t.Errorf("50.d is enabled: %v", l.Enabled("50.d"))
		}
		for _, name := range used {
			checkSwitching(t, i, files, name)
		}
	})
}

// checkListing: what the tool would print can be read, and each script is there once.
func checkListing(t *testing.T, l *eventscript.Listing) {
	t.Helper()
	back, err := status.ParseEventScripts([]byte(l.Tool.String()))
	if err != nil {
		t.Fatalf("%q: %v", l.Tool.String(), err)
	}
	hasPackaged := len(l.Tool.Scripts) > 0 && !l.Tool.Scripts[0].Local
	if hasPackaged || len(l.Tool.Scripts) == 0 { // a single block is taken for the packaged ones
		if diff := cmp.Diff(l.Tool.Scripts, back.Scripts); diff != "" {
			t.Errorf("the tool's list (-want +got):\n%s", diff)
		}
	}
	seen := map[string]bool{}
	for _, s := range l.Scripts {
		if seen[s.Path] {
			t.Errorf("%s is there twice", s.Path)
		}
		seen[s.Path] = true
		if s.Enabled && (s.Kind == eventscript.KindNone || s.Kind == eventscript.KindOther) {
			t.Errorf("%s is %v and enabled", s.Path, s.Kind)
		}
	}
}

func isRunning(t *testing.T, files eventscript.Files, script string) bool {
	t.Helper()
	l, err := files.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l.Enabled(script)
}

// checkSwitching: what succeeds has its effect, and what fails changes nothing.
func checkSwitching(t *testing.T, i image, files eventscript.Files, name string) {
	t.Helper()
	script := strings.TrimSuffix(name, ".script")
	for _, step := range []struct {
		do   func(context.Context, string) error
		want bool
	}{{files.Enable, true}, {files.Disable, false}, {files.Enable, true}} {
		before := i.snapshot()
		err := step.do(t.Context(), name)
		switch {
		case err == nil && isRunning(t, files, script) != step.want:
			t.Errorf("%s: enabled %v", name, !step.want)
		case err != nil && before != i.snapshot():
			t.Errorf("%s: %v, and there is %s instead of %s", name, err, i.snapshot(), before)
		}
		if _, ok := errors.AsType[*eventscript.ScriptError](err); err != nil && !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzName: a name is refused, or reaches the tool as one plain word, with and without ".script".
func FuzzName(f *testing.F) {
	for _, seed := range []string{
		"50.samba", "50.samba.script", "50.samba.script.script", "-50.samba", "../50.samba", "50./x", "50.a\nb", "50.a b",
		"50.", "50..script",
		".script", "5.x", "x~", "50.x~", "50.\xff", "50.é", "50.\u2028", `50.a\b`, "READMEx", "50.x.", "\x00",
	} {
		for _, minor := range []int{25, 7, 5} {
			f.Add(seed, minor)
		}
	}
	f.Fuzz(func(t *testing.T, name string, minor int) {
		r := release.Release{Major: 4, Minor: max(min(minor, 30), 2)}
		var got string
		runner := ctdb.RunnerFunc(func(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
			if got == "" {
				got = cmd.Args[len(cmd.Args)-1]
			}
			return ctdb.Result{}, nil
		})
		err := eventscript.Tool{Config: ctdb.Config{Runner: runner}, Release: r}.Enable(t.Context(), name)
		if errors.Is(err, eventscript.ErrName) {
			if got != "" {
				t.Fatalf("%q is no name, and %q was run", name, got)
			}
			return
		}
		if got != strings.TrimSuffix(name, ".script") || got == "" || got[0] == '-' || got[0] == '.' ||
			strings.ContainsAny(got, "/\x00\n\r") {
			t.Fatalf("%q reached the tool as %q", name, got)
		}
		if r.AtLeast(4, 6, 0) && (got[2] != '.' || strings.Trim(got[:2], "0123456789") != "") {
			t.Fatalf("%q is a script of %v", got, r)
		}
	})
}

// FuzzToolList: the list of an old tool is read or refused, and reads the same when it is printed again.
func FuzzToolList(f *testing.F) {
	for _, seed := range []string{
		"00.ctdb             \n50.samba             DISABLED\n", "No event scripts found\n", "", "\n\n", "50.x DISABLED",
		"Usage: ctdb\n",
		"50.x DISABLED DISABLED\n", "50.a.b\n", " 50.x\n", "50.x\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, out []byte) {
		list := func(out []byte) (*eventscript.Listing, error) {
			s := &scripted{answers: map[string][]ctdb.Result{"event script list": {{Stdout: out}}}}
			return s.tool(release.Release{Major: 4, Minor: 7}).List(t.Context())
		}
		l, err := list(out)
		if err != nil {
			if !errors.Is(err, ctdb.ErrOutput) || len(err.Error()) > 500 {
				t.Fatal(err)
			}
			return
		}
		var again strings.Builder
		for _, s := range l.Scripts {
			again.WriteString(s.Name)
			if !s.Enabled {
				again.WriteString(" DISABLED")
			}
			again.WriteByte('\n')
		}
		back, err := list([]byte(again.String()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(l, back); diff != "" {
			t.Errorf("read again (-want +got):\n%s", diff)
		}
	})
}
