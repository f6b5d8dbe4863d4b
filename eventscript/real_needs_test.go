//go:build linux

package eventscript_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/go-ctdb/go-ctdb/config/options"
	"github.com/go-ctdb/go-ctdb/eventscript"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
)

// TestRealNeeds wants what a script needs to be in its text, or in the functions that all scripts share.
func TestRealNeeds(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			functions, err := os.ReadFile(filepath.Join(install.Root, "/etc/ctdb/functions"))
			if err != nil {
				t.Fatal(err)
			}
			for p := range eventscript.Catalogue(install.Release) {
				text, err := os.ReadFile(filepath.Join(install.Root, packagedDir, p.Name+".script"))
				if err != nil {
					t.Fatal(err)
				}
				n, ok := eventscript.NeededBy(p.Name, install.Release)
				if !ok && p.Service != "" {
					t.Errorf("nothing is known of what %s needs", p.Name)
				}
				for _, word := range slices.Concat(n.Programs, n.Services, n.Options) {
					if !regexp.MustCompile(`\b` + word + `\b`).Match(append(slices.Clone(text), functions...)) {
						t.Errorf("%s does not have %s", p.Name, word)
					}
				}
				for _, name := range n.Options {
					if v, ok := options.Find(name, install.Release); !ok || !v.In(install.Release) ||
						!slices.Contains(v.Scripts, p.Name) && p.Name != "06.nfs" { // which 60.nfs shares its options with
						t.Errorf("%s is no option of %s: %+v", name, p.Name, v)
					}
				}
			}
		})
	}
}

// TestRealDependencies looks at hosts as Debian installs them, with the packages that ctdb depends on and no more.
func TestRealDependencies(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		files := eventscript.Files{Root: install.Root, Release: install.Release}
		for script, want := range map[string]map[string]bool{
			"00.ctdb": {}, "11.natgw": {eventscript.FindingNeedsOption: true},
		} {
			found, err := files.Dependencies(t.Context(), script)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				if f.ID != eventscript.FindingNeedsProgram && !want[f.ID] || f.ID == eventscript.FindingNeedsProgram &&
					script == "00.ctdb" {
					t.Errorf("%v: %v", install, f)
				}
				delete(want, f.ID)
			}
			if len(want) > 0 {
				t.Errorf("%v: %s: no %v", install, script, want)
			}
		}
	}
}
