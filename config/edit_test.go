package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
)

// parse reads a file that must be good.
func parse(t testing.TB, data string) *config.File {
	t.Helper()
	f, err := config.Parse("ctdb.conf", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// packaged is like the file that Debian's package installs.
const packaged = `# See ctdb.conf(5) for documentation
[logging]
	# Enable logging to syslog
	# location = syslog

	# Default log level
	# log level = NOTICE

[cluster]
	# Shared cluster lock file to avoid split brain.
	#
	# cluster lock = !/bin/false CLUSTER LOCK NOT CONFIGURED
`

func TestSet(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		data, section, key, value, want string
	}{
		"a value":               {"[a]\n  k  =  old \n", "a", "k", "new", "[a]\n  k  =  new \n"},
		"the same":              {"[a]\nk=v", "a", "k", "v", "[a]\nk=v"},
		"in another case":       {"[LOGGING]\nk = v\n", "logging", "k", "w", "[LOGGING]\nk = w\n"},
		"an empty value":        {"[a]\nk =  \n", "a", "k", "v", "[a]\nk = v  \n"},
		"CRLF":                  {"[a]\r\nk = v\r\n", "a", "k", "w", "[a]\r\nk = w\r\n"},
		"a continued value":     {"[a]\nk = v\\\n  w\nl = m\n", "a", "k", "x", "[a]\nk = x\nl = m\n"},
		"a value continued":     {"[a]\nk = v \\\n\nl = m\n", "a", "k", "x", "[a]\nk = x \\\n\nl = m\n"},
		"NUL behind":            {"[a]\nk = v\x00w\n", "a", "k", "x", "[a]\nk = x\x00w\n"},
		"the last of several":   {"[a]\nk = 1\nl = 2\n[A]\nk = 3\n", "a", "k", "1", "[a]\nl = 2\n[A]\nk = 1\n"},
		"several of one value":  {"[a]\nk = 1\nk = 1\n", "a", "k", "1", "[a]\nk = 1\n"},
		"behind the last":       {"[a]\n    l = 1\n# c\n\n[b]\n", "a", "k", "v", "[a]\n    l = 1\n    k = v\n# c\n\n[b]\n"},
		"behind the header":     {"[b]\n  l = 1\n[a]\n# c\n", "a", "k", "v", "[b]\n  l = 1\n[a]\n  k = v\n# c\n"},
		"no final newline":      {"[a]\nl = 1", "a", "k", "v", "[a]\nl = 1\nk = v"},
		"an empty file":         {"", "a", "k", "v", "[a]\n\tk = v\n"},
		"a new section":         {"[b]\n l = 1\n", "a", "k", "v", "[b]\n l = 1\n\n[a]\n k = v\n"},
		"behind an empty line":  {"[b]\n\n", "a", "k", "v", "[b]\n\n[a]\n\tk = v\n"},
		"a new section, CRLF":   {"[b]\r\nl = 1\r\n", "a", "k", "v", "[b]\r\nl = 1\r\n\r\n[a]\r\nk = v\r\n"},
		"a comment":             {"[a]\n\t#  k  =  v  \n", "a", "k", "w", "[a]\n\tk  =  w  \n"},
		"the comment with it":   {"[a]\n# k = v\n# k = w\n# k = x\n", "a", "k", "w", "[a]\n# k = v\nk = w\n# k = x\n"},
		"the last comment":      {"[a]\n# k = v\n;; k = w\n", "a", "k", "y", "[a]\n# k = v\nk = y\n"},
		"a comment elsewhere":   {"# k = v\n[b]\n# k = v\n[a]\n", "a", "k", "v", "# k = v\n[b]\n# k = v\n[a]\n\tk = v\n"},
		"a comment of no value": {"[a]\n# k =\n# k\n", "a", "k", "v", "[a]\n\tk = v\n# k =\n# k\n"},
		"the packaged file": {packaged, "cluster", "cluster lock", "/clusterfs/.ctdb/lock", strings.Replace(packaged,
			"# cluster lock = !/bin/false CLUSTER LOCK NOT CONFIGURED", "cluster lock = /clusterfs/.ctdb/lock", 1)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := parse(t, test.data)
			if err := f.Set(test.section, test.key, test.value); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(f.Bytes())); diff != "" {
				t.Errorf("Set [%s] %s = %s in %q (-want +got):\n%s", test.section, test.key, test.value, test.data, diff)
			}
			if got := f.Get(test.section, test.key); got != test.value {
				t.Errorf("Get gives %q", got)
			}
		})
	}
}

func TestSetRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ data, section, key, value string }{
		"an empty value":         {"", "a", "k", ""},
		"blanks around":          {"", "a", "k", " v"},
		"blanks behind":          {"", "a", "k", "v\t"},
		"blanks side by side":    {"", "a", "k", "v  w"},
		"a newline":              {"", "a", "k", "v\nl = w"},
		"a carriage return":      {"", "a", "k", "v\rw"},
		"a NUL":                  {"", "a", "k", "v\x00"},
		"a backslash at the end": {"", "a", "k", `v\`},
		"a key with an equals":   {"", "a", "k=l", "v"},
		"an empty key":           {"", "a", "", "v"},
		"a key like a comment":   {"", "a", "#k", "v"},
		"a key like a header":    {"", "a", "[k", "v"},
		"a key with a newline":   {"", "a", "k\nl", "v"},
		"no section":             {"k = v", "", "k", "w"},
		"a section with an end":  {"", "a]", "k", "v"},
		"behind a backslash":     {"[b]\nl = 1\\", "a", "k", "v"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := parse(t, test.data)
			err := f.Set(test.section, test.key, test.value)
			if !errors.Is(err, config.ErrUnwritable) || !strings.HasPrefix(err.Error(), "set [") {
				t.Errorf("the error is %v", err)
			}
			if got := string(f.Bytes()); got != test.data {
				t.Errorf("the file became %q", got)
			}
		})
	}
}

func TestUnset(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ data, want, commented string }{
		"a line":            {"[a]\n k = v\nl = 1\n", "[a]\nl = 1\n", "[a]\n # k = v\nl = 1\n"},
		"not there":         {"[a]\nl = 1\n", "[a]\nl = 1\n", "[a]\nl = 1\n"},
		"several":           {"[a]\nk=1\nl = 1\n[A]\nk = 2", "[a]\nl = 1\n[A]", "[a]\n# k=1\nl = 1\n[A]\n# k = 2"},
		"a continued line":  {"[a]\nk = v\\\n w\\\n\nl = 1", "[a]\nl = 1", "[a]\n# k = v\\\n#  w\\\n# \nl = 1"},
		"the last, CRLF":    {"[a]\r\nk = v", "[a]", "[a]\r\n# k = v"},
		"the only one":      {"[a]\nk = v\n", "[a]\n", "[a]\n# k = v\n"},
		"a comment above":   {"[a]\n# c\nk = v\n", "[a]\n# c\n", "[a]\n# c\n# k = v\n"},
		"in a file of ours": {"k = v\n[a]\nk = v\n", "k = v\n[a]\n", "k = v\n[a]\n# k = v\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := parse(t, test.data)
			if err := f.Unset("a", "k"); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(f.Bytes())); diff != "" {
				t.Errorf("Unset in %q (-want +got):\n%s", test.data, diff)
			}
			f = parse(t, test.data)
			if err := f.CommentOut("a", "k"); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.commented, string(f.Bytes())); diff != "" {
				t.Errorf("CommentOut in %q (-want +got):\n%s", test.data, diff)
			}
			if _, ok := f.Lookup("a", "k"); ok {
				t.Error("the option is still set")
			}
		})
	}
}

// TestSetUnset sets options that the file does not set, and unsets them in another order.
func TestSetUnset(t *testing.T) {
	t.Parallel()
	f := parse(t, packaged)
	keys := [][3]string{
		{"cluster", "cluster lock", "/lock"}, {"legacy", "lmaster capability", "false"},
		{"logging", "log level", "DEBUG"}, {"cluster", "node address", "10.0.0.1"}, {"legacy", "start as stopped", "true"},
	}
	for _, k := range keys {
		if err := f.Set(k[0], k[1], k[2]); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Set("cluster", "cluster lock", "/other/lock"); err != nil {
		t.Fatal(err)
	}
	const all = `# See ctdb.conf(5) for documentation
[logging]
	# Enable logging to syslog
	# location = syslog

	# Default log level
	log level = DEBUG

[cluster]
	# Shared cluster lock file to avoid split brain.
	#
	cluster lock = /other/lock
	node address = 10.0.0.1

[legacy]
	lmaster capability = false
	start as stopped = true
`
	if diff := cmp.Diff(all, string(f.Bytes())); diff != "" {
		t.Errorf("all set (-want +got):\n%s", diff)
	}
	for _, i := range []int{2, 4, 0, 1, 3} {
		if err := f.Unset(keys[i][0], keys[i][1]); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(packaged, string(f.Bytes())); diff != "" {
		t.Errorf("all unset (-want +got):\n%s", diff)
	}
}

// TestUnsetKeepsSection: a section that Set made stays as long as something else stands in it.
func TestUnsetKeepsSection(t *testing.T) {
	t.Parallel()
	f := parse(t, "[a]\n")
	for _, key := range []string{"k", "l"} {
		if err := f.Set("b", key, "1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Unset("b", "k"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("[a]\n\n[b]\n\tl = 1\n", string(f.Bytes())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSections(t *testing.T) {
	t.Parallel()
	const data = "# top\n\n# of a\n[a]\nk = 1\n\n# of b\n[b]\nl = 2\n[A] x\nm = 3\n# end"
	f := parse(t, data)
	var sections []string
	for section := range f.Sections() {
		sections = append(sections, section)
	}
	if diff := cmp.Diff([]string{"a", "b", "A"}, sections); diff != "" {
		t.Errorf("Sections (-want +got):\n%s", diff)
	}
	if err := f.AddSection("B"); !errors.Is(err, config.ErrSectionExists) {
		t.Errorf("AddSection of one that is there: %v", err)
	}
	if err := f.AddSection("c]"); !errors.Is(err, config.ErrUnwritable) {
		t.Errorf("AddSection of no name: %v", err)
	}
	if err := f.RemoveSection("d"); !errors.Is(err, config.ErrNoSuchSection) {
		t.Errorf("RemoveSection of one that is not there: %v", err)
	}
	if err := f.RemoveSection("a"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("# top\n\n# of b\n[b]\nl = 2", string(f.Bytes())); diff != "" {
		t.Errorf("RemoveSection (-want +got):\n%s", diff)
	}
	if err := f.AddSection("c"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("# top\n\n# of b\n[b]\nl = 2\n\n[c]", string(f.Bytes())); diff != "" {
		t.Errorf("AddSection (-want +got):\n%s", diff)
	}
}

func TestComment(t *testing.T) {
	t.Parallel()
	f := parse(t, "# no\n\n# of\n;  a\n[a]\n# not of k\n\n\t#of k\n\t#\n\tk = 1\nw\\\n# no comment\nl = 2\n")
	for _, test := range []struct{ section, key, want string }{
		{"a", "", "of\n a"}, {"A", "k", "of k\n"}, {"a", "l", ""},
	} {
		got, err := f.Comment(test.section, test.key)
		if err != nil || got != test.want {
			t.Errorf("Comment(%s, %s) = %q, %v, want %q", test.section, test.key, got, err, test.want)
		}
	}
	if _, err := f.Comment("a", "m"); !errors.Is(err, config.ErrNotSet) {
		t.Errorf("the comment of no option: %v", err)
	}
	if _, err := f.Comment("b", ""); !errors.Is(err, config.ErrNoSuchSection) {
		t.Errorf("the comment of no section: %v", err)
	}
	for _, set := range [][3]string{{"a", "", ""}, {"a", "k", "one\n\ntwo"}, {"a", "l", "three"}} {
		if err := f.SetComment(set[0], set[1], set[2]); err != nil {
			t.Fatal(err)
		}
		if got, err := f.Comment(set[0], set[1]); err != nil || got != set[2] {
			t.Errorf("the comment is %q, %v, want %q", got, err, set[2])
		}
	}
	want := "# no\n\n[a]\n# not of k\n\n\t# one\n\t#\n\t# two\n\tk = 1\nw\\\n# no comment\n# three\nl = 2\n"
	if diff := cmp.Diff(want, string(f.Bytes())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := f.SetComment("a", "k", "a\rb"); !errors.Is(err, config.ErrUnwritable) {
		t.Errorf("a comment with a carriage return: %v", err)
	}
}

// TestDropped: a file that CTDB drops can't be edited but as a whole.
func TestDropped(t *testing.T) {
	t.Parallel()
	const data = "[a]\nk = v\n[b\nl = w\n"
	f, err := config.Parse("ctdb.conf", []byte(data))
	if !errors.Is(err, config.ErrUnclosed) || !strings.HasPrefix(err.Error(), "ctdb.conf:3:1: want a \"]\"") {
		t.Errorf("the error is %v", err)
	}
	if f.Len() != 0 || string(f.Bytes()) != data {
		t.Errorf("the file has %d settings and is %q", f.Len(), f.Bytes())
	}
	for what, err := range map[string]error{
		"Set": f.Set("a", "k", "x"), "Unset": f.Unset("a", "k"), "CommentOut": f.CommentOut("a", "k"),
		"AddSection": f.AddSection("c"), "SetBytes": f.SetBytes([]byte("= x")),
	} {
		if err == nil {
			t.Errorf("%s gives no error", what)
		}
	}
	if string(f.Bytes()) != data {
		t.Errorf("the file became %q", f.Bytes())
	}
	if err := f.SetBytes([]byte("[a]\nk = v\n")); err != nil || f.Get("a", "k") != "v" {
		t.Errorf("SetBytes gives %v, and k is %q", err, f.Get("a", "k"))
	}
	if _, err := config.Parse("x", []byte("a = 1\n = 2")); !errors.Is(err, config.ErrUnnamed) {
		t.Errorf("a setting without name gives %v", err)
	}
	if f, err := config.Parse("x", make([]byte, config.MaxSize+1)); !errors.Is(err, config.ErrTooLarge) || f == nil {
		t.Errorf("a large file gives %v", err)
	}
}

func TestZeroFile(t *testing.T) {
	t.Parallel()
	var f config.File
	if f.Len() != 0 || f.Get("a", "k") != "" || len(f.Bytes()) != 0 {
		t.Error("the zero File is not empty")
	}
	if err := f.Unset("a", "k"); err != nil {
		t.Error(err)
	}
	if err := f.Set("a", "k", "v"); err != nil || f.Get("A", "k") != "v" {
		t.Errorf("Set gives %v, and k is %q", err, f.Get("A", "k"))
	}
}

func TestAll(t *testing.T) {
	t.Parallel()
	f := parse(t, "x = 0\n[Cluster]\n\tk \t l = a\\\n b\n[]\ny = 1\n[cluster]\nk l=2\n")
	var got []config.Setting
	for setting := range f.All() {
		got = append(got, setting)
	}
	want := []config.Setting{
		{Section: "", Key: "x", Value: "0", Line: 1, Col: 5},
		{Section: "Cluster", Key: "k l", Value: "a b", Line: 3, Col: 10},
		{Section: "", Key: "y", Value: "1", Line: 6, Col: 5},
		{Section: "cluster", Key: "k l", Value: "2", Line: 8, Col: 5},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("All (-want +got):\n%s", diff)
	}
	last, ok := f.Lookup("CLUSTER", "k l")
	if diff := cmp.Diff(want[3], last); diff != "" || !ok {
		t.Errorf("Lookup gives %v (-want +got):\n%s", ok, diff)
	}
	if got, ok := f.Lookup("cluster", "K l"); ok {
		t.Errorf("Lookup of another case gives %v", got)
	}
}
