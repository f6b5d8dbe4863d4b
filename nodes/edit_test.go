package nodes_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// addr reads an address; "" is the zero one.
func addr(text string) netip.Addr {
	if text == "" {
		return netip.Addr{}
	}
	return netip.MustParseAddr(text)
}

func TestAppend(t *testing.T) {
	tests := []struct {
		name, before, address, after string
		pnn                          nodes.PNN
	}{
		{"to the empty file", "", "10.0.0.1", "10.0.0.1\n", 0},
		{"to blank lines", "\n \n", "10.0.0.1", "10.0.0.1\n\n \n", 0},
		{"behind the last", "10.0.0.1\n10.0.0.2\n", "10.0.0.3", "10.0.0.1\n10.0.0.2\n10.0.0.3\n", 2},
		{"without a final newline", "10.0.0.1\n10.0.0.2", "10.0.0.3", "10.0.0.1\n10.0.0.2\n10.0.0.3", 2},
		{"CRLF", "10.0.0.1\r\n10.0.0.2\r\n", "10.0.0.3", "10.0.0.1\r\n10.0.0.2\r\n10.0.0.3\r\n", 2},
		{"CRLF without a final one", "10.0.0.1\r\n10.0.0.2", "10.0.0.3", "10.0.0.1\r\n10.0.0.2\r\n10.0.0.3", 2},
		{"mostly LF", "10.0.0.1\n10.0.0.2\n10.0.0.3\r\n", "::1", "10.0.0.1\n10.0.0.2\n10.0.0.3\r\n::1\n", 3},
		{"before blank lines at the end", "10.0.0.1\n\n \n", "10.0.0.2", "10.0.0.1\n10.0.0.2\n\n \n", 1},
		{"before blanks without newline", "10.0.0.1\n \t", "10.0.0.2", "10.0.0.1\n10.0.0.2\n \t", 1},
		{"before ignored text", "10.0.0.1\n\r#x\n", "10.0.0.2", "10.0.0.1\n10.0.0.2\n\r#x\n", 1},
		{"blank lines in the middle", "\n10.0.0.1\n\n10.0.0.2\n", "10.0.0.3", "\n10.0.0.1\n\n10.0.0.2\n10.0.0.3\n", 2},
		{"indented lines", "\t10.0.0.1\n\t10.0.0.2\n", "10.0.0.3", "\t10.0.0.1\n\t10.0.0.2\n10.0.0.3\n", 2},
		{"behind a lone CR", "10.0.0.1\rx", "10.0.0.2", "10.0.0.1\rx\n10.0.0.2", 1},
		{"behind a CR at the end", "10.0.0.1\r", "10.0.0.2", "10.0.0.1\r\n10.0.0.2", 1},
		{"behind a NUL", "10.0.0.1\x00x\n", "10.0.0.2", "10.0.0.1\x00x\n10.0.0.2\n", 1},
		{"only comments", "# a\n#b\n", "10.0.0.1", "# a\n#b\n10.0.0.1\n", 2},
		{"deleted at the end", "10.0.0.1\n#10.0.0.2\n", "10.0.0.3", "10.0.0.1\n#10.0.0.2\n10.0.0.3\n", 2},
		{"the address of a deleted node", "#10.0.0.1\n", "10.0.0.1", "#10.0.0.1\n10.0.0.1\n", 1},
		{"IPv6", "[fd00::1]\n", "FD00:0::2", "[fd00::1]\nfd00::2\n", 1},
		{"IPv4-mapped", "fd00::1\n", "::ffff:10.0.0.1", "fd00::1\n10.0.0.1\n", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := mustParse(t, test.before)
			pnn, err := file.Append(addr(test.address))
			if err != nil || pnn != test.pnn {
				t.Errorf("Append = %v, %v, want %v", pnn, err, test.pnn)
			}
			checkEdited(t, file, test.after)
			if node, ok := file.Node(pnn); !ok || node.Address != addr(test.address).Unmap() {
				t.Errorf("node %v is %v, want %v", pnn, node, test.address)
			}
		})
	}
}

// checkEdited wants the bytes, and the nodes that parsing them gives.
func checkEdited(t *testing.T, file *nodes.File, want string) {
	t.Helper()
	if diff := cmp.Diff(want, string(file.Bytes())); diff != "" {
		t.Errorf("Bytes (-want +got):\n%s", diff)
	}
	all := slices.Collect(mustParse(t, want).All())
	if diff := cmp.Diff(all, slices.Collect(file.All()), compareAddr); diff != "" {
		t.Errorf("All (-want +got):\n%s", diff)
	}
}

func TestDelete(t *testing.T) {
	tests := []struct {
		name, before string
		pnn          nodes.PNN
		after        string
	}{
		{"the only one", "10.0.0.1", 0, "#10.0.0.1"},
		{"the first", "10.0.0.1\n10.0.0.2\n", 0, "#10.0.0.1\n10.0.0.2\n"},
		{"the last, without newline", "10.0.0.1\n10.0.0.2", 1, "10.0.0.1\n#10.0.0.2"},
		{"CRLF", "10.0.0.1\r\n10.0.0.2\r\n", 0, "#10.0.0.1\r\n10.0.0.2\r\n"},
		{"behind a blank line", "10.0.0.1\n\n10.0.0.2\n\n", 1, "10.0.0.1\n\n#10.0.0.2\n\n"},
		{"indented", " \t10.0.0.1 \n", 0, " \t#10.0.0.1 \n"},
		{"before a lone CR", "10.0.0.1\r10.0.0.2\n", 0, "#10.0.0.1\r10.0.0.2\n"},
		{"before a NUL", "10.0.0.1\x0010.0.0.2\n", 0, "#10.0.0.1\x0010.0.0.2\n"},
		{"brackets", "[fd00::1]\n", 0, "#[fd00::1]\n"},
		{"deleted already", "10.0.0.1\n # x\n", 1, "10.0.0.1\n # x\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := mustParse(t, test.before)
			if err := file.Delete(test.pnn); err != nil {
				t.Error(err)
			}
			checkEdited(t, file, test.after)
			if node, ok := file.Node(test.pnn); !ok || !node.Deleted {
				t.Errorf("node %v is %v, want it deleted", test.pnn, node)
			}
		})
	}
}

func TestRestore(t *testing.T) {
	tests := []struct {
		name, before string
		pnn          nodes.PNN
		address      string
		after        string
	}{
		{"with its address", "10.0.0.1\n#10.0.0.2\n", 1, "10.0.0.2", "10.0.0.1\n10.0.0.2\n"},
		{"with another", "10.0.0.1\n#10.0.0.2\n10.0.0.3\n", 1, "fd00::1", "10.0.0.1\nfd00::1\n10.0.0.3\n"},
		{"with the one in the file", "10.0.0.1\n#10.0.0.2\n", 1, "", "10.0.0.1\n10.0.0.2\n"},
		{"as it was written", "#[FD00:0::1]\n", 0, "", "[FD00:0::1]\n"},
		{"as it was written, by address", "#[FD00:0::1]\n", 0, "fd00::1", "[FD00:0::1]\n"},
		{"IPv4-mapped", "#::ffff:10.0.0.1\n", 0, "10.0.0.1", "::ffff:10.0.0.1\n"},
		{"another in the place of brackets", "#[fd00::1]\n", 0, "fd00::2", "fd00::2\n"},
		{"with blanks", " #\t 10.0.0.1 \t\n", 0, "", " 10.0.0.1 \t\n"},
		{"with words behind", "# 10.0.0.1 dead disk\n", 0, "", "10.0.0.1\n"},
		{"commented out twice", "## #10.0.0.1\n", 0, "", "10.0.0.1\n"},
		{"of a comment", "# my cluster\n10.0.0.2", 0, "10.0.0.1", "10.0.0.1\n10.0.0.2"},
		{"of nothing", "#", 0, "10.0.0.1", "10.0.0.1"},
		{"CRLF", "#10.0.0.1\r\n10.0.0.2\r\n", 0, "10.0.0.9", "10.0.0.9\r\n10.0.0.2\r\n"},
		{"before a lone CR", "#10.0.0.1\r10.0.0.2\n", 0, "", "10.0.0.1\r10.0.0.2\n"},
		{"before a NUL", "#10.0.0.1 \x00x\n", 0, "", "10.0.0.1 \x00x\n"},
		{"behind a blank line", "\n10.0.0.1\n\n#10.0.0.2\n\n", 1, "", "\n10.0.0.1\n\n10.0.0.2\n\n"},
		{"not deleted, with its address", "[fd00::1]\n", 0, "FD00::1", "[fd00::1]\n"},
		{"not deleted, with its mapped address", "10.0.0.1\n", 0, "::ffff:10.0.0.1", "10.0.0.1\n"},
		{"not deleted, without an address", "10.0.0.1\n", 0, "", "10.0.0.1\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := mustParse(t, test.before)
			if err := file.Restore(test.pnn, addr(test.address)); err != nil {
				t.Error(err)
			}
			checkEdited(t, file, test.after)
			if node, ok := file.Node(test.pnn); !ok || node.Deleted {
				t.Errorf("node %v is %v, want it restored", test.pnn, node)
			}
		})
	}
}

// TestRefusedEdits wants the right reason, and the File as it was.
func TestRefusedEdits(t *testing.T) {
	appendNode := func(address string) func(*nodes.File) error {
		return func(f *nodes.File) error {
			pnn, err := f.Append(addr(address))
			if pnn != nodes.NoPNN {
				return errors.New("want NoPNN with an error")
			}
			return err
		}
	}
	deleteNode := func(pnn nodes.PNN) func(*nodes.File) error {
		return func(f *nodes.File) error { return f.Delete(pnn) }
	}
	restoreNode := func(pnn nodes.PNN, address string) func(*nodes.File) error {
		return func(f *nodes.File) error { return f.Restore(pnn, addr(address)) }
	}
	setBytes := func(text string) func(*nodes.File) error {
		return func(f *nodes.File) error { return f.SetBytes([]byte(text)) }
	}
	const (
		good = "10.0.0.1\n#10.0.0.2\n# x\n#10.0.0.1\n#0.0.0.0\n"
		bad  = "10.0.0.1\nx\n"
	)
	full := strings.Repeat("#\n", nodes.MaxSize/2-5) + "10.0.0.1\n#"
	tests := []struct {
		name, text string
		edit       func(*nodes.File) error
		want       error
		message    string
	}{
		{"append nothing", good, appendNode(""), nodes.ErrUnusable,
			"append a node: want an address that a node can have: there is no address"},
		{"append a zone", good, appendNode("fd00::1%eth0"), nodes.ErrUnusable,
			"append a node: want an address that a node can have: fd00::1%eth0 has a zone, which the nodes file can't have"},
		{"append link-local IPv6", good, appendNode("fe80::1"), nodes.ErrUnusable,
			"append a node: want an address that a node can have: fe80::1 needs a zone, which the nodes file can't have"},
		{"append unspecified IPv4", good, appendNode("0.0.0.0"), nodes.ErrUnusable,
			"append a node: want an address that a node can have: 0.0.0.0 is no address of a machine"},
		{"append unspecified IPv6", good, appendNode("::"), nodes.ErrUnusable,
			"append a node: want an address that a node can have: :: is no address of a machine"},
		{"append multicast", good, appendNode("224.0.0.1"), nodes.ErrUnusable,
			"append a node: want an address that a node can have: 224.0.0.1 is a multicast address"},
		{"append broadcast", good, appendNode("255.255.255.255"), nodes.ErrUnusable,
			"append a node: want an address that a node can have: 255.255.255.255 is the broadcast address"},
		{"append a duplicate", good, appendNode("10.0.0.1"), nodes.ErrDuplicate,
			"append a node: 10.0.0.1: the address is another node's, node 0"},
		{"append a mapped duplicate", good, appendNode("::ffff:10.0.0.1"), nodes.ErrDuplicate,
			"append a node: 10.0.0.1: the address is another node's, node 0"},
		{"append to a full file", full, appendNode("10.0.0.3"), nodes.ErrTooLarge,
			"append a node: nodes:524285:2: the nodes file is larger than 1 MiB"},
		{"append to a refused file", bad, appendNode("10.0.0.3"), nodes.ErrAddress,
			`append a node: ctdbd refuses the file as it is: nodes:2:1: want a numeric IPv4 or IPv6 address, got "x"`},

		{"delete behind the end", good, deleteNode(5), nodes.ErrNoSuchNode, "delete node 5: no such node"},
		{"delete no node", good, deleteNode(nodes.NoPNN), nodes.ErrNoSuchNode, "delete node UNKNOWN: no such node"},
		{"delete in a full file", full + "#", deleteNode(nodes.MaxSize/2 - 5), nodes.ErrTooLarge, ""},
		{"delete in the empty file", "", deleteNode(0), nodes.ErrNoSuchNode, "delete node 0: no such node"},
		{"delete in a refused file", bad, deleteNode(0), nodes.ErrAddress, ""},

		{"restore behind the end", good, restoreNode(5, ""), nodes.ErrNoSuchNode, "restore node 5: no such node"},
		{"restore what is not deleted", good, restoreNode(0, "10.0.0.9"), nodes.ErrNotDeleted,
			"restore node 0: the node is not deleted"},
		{"restore with an unusable address", good, restoreNode(1, "ff02::1"), nodes.ErrUnusable, ""},
		{"restore with a duplicate", good, restoreNode(1, "10.0.0.1"), nodes.ErrDuplicate, ""},
		{"restore a comment without an address", good, restoreNode(2, ""), nodes.ErrUnusable,
			"restore node 2: want an address that a node can have: there is no address"},
		{"restore with its own address, another's now", good, restoreNode(3, ""), nodes.ErrDuplicate, ""},
		{"restore with its own address, an unusable one", good, restoreNode(4, ""), nodes.ErrUnusable, ""},
		{"restore in a full file", full, restoreNode(0, "10.0.0.3"), nodes.ErrTooLarge, ""},
		{"restore in a refused file", bad, restoreNode(0, "10.0.0.3"), nodes.ErrAddress, ""},

		{"bytes that ctdbd refuses", good, setBytes("10.0.0.1\n10.0.0\n"), nodes.ErrAddress,
			`nodes:2:1: want a numeric IPv4 or IPv6 address, got "10.0.0"`},
		{"too many bytes", good, setBytes(full + "##"), nodes.ErrTooLarge, ""},
		{"refused bytes for refused bytes", bad, setBytes("y"), nodes.ErrAddress, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, parseErr := nodes.Parse("nodes", []byte(test.text))
			before := slices.Collect(file.All())
			err := test.edit(file)
			if !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if test.message != "" && err != nil && err.Error() != test.message {
				t.Errorf("error %q, want %q", err, test.message)
			}
			if string(file.Bytes()) != test.text {
				t.Error("the bytes changed")
			}
			if !slices.Equal(before, slices.Collect(file.All())) { // too many for cmp.Diff
				t.Error("the nodes changed")
			}
			_, again := nodes.Parse("nodes", file.Bytes())
			if (parseErr == nil) != (again == nil) {
				t.Errorf("error %v before and %v after", parseErr, again)
			}
		})
	}
}

func TestSetBytes(t *testing.T) {
	file, err := nodes.Parse("dir/nodes", []byte("10.0.0.1\nx\n"))
	if err == nil {
		t.Fatal("want an error")
	}
	data := []byte("10.0.0.1\n10.0.0.2\n")
	if err := file.SetBytes(data); err != nil {
		t.Fatal(err)
	}
	data[0] = 'x'
	checkEdited(t, file, "10.0.0.1\n10.0.0.2\n")
	err = file.SetBytes([]byte("y"))
	if parseError, ok := errors.AsType[*nodes.ParseError](err); !ok || parseError.Name != "dir/nodes" {
		t.Errorf("error %v, want one about dir/nodes", err)
	}
	if _, err := file.Append(addr("10.0.0.3")); err != nil {
		t.Errorf("the mended file can't be edited: %v", err)
	}
	if err := file.SetBytes(nil); err != nil {
		t.Error(err)
	}
	checkEdited(t, file, "")
}

func TestZeroFileEdits(t *testing.T) {
	var file nodes.File
	if pnn, err := file.Append(addr("10.0.0.1")); err != nil || pnn != 0 {
		t.Errorf("Append = %v, %v", pnn, err)
	}
	checkEdited(t, &file, "10.0.0.1\n")
	var other nodes.File
	if err := other.SetBytes([]byte("10.0.0.2")); err != nil {
		t.Error(err)
	}
	checkEdited(t, &other, "10.0.0.2")
}

// TestSequencesOutliveEdits wants a sequence to give the nodes that there were, and a copy of a File to stay.
func TestSequencesOutliveEdits(t *testing.T) {
	file := mustParse(t, "10.0.0.1\n10.0.0.2\n")
	all, active, dup := file.All(), file.Active(), *file
	if err := file.Delete(0); err != nil {
		t.Fatal(err)
	}
	for node := range active { // editing in a loop over the nodes
		if err := file.Delete(node.PNN); err != nil {
			t.Error(err)
		}
	}
	want := slices.Collect(mustParse(t, "10.0.0.1\n10.0.0.2\n").All())
	if diff := cmp.Diff(want, slices.Collect(all), compareAddr); diff != "" {
		t.Errorf("All (-want +got):\n%s", diff)
	}
	checkEdited(t, &dup, "10.0.0.1\n10.0.0.2\n")
	checkEdited(t, file, "#10.0.0.1\n#10.0.0.2\n")
}
