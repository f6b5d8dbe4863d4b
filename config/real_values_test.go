//go:build linux

package config_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
)

// realValues are values that each real ctdb-config is asked about, one at a time. %s is a directory that has a
// directory d, a link l to it and a file f. They are as the lexer gives them: without blanks around them or side by
// side.
var realValues = []struct {
	section, key string
	values       []string
}{
	{"logging", "log level", []string{
		"DEBUG", "dEBUG", "D", "ER", "warn", "n", "0", "00", "3", "7abc", "10", "010", "0x5", "1 x", "1.9",
		"4294967306",
		"11", "-1", "+1", "-0", "2147483648", "4294967295", "9999999999", "18446744073709551617", "ERRORS", "DEBUG x",
		"CRIT", "\xb5",
	}},
	{"legacy", "script log level", []string{"D", "e", "7abc", "11", "info", "INFOS"}},
	{"logging", "location", []string{
		"file", "file:", "file:-", "file::", "::file", "file:-:x", "file:x", "file:-x", "file: x", "file: :x", "file:.",
		"file:..",
		"file:/", "file://", "file:///", "file:/x", "file:///x//", "file:a/", "file:a//", "file:none/x", "file:-/x",
		"file:%s/x", "file:%s/d", "file:%s/d/", "file:%s/d//x", "file:%s/l/x", "file:%s/f", "file:%s/f/", "file:%s/f/x",
		"file:%s/none/", "file:%s/none/x", "file:%s/d/../d/x", "file:%s/x:y", "file:%s/none:x/y", "file:%s/none/x:y",
		"file::%s/x",
		"syslog", "syslog:", "syslog::", "syslog:nonblocking", "syslog:nonblocking:", "syslog:udp", "syslog:udp:x",
		"syslog::udp",
		"syslog:udp-rfc5424", "syslog:udp-rfc", "syslog:ud", "syslog:UDP", "syslog: udp", "syslog:x", "syslogd",
		"SYSLOG",
		":", ":x", "FILE:%s/x", "File", "file :/x", "stderr", "-", "%s/x", "none:x",
	}},
	{"cluster", "transport", []string{"tcp", "TCP", "ib", "tcp x"}},
	{"cluster", "node address", []string{
		"10.0.0.1", "0.0.0.0", "::", "FD00::A", "0001::", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "::ffff:10.0.0.1",
		"::ffff:a00:1",
		"::10.0.0.1", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:08",
		"10.0.0", "10.1", "0x0a000001", "167772161", "010.0.0.1", "10.0.0.256", "10.0.0.1.", "10.0.0.1/24",
		"10.0.0.1:4379",
		"[::1]", "fe80::1%lo", "00001::", "::12345", "1::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.04", "1:::2",
		":1::",
		"localhost", "10.0.0.1 x",
	}},
	{"cluster", "leader timeout", []string{
		"1", "2147483647", "0x10", "010", "+7", "10abc", "1.9", "7 8", "0", "08", "abc", "0x", "-0", "- 7", "-1", "-7x",
		"2147483648", "4294967297", "99999999999999999999999",
	}},
	{"failover", "shutdown extra timeout", []string{
		"00", "x", "-", "-0", "+-7", "0x1g", "0xg", "0X1F", "2147483647x", "0x7fffffff", "0x80000000", "017777777777",
		"020000000000",
		"-9223372036854775809", "18446744073709551626", "٣", "1,000", "0o17",
	}},
	{"legacy", "start as stopped", []string{
		"true", "YES", "no", "fALSE", "1", "0", "on", "t", "y", "tru", "truex", "true x", `"yes"`, "\xb9es",
	}},
	{"legacy", "recmaster capability", []string{"No", "off"}},
	{"cluster", "leader capability", []string{"No", "off"}},
	{"cluster", "recovery lock", []string{"/a b 3", "!/bin/x a\tb", "!!", "a=b # c"}},
	{"cluster", "nodes list", []string{"/a b", "!/bin/x a\tb", "!!"}},
}

// TestRealValues asks each real ctdb-config about odd values, and compares its verdict and what it prints with what
// this package reads and writes.
func TestRealValues(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			t.Parallel()
			tool := newConfigTool(t, install)
			asked, accepted := 0, 0
			for _, group := range realValues {
				option, ok := config.FindOption(install.Release, group.section, group.key)
				if !ok {
					continue
				}
				for _, value := range group.values {
					asked++
					if tool.compare(t, option, strings.ReplaceAll(value, "%s", tool.base)) {
						accepted++
					}
				}
			}
			t.Logf("ctdb-config %v: %d values, %d accepted", install.Release, asked, accepted)
			if accepted < 50 || asked-accepted < 50 {
				t.Error("that is not enough of either")
			}
		})
	}
}

// configTool is a real ctdb-config with a configuration directory of its own.
type configTool struct {
	runner  ctdb.Runner
	program string
	root    string // what the program sees as "/"
	base    string // inside root
}

func newConfigTool(t *testing.T, install realctdb.Install) configTool {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Join(install.Root, "/tmp"), "goctdb-values-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	for _, err := range []error{
		os.Mkdir(filepath.Join(dir, "d"), 0o700),
		os.Symlink("d", filepath.Join(dir, "l")),
		os.WriteFile(filepath.Join(dir, "f"), nil, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	base := strings.TrimPrefix(dir, install.Root)
	return configTool{
		runner:  install.Runner("CTDB_TEST_MODE=yes", "CTDB_BASE="+base),
		program: install.Helper("ctdb-config"), root: install.Root, base: base,
	}
}

// compare asks about one value, and says whether it was accepted.
func (o configTool) compare(t *testing.T, option config.Option, value string) bool {
	t.Helper()
	printed, ok := o.ask(t, option, value)
	wanted, err := o.expect(option, value)
	switch {
	case ok != (err == nil):
		t.Errorf("%v = %q: ctdb-config accepts it: %v, our error is %v", option, value, ok, err)
	case ok && printed != wanted:
		t.Errorf("%v = %q: ctdb-config prints %q, we %q", option, value, printed, wanted)
	}
	return ok
}

// ask gives what ctdb-config dump prints for a value, and whether it accepts it.
func (o configTool) ask(t *testing.T, option config.Option, value string) (printed string, ok bool) {
	t.Helper()
	conf := fmt.Appendf(nil, "[%s]\n%s = %s\n", option.Section, option.Key, value)
	if err := os.WriteFile(filepath.Join(o.root, o.base, "ctdb.conf"), conf, 0o600); err != nil {
		t.Fatal(err)
	}
	result := o.run(t, "dump")
	const invalid = 22 // EINVAL
	if result.ExitCode == invalid {
		return "", false
	}
	if result.ExitCode != 0 {
		t.Fatalf("%v = %q: exit code %d: %s", option, value, result.ExitCode, result.Stderr)
	}
	section := ""
	for line := range strings.Lines(string(result.Stdout)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[]")
		}
		line = strings.TrimPrefix(strings.TrimPrefix(line, "\t"), "# ")
		if text, found := strings.CutPrefix(line, option.Key+" = "); found && section == option.Section {
			return text, true
		}
	}
	t.Fatalf("ctdb-config dump does not print %v:\n%s", option, result.Stdout)
	return "", false
}

func (o configTool) run(t *testing.T, args ...string) ctdb.Result {
	t.Helper()
	result, err := o.runner.Run(t.Context(), ctdb.Command{Name: o.program, Args: args})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

var errNoDir = errors.New("no such directory")

// expect gives what ctdb-config should print: the values of integers and booleans, and other texts as they are.
func (o configTool) expect(option config.Option, value string) (string, error) {
	var settings config.Settings
	if err := config.SetOption(&settings, option, value); err != nil {
		return "", err
	}
	if dir, ok := settings.Logging.Location.Dir(); ok && option.Key == "location" {
		if info, err := os.Stat(o.outside(dir)); err != nil || !info.IsDir() {
			return "", errNoDir
		}
	}
	if option.Type == config.String {
		return value, nil
	}
	return config.OptionText(settings, option)
}

// outside gives the path of a directory outside of the root. The working directory of the tool is that of this test, or
// the root.
func (o configTool) outside(dir string) string {
	if o.root != "" && !path.IsAbs(dir) {
		dir = "/" + dir
	}
	if path.IsAbs(dir) {
		return o.root + dir
	}
	return dir
}

// TestRealBinaryNumbers: whether 0b101 is 5 or 0 is a matter of the C library.
func TestRealBinaryNumbers(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		if !install.Release.HasLeader() {
			continue
		}
		option, _ := config.FindOption(install.Release, "cluster", "leader timeout")
		printed, ok := newConfigTool(t, install).ask(t, option, "0b101")
		if ok && printed != "5" {
			t.Errorf("%v: 0b101 is %s", install, printed)
		}
		t.Logf("%v: accepted: %v", install, ok)
	}
}

// TestRealLocks starts a node of each release with a cluster lock of either kind, and looks at what it does to take it.
// The log tells where a location ends.
func TestRealLocks(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String()+" file", func(t *testing.T) {
			t.Parallel()
			tool := newConfigTool(t, install)
			lock := tool.takeLock(t, install, "%s/lock 3", "lock 3")
			if want := path.Join(tool.base, "lock 3"); lock.File != want {
				t.Errorf("the lock is %+v, want the file %q", lock, want)
			}
		})
		t.Run(install.String()+" command", func(t *testing.T) {
			t.Parallel()
			tool := newConfigTool(t, install)
			lock := tool.takeLock(t, install, "! \t%s/helper\t%s/argv \"b c\" d\ve f", "argv")
			got, err := os.ReadFile(filepath.Join(tool.root, tool.base, "argv"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(lock.Argv(), strings.Split(strings.TrimSuffix(string(got), "\n"), "\n")); diff != "" {
				t.Errorf("words (-ours +ctdbd):\n%s", diff)
			}
		})
	}
}

// lockHelper leaves its words in the file that the first argument names, and holds the lock. The file is there at once.
const lockHelper = `#!/bin/sh
printf '%s\n' "$0" "$@" >"$1.new"
mv "$1.new" "$1"
printf 0
exec sleep 100
`

// takeLock starts a node with a lock and waits until a file is there.
func (o configTool) takeLock(t *testing.T, install realctdb.Install, text, file string) config.Lock {
	t.Helper()
	dir := filepath.Join(o.root, o.base)
	if err := os.WriteFile(filepath.Join(dir, "helper"), []byte(lockHelper), 0o700); err != nil {
		t.Fatal(err)
	}
	key := "recovery lock"
	if install.Release.HasLeader() {
		key = "cluster lock"
	}
	text = strings.ReplaceAll(text, "%s", o.base)
	conf := fmt.Sprintf("[cluster]\n%s = %s\n[logging]\nlocation = file:%s/log:x\n", key, text, o.base)
	c := realctdb.Start(t, install, realctdb.Options{Nodes: 1, DontWait: true, Config: conf})
	for _, name := range []string{file, "log"} {
		c.WaitFor(t, name, func(context.Context) bool {
			_, err := os.Stat(filepath.Join(dir, name))
			return err == nil
		})
	}
	lock, err := config.ParseLock(text)
	if err != nil {
		t.Fatal(err)
	}
	return lock
}
