package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// operation is something that a store does to the file "nodes" in a directory.
type operation struct {
	before func(t *testing.T, dir string)
	sys    func(calls) calls // on another system, or nil
	opts   Options
	do     func(s *realStore, name string) error
	old    map[string]string // names and contents before, and after an error
	new    map[string]string
	expect []string // calls that the test must have seen
}

func replaceOld(s *realStore, name string) error {
	_, err := s.Replace(context.Background(), name, []byte(newText), 0o644, StampOf([]byte(oldText)))
	return err
}

func createNew(s *realStore, name string) error {
	_, err := s.Replace(context.Background(), name, []byte(newText), 0o644, Stamp{})
	return err
}

func linkNew(s *realStore, name string) error {
	_, err := s.Link(context.Background(), "new", name, LinkOptions{MoveAside: true})
	return err
}

func detach(s *realStore, name string) error { return s.Detach(context.Background(), name) }

func unlinkOld(s *realStore, name string) error { return s.Unlink(context.Background(), "old", name) }

func removeOld(s *realStore, name string) error {
	return s.Remove(context.Background(), name, StampOf([]byte(oldText)))
}

func makeExecutable(s *realStore, name string) error {
	_, err := s.Chmod(context.Background(), name, 0o111, 0)
	return err
}

// oldFile makes the file to replace, with attributes, so that all calls happen.
func oldFile(t *testing.T, dir string) {
	name := filepath.Join(dir, "nodes")
	mustWrite(t, name, oldText)
	if err := unix.Setxattr(name, "user.test", []byte("value"), 0); err != nil && !errors.Is(err, unix.ENOTSUP) {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(name, 1234, 4321); err != nil {
			t.Fatal(err)
		}
	}
}

func oldFileBehindLink(t *testing.T, dir string) {
	oldFile(t, dir)
	rename(t, filepath.Join(dir, "nodes"), filepath.Join(dir, "real"))
	if err := os.Symlink("real", filepath.Join(dir, "nodes")); err != nil {
		t.Fatal(err)
	}
}

func oldLink(t *testing.T, dir string) {
	if err := os.Symlink("old", filepath.Join(dir, "nodes")); err != nil {
		t.Fatal(err)
	}
}

func operations() map[string]operation {
	old, next := map[string]string{"nodes": oldText}, map[string]string{"nodes": newText}
	none := map[string]string{}
	withExchange := func(sys calls) calls { return sys }
	withoutExchange := func(sys calls) calls { return oldSystem(sys, true, true) }
	withHardLinks := func(sys calls) calls { return oldSystem(sys, false, true) }
	withNothing := func(sys calls) calls { return oldSystem(sys, false, false) }
	notReplaceable := func(sys calls) calls {
		sys.renameat2 = func(int, string, int, string, uint) error { return unix.EBUSY }
		return sys
	}
	staging := []string{"stage", "write", "fchmod", "fsync"}
	replacing := append(slices.Clone(staging), "read", "flistxattr", "fremovexattr", "getdents")
	return map[string]operation{
		"replace": {oldFile, withExchange, Options{}, replaceOld, old, next, append(replacing, "renameat2", "unlinkat")},
		"replace behind a link": {
			oldFileBehindLink, withExchange, Options{}, replaceOld,
			map[string]string{"nodes": "-> real", "real": oldText},
			map[string]string{"nodes": "-> real", "real": newText},
			append(replacing, "readlinkat"),
		},
		"replace without exchange": {oldFile, withoutExchange, Options{}, replaceOld, old, next, replacing},
		"create":                   {nil, withExchange, Options{}, createNew, none, next, append(staging, "renameat2")},
		"create with hard links": {
			nil, withHardLinks, Options{}, createNew, none, next, append(staging, "linkat", "unlinkat"),
		},
		"create without hard links": {nil, withNothing, Options{}, createNew, none, next, append(staging, "renameat2")},
		"in place": {
			oldFile, notReplaceable, Options{InPlace: true}, replaceOld, old, next,
			append(replacing, "pwrite", "ftruncate"),
		},
		"link": {
			nil, withExchange, Options{}, linkNew, none, map[string]string{"nodes": "-> new"}, []string{"symlinkat", "fsync"},
		},
		"link again": {
			oldLink, withExchange, Options{}, linkNew, map[string]string{"nodes": "-> old"},
			map[string]string{"nodes": "-> new"}, []string{"symlinkat", "renameat2", "fsync", "unlinkat"},
		},
		"link again without exchange": {
			oldLink, withNothing, Options{}, linkNew, map[string]string{"nodes": "-> old"},
			map[string]string{"nodes": "-> new"}, []string{"symlinkat", "renameat2", "fsync"},
		},
		"detach": {
			oldFileBehindLink, withExchange, Options{}, detach,
			map[string]string{"nodes": "-> real", "real": oldText}, map[string]string{"nodes": oldText, "real": oldText},
			replacing,
		},
		"detach without exchange": {
			oldFileBehindLink, withoutExchange, Options{}, detach,
			map[string]string{"nodes": "-> real", "real": oldText}, map[string]string{"nodes": oldText, "real": oldText},
			replacing,
		},
		"link instead of a file": {
			oldFile, withExchange, Options{}, linkNew, old, map[string]string{"nodes": "-> new", "aside": oldText},
			[]string{"symlinkat", "renameat2", "fsync"},
		},
		"link instead of a file without exchange": {
			oldFile, withHardLinks, Options{}, linkNew, old, map[string]string{"nodes": "-> new", "aside": oldText},
			[]string{"symlinkat", "linkat", "renameat2", "fsync"},
		},
		"unlink": {
			oldLink, withExchange, Options{}, unlinkOld, map[string]string{"nodes": "-> old"}, none,
			[]string{"readlinkat", "renameat2", "fsync", "unlinkat"},
		},
		"unlink without anything": {
			oldLink, withNothing, Options{}, unlinkOld, map[string]string{"nodes": "-> old"}, none,
			[]string{"readlinkat", "renameat2", "fsync", "unlinkat"},
		},
		"remove": {
			oldFile, withExchange, Options{}, removeOld, old, none, []string{"read", "renameat2", "fsync", "unlinkat"},
		},
		"remove with hard links": {
			oldFile, withHardLinks, Options{}, removeOld, old, none, []string{"read", "renameat2", "fsync", "unlinkat"},
		},
		"chmod": {oldFile, withExchange, Options{}, makeExecutable, old, old, []string{"fchmod", "fsync"}},
	}
}

// TestOrderOfCalls holds what survives a crash of the machine, on all kinds of systems: each file is synced before it
// gets its name, and the directory after.
func TestOrderOfCalls(t *testing.T) {
	t.Parallel()
	staged := []string{"write", "fsync"}
	want := map[string][]string{
		"replace":                     append(slices.Clone(staged), "renameat2", "fsync", "unlinkat"),
		"replace behind a link":       append(slices.Clone(staged), "renameat2", "fsync", "unlinkat"),
		"replace without exchange":    append(slices.Clone(staged), "renameat2", "fsync"),
		"create":                      append(slices.Clone(staged), "renameat2", "fsync"),
		"create with hard links":      append(slices.Clone(staged), "linkat", "unlinkat", "fsync"),
		"create without hard links":   append(slices.Clone(staged), "renameat2", "fsync"),
		"in place":                    append(slices.Clone(staged), "unlinkat", "pwrite", "ftruncate", "fsync"),
		"link":                        {"symlinkat", "fsync"},
		"link again":                  {"symlinkat", "renameat2", "fsync", "unlinkat"},
		"link again without exchange": {"symlinkat", "unlinkat", "symlinkat", "renameat2", "fsync"},
		"detach":                      append(slices.Clone(staged), "renameat2", "fsync", "unlinkat"),
		"detach without exchange":     append(slices.Clone(staged), "renameat2", "fsync"),
		"link instead of a file":      {"symlinkat", "renameat2", "fsync"},
		"link instead of a file without exchange": {
			"symlinkat", "unlinkat", "linkat", "symlinkat", "renameat2", "fsync",
		},
		"unlink":                  {"renameat2", "fsync", "unlinkat"},
		"unlink without anything": {"renameat2", "fsync", "unlinkat"},
		"remove":                  {"renameat2", "fsync", "unlinkat"},
		"remove with hard links":  {"renameat2", "fsync", "unlinkat"},
		"chmod":                   {"fsync"},
	}
	durable := []string{
		"write", "pwrite", "ftruncate", "fsync", "renameat2", "linkat", "symlinkat", "unlinkat",
	}
	for name, op := range operations() {
		var got []string
		op.run(t, func(call string) error {
			if slices.Contains(durable, call) {
				got = append(got, call)
			}
			return nil
		})
		if diff := cmp.Diff(want[name], got); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", name, diff)
		}
	}
}

// TestFaults lets each system call of each operation fail in turn: once, and from then on for good, as on a disk that
// is gone; and with different errors.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, op := range operations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all []string
			op.run(t, func(call string) error { all = append(all, call); return nil })
			for _, call := range op.expect {
				if !slices.Contains(all, call) {
					t.Errorf("no call of %s in %v", call, all)
				}
			}
			for i, call := range all {
				for _, errno := range []unix.Errno{unix.EIO, unix.ENOSPC, unix.EPERM, unix.EINVAL, unix.ENOENT} {
					for _, forGood := range []bool{false, true} {
						if forGood && errno == unix.ENOENT {
							continue // a disk that says so while it renames files would be a lie
						}
						what := fmt.Sprintf("call %d, %s: %v, for good %v", i, call, errno, forGood)
						n := -1
						op.run(t, func(string) error {
							if n++; n == i || forGood && n > i {
								return errno
							}
							return nil
						}).check(t, op, what, errno)
					}
				}
			}
		})
	}
}

// outcome is what an operation left.
type outcome struct {
	err   error
	files map[string]string
	lost  bool // a call that removes or gives back has failed, so there can be a leftover
	dir   string
}

// run does the operation in a directory of its own.
func (op operation) run(t *testing.T, hook func(call string) error) outcome {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if op.before != nil {
		op.before(t, dir)
	}
	o, renamed := outcome{dir: dir}, false
	sys := hooked(func(call string) error {
		err := hook(call)
		if err != nil && slices.Contains([]string{"unlinkat", "renameat2", "fstatat"}, call) {
			o.lost = true
		}
		o.lost = o.lost || err != nil && call == "linkat" && renamed // it was to give back what was renamed
		renamed = renamed || call == "renameat2"
		return err
	})
	s := &realStore{options: op.opts, sys: op.sys(sys)}
	o.err = op.do(s, filepath.Join(dir, "nodes"))
	o.files = contents(t, dir)
	return o
}

// check wants the old files after an error and the new ones after none. Only when a file could not be removed may there
// be another one, which the next operation on a healthy disk removes.
func (o outcome) check(t *testing.T, op operation, what string, errno unix.Errno) {
	t.Helper()
	want := op.new
	if o.err != nil {
		checkPathError(t, o.err)
		// A file that is said to be missing, or no link, can have other consequences.
		isOther := errno == unix.ENOENT || errno == unix.EINVAL && errors.Is(o.err, ErrConflict)
		if !isOther && !errors.Is(o.err, errno) {
			t.Errorf("%s: the error is %v", what, o.err)
		}
		displaced, ok := errors.AsType[*DisplacedError](o.err)
		if !errors.Is(o.err, ErrNotDurable) && (!ok || !displaced.Written) {
			want = op.old
		}
	}
	if errors.Is(o.err, ErrHalfWritten) {
		if !op.opts.InPlace {
			t.Errorf("%s: the error is %v", what, o.err)
		}
		return
	}
	got, leftovers := map[string]string{}, false
	for name, data := range o.files {
		_, _, isStaged := parseStaged("nodes", name)
		_, _, isReal := parseStaged("real", name)
		isLink := strings.HasPrefix(data, "-> ")
		switch {
		case isStaged, isReal, isLink && isLinkName("nodes", name):
			leftovers = true
			continue
		case name == ".nodes.lock" || name == ".real.lock": // flock failed
			continue
		case strings.HasPrefix(name, "nodes.goctdb-aside-"):
			if o.lost && want["aside"] == "" && data == oldText { // a second name of the file
				continue
			}
			name = "aside"
		}
		got[name] = data
	}
	switch {
	case leftovers && !o.lost:
		t.Errorf("%s: the error is %v and the files are %q", what, o.err, o.files)
	case leftovers:
		o.recover(t, op, what)
	}
	if fmt.Sprint(want) != fmt.Sprint(got) {
		t.Errorf("%s: the error is %v and the files are %q, want %q", what, o.err, got, want)
	}
}

// recover lets a healthy store have a go, and wants it to remove what there was too much.
func (o outcome) recover(t *testing.T, op operation, what string) {
	t.Helper()
	name := filepath.Join(o.dir, "nodes")
	s := &realStore{options: op.opts, sys: systemCalls()}
	data, stamp, err := s.Read(name)
	if err == nil || errors.Is(err, fs.ErrNotExist) && !strings.HasPrefix(o.files["nodes"], "->") {
		_, err = s.Replace(context.Background(), name, append(data, "again\n"...), 0, stamp)
		if err != nil {
			t.Errorf("%s: the next writer fails: %v", what, err)
		}
	}
	if _, err := s.Link(context.Background(), "x", name, LinkOptions{}); err != nil && !errors.Is(err, ErrNotLink) {
		t.Errorf("%s: the next link fails: %v", what, err)
	}
	for file := range contents(t, o.dir) {
		isOurs := slices.Contains([]string{"nodes", "real", ".nodes.lock"}, file)
		if !isOurs && !strings.HasPrefix(file, "nodes.goctdb-aside-") {
			t.Errorf("%s: %s is still there after the next writer", what, file)
		}
	}
}
