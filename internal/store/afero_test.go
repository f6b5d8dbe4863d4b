package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

// replace changes a file as a caller does, and gives what the store reads then.
func replace(t *testing.T, s store.Store, file, content string) (string, error) {
	t.Helper()
	unlock, err := s.Lock(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unlock(); err != nil {
			t.Error(err)
		}
	}()
	_, stamp, err := s.Read(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if _, err := s.Replace(t.Context(), file, []byte(content), 0o644, stamp); err != nil {
		return "", err
	}
	data, _, err := s.Read(file)
	return string(data), err
}

func TestReadOnlyFs(t *testing.T) {
	t.Parallel()
	mem := afero.NewMemMapFs()
	if err := afero.WriteFile(mem, "/nodes", []byte("old\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := store.For(afero.NewReadOnlyFs(mem), store.Options{})
	_, err := replace(t, s, "/nodes", "new\n")
	checkError(t, err, syscall.EPERM)
	if data, _, err := s.Read("/nodes"); err != nil || string(data) != "old\n" {
		t.Errorf("the file has %q (%v)", data, err)
	}
}

// TestDryRun changes files of the real disk on a layer in memory: plain ones, and one behind links.
func TestDryRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "nodes"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	names := []string{file, file, filepath.Join(dir, "new")}
	if runtime.GOOS != "windows" {
		if err := os.Symlink("nodes", link); err != nil {
			t.Fatal(err)
		}
		names = append(names, link)
	}
	s := store.For(afero.NewCopyOnWriteFs(afero.NewOsFs(), afero.NewMemMapFs()), store.Options{})
	for _, name := range names {
		content := name + " has this now\n"
		if got, err := replace(t, s, name, content); err != nil || got != content {
			t.Errorf("%s has %q (%v), want %q", name, got, err, content)
		}
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "old\n" {
		t.Errorf("the real file has %q (%v)", data, err)
	}
	if _, err := os.Stat(names[2]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the real new file: %v", err)
	}
}

// faultyFs fails in one call, on everything but directories.
type faultyFs struct {
	afero.Fs
	call string
}

var errFault = errors.New("this is a test")

func (f faultyFs) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if f.call == "open" {
		return nil, errFault
	}
	file, err := f.Fs.OpenFile(name, flag, perm)
	return faultyFile{file, f.call}, err
}

func (f faultyFs) Rename(from, to string) error {
	if f.call == "rename" {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: errFault}
	}
	return f.Fs.Rename(from, to)
}

func (f faultyFs) Chmod(name string, mode os.FileMode) error {
	if f.call == "chmod" {
		return errFault
	}
	return f.Fs.Chmod(name, mode)
}

type faultyFile struct {
	afero.File
	call string
}

func (f faultyFile) Write(data []byte) (int, error) {
	switch f.call {
	case "write":
		return 0, errFault
	case "short":
		return f.File.Write(data[:1])
	}
	return f.File.Write(data)
}

func (f faultyFile) Sync() error {
	if f.call == "sync" {
		return errFault
	}
	return f.File.Sync()
}

func (f faultyFile) Close() error {
	return errors.Join(f.File.Close(), map[string]error{"close": errFault}[f.call])
}

func TestAferoFaults(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"open", "write", "short", "sync", "close", "chmod", "rename"} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			mem := afero.NewMemMapFs()
			if err := afero.WriteFile(mem, "/etc/nodes", []byte("old\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			s := store.For(faultyFs{mem, call}, store.Options{})
			_, err := s.Replace(t.Context(), "/etc/nodes", []byte("new\n"), 0, store.StampOf([]byte("old\n")))
			if call == "short" {
				if err == nil {
					t.Error("no error")
				}
			} else {
				checkError(t, err, errFault)
			}
			infos, err := afero.ReadDir(mem, "/etc")
			if err != nil || len(infos) != 1 {
				t.Errorf("the directory has %v (%v)", infos, err)
			}
			if data, err := afero.ReadFile(mem, "/etc/nodes"); err != nil || string(data) != "old\n" {
				t.Errorf("the file has %q (%v)", data, err)
			}
		})
	}
}

// oddFs has a type that can't be the key of a map.
type oddFs struct {
	afero.Fs
	_ []string
}

func TestIncomparableFs(t *testing.T) {
	t.Parallel()
	s := store.For(oddFs{Fs: afero.NewMemMapFs()}, store.Options{})
	if got, err := replace(t, s, "/nodes", "new\n"); err != nil || got != "new\n" {
		t.Errorf("the file has %q (%v)", got, err)
	}
}

func TestAferoLink(t *testing.T) {
	t.Parallel()
	_, err := store.For(afero.NewMemMapFs(), store.Options{}).
		Link(t.Context(), "target", "/nodes", store.LinkOptions{})
	checkError(t, err, store.ErrUnsupported)
	checkError(t, err, errors.ErrUnsupported)

	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege")
	}
	// A BasePathFs writes another target than it is given.
	dir := t.TempDir()
	below := afero.NewBasePathFs(afero.NewOsFs(), dir)
	_, err = store.For(below, store.Options{}).Link(t.Context(), "target", "/nodes", store.LinkOptions{})
	checkError(t, err, store.ErrUnsupported)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("the directory has %v (%v)", entries, err)
	}
}

// linkFs is the real file system, but not by its type.
type linkFs struct{ afero.OsFs }

func TestAferoLinkWhereItWorks(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege")
	}
	testLink(t, store.For(linkFs{}, store.Options{}))
}

// testLink is the contract of Link on the real disk.
func testLink(t *testing.T, s store.Store) {
	dir := t.TempDir()
	name := filepath.Join(dir, "nodes")
	link := func(target string, options store.LinkOptions) (store.LinkResult, error) {
		return s.Link(t.Context(), target, name, options)
	}
	check := func(step string, wantTarget string, want, got store.LinkResult, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", step, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: result (-want +got):\n%s", step, diff)
		}
		if target, err := os.Readlink(name); err != nil || target != wantTarget {
			t.Errorf("%s: the link leads to %q (%v), want %q", step, target, err, wantTarget)
		}
	}
	result, err := link("../shared/nodes", store.LinkOptions{})
	check("new", "../shared/nodes", store.LinkResult{Changed: true}, result, err)
	before, err := os.Lstat(name)
	if err != nil {
		t.Fatal(err)
	}
	result, err = link("../shared/nodes", store.LinkOptions{MoveAside: true})
	check("the same", "../shared/nodes", store.LinkResult{}, result, err)
	if after, err := os.Lstat(name); err != nil || !os.SameFile(before, after) {
		t.Errorf("the link is a new one (%v)", err)
	}
	result, err = link("/other", store.LinkOptions{})
	check("changed", "/other", store.LinkResult{Changed: true}, result, err)

	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	result, err = link("/other", store.LinkOptions{})
	checkError(t, err, store.ErrNotLink)
	checkError(t, err, fs.ErrExist)
	if data, err := os.ReadFile(name); err != nil || string(data) != "a file\n" || result != (store.LinkResult{}) {
		t.Errorf("the file in the way has %q (%v), and the result is %v", data, err, result)
	}
	result, err = link("/other", store.LinkOptions{MoveAside: true})
	check("moved aside", "/other", store.LinkResult{Changed: true, Aside: result.Aside}, result, err)
	if data, err := os.ReadFile(result.Aside); err != nil || string(data) != "a file\n" {
		t.Errorf("the file %q has %q (%v)", result.Aside, data, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the directory has %v (%v)", entries, err)
	}

	name = filepath.Join(dir, "directory")
	if err := os.Mkdir(name, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = link("/other", store.LinkOptions{MoveAside: true})
	checkError(t, err, store.ErrNotLink)
	name = filepath.Join(dir, "missing", "nodes")
	_, err = link("/other", store.LinkOptions{})
	checkError(t, err, fs.ErrNotExist)
}
