package config_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// verdict is what ctdb-config makes of a ctdb.conf: the messages of validate about the file, and either those of dump or
// what dump shows as set.
type verdict struct {
	Validate []string `json:"validate"`
	Refused  []string `json:"refused"`
	Set      []string `json:"set"`
}

// verdictOf is the verdict of this package.
func verdictOf(t testing.TB, data []byte, r release.Release, env config.Env) verdict {
	t.Helper()
	f, _ := config.Parse("ctdb.conf", data) // a file that is dropped is no error for ctdb-config
	var v verdict
	v.Validate, v.Refused = config.Messages(data, r, env)
	e, err := f.Effective(r, env)
	if (err != nil) != (len(v.Refused) > 0) {
		t.Errorf("Effective gives %v for what ctdb-config refuses with %q", err, v.Refused)
	}
	if err == nil {
		v.Set = e.Set()
	}
	checkFindings(t, f, r, env, v)
	return v
}

// reported are the findings that ctdb-config validate has too.
var reported = map[string]bool{
	config.FindingValue: true, config.FindingUnknownSection: true, config.FindingUnknownOption: true,
	config.FindingNoSection: true, config.FindingWrongSection: true, config.FindingRetired: true, config.FindingNewer: true,
}

// checkFindings wants Validate to have a finding for each message of ctdb-config, and no other error but for what it keeps
// to itself.
func checkFindings(t testing.TB, f *config.File, r release.Release, env config.Env, v verdict) {
	t.Helper()
	count := 0
	for _, found := range f.Validate(r, env) {
		switch {
		case reported[found.ID]:
			count++
			if found.Severity != finding.Error || found.Line == 0 {
				t.Errorf("finding %v of what ctdb-config reports", found)
			}
		case found.Severity == finding.Error && found.ID != config.FindingDropped && found.ID != config.FindingLock &&
			found.ID != config.FindingNodesList:
			t.Errorf("ctdb-config validate does not report %v", found)
		}
	}
	if count != len(v.Validate) {
		t.Errorf("%d findings for the messages %q of ctdb-config validate", count, v.Validate)
	}
}

// recorded is a line of testdata/cases.jsonl or testdata/verdicts.jsonl: a ctdb.conf, and what ctdb-config of four
// releases says of it. @BASE@ is the directory of the configuration. Texts of ctdb-config have a letter for each byte.
type recorded struct {
	Name        string `json:"name"`
	Input       string `json:"input"`
	InputBase64 []byte `json:"input_base64"` // instead of Input, for what is not UTF-8
	Groups      []struct {
		Releases []string `json:"releases"`
		verdict
	} `json:"groups"`
}

func (c recorded) data(base string) []byte {
	data := c.InputBase64
	if data == nil {
		data = []byte(c.Input)
	}
	return bytes.ReplaceAll(data, []byte("@BASE@"), []byte(base))
}

func readRecorded(t testing.TB, name string) []recorded {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var all []recorded
	for line := range bytes.Lines(data) {
		var c recorded
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// letters writes each byte as a letter.
func letters(texts []string) []string {
	var out []string
	for _, s := range texts {
		var b strings.Builder
		for _, c := range []byte(s) {
			b.WriteRune(rune(c))
		}
		out = append(out, b.String())
	}
	return out
}

// TestCases has the tricky files that people thought of, and TestCorpus the random ones, with what the real programs said.
func TestCases(t *testing.T)  { checkRecorded(t, "cases.jsonl") }
func TestCorpus(t *testing.T) { checkRecorded(t, "verdicts.jsonl") }

func checkRecorded(t *testing.T, name string) {
	t.Parallel()
	const base = "/etc/ctdb"
	fs := afero.NewMemMapFs()
	for _, dir := range []string{"/tmp", "/var/log", base + "/vol"} {
		if err := fs.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if name == "cases.jsonl" {
		for script, mode := range scripts {
			if err := afero.WriteFile(fs, base+"/"+script, []byte("#!/bin/sh\n"), mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range readRecorded(t, name) {
		for _, group := range c.Groups {
			for _, text := range group.Releases {
				r, err := release.Parse(text)
				if err != nil {
					t.Fatal(err)
				}
				want := verdict{group.Validate, group.Refused, group.Set}
				for i := range want.Set {
					want.Set[i] = strings.ReplaceAll(want.Set[i], "@BASE@", base)
				}
				got := verdictOf(t, c.data(base), r, config.Env{FS: fs})
				got = verdict{letters(got.Validate), letters(got.Refused), letters(got.Set)}
				if diff := diffVerdicts(want, got); diff != "" {
					t.Errorf("%s: CTDB %v of %q (-ctdb-config +ours):\n%s", c.Name, r, c.data(base), diff)
				}
			}
		}
	}
}

// scripts are in the directory of the configuration where the cases were recorded.
var scripts = map[string]os.FileMode{"dbg.sh": 0o755, "dbgnx.sh": 0o644}

// diffVerdicts compares what ctdb-config says with what we do. It cuts long messages.
func diffVerdicts(want, got verdict) string {
	for _, messages := range [][2][]string{{want.Validate, got.Validate}, {want.Refused, got.Refused}} {
		for i, message := range messages[0] {
			cut, long := strings.CutSuffix(message, " +>")
			if long && i < len(messages[1]) && strings.HasPrefix(messages[1][i], cut) {
				messages[1][i] = message
			}
		}
	}
	return cmp.Diff(want, got, equateEmpty)
}

// equateEmpty makes no difference between an empty list and none.
var equateEmpty = cmp.FilterValues(
	func(a, b []string) bool { return len(a) == 0 && len(b) == 0 }, cmp.Comparer(func(_, _ []string) bool { return true }))
