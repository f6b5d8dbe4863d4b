package nodes_test

import (
	"errors"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// FuzzEdit holds the laws of edits: each changes its own bytes only, does what was asked or is refused, and changes no
// other node. A program has three bytes a step: what to do, with which node, and with which address.
func FuzzEdit(f *testing.F) {
	f.Add([]byte("10.0.0.1\n#10.0.0.2\n10.0.0.3\n"), []byte{0, 0, 4, 1, 0, 0, 2, 1, 5})
	f.Fuzz(func(t *testing.T, data, program []byte) {
		if len(data) > 4<<10 {
			t.Skip("large files are slow and no different")
		}
		file, err := nodes.Parse("nodes", data)
		model := modelOf(file)
		before := *file
		for steps := 0; len(program) >= 3 && steps < 64; program, steps = program[3:], steps+1 {
			step := decodeStep(program, len(model))
			model = step.check(t, file, model, err)
		}
		if err != nil {
			return
		}
		if want, ok := wantChanges(modelOf(&before), model); ok {
			if diff := cmp.Diff(want, nodes.Diff(&before, file), compareAddr); diff != "" {
				t.Errorf("Diff of all edits (-want +got):\n%s", diff)
			}
		}
	})
}

// modelNode is all that the model knows of a node.
type modelNode struct {
	address netip.Addr // of a node that is not deleted
	former  netip.Addr // of a deleted one, if it is known
	written string     // how that is written
}

func modelOf(file *nodes.File) []modelNode {
	var model []modelNode
	for node := range file.All() {
		m := modelNode{address: node.Address}
		words := strings.FieldsFunc(strings.TrimLeft(node.Comment, "# \t"), func(r rune) bool { return r == ' ' || r == '\t' })
		if len(words) > 0 {
			if old, err := nodes.Parse("", []byte(words[0])); err == nil && old.Len() == 1 {
				first, _ := old.Node(0)
				m.former, m.written = first.Address, words[0]
			}
		}
		model = append(model, m)
	}
	return model
}

// step is an edit that the fuzzer asks for.
type step struct {
	kind    byte // 'a'ppend, 'd'elete, 'r'estore
	pnn     nodes.PNN
	address netip.Addr
}

// Addresses are few, so that programs use the same ones again.
var stepAddresses = []netip.Addr{
	{}, netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("::ffff:10.0.0.3"),
	netip.MustParseAddr("fd00::1"), netip.MustParseAddr("::10.0.0.1"), netip.MustParseAddr("64:ff9b::10.0.0.1"),
	netip.MustParseAddr("10.0.0.4"), netip.MustParseAddr("0.0.0.0"), netip.MustParseAddr("fd00::1%eth0"),
}

// stepUnusable are the last of them, and the first.
const stepUnusable = 8

func decodeStep(code []byte, nodeCount int) step {
	return step{
		kind:    "aadrr"[int(code[0])%5],
		pnn:     nodes.PNN(int(code[1]) % (nodeCount + 1)),
		address: stepAddresses[int(code[2])%len(stepAddresses)],
	}
}

// predict gives the error and the model after a step.
func (s step) predict(model []modelNode) ([]modelNode, error) {
	address := s.address.Unmap()
	switch {
	case s.kind == 'a':
		next := append(slices.Clip(model), modelNode{address: address})
		return next, usable(model, address)
	case int(s.pnn) >= len(model):
		return nil, nodes.ErrNoSuchNode
	}
	next := slices.Clone(model)
	m := &next[s.pnn]
	deleted := !m.address.IsValid()
	switch {
	case s.kind == 'd' && !deleted:
		*m = modelNode{former: m.address}
	case s.kind == 'd':
	case !deleted && address.IsValid() && address != m.address:
		return nil, nodes.ErrNotDeleted
	case deleted:
		if !address.IsValid() {
			address = m.former
		}
		*m = modelNode{address: address}
		return next, usable(model, address)
	}
	return next, nil
}

func usable(model []modelNode, address netip.Addr) error {
	i := slices.IndexFunc(stepAddresses, func(a netip.Addr) bool { return a.Unmap() == address })
	if i == 0 || i >= stepUnusable || i < 0 && isUnusable(address) {
		return nodes.ErrUnusable
	}
	if slices.ContainsFunc(model, func(m modelNode) bool { return m.address == address }) {
		return nodes.ErrDuplicate
	}
	return nil
}

// isUnusable is for addresses in the file.
func isUnusable(a netip.Addr) bool {
	return a.IsUnspecified() || a.IsMulticast() || a.Is6() && a.IsLinkLocalUnicast() || a.String() == "255.255.255.255"
}

func (s step) edit(file *nodes.File) error {
	switch s.kind {
	case 'a':
		_, err := file.Append(s.address)
		return err
	case 'd':
		return file.Delete(s.pnn)
	default:
		return file.Restore(s.pnn, s.address)
	}
}

// check makes a step and compares what happened with what the model predicts. It gives the next model.
func (s step) check(t *testing.T, file *nodes.File, model []modelNode, refused error) []modelNode {
	t.Helper()
	before := *file
	next, want := s.predict(model)
	err := s.edit(file)
	switch {
	case refused != nil:
		if !errors.Is(err, refused) || string(file.Bytes()) != string(before.Bytes()) {
			t.Fatalf("%c of a refused file gives %v and %q, want %v", s.kind, err, file.Bytes(), refused)
		}
		return model
	case !errors.Is(err, want) || err != nil && want == nil:
		t.Fatalf("%c %v %v of %q: error %v, want %v", s.kind, s.pnn, s.address, before.Bytes(), err, want)
	case err != nil:
		if string(file.Bytes()) != string(before.Bytes()) {
			t.Fatalf("%c of %q was refused and made it %q", s.kind, before.Bytes(), file.Bytes())
		}
		return model
	}
	s.checkBytes(t, &before, file)
	checkSlots(t, file, next)
	changes, ok := wantChanges(model, next)
	if !ok {
		t.Errorf("%c %v changed an address in place", s.kind, s.pnn)
	}
	if diff := cmp.Diff(changes, nodes.Diff(&before, file), compareAddr); diff != "" {
		t.Errorf("Diff (-want +got):\n%s", diff)
	}
	return modelOf(file)
}

// checkSlots wants the nodes of the model, and those that Parse reads.
func checkSlots(t *testing.T, file *nodes.File, want []modelNode) {
	t.Helper()
	again := mustParse(t, string(file.Bytes()))
	if !slices.Equal(slices.Collect(again.All()), slices.Collect(file.All())) {
		t.Fatalf("the edited %q has nodes that Parse does not read", file.Bytes())
	}
	got := modelOf(file)
	equal := func(a, b modelNode) bool {
		return a.address == b.address && (a.former == b.former || !b.former.IsValid())
	}
	if !slices.EqualFunc(got, want, equal) {
		t.Fatalf("%q has the nodes %v, want %v", file.Bytes(), got, want)
	}
}

// wantChanges is Diff for models that Append, Delete and Restore made of each other. It is not ok when a node was deleted
// and restored with another address meanwhile: then there is a forbidden change, as if that had been done in place.
func wantChanges(before, after []modelNode) (want []nodes.Change, ok bool) {
	for i, is := range after {
		c := nodes.Change{PNN: nodes.PNN(i), To: nodes.PNN(i), New: is.address}
		switch {
		case i >= len(before):
			c.Kind = nodes.Added
		case before[i].address == is.address:
			continue
		case !is.address.IsValid():
			c.Kind, c.Old = nodes.Deleted, before[i].address
		case before[i].address.IsValid():
			return nil, false
		default:
			c.Kind = nodes.Restored
		}
		want = append(want, c)
	}
	return want, true
}

// lineParts splits a line into what is before its text, the text, and what is behind.
var lineParts = regexp.MustCompile(`(?s)^([ \t]*)([^\r\x00]*?)([ \t]*(?:[\r\x00].*)?)$`)

// checkBytes wants all bytes outside of the edit to be as they were, and those inside to be what was asked for.
func (s step) checkBytes(t *testing.T, before, after *nodes.File) {
	t.Helper()
	was, is := string(before.Bytes()), string(after.Bytes())
	if s.kind == 'a' {
		s.checkAppended(t, before, was, is)
		return
	}
	node, _ := before.Node(s.pnn)
	now, _ := after.Node(s.pnn)
	wasLines, isLines := strings.Split(was, "\n"), strings.Split(is, "\n")
	parts := lineParts.FindStringSubmatch(wasLines[node.Line-1])
	content := parts[2]
	switch m := modelOf(before)[s.pnn]; {
	case node.Deleted == now.Deleted:
	case now.Deleted:
		content = "#" + content
	case m.former == now.Address:
		content = m.written
	default:
		content = now.Address.String()
	}
	wasLines[node.Line-1] = parts[1] + content + parts[3]
	if !slices.Equal(wasLines, isLines) {
		t.Fatalf("%c %v made %q of %q", s.kind, s.pnn, is, was)
	}
}

func (s step) checkAppended(t *testing.T, before *nodes.File, was, is string) {
	t.Helper()
	at := 0 // behind the line of the last node
	if before.Len() > 0 {
		last, _ := before.Node(nodes.PNN(before.Len() - 1))
		for range last.Line {
			if i := strings.IndexByte(was[at:], '\n'); i >= 0 {
				at += i + 1
			} else {
				at = len(was)
			}
		}
	}
	head, inserted := strings.CutPrefix(is, was[:at])
	line, tail := strings.CutSuffix(head, was[at:])
	if !inserted || !tail || strings.Trim(line, "\r\n") != s.address.Unmap().String() {
		t.Fatalf("appending %v made %q of %q", s.address, is, was)
	}
	if before.Len() > 0 && at == len(was) && strings.HasSuffix(was, "\n") != strings.HasSuffix(is, "\n") {
		t.Errorf("appending %v made %q of %q: the final newline", s.address, is, was)
	}
}
