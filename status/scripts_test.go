package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/status"
)

func TestScriptCaptures(t *testing.T) {
	t.Parallel()
	for _, r := range reportsIn(t, "scripts", 8) {
		e, err := status.ParseEventScripts([]byte(r.Out))
		if err != nil {
			t.Errorf("%v: %v", r, err)
			continue
		}
		r.checkSame(t, e.String(), e.Unparsed)
		if !e.Enabled("00.ctdb") || e.Enabled("70.disabled") || e.Enabled("nosuch") {
			t.Errorf("%v: enabled: %v", r, e)
		}
	}
}

func TestParseEventScripts(t *testing.T) {
	t.Parallel()
	none := []status.EventScript{}
	tests := map[string]struct {
		in   string
		want status.EventScripts
	}{
		"none": {"", status.EventScripts{Form: status.FormText, Scripts: none}},
		"packaged only": {"* 00.ctdb\n  11.natgw\n", status.EventScripts{
			Form: status.FormText, Scripts: []status.EventScript{{Name: "00.ctdb", Enabled: true}, {Name: "11.natgw"}},
		}},
		"both": {"* 00.ctdb\n  10.interface\n\n* 10.interface\n  81.a b\n?\n", status.EventScripts{
			Form: status.FormText,
			Scripts: []status.EventScript{
				{Name: "00.ctdb", Enabled: true},
				{Name: "10.interface"},
				{Name: "10.interface", Enabled: true, Local: true},
				{Name: "81.a b", Local: true},
			},
			Unparsed: status.Lines{{6, "?"}},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := status.ParseEventScripts([]byte(test.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
	for in, want := range map[string]string{
		"* 00.ctdb\n* 00.ct":                         "the output ends within the line",
		"* 00.ctdb\n  00.ctdb\n":                     `ctdb event script list:2:1: a second script "00.ctdb"`,
		"Usage: ctdb-event\n\n  script list <c>\n":   `ctdb event script list:1: want "* NAME" or "  NAME", got "Usage: ctdb-event"`,
		"* 00.\n" + numbered("  10.%d\n", 10_001):    "too many scripts",
		"Command script list finished with result\n": "got \"Command script",
	} {
		_, err := status.ParseEventScripts([]byte(in))
		checkRefused(t, err, want)
	}
}

func FuzzParseEventScripts(f *testing.F) {
	for _, r := range reportsIn(f, "scripts", 8) {
		f.Add([]byte(r.Out))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		e, err := status.ParseEventScripts(in)
		if err != nil {
			checkError(t, in, err)
			return
		}
		if len(e.Scripts) > len(in) || len(e.Unparsed) > 100 {
			t.Fatalf("got %+v", e)
		}
		e.Unparsed = nil
		back, err := status.ParseEventScripts([]byte(e.String()))
		again(t, e, back, err, e.String())
	})
}
