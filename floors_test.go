package goctdb_test

import (
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/go-ctdb/go-ctdb"

// room is a row of the table in ARCHITECTURE.md.
type room struct{ floor, row int }

// rooms reads the table.
func rooms(t *testing.T) map[string]room {
	t.Helper()
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]room{}
	row := regexp.MustCompile(`(?m)^\| (\d+) \| ([^|]+) \|`)
	name := regexp.MustCompile("`([^`]+)`")
	for i, match := range row.FindAllSubmatch(text, -1) {
		floor, err := strconv.Atoi(string(match[1]))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range name.FindAllSubmatch(match[2], -1) {
			all[string(n[1])] = room{floor, i}
		}
	}
	return all
}

// source is a Go file of this module.
type source struct {
	dir, file string
	test      bool // in the package's own tests, or those beside it
	external  bool // in a package x_test
	imports   []string
}

// sources reads the imports of all Go files, whatever system they are for. Nested modules have their own rules.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != "." && isNoPackage(file, d.Name()):
			return filepath.SkipDir
		case d.IsDir() || path.Ext(file) != ".go":
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		s := source{dir: filepath.ToSlash(filepath.Dir(file)), file: file, test: strings.HasSuffix(file, "_test.go")}
		s.external = strings.HasSuffix(parsed.Name.Name, "_test")
		for _, i := range parsed.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, p)
		}
		for _, group := range parsed.Comments {
			for _, c := range group.List {
				if constraint.IsGoBuild(c.Text) && strings.Contains(c.Text, "ignore") {
					t.Errorf("%s is left out of every build", file)
				}
			}
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func isNoPackage(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil || name == "testdata" || strings.HasPrefix(name, ".")
}

// TestFloors holds the table of ARCHITECTURE.md against the imports: each package has a row, each row a package, and no
// package imports one of its own floor, unless they share a row, or of a higher one. Tests in a package x_test may.
func TestFloors(t *testing.T) {
	t.Parallel()
	table := rooms(t)
	found := map[string]bool{}
	for _, s := range sources(t) {
		if s.dir == "." {
			for _, i := range s.imports {
				if strings.HasPrefix(i, module) {
					t.Errorf("%s imports %s; the root is empty", s.file, i)
				}
			}
			continue
		}
		here, ok := table[s.dir]
		if !ok {
			t.Errorf("%s has no row in ARCHITECTURE.md", s.dir)
			continue
		}
		found[s.dir] = true
		for _, i := range s.imports {
			other, ours := strings.CutPrefix(i, module+"/")
			there, ok := table[other]
			switch {
			case !ours || s.external:
			case !ok:
				t.Errorf("%s imports %s, which has no row in ARCHITECTURE.md", s.file, other)
			case there.floor >= here.floor && there.row != here.row:
				t.Errorf("%s (floor %d) imports %s (floor %d)", s.file, here.floor, other, there.floor)
			}
		}
	}
	for name := range table {
		if !found[name] {
			t.Errorf("ARCHITECTURE.md has a row for %s, which is not there", name)
		}
	}
	if len(found) < 7 {
		t.Errorf("only %d packages were looked at", len(found))
	}
}

// TestDependencies holds imports to the modules that were agreed on.
func TestDependencies(t *testing.T) {
	t.Parallel()
	runtime := []string{"golang.org/x/sys", "github.com/spf13/afero", "github.com/google/renameio/v2"}
	tests := append(slices.Clone(runtime), "github.com/google/go-cmp")
	within := func(modules []string, i string) bool {
		return slices.ContainsFunc(modules, func(m string) bool { return i == m || strings.HasPrefix(i, m+"/") })
	}
	for _, s := range sources(t) {
		allowed := runtime
		if s.test {
			allowed = tests
		}
		for _, i := range s.imports {
			first, _, _ := strings.Cut(i, "/")
			standard := !strings.Contains(first, ".")
			if !standard && !within([]string{module}, i) && !within(allowed, i) {
				t.Errorf("%s imports %s", s.file, i)
			}
		}
	}
}
