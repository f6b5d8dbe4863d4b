package status_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/status"
)

func TestTunablesCaptures(t *testing.T) {
	t.Parallel()
	for _, r := range reportsIn(t, "tunables", 140) {
		if r.command()[0] == "getvar" {
			tunable, err := status.ParseTunable([]byte(r.Out))
			if err != nil {
				t.Errorf("%v: %v", r, err)
				continue
			}
			r.checkSame(t, tunable.String()+"\n", nil)
			continue
		}
		all, err := status.ParseTunables([]byte(r.Out))
		if err != nil {
			t.Errorf("%v: %v", r, err)
			continue
		}
		r.checkSame(t, all.String(), all.Unparsed)
		if len(all.Tunables) != 49 {
			t.Errorf("%v: %d tunables", r, len(all.Tunables))
		}
	}
}

func TestParseTunables(t *testing.T) {
	t.Parallel()
	in := "MonitorInterval            = 15\nAVeryLongNameOfATunableOfTheFuture = 4294967295\n?\n"
	want := &status.Tunables{
		Form:     status.FormText,
		Tunables: []status.Tunable{{"MonitorInterval", 15}, {"AVeryLongNameOfATunableOfTheFuture", 4294967295}},
		Unparsed: status.Lines{{3, "?"}},
	}
	got, err := status.ParseTunables([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	if v, ok := got.Value("monitorinterval"); !ok || v != 15 {
		t.Errorf("got %v, %v", v, ok)
	}
	if v, ok := got.Value("NoSuch"); ok {
		t.Errorf("got %v", v)
	}
}

func TestParseTunablesRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want, wantOne string }{
		"empty":          {"", "ctdb listvars: no output", "ctdb getvar: want one tunable, got 0"},
		"something else": {"No such tunable x\n", `ctdb listvars:1: want "NAME = VALUE"`, `ctdb getvar:1: want "NAME = VALUE"`},
		"cut":            {"A = 1\nB = 2", "the output ends within the line", "the output ends within the line"},
		"bad value":      {"A = 1x\n", `ctdb listvars:1:5: want a number from 0`, `got "1x"`},
		"too large":      {"A = 4294967296\n", `want a number from 0`, `got "4294967296"`},
		"negative":       {"A = -1\n", `want a number from 0`, `got "-1"`},
		"twice":          {"A = 1\nA = 1\n", `ctdb listvars:2:1: a second tunable "A"`, "a second tunable"},
		"too many":       {numbered("v%d = 1\n", 10001), "too many tunables", "too many tunables"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := status.ParseTunables([]byte(test.in))
			checkRefused(t, err, test.want)
			_, err = status.ParseTunable([]byte(test.in))
			checkRefused(t, err, test.wantOne)
		})
	}
	_, err := status.ParseTunable([]byte("A = 1\nB = 2\n"))
	checkRefused(t, err, "want one tunable, got 2")
	if _, err = status.ParseTunable([]byte("A = 1\n?\n")); err == nil || !strings.Contains(err.Error(), "unknown line") {
		t.Errorf("error %v", err)
	}
}

func FuzzParseTunables(f *testing.F) {
	for i, r := range reportsIn(f, "tunables", 140) {
		if i%20 == 0 {
			f.Add([]byte(r.Out))
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if one, err := status.ParseTunable(in); err != nil {
			checkError(t, in, err)
		} else {
			back, err := status.ParseTunable([]byte(one.String() + "\n"))
			again(t, one, back, err, one.String())
		}
		all, err := status.ParseTunables(in)
		if err != nil {
			checkError(t, in, err)
			return
		}
		if len(all.Tunables) > len(in) || len(all.Unparsed) > 100 {
			t.Fatalf("%d tunables, %d unknown lines from %d bytes", len(all.Tunables), len(all.Unparsed), len(in))
		}
		all.Unparsed = nil
		back, err := status.ParseTunables([]byte(all.String()))
		again(t, all, back, err, all.String())
	})
}
