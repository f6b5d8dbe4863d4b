package store_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

// kind is a kind of store, and a file system to look at what it did.
type kind struct {
	name string
	fsys afero.Fs // for For
	look afero.Fs
	dir  func(t *testing.T) string
}

func kinds() []kind {
	mem, base := afero.NewMemMapFs(), afero.NewMemMapFs()
	over := afero.NewCopyOnWriteFs(base, afero.NewMemMapFs())
	below := afero.NewBasePathFs(afero.NewOsFs(), os.TempDir())
	all := []kind{
		{"memory", mem, mem, func(t *testing.T) string { return makeDir(t, mem) }},
		{"copy on write", over, over, func(t *testing.T) string { return makeDir(t, base) }},
		{"below a directory", below, below, func(t *testing.T) string { return makeDir(t, below) }},
	}
	if runtime.GOOS == "linux" {
		all = append(all, kind{"real", nil, afero.NewOsFs(), (*testing.T).TempDir})
	}
	return all
}

func makeDir(t *testing.T, fsys afero.Fs) string {
	t.Helper()
	dir, err := afero.TempDir(fsys, string(filepath.Separator), "store-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := fsys.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fixture is a store with a directory of its own.
type fixture struct {
	store.Store
	kind
	dir  string
	file string
}

func (f fixture) put(t *testing.T, data string) store.Stamp {
	t.Helper()
	if err := afero.WriteFile(f.look, f.file, []byte(data), 0o640); err != nil {
		t.Fatal(err)
	}
	return store.StampOf([]byte(data))
}

// check wants the file to have that content, and the directory nothing else.
func (f fixture) check(t *testing.T, want string) {
	t.Helper()
	got, err := afero.ReadFile(f.look, f.file)
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("content (-want +got):\n%s", diff)
	}
	f.checkNames(t, "nodes")
}

func (f fixture) checkNames(t *testing.T, want ...string) {
	t.Helper()
	infos, err := afero.ReadDir(f.look, f.dir)
	if err != nil {
		t.Error(err)
	}
	var names []string
	for _, info := range infos {
		names = append(names, info.Name())
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names in the directory (-want +got):\n%s", diff)
	}
}

// onAll runs a test of the contract on every kind of store.
func onAll(t *testing.T, options store.Options, test func(t *testing.T, f fixture)) {
	t.Parallel()
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			dir := k.dir(t)
			test(t, fixture{store.For(k.fsys, options), k, dir, filepath.Join(dir, "nodes")})
		})
	}
}

func TestReadMissing(t *testing.T) {
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		data, stamp, err := f.Read(f.file)
		checkError(t, err, fs.ErrNotExist)
		if data != nil || stamp != (store.Stamp{}) || stamp.Exists() {
			t.Errorf("a missing file has the content %q and the stamp %v", data, stamp)
		}
	})
}

func TestRead(t *testing.T) {
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		for _, content := range []string{"", "10.0.0.1\n", string(version(1, 10_000))} {
			want := f.put(t, content)
			data, stamp, err := f.Read(f.file)
			if err != nil || string(data) != content || stamp != want || !stamp.Exists() {
				t.Errorf("%d bytes with the stamp %v and the error %v, want %d with %v",
					len(data), stamp, err, len(content), want)
			}
		}
	})
}

func TestCreate(t *testing.T) {
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		stamp, err := f.Replace(t.Context(), f.file, []byte("new\n"), 0o644, store.Stamp{})
		if err != nil || stamp != store.StampOf([]byte("new\n")) {
			t.Fatalf("stamp %v and error %v", stamp, err)
		}
		f.check(t, "new\n")
		f.checkMode(t, 0o644)
	})
}

func TestCreateEmpty(t *testing.T) {
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		stamp, err := f.Replace(t.Context(), f.file, nil, 0o600, store.Stamp{})
		if err != nil || stamp != store.StampOf(nil) || !stamp.Exists() {
			t.Errorf("stamp %v and error %v", stamp, err)
		}
		f.check(t, "")
	})
}

func (f fixture) checkMode(t *testing.T, want fs.FileMode) {
	t.Helper()
	info, err := f.look.Stat(f.file)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode(); got != want {
		t.Errorf("the mode is %v, want %v", got, want)
	}
}

func TestReplace(t *testing.T) {
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		stamp := f.put(t, "first\n")
		for _, content := range []string{"second\n", "third, longer\n", "4\n", "", string(version(5, 50_000))} {
			next, err := f.Replace(t.Context(), f.file, []byte(content), 0o777, stamp)
			if err != nil || next != store.StampOf([]byte(content)) {
				t.Fatalf("stamp %v and error %v", next, err)
			}
			f.check(t, content)
			f.checkMode(t, 0o640)
			stamp = next
		}
	})
}

func TestConflict(t *testing.T) {
	tests := map[string]struct {
		now  string // "-" is no file
		base store.Stamp
	}{
		"changed": {"theirs\n", store.StampOf([]byte("base\n"))},
		"made":    {"theirs\n", store.Stamp{}},
		"removed": {"-", store.StampOf([]byte("base\n"))},
		"emptied": {"", store.StampOf([]byte("base\n"))},
		// What is to be written is there already, but not by this caller.
		"same change": {"mine\n", store.StampOf([]byte("base\n"))},
	}
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		for name, test := range tests {
			want := &store.ConflictError{Path: f.file, Base: test.base, Data: []byte("mine\n")}
			if test.now != "-" {
				want.CurrentStamp, want.Current = f.put(t, test.now), []byte(test.now)
			} else if err := f.look.Remove(f.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			stamp, err := f.Replace(t.Context(), f.file, []byte("mine\n"), 0o644, test.base)
			checkError(t, err, store.ErrConflict)
			got, _ := errors.AsType[*store.ConflictError](err)
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b store.Stamp) bool { return a == b })); diff != "" {
				t.Errorf("%s: error (-want +got):\n%s", name, diff)
			}
			if stamp != (store.Stamp{}) {
				t.Errorf("%s: the stamp is %v", name, stamp)
			}
			if test.now != "-" {
				f.check(t, test.now)
			} else {
				f.checkNames(t)
			}
		}
	})
}

func TestSameBytesAreNotWritten(t *testing.T) {
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		stamp := f.put(t, "same\n")
		long := time.Unix(1_000_000_000, 0)
		if err := f.look.Chtimes(f.file, long, long); err != nil {
			t.Fatal(err)
		}
		got, err := f.Replace(t.Context(), f.file, []byte("same\n"), 0o644, stamp)
		if err != nil || got != stamp {
			t.Errorf("stamp %v and error %v", got, err)
		}
		info, err := f.look.Stat(f.file)
		if err != nil || !info.ModTime().Equal(long) {
			t.Errorf("the file was modified at %v, want %v (%v)", info.ModTime(), long, err)
		}
	})
}

func TestRefused(t *testing.T) {
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		_, _, err := f.Read(f.dir)
		checkError(t, err, store.ErrNotRegular)
		_, err = f.Replace(t.Context(), f.dir, []byte("x"), 0o644, store.Stamp{})
		checkError(t, err, store.ErrNotRegular)

		lost := filepath.Join(f.dir, "missing", "nodes")
		_, err = f.Replace(t.Context(), lost, []byte("x"), 0o644, store.Stamp{})
		checkError(t, err, fs.ErrNotExist)
		_, err = f.Lock(t.Context(), lost)
		checkError(t, err, fs.ErrNotExist)
		f.checkNames(t)
	})
}

func TestMaxSize(t *testing.T) {
	onAll(t, store.Options{MaxSize: 8}, func(t *testing.T, f fixture) {
		stamp := f.put(t, "12345678")
		if _, _, err := f.Read(f.file); err != nil {
			t.Error(err)
		}
		_, err := f.Replace(t.Context(), f.file, []byte("123456789"), 0o644, stamp)
		checkError(t, err, store.ErrTooLarge)
		f.check(t, "12345678")

		stamp = f.put(t, "123456789")
		_, _, err = f.Read(f.file)
		checkError(t, err, store.ErrTooLarge)
		_, err = f.Replace(t.Context(), f.file, []byte("1"), 0o644, stamp)
		checkError(t, err, store.ErrTooLarge)
		f.check(t, "123456789")
	})
}

func TestDefaultMaxSize(t *testing.T) {
	onAll(t, store.Options{MaxSize: -1}, func(t *testing.T, f fixture) {
		_, err := f.Replace(t.Context(), f.file, make([]byte, store.DefaultMaxSize+1), 0o644, store.Stamp{})
		checkError(t, err, store.ErrTooLarge)
		if _, err := f.Replace(t.Context(), f.file, make([]byte, store.DefaultMaxSize), 0o644, store.Stamp{}); err != nil {
			t.Error(err)
		}
		if _, _, err := f.Read(f.file); err != nil {
			t.Error(err)
		}
	})
}

func TestCancelled(t *testing.T) {
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		stamp := f.put(t, "old\n")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := f.Replace(ctx, f.file, []byte("new\n"), 0o644, stamp)
		checkError(t, err, context.Canceled)
		_, err = f.Lock(ctx, f.file)
		checkError(t, err, context.Canceled)
		_, err = f.Link(ctx, "target", f.file+"2", store.LinkOptions{})
		checkError(t, err, context.Canceled)
		f.check(t, "old\n")
	})
}

func TestLockWaits(t *testing.T) {
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		unlock, err := f.Lock(t.Context(), f.file)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		_, err = f.Lock(ctx, f.file)
		checkError(t, err, context.DeadlineExceeded)

		if err := unlock(); err != nil {
			t.Error(err)
		}
		checkError(t, unlock(), fs.ErrClosed)
		again, err := f.Lock(t.Context(), f.file)
		if err != nil {
			t.Fatal(err)
		}
		checkError(t, unlock(), fs.ErrClosed) // and does not take the lock from its new holder
		ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		_, err = f.Lock(ctx, f.file)
		checkError(t, err, context.DeadlineExceeded)
		if err := again(); err != nil {
			t.Error(err)
		}
		f.checkNames(t)
	})
}

// TestLockExcludes has a plain variable, too, for the race detector, and a store of its own for each goroutine.
func TestLockExcludes(t *testing.T) {
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		const goroutines, increments = 8, 10
		f.put(t, "0")
		plain := 0
		var workers sync.WaitGroup
		for range goroutines {
			s := store.For(f.fsys, store.Options{})
			workers.Go(func() {
				for range increments {
					if err := increment(t.Context(), s, f.file, func() { plain++ }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		workers.Wait()
		f.check(t, strconv.Itoa(goroutines*increments))
		if plain != goroutines*increments {
			t.Errorf("the variable is %d, want %d", plain, goroutines*increments)
		}
	})
}

func increment(ctx context.Context, s store.Store, file string, locked func()) (err error) {
	unlock, err := s.Lock(ctx, file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	locked()
	data, stamp, err := s.Read(file)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(string(data))
	if err != nil {
		return err
	}
	_, err = s.Replace(ctx, file, []byte(strconv.Itoa(number+1)), 0, stamp)
	return err
}

// TestCallersBytes changes data after Replace: nothing of the store may still look at it.
func TestCallersBytes(t *testing.T) {
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		data := []byte("mine\n")
		f.put(t, "theirs\n")
		_, err := f.Replace(t.Context(), f.file, data, 0o644, store.Stamp{})
		data[0] = 'x'
		if conflict, ok := errors.AsType[*store.ConflictError](err); !ok || string(conflict.Data) != "mine\n" {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestStamp(t *testing.T) {
	t.Parallel()
	a, b := store.StampOf([]byte("a")), store.StampOf([]byte("b"))
	if a == b || a != store.StampOf([]byte("a")) || store.StampOf(nil) == (store.Stamp{}) {
		t.Error("stamps do not tell contents apart")
	}
	if got, want := a.String(), "sha256:ca978112ca1bbdca"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
	if got, want := (store.Stamp{}).String(), "no file"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}
