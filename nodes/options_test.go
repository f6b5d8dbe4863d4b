package nodes_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// memory gives options for a file in memory; "" is none.
func memory(t *testing.T, text string) nodes.Options {
	t.Helper()
	fsys := afero.NewMemMapFs()
	if err := fsys.MkdirAll("/etc/ctdb", 0o755); err != nil {
		t.Fatal(err)
	}
	if text != "" {
		if err := afero.WriteFile(fsys, nodes.DefaultPath, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return nodes.Options{FS: fsys}
}

// content gives a file's bytes, "" if it is missing.
func content(t *testing.T, o nodes.Options) string {
	t.Helper()
	data, err := afero.ReadFile(o.FS, nodes.DefaultPath)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return string(data)
}

func TestLoad(t *testing.T) {
	file, err := nodes.Load(memory(t, "10.0.0.1\n#\n"))
	if err != nil || file.Len() != 2 {
		t.Errorf("Load gives %d nodes, %v", file.Len(), err)
	}

	file, err = nodes.Load(memory(t, "10.0.0.1\nx\n"))
	if parseError, ok := errors.AsType[*nodes.ParseError](err); !ok || parseError.Name != nodes.DefaultPath {
		t.Errorf("error %v, want a *ParseError about %s", err, nodes.DefaultPath)
	}
	if string(file.Bytes()) != "10.0.0.1\nx\n" {
		t.Errorf("Bytes() = %q", file.Bytes())
	}

	if file, err = nodes.Load(memory(t, "")); !errors.Is(err, fs.ErrNotExist) || file != nil {
		t.Errorf("a missing file gives %v, %v", file, err)
	}
	full := strings.Repeat("#\n", nodes.MaxSize/2)
	if file, err = nodes.Load(memory(t, full)); err != nil || file.Len() != nodes.MaxSize/2 {
		t.Errorf("the largest file gives %v", err)
	}
	if file, err = nodes.Load(memory(t, full+"\n")); !errors.Is(err, nodes.ErrTooLarge) || file != nil {
		t.Errorf("a file that is too large gives %v, %v", file, err)
	}
}

func TestLoadPath(t *testing.T) {
	o := memory(t, "")
	o.Path = "/srv/nodes"
	if err := afero.WriteFile(o.FS, o.Path, []byte("10.0.0.1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if file, err := nodes.Load(o); err != nil || file.Len() != 1 {
		t.Errorf("Load gives %v", err)
	}
}

var errEdit = errors.New("no, thank you")

func TestEdit(t *testing.T) {
	appendNode := func(f *nodes.File) error { _, err := f.Append(addr("10.0.0.9")); return err }
	nothing := func(*nodes.File) error { return nil }
	setBytes := func(text string) func(*nodes.File) error {
		return func(f *nodes.File) error { return f.SetBytes([]byte(text)) }
	}
	create := func(o *nodes.Options) { o.Create = true }
	allow := func(kinds ...nodes.ChangeKind) func(*nodes.Options) {
		return func(o *nodes.Options) { o.Allow = kinds }
	}
	full := strings.Repeat("#\n", nodes.MaxSize/2)
	tests := []struct {
		name, before string
		options      func(*nodes.Options)
		edit         func(*nodes.File) error
		after        string
		want         error
	}{
		{"append", "10.0.0.1\r\n", nil, appendNode, "10.0.0.1\r\n10.0.0.9\r\n", nil},
		{"nothing", " 10.0.0.1", nil, nothing, " 10.0.0.1", nil},
		{"blanks", " 10.0.0.1", nil, setBytes("10.0.0.1\n"), "10.0.0.1\n", nil},
		{"the callback's error", "10.0.0.1\n", nil, func(f *nodes.File) error {
			return errors.Join(f.Delete(0), errEdit)
		}, "10.0.0.1\n", errEdit},
		{"an edit's error", "10.0.0.1\n", nil, func(f *nodes.File) error { return f.Delete(1) }, "10.0.0.1\n", nodes.ErrNoSuchNode},
		{"several edits", "10.0.0.1\n#\n", nil, func(f *nodes.File) error {
			return errors.Join(f.Restore(1, addr("10.0.0.2")), f.Delete(0), appendNode(f))
		}, "#10.0.0.1\n10.0.0.2\n10.0.0.9\n", nil},
		{"deleted and restored", "10.0.0.1\n", nil, func(f *nodes.File) error {
			return errors.Join(f.Delete(0), f.Restore(0, addr("")))
		}, "10.0.0.1\n", nil},

		{"missing", "", nil, appendNode, "", fs.ErrNotExist},
		{"created", "", create, appendNode, "10.0.0.9\n", nil},
		{"not created", "", create, func(*nodes.File) error { return errEdit }, "", errEdit},
		{"too large", full + "\n", nil, nothing, full + "\n", nodes.ErrTooLarge},
		{"grown too large", full, nil, appendNode, full, nodes.ErrTooLarge},

		{"a line vanished", "10.0.0.1\n10.0.0.2\n", nil, setBytes("10.0.0.1\n"), "10.0.0.1\n10.0.0.2\n", nodes.ErrForbidden},
		{"another address", "10.0.0.1\n", nil, setBytes("10.0.0.2\n"), "10.0.0.1\n", nodes.ErrForbidden},
		{"restored with another address", "10.0.0.1\n", nil, func(f *nodes.File) error {
			return errors.Join(f.Delete(0), f.Restore(0, addr("10.0.0.2")))
		}, "10.0.0.1\n", nodes.ErrForbidden},
		{"another File", "10.0.0.1\n", nil, func(f *nodes.File) error {
			*f = nodes.File{}
			return nil
		}, "10.0.0.1\n", nodes.ErrForbidden},
		{"a refused File", "10.0.0.1\n", nil, func(f *nodes.File) error {
			other, _ := nodes.Parse("other", []byte("x"))
			*f = *other
			return nil
		}, "10.0.0.1\n", nodes.ErrAddress},
		{"allowed", "10.0.0.1\n10.0.0.2\n", allow(nodes.Vanished), setBytes("10.0.0.1\n"), "10.0.0.1\n", nil},
		{"both allowed", "10.0.0.1\n10.0.0.2\n", allow(nodes.Vanished, nodes.Shifted), setBytes("10.0.0.2\n"), "10.0.0.2\n", nil},
		{"one of two allowed", "10.0.0.1\n10.0.0.2\n", allow(nodes.Vanished), setBytes("10.0.0.2\n"),
			"10.0.0.1\n10.0.0.2\n", nodes.ErrForbidden},

		{"refused and mended", "10.0.0.1\nx\n", nil, setBytes("10.0.0.2\n"), "10.0.0.2\n", nil},
		{"refused and left", "10.0.0.1\nx\n", nil, nothing, "10.0.0.1\nx\n", nodes.ErrAddress},
		{"refused and edited", "10.0.0.1\nx\n", nil, appendNode, "10.0.0.1\nx\n", nodes.ErrAddress},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := memory(t, test.before)
			if test.options != nil {
				test.options(&o)
			}
			err := nodes.Edit(t.Context(), o, test.edit)
			if !errors.Is(err, test.want) || err != nil && test.want == nil {
				t.Errorf("error %v, want %v", clippedError(err), test.want)
			}
			if got := content(t, o); got != test.after {
				t.Errorf("the file is %q, want %q", clipped([]byte(got)), clipped([]byte(test.after)))
			}
			if info, err := o.FS.Stat(nodes.DefaultPath); err == nil && test.before != "" && info.Mode().Perm() != 0o640 {
				t.Errorf("the mode is %v", info.Mode())
			}
		})
	}
}

func clippedError(err error) string {
	text := message(err)
	return text[:min(len(text), 300)]
}

func TestEditCreatesEmptyFile(t *testing.T) {
	o := memory(t, "")
	o.Create = true
	if err := nodes.Edit(t.Context(), o, func(*nodes.File) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if info, err := o.FS.Stat(nodes.DefaultPath); err != nil || info.Size() != 0 || info.Mode().Perm() != 0o644 {
		t.Errorf("there is %v, %v; want an empty file of mode 0644", info, err)
	}
}

func TestForbiddenError(t *testing.T) {
	o := memory(t, "10.0.0.1\n10.0.0.2\n10.0.0.3\n")
	o.Allow = []nodes.ChangeKind{nodes.Readdressed}
	err := nodes.Edit(t.Context(), o, func(f *nodes.File) error { return f.SetBytes([]byte("10.0.0.1\n10.0.0.3\n")) })
	forbidden, ok := errors.AsType[*nodes.ForbiddenError](err)
	if !ok {
		t.Fatalf("error %v, want a *ForbiddenError", err)
	}
	want := &nodes.ForbiddenError{Path: nodes.DefaultPath, Changes: []nodes.Change{
		{Kind: nodes.Vanished, PNN: 1, To: 1, Old: addr("10.0.0.2")},
		{Kind: nodes.Shifted, PNN: 2, To: 1, Old: addr("10.0.0.3"), New: addr("10.0.0.3")},
	}}
	if diff := cmp.Diff(want, forbidden, compareAddr); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	const wantText = "/etc/ctdb/nodes: a running cluster refuses this change: " +
		"node 1 vanished, was 10.0.0.2; node 2 shifted to 1: 10.0.0.3"
	if diff := cmp.Diff(wantText, forbidden.Error()); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
	forbidden.Changes = make([]nodes.Change, 1000)
	if text := forbidden.Error(); len(text) > 1000 || !strings.HasSuffix(text, "; and 990 more") {
		t.Errorf("the message about 1000 changes is %q", text)
	}
}

// TestEditConflict has a writer that does not lock change the file inside the callback.
func TestEditConflict(t *testing.T) {
	o := memory(t, "10.0.0.1\n")
	err := nodes.Edit(t.Context(), o, func(f *nodes.File) error {
		if err := afero.WriteFile(o.FS, nodes.DefaultPath, []byte("10.0.0.7\n"), 0o644); err != nil {
			return err
		}
		_, err := f.Append(addr("10.0.0.2"))
		return err
	})
	if !errors.Is(err, nodes.ErrConflict) {
		t.Errorf("error %v, want ErrConflict", err)
	}
	if got := content(t, o); got != "10.0.0.7\n" {
		t.Errorf("the file is %q, want the other writer's", got)
	}
}

func TestEditContextOver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := memory(t, "10.0.0.1\n")
	err := nodes.Edit(ctx, o, func(f *nodes.File) error { _, err := f.Append(addr("10.0.0.2")); return err })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if got := content(t, o); got != "10.0.0.1\n" {
		t.Errorf("the file is %q", got)
	}
}

// TestEditContextEnds has the context end while the callback runs, and while another Edit holds the file.
func TestEditContextEnds(t *testing.T) {
	o := memory(t, "10.0.0.1\n")
	ctx, cancel := context.WithCancel(t.Context())
	err := nodes.Edit(ctx, o, func(f *nodes.File) error {
		waiting, stop := context.WithTimeout(t.Context(), time.Millisecond)
		defer stop()
		called := false
		inner := nodes.Edit(waiting, o, func(*nodes.File) error { called = true; return nil })
		if !errors.Is(inner, context.DeadlineExceeded) || called {
			t.Errorf("an Edit within an Edit: %v, called %v", inner, called)
		}
		cancel()
		_, err := f.Append(addr("10.0.0.2"))
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if got := content(t, o); got != "10.0.0.1\n" {
		t.Errorf("the file is %q", got)
	}
}

const (
	concurrentEditors = 8
	editsOfEach       = 5
)

// editConcurrently wants the edits of all goroutines to land.
func editConcurrently(t *testing.T, o nodes.Options) {
	t.Helper()
	var editors sync.WaitGroup
	for i := range concurrentEditors {
		editors.Go(func() {
			for j := range editsOfEach {
				err := nodes.Edit(t.Context(), o, func(f *nodes.File) error {
					_, err := f.Append(addr(fmt.Sprintf("10.0.%d.%d", i, j+1)))
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	editors.Wait()
	file, err := nodes.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	if file.Len() != concurrentEditors*editsOfEach {
		t.Errorf("%d nodes, want %d", file.Len(), concurrentEditors*editsOfEach)
	}
	for i := range concurrentEditors {
		last := nodes.Node{}
		for j := range editsOfEach {
			node, ok := file.Lookup(addr(fmt.Sprintf("10.0.%d.%d", i, j+1)))
			if !ok || j > 0 && node.PNN <= last.PNN {
				t.Errorf("node %v, %v, after %v", node, ok, last)
			}
			last = node
		}
	}
}

func TestEditConcurrently(t *testing.T) {
	o := memory(t, "")
	o.Create = true
	editConcurrently(t, o)
}
