package nodes_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// These tests are those of the real file system: the store that Edit uses without Options.FS.

func onDisk(t *testing.T, text string) nodes.Options {
	t.Helper()
	o := nodes.Options{Path: filepath.Join(t.TempDir(), "nodes")}
	writeFile(t, o.Path, text)
	return o
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

func wantFile(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func appendOne(f *nodes.File) error {
	_, err := f.Append(addr("10.0.0.9"))
	return err
}

func TestEditOnDisk(t *testing.T) {
	o := onDisk(t, "10.0.0.1\r\n")
	if err := nodes.Edit(t.Context(), o, appendOne); err != nil {
		t.Fatal(err)
	}
	wantFile(t, o.Path, "10.0.0.1\r\n10.0.0.9\r\n")
	info, err := os.Stat(o.Path)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
	// Nothing was changed, so the file is the same one.
	if err := nodes.Edit(t.Context(), o, func(f *nodes.File) error { return f.Delete(0) }); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(o.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := nodes.Edit(t.Context(), o, func(f *nodes.File) error { return f.Delete(0) }); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(o.Path); err != nil || !os.SameFile(before, after) || before.ModTime() != after.ModTime() {
		t.Errorf("an edit without a change wrote the file: %v", err)
	}
	wantAlone(t, filepath.Dir(o.Path))
}

// wantAlone wants nothing beside the nodes file.
func wantAlone(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the directory holds %v, %v, want the nodes file alone", entries, err)
	}
}

// TestEditSharedFile has /etc/ctdb/nodes be a link to a file that all nodes share, as the manual suggests.
func TestEditSharedFile(t *testing.T) {
	etc, shared := t.TempDir(), t.TempDir()
	writeFile(t, filepath.Join(shared, "nodes"), "10.0.0.1\n")
	o := nodes.Options{Path: filepath.Join(etc, "nodes")}
	target := filepath.Join("..", filepath.Base(shared), "nodes")
	if err := os.Symlink(target, o.Path); err != nil {
		t.Fatal(err)
	}
	if err := nodes.Edit(t.Context(), o, appendOne); err != nil {
		t.Fatal(err)
	}
	wantFile(t, filepath.Join(shared, "nodes"), "10.0.0.1\n10.0.0.9\n")
	if got, err := os.Readlink(o.Path); err != nil || got != target {
		t.Errorf("the link leads to %q, %v", got, err)
	}
	if file, err := nodes.Load(o); err != nil || file.Len() != 2 {
		t.Errorf("Load through the link: %v", err)
	}
}

func TestEditMissingOnDisk(t *testing.T) {
	dir := t.TempDir()
	o := nodes.Options{Path: filepath.Join(dir, "nodes")}
	if err := nodes.Edit(t.Context(), o, appendOne); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
	if pathError, ok := errors.AsType[*fs.PathError](nodes.Edit(t.Context(), o, appendOne)); !ok || pathError.Path != o.Path {
		t.Errorf("error %v, want one about %s", pathError, o.Path)
	}
	o.Create = true
	if err := nodes.Edit(t.Context(), o, appendOne); err != nil {
		t.Fatal(err)
	}
	wantFile(t, o.Path, "10.0.0.9\n")
	wantAlone(t, dir)

	link := filepath.Join(dir, "link")
	if err := os.Symlink("target", link); err != nil {
		t.Fatal(err)
	}
	o = nodes.Options{Path: link}
	if err := nodes.Edit(t.Context(), o, appendOne); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a link that leads nowhere gives %v, want fs.ErrNotExist", err)
	}
	o.Create = true
	if err := nodes.Edit(t.Context(), o, appendOne); err != nil {
		t.Fatal(err)
	}
	wantFile(t, filepath.Join(dir, "target"), "10.0.0.9\n")
}

func TestEditConflictOnDisk(t *testing.T) {
	o := onDisk(t, "10.0.0.1\n")
	err := nodes.Edit(t.Context(), o, func(f *nodes.File) error {
		writeFile(t, o.Path, "10.0.0.7\n")
		return appendOne(f)
	})
	if !errors.Is(err, nodes.ErrConflict) {
		t.Errorf("error %v, want ErrConflict", err)
	}
	conflict, ok := errors.AsType[*nodes.ConflictError](err)
	if !ok || string(conflict.Current) != "10.0.0.7\n" || string(conflict.Data) != "10.0.0.1\n10.0.0.9\n" {
		t.Errorf("error %+v, want one with both contents", conflict)
	}
	wantFile(t, o.Path, "10.0.0.7\n")
	wantAlone(t, filepath.Dir(o.Path))
}

func TestEditRefusedOnDisk(t *testing.T) {
	const text = "10.0.0.1\n10.0.0.2\n"
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name string
		ctx  context.Context
		edit func(*nodes.File) error
		want error
	}{
		{"forbidden", t.Context(), func(f *nodes.File) error { return f.SetBytes([]byte("10.0.0.2\n")) }, nodes.ErrForbidden},
		{"the callback's error", t.Context(), func(f *nodes.File) error { return errors.Join(f.Delete(0), errEdit) }, errEdit},
		{"context over", ended, appendOne, context.Canceled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := onDisk(t, text)
			if err := nodes.Edit(test.ctx, o, test.edit); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			wantFile(t, o.Path, text)
			wantAlone(t, filepath.Dir(o.Path))
		})
	}
	o := onDisk(t, text)
	o.Allow = []nodes.ChangeKind{nodes.Vanished, nodes.Shifted}
	if err := nodes.Edit(t.Context(), o, tests[0].edit); err != nil {
		t.Error(err)
	}
	wantFile(t, o.Path, "10.0.0.2\n")
}

func TestEditConcurrentlyOnDisk(t *testing.T) {
	o := nodes.Options{Path: filepath.Join(t.TempDir(), "nodes"), Create: true}
	editConcurrently(t, o)
	wantAlone(t, filepath.Dir(o.Path))
}
