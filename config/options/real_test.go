//go:build linux

package options_test

import (
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config/options"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
)

// installed reads what an install has at a path, which may be a pattern; "" if there is nothing.
func installed(t *testing.T, install realctdb.Install, pattern string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(install.Root, "/", pattern))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range names {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a link into the root of an install, to a file that is looked at by itself
		} else if err != nil {
			t.Fatal(err)
		}
		var from io.Reader = f
		if strings.HasSuffix(name, ".gz") {
			if from, err = gzip.NewReader(f); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := io.Copy(&all, from); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

var variableName = regexp.MustCompile(`CTDB_[A-Z0-9_]+`)

// helpers are what scripts of CTDB call, and what reads variables for them.
var helpers = []string{
	"/etc/ctdb/functions", "/usr/libexec/ctdb/statd_callout_helper", "/usr/libexec/ctdb/ctdb_natgw", "/usr/libexec/ctdb/ctdb_lvs",
	"/usr/lib/*/ctdb/ctdb_natgw", "/usr/lib/*/ctdb/ctdb_lvs", "/etc/ctdb/nfs-linux-kernel-callout", "/etc/ctdb/statd-callout",
}

// TestRealCatalogue holds the catalogue against the scripts and the manual of each install.
func TestRealCatalogue(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			manual := installed(t, install, "/usr/share/man/man5/ctdb-script.options.5.gz")
			if manual == "" {
				manual = installed(t, install, "/usr/share/man/man5/ctdb-script.options.5")
			}
			documented := variableName.FindAllString(strings.ReplaceAll(manual, `\`, ""), -1)
			if len(documented) < 30 {
				t.Fatalf("the manual has only %v", documented)
			}
			var common strings.Builder
			for _, helper := range helpers {
				common.WriteString(installed(t, install, helper))
			}
			known := map[string]bool{}
			for v := range options.Known(install.Release) {
				known[v.Name] = true
				if slices.Contains(documented, v.Name) != v.Documented {
					t.Errorf("Documented of %s is %v", v.Name, v.Documented)
				}
				checkScripts(t, install, v, common.String())
			}
			for _, name := range documented {
				if !known[name] {
					t.Errorf("the manual has %s, and the catalogue has not", name)
				}
			}
			checkUsed(t, install, known, common.String())
		})
	}
}

// checkScripts wants a variable in each of its scripts, or in what they call, and its default.
func checkScripts(t *testing.T, install realctdb.Install, v options.Variable, common string) {
	t.Helper()
	for _, script := range v.Scripts {
		text := installed(t, install, "/usr/share/ctdb/events/legacy/"+script+".script")
		if script == options.DebugHungScript {
			text = installed(t, install, "/etc/ctdb/"+script)
		}
		if text == "" {
			t.Errorf("%s: there is no script %s", v.Name, script)
		}
		text += common
		if !regexp.MustCompile(`\$\{?` + v.Name + `\b`).MatchString(text) {
			t.Errorf("%s does not read %s", script, v.Name)
		}
		if !strings.Contains(text, "load_script_options") {
			t.Errorf("%s does not load options", script)
		}
		if v.Default != "" && !hasDefault(text, v) {
			t.Errorf("%s: the default of %s is not %q", script, v.Name, v.Default)
		}
	}
}

// hasDefault looks for the ways in which scripts write a default.
func hasDefault(text string, v options.Variable) bool {
	if len(v.Values) > 0 { // no more than a comparison: all else is the default
		return strings.Contains(text, `"$`+v.Name+`" != "yes"`) || strings.Contains(text, `case "$`+v.Name+`" in`+"\n\tyes | try)")
	}
	text = strings.ReplaceAll(text, "${CTDB_BASE}", "/etc/ctdb")
	for _, form := range []string{"${N:-D}", "${N:=D}", "N=D\n", "N=\"D\"\n"} {
		if strings.Contains(text, strings.NewReplacer("N", v.Name, "D", v.Default).Replace(form)) {
			return true
		}
	}
	return v.Name == "CTDB_DEBUG_HUNG_SCRIPT_STACKPAT" && strings.Contains(text, "default_pat='"+v.Default+"'")
}

// checkUsed wants all variables of all scripts in the catalogue, or found to be none for options.
func checkUsed(t *testing.T, install realctdb.Install, known map[string]bool, common string) {
	t.Helper()
	all := common + installed(t, install, "/usr/share/ctdb/events/legacy/*.script") + installed(t, install, "/etc/ctdb/*.sh")
	used := variableName.FindAllString(all, -1)
	slices.Sort(used)
	if used = slices.Compact(used); len(used) < 45 {
		t.Errorf("the scripts have only %v", used)
	}
	for _, name := range used {
		if known[name] {
			continue
		}
		found := mustParse(t, name+"=x\n").Validate(install.Release, "")
		if len(found) != 1 || found[0].ID == options.FindingUnknown {
			t.Errorf("scripts use %s, and the catalogue does not have it: %v", name, found)
		}
	}
}

// TestRealSamples reads the options files that come with CTDB, and wants nothing to complain about.
func TestRealSamples(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			root := "/"
			if install.Root != "" {
				root = install.Root
			}
			fsys := afero.NewBasePathFs(afero.NewOsFs(), root)
			for path, script := range map[string]string{
				"/etc/ctdb/script.options":                      "",
				"/usr/share/doc/ctdb/examples/11.natgw.options": "11.natgw",
				"/usr/share/doc/ctdb/examples/91.lvs.options":   "91.lvs",
			} {
				f, err := options.Load(options.Options{Path: path, FS: fsys})
				if err != nil {
					t.Errorf("%s: %v", path, err)
					continue
				}
				if found := f.Validate(install.Release, script); len(found) > 0 {
					t.Errorf("%s: %v", path, found)
				}
				for e := range f.All() {
					if e.Kind != options.Assignment {
						t.Errorf("%s: %+v", path, e)
					}
				}
			}
		})
	}
}
