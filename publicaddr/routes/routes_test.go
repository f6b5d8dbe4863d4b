package routes_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/publicaddr"
	"github.com/go-ctdb/go-ctdb/publicaddr/routes"
)

func addr(text string) netip.Addr { return netip.MustParseAddr(text) }

func mustParse(t testing.TB, text string) *routes.File {
	t.Helper()
	file, err := routes.Parse("policy_routing", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func mustParseStatic(t testing.TB, text string) *routes.StaticFile {
	t.Helper()
	file, err := routes.ParseStatic("static-routes", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func mustParsePublic(t testing.TB, text string) *publicaddr.File {
	t.Helper()
	file, err := publicaddr.Parse("public_addresses", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// manual is the sample of ctdb(7).
const manual = "  192.168.1.98 192.168.1.0/24\n" +
	"  192.168.1.98 192.168.200.0/24    192.168.1.254\n" +
	"  192.168.1.98 0.0.0.0/0      192.168.1.1\n" +
	"  192.168.1.99 192.168.1.0/24\n" +
	"  192.168.1.99 192.168.200.0/24    192.168.1.254\n" +
	"  192.168.1.99 0.0.0.0/0      192.168.1.1\n"

func TestParse(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", nil},
		{"manual", manual, []string{
			"1: 192.168.1.98 192.168.1.0/24", "2: 192.168.1.98 192.168.200.0/24 192.168.1.254",
			"3: 192.168.1.98 0.0.0.0/0 192.168.1.1", "4: 192.168.1.99 192.168.1.0/24",
			"5: 192.168.1.99 192.168.200.0/24 192.168.1.254", "6: 192.168.1.99 0.0.0.0/0 192.168.1.1",
		}},
		{"the last line is not seen", "10.0.0.1 default\n10.0.0.2 default", []string{"1: 10.0.0.1 default"}},
		{"other words", "# 10.0.0.1 x \\ y\n#\n\nFD00::1 default\n10.0.0.1/24 default\nfd00::1 default\n10.0.0.1 a b  c\r\n10.0.0.9\n", []string{
			"6: fd00::1 default", "7: 10.0.0.1 a b  c\r", "8: 10.0.0.9 ",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := mustParse(t, test.text)
			var got []string
			for r := range file.All() {
				got = append(got, string(rune('0'+r.Line))+": "+r.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("All (-want +got):\n%s", diff)
			}
			if file.Len() != len(test.want) || string(file.Bytes()) != test.text {
				t.Errorf("Len() = %d, Bytes() = %q", file.Len(), file.Bytes())
			}
		})
	}
	count := 0
	for r := range mustParse(t, manual).For(addr("::ffff:192.168.1.99")) {
		if count++; r.Line != count+3 {
			t.Errorf("For gives %v", r)
		}
	}
	if count != 3 {
		t.Errorf("For gives %d routes", count)
	}
}

func TestParseStatic(t *testing.T) {
	file := mustParseStatic(t, "# comment\nbond1 10.3.3.0/24 10.0.0.1\n\n\teth0\tdefault\t10.0.0.1 metric 5 \neth1\neth2 default 10.0.0.1")
	data, err := json.Marshal(slices.Collect(file.All()))
	want := `[{"interface":"bond1","destination":"10.3.3.0/24","gateway":"10.0.0.1","line":2},` +
		`{"interface":"eth0","destination":"default","gateway":"10.0.0.1 metric 5","line":4},` +
		`{"interface":"eth1","destination":"","gateway":"","line":5}]`
	if diff := cmp.Diff(want, string(data)); err != nil || diff != "" {
		t.Errorf("All: %v (-want +got):\n%s", err, diff)
	}
	if file.Len() != 3 {
		t.Errorf("Len() = %d", file.Len())
	}
}

func TestParseErrors(t *testing.T) {
	const text = "10.0.0.1 default\n# a \\\n10.0.0.2 a\\b \n# c\\\\\n"
	want := `f:2:1: want no backslash, got "# a \\"
f:3:1: want no backslash, got "10.0.0.2 a\\b"`
	file, err := routes.Parse("f", []byte(text))
	if err == nil || err.Error() != want || !errors.Is(err, routes.ErrBackslash) || file.Len() != 0 || string(file.Bytes()) != text {
		t.Errorf("Parse: %v, %d routes", err, file.Len())
	}
	if first, ok := errors.AsType[*routes.ParseError](err); ok {
		if name, line, col := first.Position(); name != "f" || line != 2 || col != 1 {
			t.Errorf("position %s:%d:%d", name, line, col)
		}
	} else {
		t.Error("no *ParseError")
	}
	static, err := routes.ParseStatic("f", []byte(text))
	if err == nil || err.Error() != want || static.Len() != 0 || string(static.Bytes()) != text {
		t.Errorf("ParseStatic: %v", err)
	}
	if err := file.Remove(addr("10.0.0.1"), ""); !errors.Is(err, routes.ErrNoSuchRoute) {
		t.Errorf("Remove: %v", err)
	}
	if err := file.Add(routes.Route{Address: addr("10.0.0.1"), Destination: "default"}); !errors.Is(err, routes.ErrBackslash) {
		t.Errorf("Add: %v", err)
	}
	if _, err := routes.Parse("f", make([]byte, routes.MaxSize+1)); !errors.Is(err, routes.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}

func TestEdits(t *testing.T) {
	add := func(address, destination, gateway string) func(*routes.File) error {
		return func(f *routes.File) error {
			return f.Add(routes.Route{Address: addr(address), Destination: destination, Gateway: gateway, Line: 7})
		}
	}
	remove := func(address, destination string) func(*routes.File) error {
		return func(f *routes.File) error { return f.Remove(addr(address), destination) }
	}
	tests := []struct {
		name, before string
		edit         func(*routes.File) error
		after        string
		want         error
	}{
		{"add to nothing", "", add("10.0.0.1", "10.0.0.0/24", ""), "10.0.0.1 10.0.0.0/24\n", nil},
		{"add behind its own", "10.0.0.1 default\n# x\n10.0.0.2 default\n", add("10.0.0.1", "10.0.0.0/8", "10.0.0.9"),
			"10.0.0.1 default\n10.0.0.1 10.0.0.0/8 10.0.0.9\n# x\n10.0.0.2 default\n", nil},
		{"add behind all", "10.0.0.1 default\n10.0.0.2 default\n# x\n", add("::ffff:10.0.0.3", "default", "10.0.0.9"),
			"10.0.0.1 default\n10.0.0.2 default\n10.0.0.3 default 10.0.0.9\n# x\n", nil},
		{"add before what is not seen", "# x\n10.0.0.1 default", add("10.0.0.1", "default", ""), "# x\n10.0.0.1 default\n10.0.0.1 default", nil},
		{"duplicate", "10.0.0.1 0.0.0.0/0 10.0.0.9\n", add("10.0.0.1", "default", ""), "10.0.0.1 0.0.0.0/0 10.0.0.9\n", routes.ErrDuplicate},
		{"IPv6", "", add("fd00::1", "default", ""), "", routes.ErrRoute},
		{"host bits", "", add("10.0.0.1", "10.0.0.1/24", ""), "", routes.ErrRoute},
		{"two words", "", add("10.0.0.1", "default x", ""), "", routes.ErrRoute},
		{"newline", "", add("10.0.0.1", "default", "10.0.0.9\n"), "", routes.ErrRoute},
		{"remove one", "10.0.0.1 default\n 10.0.0.1  10.0.0.0/8 x\n", remove("10.0.0.1", "10.0.0.0/8"), "10.0.0.1 default\n", nil},
		{"remove the same in other words", "10.0.0.1 default\n", remove("10.0.0.1", "0.0.0.0/0"), "", nil},
		{"remove all", "10.0.0.1 default\n# x\n10.0.0.2 default\n10.0.0.1\n", remove("10.0.0.1", ""), "# x\n10.0.0.2 default\n", nil},
		{"remove none", "10.0.0.1 default\n", remove("10.0.0.1", "10.0.0.0/8"), "10.0.0.1 default\n", routes.ErrNoSuchRoute},
		{"bytes", "", func(f *routes.File) error { return f.SetBytes([]byte("x")) }, "x", nil},
		{"bad bytes", "y", func(f *routes.File) error { return f.SetBytes([]byte("\\\n")) }, "y", routes.ErrBackslash},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := mustParse(t, test.before)
			if err := test.edit(file); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if diff := cmp.Diff(test.after, string(file.Bytes())); diff != "" {
				t.Errorf("bytes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStaticEdits(t *testing.T) {
	add := func(name, destination, gateway string) func(*routes.StaticFile) error {
		return func(f *routes.StaticFile) error {
			return f.Add(routes.StaticRoute{Interface: name, Destination: destination, Gateway: gateway})
		}
	}
	remove := func(name, destination string) func(*routes.StaticFile) error {
		return func(f *routes.StaticFile) error { return f.Remove(name, destination) }
	}
	tests := []struct {
		name, before string
		edit         func(*routes.StaticFile) error
		after        string
		want         error
	}{
		{"add", "# x\n", add("eth0", "10.0.0.0/8", "10.0.0.1"), "# x\neth0 10.0.0.0/8 10.0.0.1\n", nil},
		{"add IPv6", "eth0 default 10.0.0.1\n#", add("eth0", "fd00::/8", "fd00::1"), "eth0 default 10.0.0.1\neth0 fd00::/8 fd00::1\n#", nil},
		{"duplicate", "eth0 default 10.0.0.1\n", add("eth0", "0.0.0.0/0", "10.0.0.2"), "eth0 default 10.0.0.1\n", routes.ErrDuplicate},
		{"other family", "", add("eth0", "fd00::/8", "10.0.0.1"), "", routes.ErrRoute},
		{"no gateway", "", add("eth0", "10.0.0.0/8", ""), "", routes.ErrRoute},
		{"no interface", "", add("", "10.0.0.0/8", "10.0.0.1"), "", routes.ErrRoute},
		{"comment", "", add("#eth0", "10.0.0.0/8", "10.0.0.1"), "", routes.ErrRoute},
		{"host bits", "", add("eth0", "10.0.0.1/8", "10.0.0.1"), "", routes.ErrRoute},
		{"remove", "eth0 default 10.0.0.1\neth0 10.0.0.0/8 10.0.0.1\n", remove("eth0", "default"), "eth0 10.0.0.0/8 10.0.0.1\n", nil},
		{"remove all", "eth0 default 10.0.0.1\n# x\neth0\neth1 default 10.0.0.1\n", remove("eth0", ""), "# x\neth1 default 10.0.0.1\n", nil},
		{"remove none", "eth0 default 10.0.0.1", remove("eth0", ""), "eth0 default 10.0.0.1", routes.ErrNoSuchRoute},
		{"bytes", "", func(f *routes.StaticFile) error { return f.SetBytes([]byte("x")) }, "x", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := mustParseStatic(t, test.before)
			if err := test.edit(file); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if diff := cmp.Diff(test.after, string(file.Bytes())); diff != "" {
				t.Errorf("bytes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFiles(t *testing.T) {
	o := routes.Options{FS: afero.NewMemMapFs(), Create: true}
	for _, path := range []string{"", routes.AutoLinkLocal} {
		o.Path = path
		if _, err := routes.Load(o); !errors.Is(err, routes.ErrNoPath) {
			t.Errorf("Load(%q): %v", path, err)
		}
		if err := routes.Edit(t.Context(), o, nil); !errors.Is(err, routes.ErrNoPath) {
			t.Errorf("Edit(%q): %v", path, err)
		}
	}
	if err := o.FS.MkdirAll("/etc/ctdb", 0o755); err != nil {
		t.Fatal(err)
	}
	o.Path = "/etc/ctdb/policy_routing"
	if _, err := routes.Load(o); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	err := routes.Edit(t.Context(), o, func(f *routes.File) error {
		return f.Add(routes.Route{Address: addr("10.0.0.1"), Destination: "default", Gateway: "10.0.0.9"})
	})
	if file, loadErr := routes.Load(o); err != nil || loadErr != nil || file.Len() != 1 {
		t.Errorf("Edit: %v, Load: %v", err, loadErr)
	}
	o.Path = ""
	err = routes.EditStatic(t.Context(), o, func(f *routes.StaticFile) error {
		return f.Add(routes.StaticRoute{Interface: "eth0", Destination: "default", Gateway: "10.0.0.9"})
	})
	if file, loadErr := routes.LoadStatic(o); err != nil || loadErr != nil || file.Len() != 1 {
		t.Errorf("EditStatic: %v, LoadStatic: %v", err, loadErr)
	}
	if ok, err := afero.Exists(o.FS, routes.DefaultStaticPath); err != nil || !ok {
		t.Errorf("not where it should be: %v", err)
	}
	o.Create, o.Path = false, "/etc/ctdb/other"
	if err := routes.EditStatic(t.Context(), o, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("EditStatic of a missing file: %v", err)
	}
	if err := afero.WriteFile(o.FS, o.Path, make([]byte, routes.MaxSize+1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := routes.LoadStatic(o); !errors.Is(err, routes.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}

// TestEditReal edits through a symbolic link on a real disk. The link stays, and so does the mode.
func TestEditReal(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("files are edited on Linux")
	}
	dir := t.TempDir()
	target, link := filepath.Join(dir, "shared"), filepath.Join(dir, "policy_routing")
	if err := os.WriteFile(target, []byte("# x\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("shared", link); err != nil {
		t.Fatal(err)
	}
	err := routes.Edit(t.Context(), routes.Options{Path: link}, func(f *routes.File) error {
		return f.Add(routes.Route{Address: addr("10.0.0.1"), Destination: "10.0.0.0/24"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(target); err != nil || string(data) != "# x\n10.0.0.1 10.0.0.0/24\n" {
		t.Errorf("%q, %v", data, err)
	}
	if got, err := os.Readlink(link); err != nil || got != "shared" {
		t.Errorf("the link leads to %q, %v", got, err)
	}
	if info, err := os.Stat(target); err != nil || info.Mode() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestAutoRoutes(t *testing.T) {
	public := mustParsePublic(t, "10.0.0.77/24 a\nfd00::1/64 a\n10.0.0.78/33 a\n10.1.0.1/8 a\n")
	want := []routes.Route{
		{Address: addr("10.0.0.77"), Destination: "10.0.0.0/24"}, {Address: addr("10.1.0.1"), Destination: "10.0.0.0/8"},
	}
	if got := routes.AutoRoutes(public); !slices.Equal(got, want) {
		t.Errorf("AutoRoutes gives %v, want %v", got, want)
	}
}

func TestValidate(t *testing.T) {
	public := mustParsePublic(t, "192.168.1.98/24 a\n192.168.1.99/24 a\n")
	tests := []struct {
		name, text string
		want       []string
	}{
		{"manual", manual, nil},
		{"comments", "# \\ a\n#\n\n", nil},
		{"backslash", "x\\\n", []string{`1:1: error: want no backslash, got "x\\" (routes/backslash)`}},
		{"addresses", "192.168.1.97 default\nfd00::1 default\nFD00::1 default\nnode default\n", []string{
			"1:1: warning: 192.168.1.97 is no public address of this node, so the line is ignored (routes/not-public)",
			"2:1: warning: policy routing is for IPv4 only, so CTDB does nothing for fd00::1 (routes/ipv6)",
			"3:1: warning: CTDB ignores the line: it writes the address as fd00::1 (routes/ignored)",
			`4:1: warning: CTDB ignores the line: "node" is no public address (routes/ignored)`,
		}},
		{"routes", "192.168.1.98\n192.168.1.98 10.0.0.1/8\n192.168.1.98 10.0.0.0/8 gw\r\n192.168.1.99 default 10.0.0.1\n192.168.1.99 0.0.0.0/0\n", []string{
			"1:1: error: there is no destination (routes/destination)",
			`2:14: error: want a network without bits of a host, an address or default, got "10.0.0.1/8" (routes/destination)`,
			`3:25: error: want the address of a gateway, got "gw\r" (routes/gateway)`,
			"5:1: error: line 4 has a route to this destination already, and the ip command refuses another (routes/duplicate)",
		}},
		{"no newline", "192.168.1.98 default", []string{
			"1:1: error: CTDB does not see the last line, which does not end with a newline (routes/no-newline)",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, _ := routes.Parse("f", []byte(test.text))
			var got []string
			for _, f := range file.Validate(public) {
				got = append(got, strings.TrimPrefix(f.String(), "f:"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
	large, _ := routes.Parse("f", make([]byte, routes.MaxSize+1))
	if found := large.Validate(nil); len(found) != 1 || found[0].ID != routes.FindingTooLarge {
		t.Errorf("too large: %v", found)
	}
}

func TestValidateStatic(t *testing.T) {
	text := "# a\nbond1 10.3.3.0/24 10.0.0.1\neth0 10.3.3.0/24 10.0.0.2\neth0\neth0:1 10.0.0.0/8 fd00::1\neth0 x 10.0.0.1\neth0 default 10.0.0.1 \r\n" +
		"eth0 10.9.0.0/16 10.0.0.1"
	want := []string{
		"f:3:1: warning: line 2 has a route to this destination already, and the ip command refuses another (routes/duplicate)",
		"f:4:1: error: there is no destination (routes/destination)",
		"f:4:1: error: there is no gateway (routes/gateway)",
		`f:5:1: error: no interface can have the name "eth0:1" (routes/interface)`,
		`f:5:8: error: want a network without bits of a host, an address or default, got "10.0.0.0/8" (routes/destination)`,
		`f:6:6: error: want a network without bits of a host, an address or default, got "x" (routes/destination)`,
		`f:7:14: error: want the address of a gateway, got "10.0.0.1 \r" (routes/gateway)`,
		"f:8:1: error: CTDB does not see the last line, which does not end with a newline (routes/no-newline)",
	}
	file, err := routes.ParseStatic("f", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range file.Validate() {
		got = append(got, f.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestConfig(t *testing.T) {
	public := mustParsePublic(t, "10.0.0.1/24 a\n10.0.0.2/24 a\n10.0.0.3/24 a\nfd00::1/64 a\n")
	good := routes.Config{Conf: "/etc/ctdb/policy_routing", RulePref: "100", TableIDLow: "1000", TableIDHigh: "9000"}
	with := func(change func(*routes.Config)) routes.Config {
		c := good
		change(&c)
		return c
	}
	tests := []struct {
		name   string
		config routes.Config
		want   []string
	}{
		{"off", routes.Config{RulePref: "x"}, nil},
		{"good", good, nil},
		{"auto", with(func(c *routes.Config) { c.Conf = routes.AutoLinkLocal }), nil},
		{"nothing set", routes.Config{Conf: "x"}, []string{routes.FindingRulePref, routes.FindingTableIDs}},
		{"preference 0", with(func(c *routes.Config) { c.RulePref = "0" }), []string{routes.FindingRulePref}},
		{"preference 1", with(func(c *routes.Config) { c.RulePref = "1" }), nil},
		{"preference 32765", with(func(c *routes.Config) { c.RulePref = "32765" }), nil},
		{"preference 32766", with(func(c *routes.Config) { c.RulePref = "32766" }), []string{routes.FindingRulePref}},
		{"equal", with(func(c *routes.Config) { c.TableIDLow = "9000" }), []string{routes.FindingTableIDs}},
		{"covers", with(func(c *routes.Config) { c.TableIDLow = "1" }), []string{routes.FindingTableIDs}},
		{"overlaps", with(func(c *routes.Config) { c.TableIDLow = "255" }), []string{routes.FindingTableIDs}},
		{"beside", with(func(c *routes.Config) { c.TableIDLow = "256" }), nil},
		{"below", with(func(c *routes.Config) { c.TableIDLow, c.TableIDHigh = "1", "252" }), nil},
		{"too few", with(func(c *routes.Config) { c.TableIDHigh = "1001" }), []string{routes.FindingTables}},
		{"enough", with(func(c *routes.Config) { c.TableIDHigh = "1002" }), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, f := range test.config.Validate(public) {
				got = append(got, f.ID)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("findings %v, want %v", test.config.Validate(public), test.want)
			}
		})
	}
}
