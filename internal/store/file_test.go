package store_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

var errHuge = errors.New("the nodes file is huge")

func TestFile(t *testing.T) {
	t.Parallel()
	memory := afero.NewMemMapFs()
	f := store.File{Path: "/nodes", FS: memory, Options: store.Options{MaxSize: 10}, TooLarge: errHuge}
	set := func(text string) func([]byte) ([]byte, error) {
		return func([]byte) ([]byte, error) { return []byte(text), nil }
	}
	if _, err := f.Read(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read of a missing file: %v", err)
	}
	if err := f.Edit(t.Context(), set("a")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Edit of a missing file: %v", err)
	}
	f.CreateTarget = true
	if err := f.Edit(t.Context(), set("10.0.0.1\n")); err != nil {
		t.Fatal(err)
	}
	failure := errors.New("no")
	if err := f.Edit(t.Context(), func([]byte) ([]byte, error) { return nil, failure }); !errors.Is(err, failure) {
		t.Errorf("an edit that fails: %v", err)
	}
	if data, err := f.Read(); err != nil || string(data) != "10.0.0.1\n" {
		t.Errorf("Read gives %q, %v", data, err)
	}
	f.MaxSize = 5
	_, readErr := f.Read()
	for what, err := range map[string]error{"Read": readErr, "Edit": f.Edit(t.Context(), set("b"))} {
		if !errors.Is(err, errHuge) || !errors.Is(err, store.ErrTooLarge) {
			t.Errorf("%s of a large file: %v", what, err)
		}
	}
	info, err := memory.Stat("/nodes")
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("a new file has the mode %v, %v", info.Mode(), err)
	}
}
