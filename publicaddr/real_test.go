//go:build linux

package publicaddr_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// node is a running node whose public_addresses file changes.
type node struct{ *realctdb.Cluster }

func (n node) network() string { return strings.TrimSuffix(n.PublicAddress(0).String(), ".0") }

func (n node) path() string { return filepath.Join(n.Dir(0), "public_addresses") }

// loaded gives what ctdbd has, as "ADDRESS INTERFACE,INTERFACE".
func (n node) loaded(t *testing.T) []string {
	t.Helper()
	result := n.Tool(t, 0, "-X", "-v", "ip")
	var all []string
	for i, line := range strings.Split(strings.TrimSpace(string(result.Stdout)), "\n") {
		fields := strings.Split(line, "|")
		if len(fields) != 7 {
			t.Fatalf("ctdb -X -v ip: line %q", line)
		}
		if i > 0 {
			all = append(all, addr(fields[1]).String()+" "+fields[5])
		}
	}
	slices.Sort(all)
	return all
}

// reload gives ctdbd a file and what it logs about it.
func (n node) reload(t *testing.T, text string) (log string) {
	t.Helper()
	before := n.log(t)
	if err := os.WriteFile(n.path(), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	n.WaitFor(t, "ctdb reloadips", func(context.Context) bool {
		return n.Tool(t, 0, "reloadips").ExitCode == 0 // it fails during a recovery
	})
	return n.log(t)[len(before):]
}

func (n node) log(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(n.Dir(0), "log.ctdb"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(data)
}

// loadedFrom gives what ctdbd should have, from the file.
func loadedFrom(file *publicaddr.File) []string {
	var all []string
	for e := range file.All() {
		all = append(all, e.Address.String()+" "+strings.Join(e.Interfaces, ","))
	}
	slices.Sort(all)
	return all
}

// TestReal holds Parse against ctdbd: a running one reads the file at ctdb reloadips, with the same code as at its start.
// The addresses are never put on an interface, since the event script that does so is not enabled.
func TestReal(t *testing.T) {
	realctdb.Each(t, realctdb.Options{Nodes: 1}, func(t *testing.T, c *realctdb.Cluster) {
		n := node{c}
		t.Run("accepted", func(t *testing.T) { testAccepted(t, n) })
		t.Run("refused", func(t *testing.T) { testRefused(t, n) })
		t.Run("reload", func(t *testing.T) { testReload(t, n) })
		t.Run("only commas", func(t *testing.T) { testOnlyCommas(t, n) })
		t.Run("drop all", func(t *testing.T) { testDropAll(t, n) })
	})
}

func testAccepted(t *testing.T, n node) {
	text, want := acceptedFile(n.network())
	log := n.reload(t, text)
	file := mustParse(t, text)
	if diff := cmp.Diff(n.loaded(t), loadedFrom(file)); diff != "" {
		t.Errorf("addresses (-ctdbd +Parse):\n%s\n%s", diff, log)
	}
	// The masks are in the log only. Unspecified addresses are not always taken over.
	var masks, wantMasks []string
	for _, match := range regexp.MustCompile(`Takeover of IP (\S+)/(\d+) on`).FindAllStringSubmatch(log, -1) {
		if address := addr(match[1]); !address.IsUnspecified() {
			masks = append(masks, address.String()+"/"+match[2])
		}
	}
	for _, text := range want {
		if prefix, _, _ := strings.Cut(text, " "); prefix != "0.0.0.0/0" && prefix != "::/0" {
			wantMasks = append(wantMasks, prefix)
		}
	}
	slices.Sort(masks)
	slices.Sort(wantMasks)
	if diff := cmp.Diff(slices.Compact(masks), wantMasks); diff != "" {
		t.Errorf("masks (-ctdbd +Parse):\n%s", diff)
	}
}

func testRefused(t *testing.T, n node) {
	old := n.network() + ".99"
	n.reload(t, old+"/8 lo\n")
	for _, test := range refused {
		if !test.ask {
			continue
		}
		log := n.reload(t, strings.ReplaceAll(test.text, "NET", n.network()))
		words := daemonWords(&publicaddr.ParseError{Err: test.reason})
		line := regexp.MustCompile(fmt.Sprintf(`line %d\b`, test.line))
		if !strings.Contains(log, words) || !line.MatchString(log) {
			t.Errorf("%s: ctdbd does not say %q about line %d:\n%s", test.name, words, test.line, log)
		}
		if diff := cmp.Diff([]string{old + " lo"}, n.loaded(t)); diff != "" {
			t.Errorf("%s: the old addresses are gone (-want +got):\n%s", test.name, diff)
		}
	}
	brackets := "[fd00::1]/64 lo\n"
	log := n.reload(t, brackets)
	err := mustParse(t, brackets).CheckFor(n.Release())
	if accepted := slices.Contains(n.loaded(t), "fd00::1 lo"); accepted != (err == nil) {
		t.Errorf("brackets: CheckFor says %v, ctdbd %s", err, log)
	}
}

// testReload holds the kinds of changes against what ctdb reloadips does.
func testReload(t *testing.T, n node) {
	before := "NET.1/24 lo\nNET.2/24 lo\nNET.3/24 lo\n"
	after := "NET.1/16 lo\nNET.2/24 lo,lo\nNET.4/24 lo\n"
	in := func(text string) string { return strings.ReplaceAll(text, "NET", n.network()) }
	n.reload(t, in(before))
	want := n.loaded(t)
	for _, change := range publicaddr.Diff(mustParse(t, in(before)), mustParse(t, in(after))) {
		switch change.Kind {
		case publicaddr.Added:
			want = append(want, change.New.Address.String()+" lo")
		case publicaddr.Removed:
			want = slices.DeleteFunc(want, func(text string) bool { return text == change.Old.Address.String()+" lo" })
		default: // stays as it was
		}
	}
	log := n.reload(t, in(after))
	if diff := cmp.Diff(want, n.loaded(t)); diff != "" {
		t.Errorf("(-Diff +ctdbd):\n%s", diff)
	}
	if strings.Contains(log, "/16 on") {
		t.Errorf("ctdbd made a change of a mask:\n%s", log)
	}
}

// testOnlyCommas is about a list of no interfaces, which ctdbd loads and then crashes over.
func testOnlyCommas(t *testing.T, n node) {
	text := n.network() + ".1/24 ,\n"
	n.reload(t, "")
	log := n.reload(t, text)
	if !strings.Contains(log, "Loaded public addresses") || len(n.loaded(t)) != 0 {
		t.Errorf("ctdbd has %q:\n%s", n.loaded(t), log)
	}
	if found := mustParse(t, text).Validate(nil); !slices.ContainsFunc(found, hasID(publicaddr.FindingNoInterfaces)) {
		t.Errorf("findings %v", found)
	}
	if crashed := strings.Contains(log, "Segmentation fault"); !crashed {
		t.Logf("ctdb reloadips of CTDB %v does not crash", n.Release())
	}
}

// testDropAll asks the shell function of event scripts which addresses it sees.
func testDropAll(t *testing.T, n node) {
	if err := os.WriteFile(n.path(), []byte("# a\n127.0.0.91/8 lo\n127.0.0.92/8 lo"), 0o644); err != nil {
		t.Fatal(err)
	}
	result, err := n.Runner(0).Run(t.Context(), ctdb.Command{Name: "sh", Args: []string{"-c",
		`. "$CTDB_BASE/functions"; drop_ip() { echo "$1"; }; drop_all_public_ips`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	// CTDB 4.13 does not skip the comment.
	if got := strings.TrimPrefix(string(result.Stdout), "#\n"); got != "127.0.0.91/8\n" {
		t.Errorf("without a last newline the scripts drop %q, %s", got, result.Stderr)
	}
	file, err := publicaddr.Load(publicaddr.Options{Path: n.path()})
	if err != nil {
		t.Fatal(err)
	}
	found := file.Validate(nil)
	if !slices.ContainsFunc(found, hasID(publicaddr.FindingNoNewline)) {
		t.Errorf("findings %v", found)
	}
}

// TestRealStart starts ctdbd with files that it can't start with.
func TestRealStart(t *testing.T) {
	tests := []struct{ name, text string }{
		{"no mask", "192.168.1.98 lo\n192.168.1.99 lo\n"},
		{"brackets", "[fd00::1]/64 nosuch\n"}, // refused in any case: no address gets onto this machine
	}
	for _, install := range realctdb.Releases(t) {
		for _, test := range tests {
			t.Run(install.String()+"/"+test.name, func(t *testing.T) {
				t.Parallel()
				n := node{realctdb.Start(t, install, realctdb.Options{
					Nodes: 1, DontWait: true, PublicAddresses: func(int, int) string { return test.text },
				})}
				n.WaitFor(t, "ctdbd to give up", func(context.Context) bool {
					return strings.Contains(n.log(t), "Unable to setup public IP addresses")
				})
				file, _ := publicaddr.Parse("f", []byte(test.text))
				err := file.CheckFor(n.Release())
				if malformed := strings.Contains(n.log(t), "Badly formed line 1"); malformed != (err != nil) {
					t.Errorf("CheckFor says %v, ctdbd:\n%s", err, n.log(t))
				}
			})
		}
	}
}

// TestRealScript shows what 10.interface makes of text that ctdbd ignores: a node with a comment behind an entry is
// unhealthy, and so is each of the others. Without them it is healthy.
func TestRealScript(t *testing.T) {
	first := func(octet, _ int) string { return fmt.Sprintf("127.78.%d.1/24 lo # web\n", octet) }
	options := realctdb.Options{Nodes: 1, DontWait: true, PublicAddresses: first}
	realctdb.Each(t, options, func(t *testing.T, c *realctdb.Cluster) {
		n := node{c}
		text := first(int(n.PublicAddress(1).As4()[2]), 0)
		fine := strings.Replace(text, " # web", "", 1)
		odd := map[string]string{
			"a comment behind an entry": text,
			"an indented comment":       fine + " # web\n",
			"an indented entry":         " " + fine,
			"a carriage return":         strings.Replace(fine, "\n", "\r\n", 1),
		}
		for _, name := range []string{"a comment behind an entry", "an indented comment", "an indented entry", "a carriage return"} {
			n.write(t, odd[name])
			n.waitScript(t, name, false)
			if len(mustParse(t, odd[name]).Validate(nil)) < 2 { // one of them is about loopback addresses
				t.Errorf("%s: nothing was found", name)
			}
			n.write(t, fine)
			n.waitScript(t, name, true)
		}
		n.WaitHealthy(t)
	})
}

func (n node) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(n.path(), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// waitScript waits until 10.interface is content with the file or not, which shows in what monitoring last did.
func (n node) waitScript(t *testing.T, name string, content bool) {
	t.Helper()
	n.WaitFor(t, fmt.Sprintf("10.interface with %s to be content: %v", name, content), func(context.Context) bool {
		result := n.Tool(t, 0, "scriptstatus")
		for line := range strings.Lines(string(result.Stdout)) {
			if fields := strings.Fields(line); len(fields) > 1 && strings.HasPrefix(fields[0], "10.interface") {
				return (fields[1] == "OK") == content
			}
		}
		return false
	})
}
