package nodes_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// verdict is what somebody makes of a nodes file: a list of "PNN ADDRESS" without deleted nodes, or the text for which
// the file was refused.
type verdict struct {
	List    []string
	Refused string
}

// verdictOf is the verdict of this package for a release.
func verdictOf(t *testing.T, data []byte, r release.Release) verdict {
	t.Helper()
	file, _ := nodes.Parse("nodes", data) // CheckFor has the error
	if err := file.CheckFor(r); err != nil {
		first, ok := errors.AsType[*nodes.ParseError](err)
		if !ok || first.Text == "" {
			t.Fatalf("CheckFor(%v) of %q: error %v, want a *ParseError with a text", r, data, err)
		}
		return verdict{Refused: first.Text}
	}
	var list []string
	for node := range file.Active() {
		list = append(list, node.String())
	}
	return verdict{List: list}
}

// diffVerdicts compares the verdict of CTDB with ours, which may have a long text cut.
func diffVerdicts(want, got verdict) string {
	if cut, ok := strings.CutSuffix(got.Refused, "..."); ok && len(want.Refused) > len(cut) {
		want.Refused = want.Refused[:len(cut)] + "..."
	}
	return cmp.Diff(want, got)
}

// recorded is a line of testdata/verdicts.jsonl: a nodes file, and what `ctdb -X listnodes` of CTDB 4.17.12, 4.22.11
// and 4.25.1 says of it, which is always the same.
type recorded struct {
	Input         string   `json:"input"`
	InputBase64   []byte   `json:"input_base64"` // instead of Input, for what is not UTF-8
	List          []string `json:"list"`
	Refused       string   `json:"refused"`
	RefusedBase64 []byte   `json:"refused_base64"` // instead of Refused
	// Since is the release since when the file is accepted, where CTDB 4.13.13 refused it. There is no other
	// difference between these releases.
	Since string `json:"since"`
}

func (r recorded) data() []byte { return append([]byte(r.Input), r.InputBase64...) }

func (r recorded) verdict() verdict {
	return verdict{List: r.List, Refused: r.Refused + string(r.RefusedBase64)}
}

func readRecorded(t testing.TB) []recorded {
	t.Helper()
	data, err := os.ReadFile("testdata/verdicts.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var all []recorded
	for line := range bytes.Lines(data) {
		var r recorded
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&r); err != nil {
			t.Fatalf("line %d: %v", len(all)+1, err)
		}
		all = append(all, r)
	}
	if len(all) == 0 {
		t.Fatal("no verdicts")
	}
	return all
}

func TestRecordedVerdicts(t *testing.T) {
	for _, r := range readRecorded(t) {
		want := r.verdict()
		want.List = canonical(t, want.List)
		for _, minor := range []int{13, 17, 22, 25} {
			got := verdictOf(t, r.data(), release.Release{Major: 4, Minor: minor})
			got.List = canonical(t, got.List)
			if minor == 13 && r.Since != "" {
				if got.Refused == "" {
					t.Errorf("file %q is accepted for 4.13", r.data())
				}
				continue
			}
			if diff := diffVerdicts(want, got); diff != "" {
				t.Errorf("file %q, 4.%d (-ctdb +CheckFor):\n%s", r.data(), minor, diff)
			}
		}
	}
}

// canonical writes each address of a list as netip does. CTDB prints some differently, "::10.0.0.1" for "::a00:1".
func canonical(t *testing.T, list []string) []string {
	t.Helper()
	var out []string
	for _, entry := range list {
		entry, err := canonicalEntry(entry)
		if err != nil {
			t.Error(err)
		}
		out = append(out, entry)
	}
	return out
}

func canonicalEntry(entry string) (string, error) {
	pnn, text, _ := strings.Cut(entry, " ")
	addr, err := netip.ParseAddr(text)
	return pnn + " " + addr.String(), err
}
