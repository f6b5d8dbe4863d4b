package nodes_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/nodes"
)

var compareAddr = cmpopts.EquateComparable(netip.Addr{})

func mustParse(t testing.TB, text string) *nodes.File {
	t.Helper()
	file, err := nodes.Parse("nodes", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestParse(t *testing.T) {
	addr := netip.MustParseAddr
	tests := []struct {
		name, text string
		want       []nodes.Node
	}{
		{"empty", "", nil},
		{"only blank lines", "\n \t\r\n\n", nil},
		{"one without newline", "10.0.0.1", []nodes.Node{{Address: addr("10.0.0.1"), Line: 1}}},
		{"deleted", "10.0.0.1\n#10.0.0.2\n10.0.0.3\n", []nodes.Node{
			{PNN: 0, Address: addr("10.0.0.1"), Line: 1},
			{PNN: 1, Deleted: true, Comment: "10.0.0.2", Line: 2},
			{PNN: 2, Address: addr("10.0.0.3"), Line: 3},
		}},
		{"blank lines take no number", "\n10.0.0.1\n \t\n\t#\n\n10.0.0.2", []nodes.Node{
			{PNN: 0, Address: addr("10.0.0.1"), Line: 2},
			{PNN: 1, Deleted: true, Line: 4},
			{PNN: 2, Address: addr("10.0.0.2"), Line: 6},
		}},
		{"comments", "#\n # \t10.0.0.1 old \t\r\n##x#\x00y\n", []nodes.Node{
			{PNN: 0, Deleted: true, Line: 1},
			{PNN: 1, Deleted: true, Comment: "10.0.0.1 old", Line: 2},
			{PNN: 2, Deleted: true, Comment: "#x#", Line: 3},
		}},
		{"IPv6", "FD00:0::1\n[fd00::2]\n::ffff:10.0.0.1\n", []nodes.Node{
			{PNN: 0, Address: addr("fd00::1"), Line: 1},
			{PNN: 1, Address: addr("fd00::2"), Line: 2},
			{PNN: 2, Address: addr("10.0.0.1"), Line: 3},
		}},
		{"a carriage return or a NUL ends the text", "10.0.0.1\r10.0.0.2\n10.0.0.3\x00x\n\r#\n", []nodes.Node{
			{PNN: 0, Address: addr("10.0.0.1"), Line: 1},
			{PNN: 1, Address: addr("10.0.0.3"), Line: 2},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := mustParse(t, test.text)
			if diff := cmp.Diff(test.want, slices.Collect(file.All()), compareAddr); diff != "" {
				t.Errorf("All (-want +got):\n%s", diff)
			}
			active := slices.DeleteFunc(slices.Clone(test.want), func(n nodes.Node) bool { return n.Deleted })
			if diff := cmp.Diff(active, slices.Collect(file.Active()), compareAddr, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("Active (-want +got):\n%s", diff)
			}
			if file.Len() != len(test.want) {
				t.Errorf("Len() = %d, want %d", file.Len(), len(test.want))
			}
			if got := string(file.Bytes()); got != test.text {
				t.Errorf("Bytes() = %q, want %q", got, test.text)
			}
		})
	}
}

func TestParseError(t *testing.T) {
	const want = "want a numeric IPv4 or IPv6 address"
	tests := []struct {
		name, text string
		line, col  int
		reason     string
		got        string
	}{
		{"short", "10.0.0.1\n#x\n \t 10.0.0 \n", 3, 4, want, "10.0.0"},
		{"host name", "localhost", 1, 1, want, "localhost"},
		{"leading zero", "\n10.0.0.01", 2, 1, want, "10.0.0.01"},
		{"semicolon", ";10.0.0.1", 1, 1, want, ";10.0.0.1"},
		{"byte order mark", "\xef\xbb\xbf10.0.0.1", 1, 1, want, "\xef\xbb\xbf10.0.0.1"},
		{"vertical tab", "\v10.0.0.1", 1, 1, want, "\v10.0.0.1"},
		{"IPv4 in brackets", "[10.0.0.1]", 1, 1, want, "[10.0.0.1]"},
		{"half a bracket", "[fd00::1", 1, 1, want, "[fd00::1"},
		{"only brackets", "[]", 1, 1, want, "[]"},
		{"a bracket", "[", 1, 1, want, "["},
		{"zone", "fe80::1%eth0", 1, 1, want + " without a zone", "fe80::1%eth0"},
		{"zone in brackets", "[fe80::1%eth0]", 1, 1, want + " without a zone", "[fe80::1%eth0]"},
		{"mask", "10.0.0.1/24", 1, 1, want + " without a mask length", "10.0.0.1/24"},
		{"port", "10.0.0.1:4379", 1, 1, want + " without a port", "10.0.0.1:4379"},
		{"port after brackets", "[fd00::1]:4379", 1, 1, want + " without a port", "[fd00::1]:4379"},
		{"comment", "10.0.0.1 # first", 1, 1, want + " and nothing after it", "10.0.0.1 # first"},
		{"two addresses", "10.0.0.1\t10.0.0.2", 1, 1, want + " and nothing after it", "10.0.0.1\t10.0.0.2"},
		{"mapped without dots", "::ffff:a00:1", 1, 1, want + ", an IPv4-mapped one with dots", "::ffff:a00:1"},
		{"NUL cuts it", "10.0.0\x00.1", 1, 1, want, "10.0.0"},
		{"long", strings.Repeat("x", 100), 1, 1, want, strings.Repeat("x", 64) + "..."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, err := nodes.Parse("dir/nodes", []byte(test.text))
			got, ok := errors.AsType[*nodes.ParseError](err)
			if _, several := errors.AsType[*nodes.ParseErrors](err); !ok || several {
				t.Fatalf("error %v, want a *ParseError alone", err)
			}
			if !errors.Is(err, nodes.ErrAddress) {
				t.Error("the error is not ErrAddress")
			}
			name, line, col := got.Position()
			if name != "dir/nodes" || line != test.line || col != test.col {
				t.Errorf("position %s:%d:%d, want dir/nodes:%d:%d", name, line, col, test.line, test.col)
			}
			if diff := cmp.Diff(test.got, got.Text); diff != "" {
				t.Errorf("Text (-want +got):\n%s", diff)
			}
			message := fmt.Sprintf("dir/nodes:%d:%d: %s, got %q", test.line, test.col, test.reason, test.got)
			if diff := cmp.Diff(message, err.Error()); diff != "" {
				t.Errorf("Error (-want +got):\n%s", diff)
			}
			if file.Len() != 0 || len(slices.Collect(file.All())) != 0 {
				t.Error("a refused file has nodes")
			}
			if got := string(file.Bytes()); got != test.text {
				t.Errorf("Bytes() = %q, want %q", got, test.text)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	_, err := nodes.Parse("nodes", []byte("x\n10.0.0.1\n y\n#\n10.0.0.2/8\n"))
	list, ok := errors.AsType[*nodes.ParseErrors](err)
	if !ok {
		t.Fatalf("error %v, want *ParseErrors", err)
	}
	if len(list.Errors) != 3 || list.More != 0 {
		t.Errorf("%d errors and %d more, want 3", len(list.Errors), list.More)
	}
	want := `nodes:1:1: want a numeric IPv4 or IPv6 address, got "x"
nodes:3:2: want a numeric IPv4 or IPv6 address, got "y"
nodes:5:1: want a numeric IPv4 or IPv6 address without a mask length, got "10.0.0.2/8"`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("Error (-want +got):\n%s", diff)
	}
	first, ok := errors.AsType[*nodes.ParseError](err)
	if !ok || first.Line != 1 {
		t.Errorf("the first error is %v, want that of line 1", first)
	}
	if !errors.Is(err, nodes.ErrAddress) || errors.Is(err, nodes.ErrTooLarge) {
		t.Error("want errors.Is to find ErrAddress and only that")
	}
}

func TestParseErrorsAreBounded(t *testing.T) {
	_, err := nodes.Parse("nodes", []byte(strings.Repeat("x\n", nodes.MaxSize/2)))
	list, ok := errors.AsType[*nodes.ParseErrors](err)
	if !ok {
		t.Fatalf("error %v, want *ParseErrors", err)
	}
	if len(list.Errors) != 100 || list.More != nodes.MaxSize/2-100 {
		t.Errorf("%d errors and %d more, want 100 and %d", len(list.Errors), list.More, nodes.MaxSize/2-100)
	}
	if !strings.HasSuffix(err.Error(), "\nand 524188 more bad lines") {
		t.Errorf("the message ends in %q", err.Error()[len(err.Error())-40:])
	}
}

func TestParseSize(t *testing.T) {
	full := strings.Repeat("::1 \n", nodes.MaxSize/5) + "#"
	if len(full) != nodes.MaxSize {
		t.Fatalf("the file has %d bytes", len(full))
	}
	if file := mustParse(t, full); file.Len() != nodes.MaxSize/5+1 {
		t.Errorf("%d nodes in the largest file", file.Len())
	}

	tests := []struct {
		name, text string
		line, col  int
	}{
		{"behind a short line", full + "\n", nodes.MaxSize/5 + 1, 2},
		{"at the start of a line", strings.Repeat("::1\n", nodes.MaxSize/4+1), nodes.MaxSize/4 + 1, 1},
		{"one long line", strings.Repeat(" ", 3*nodes.MaxSize), 1, nodes.MaxSize + 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, err := nodes.Parse("nodes", []byte(test.text))
			got, ok := errors.AsType[*nodes.ParseError](err)
			if !ok || !errors.Is(err, nodes.ErrTooLarge) {
				t.Fatalf("error %v, want a *ParseError that is ErrTooLarge", err)
			}
			if got.Line != test.line || got.Col != test.col {
				t.Errorf("position %d:%d, want %d:%d", got.Line, got.Col, test.line, test.col)
			}
			message := fmt.Sprintf("nodes:%d:%d: the nodes file is larger than 1 MiB", test.line, test.col)
			if diff := cmp.Diff(message, err.Error()); diff != "" {
				t.Errorf("Error (-want +got):\n%s", diff)
			}
			if file.Len() != 0 || string(file.Bytes()) != test.text {
				t.Error("want the File without nodes, with its bytes")
			}
		})
	}
}

func TestFileOwnsItsMemory(t *testing.T) {
	data := []byte("10.0.0.1\n")
	file, err := nodes.Parse("nodes", data)
	if err != nil {
		t.Fatal(err)
	}
	data[0] = 'x'
	file.Bytes()[0] = 'y'
	if got := string(file.Bytes()); got != "10.0.0.1\n" {
		t.Errorf("Bytes() = %q after others changed their copies", got)
	}
}

func TestZeroFile(t *testing.T) {
	var file nodes.File
	if file.Len() != 0 || len(file.Bytes()) != 0 || len(slices.Collect(file.All())) != 0 {
		t.Error("the zero File is not the empty file")
	}
	if node, ok := file.Node(0); ok {
		t.Errorf("the zero File has node %v", node)
	}
}

func TestIterationStops(t *testing.T) {
	file := mustParse(t, "#\n10.0.0.1\n10.0.0.2\n")
	for node := range file.All() {
		if node.PNN != 0 {
			t.Errorf("All gives %v first", node)
		}
		break
	}
	for node := range file.Active() {
		if node.PNN != 1 {
			t.Errorf("Active gives %v first", node)
		}
		break
	}
}

func TestNode(t *testing.T) {
	file := mustParse(t, "10.0.0.1\n\n#\n")
	tests := []struct {
		pnn  nodes.PNN
		want string
		ok   bool
	}{
		{0, "0 10.0.0.1", true}, {1, "1 deleted", true}, {2, "", false}, {1 << 31, "", false}, {nodes.NoPNN, "", false},
	}
	for _, test := range tests {
		got, ok := file.Node(test.pnn)
		if ok != test.ok || ok && got.String() != test.want {
			t.Errorf("Node(%v) = %v, %v, want %v, %v", test.pnn, got, ok, test.want, test.ok)
		}
	}
}

func TestLookup(t *testing.T) {
	file := mustParse(t, "#10.0.0.9\nfd00::1\n10.0.0.1\n10.0.0.1\n")
	tests := []struct {
		name string
		addr netip.Addr
		want nodes.PNN // NoPNN for none
	}{
		{"IPv6", netip.MustParseAddr("fd00::1"), 1},
		{"the first of two", netip.MustParseAddr("10.0.0.1"), 2},
		{"IPv4-mapped", netip.MustParseAddr("::ffff:10.0.0.1"), 2},
		{"deleted", netip.MustParseAddr("10.0.0.9"), nodes.NoPNN},
		{"absent", netip.MustParseAddr("10.0.0.2"), nodes.NoPNN},
		{"with a zone", netip.MustParseAddr("fd00::1%eth0"), nodes.NoPNN},
		{"what ctdbd keeps for a deleted node", netip.MustParseAddr("0.0.0.0"), nodes.NoPNN},
		{"none", netip.Addr{}, nodes.NoPNN},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := file.Lookup(test.addr)
			if want := test.want != nodes.NoPNN; ok != want || ok && got.PNN != test.want {
				t.Errorf("Lookup(%v) = %v, %v, want %v", test.addr, got, ok, test.want)
			}
		})
	}
}

func TestNodeJSON(t *testing.T) {
	want := slices.Collect(mustParse(t, "fd00::1\n#\n#fd00::3\n").All())
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	const wantText = `[{"pnn":0,"address":"fd00::1","deleted":false,"line":1},{"pnn":1,"deleted":true,"line":2},` +
		`{"pnn":2,"deleted":true,"comment":"fd00::3","line":3}]`
	if diff := cmp.Diff(wantText, string(text)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	var got []nodes.Node
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, compareAddr); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestPNNString(t *testing.T) {
	for pnn, want := range map[nodes.PNN]string{0: "0", 17: "17", nodes.NoPNN - 1: "4294967294", nodes.NoPNN: "UNKNOWN"} {
		if got := pnn.String(); got != want {
			t.Errorf("PNN(%d).String() = %q, want %q", uint32(pnn), got, want)
		}
	}
}

// TestConcurrentUse is for the race detector.
func TestConcurrentUse(t *testing.T) {
	file := mustParse(t, "10.0.0.1\n#\n10.0.0.3\n")
	all := file.All()
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			count := len(slices.Collect(all)) + len(slices.Collect(file.Active())) + file.Len()
			_, found := file.Lookup(netip.MustParseAddr("10.0.0.3"))
			if count != 8 || !found || len(file.Bytes()) != 20 {
				t.Errorf("count %d, found %v, %d bytes", count, found, len(file.Bytes()))
			}
		})
	}
	readers.Wait()
}
