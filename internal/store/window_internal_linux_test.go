package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// intruder is what a foreign writer does to a file.
type intruder func(t *testing.T, name string)

func writeInPlace(t *testing.T, name string) { mustWrite(t, name, foreign) }

func writeSameBytes(t *testing.T, name string) {
	mustWrite(t, name+"~", oldText)
	rename(t, name+"~", name)
}

func replaceFile(t *testing.T, name string) {
	mustWrite(t, name+"~", foreign)
	rename(t, name+"~", name)
}

func removeFile(t *testing.T, name string) {
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
}

func replaceByLink(t *testing.T, name string) {
	removeFile(t, name)
	if err := os.Symlink("elsewhere", name); err != nil {
		t.Fatal(err)
	}
}

func replaceByDirectory(t *testing.T, name string) {
	removeFile(t, name)
	if err := os.Mkdir(name, 0o700); err != nil {
		t.Fatal(err)
	}
}

func rename(t *testing.T, from, to string) {
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// before gives the system calls, with something to do before the n-th call (from 0) of a kind.
func before(call string, n int, do func()) calls {
	return hooked(func(now string) error {
		if now == call {
			if n == 0 {
				do()
			}
			n--
		}
		return nil
	})
}

// TestForeignWriter has one that comes before the last comparison, and one that comes between that and the rename.
func TestForeignWriter(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		intruder intruder
		want     map[string]string // nil: nothing to see, the change is made
	}{
		"writes in place":      {writeInPlace, map[string]string{"nodes": foreign}},
		"replaces":             {replaceFile, map[string]string{"nodes": foreign}},
		"writes the same":      {writeSameBytes, nil},
		"removes":              {removeFile, map[string]string{}},
		"makes a link":         {replaceByLink, map[string]string{"nodes": "-> elsewhere"}},
		"makes a directory":    {replaceByDirectory, map[string]string{"nodes": "directory"}},
		"empties":              {func(t *testing.T, name string) { mustWrite(t, name, "") }, map[string]string{"nodes": ""}},
		"writes too much":      {writeTooMuch, map[string]string{"nodes": tooMuch}},
		"changes one byte":     {changeOneByte, map[string]string{"nodes": "Old content\n"}},
		"makes it unreadable":  {makeSecret, map[string]string{"nodes": foreign}},
		"writes, then renames": {moveAway, map[string]string{"nodes": foreign, "backup": oldText}},
	}
	moments := map[string]string{"before the comparison": "read", "before the rename": "renameat2"}
	for name, test := range tests {
		for moment, call := range moments {
			t.Run(name+" "+moment, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				file := filepath.Join(dir, "nodes")
				mustWrite(t, file, oldText)
				do := func() { test.intruder(t, file) }
				s := &realStore{Options{MaxSize: 1000}, before(call, 0, do)}
				if call == "read" {
					do()
					s.sys = systemCalls()
				}
				err := replaceOld(s, file)
				want := test.want
				if want == nil {
					want = map[string]string{"nodes": newText}
				}
				checkIntruded(t, err, test.want == nil)
				if diff := cmp.Diff(want, contents(t, dir)); diff != "" {
					t.Errorf("files (-want +got):\n%s", diff)
				}
			})
		}
	}
}

var tooMuch = strings.Repeat("too much\n", 1000)

func writeTooMuch(t *testing.T, name string) { mustWrite(t, name, tooMuch) }

func changeOneByte(t *testing.T, name string) {
	mustWrite(t, name, strings.Replace(oldText, "o", "O", 1))
}

func makeSecret(t *testing.T, name string) {
	mustWrite(t, name+"~", foreign)
	if err := os.Chmod(name+"~", 0); err != nil {
		t.Fatal(err)
	}
	rename(t, name+"~", name)
	t.Cleanup(func() { _ = os.Chmod(name, 0o600) })
}

func moveAway(t *testing.T, name string) {
	rename(t, name, filepath.Join(filepath.Dir(name), "backup"))
	mustWrite(t, name, foreign)
}

// checkIntruded wants a conflict, or nothing; errors of other kinds when what is there is no file.
func checkIntruded(t *testing.T, err error, unnoticed bool) {
	t.Helper()
	if unnoticed {
		if err != nil {
			t.Errorf("the error is %v", err)
		}
		return
	}
	for _, want := range []error{ErrConflict, ErrNotRegular, ErrTooLarge, ErrDangling, fs.ErrPermission} {
		if errors.Is(err, want) {
			checkPathError(t, err)
			return
		}
	}
	t.Errorf("the error is %v", err)
}

// TestConflictInTheWindow looks at the error about a foreign writer who came at the last moment.
func TestConflictInTheWindow(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "nodes")
	mustWrite(t, file, oldText)
	s := &realStore{sys: before("renameat2", 0, func() { mustWrite(t, file, foreign) })}
	want := &ConflictError{
		Path: file, Base: StampOf([]byte(oldText)), Current: []byte(foreign), CurrentStamp: StampOf([]byte(foreign)),
		Data: []byte(newText),
	}
	got, _ := errors.AsType[*ConflictError](replaceOld(s, file))
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b Stamp) bool { return a == b })); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

// TestOpenWriter has a foreign writer who opened the file before the change and goes on writing after it: its file is
// the one that stays.
func TestOpenWriter(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "nodes")
	mustWrite(t, name, oldText)
	writer, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &realStore{sys: before("renameat2", 0, func() { _, _ = io.WriteString(writer, "a ") })}
	if err := replaceOld(s, name); !errors.Is(err, ErrConflict) {
		t.Errorf("the error is %v", err)
	}
	if _, err := io.WriteString(writer, "b\n"); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"nodes": oldText + "a b\n"}, contents(t, filepath.Dir(name))); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestTwoForeignWriters has a second one, who changes the new version before the names are exchanged back. Nobody's
// bytes may be lost, and the error says where they are.
func TestTwoForeignWriters(t *testing.T) {
	t.Parallel()
	const second = "of the second foreign writer\n"
	intruders := map[string]struct {
		do   intruder
		want []string // contents, in any order; the file itself first
		kept string
	}{
		"writes in place": {func(t *testing.T, name string) { mustWrite(t, name, second) }, []string{foreign, second}, second},
		"replaces": {func(t *testing.T, name string) {
			mustWrite(t, name+"~", second)
			rename(t, name+"~", name)
		}, []string{foreign, second}, second},
		"removes": {removeFile, []string{"", foreign}, foreign},
	}
	for name, test := range intruders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "nodes")
			mustWrite(t, file, oldText)
			n := 0
			sys := hooked(func(call string) error {
				if call == "renameat2" {
					if n++; n == 1 {
						mustWrite(t, file, foreign)
					} else if n == 2 {
						test.do(t, file)
					}
				}
				return nil
			})
			err := replaceOld(&realStore{sys: sys}, file)
			displaced, ok := errors.AsType[*DisplacedError](err)
			if !ok || !errors.Is(err, ErrConflict) || displaced.Path != file || displaced.Written {
				t.Fatalf("the error is %v", err)
			}
			checkPathError(t, err)
			got := contents(t, dir)
			if kept := got[filepath.Base(displaced.Kept)]; kept != test.kept {
				t.Errorf("%s has %q, want %q", displaced.Kept, kept, test.kept)
			}
			if got["nodes"] != test.want[0] || len(got) > 2 {
				t.Errorf("the files are %q", got)
			}
			// The next writer leaves it alone.
			mustWrite(t, file, oldText)
			if err := replaceOld(&realStore{sys: systemCalls()}, file); err != nil {
				t.Error(err)
			}
			if kept := contents(t, dir)[filepath.Base(displaced.Kept)]; kept != test.kept {
				t.Errorf("after the next writer %s has %q, want %q", displaced.Kept, kept, test.kept)
			}
		})
	}
}

// TestDisplacedAndNoWayBack has a foreign writer, and an exchange that works once only.
func TestDisplacedAndNoWayBack(t *testing.T) {
	t.Parallel()
	for _, broken := range []int{2, 3} { // the way back, and the lasting name too
		t.Run(fmt.Sprint(broken), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "nodes")
			mustWrite(t, file, oldText)
			n := 0
			sys := hooked(func(call string) error {
				if call == "renameat2" {
					if n++; n == 1 {
						mustWrite(t, file, foreign)
					} else if n <= broken {
						return unix.EIO
					}
				}
				return nil
			})
			stamp, err := (&realStore{sys: sys}).Replace(
				context.Background(), file, []byte(newText), 0, StampOf([]byte(oldText)))
			displaced, ok := errors.AsType[*DisplacedError](err)
			if !ok || !errors.Is(err, ErrConflict) || !errors.Is(err, unix.EIO) || !displaced.Written {
				t.Fatalf("the error is %v", err)
			}
			if stamp != StampOf([]byte(newText)) {
				t.Errorf("the stamp is %v", stamp)
			}
			want := map[string]string{"nodes": newText, filepath.Base(displaced.Kept): foreign}
			if diff := cmp.Diff(want, contents(t, dir)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			// Even a kept file with the name of a staged one survives the next writer.
			_, err = (&realStore{sys: systemCalls()}).Replace(context.Background(), file, nil, 0, stamp)
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, data := range contents(t, dir) {
				found = found || data == foreign
			}
			if !found {
				t.Errorf("the foreign bytes are gone: %q", contents(t, dir))
			}
		})
	}
}

// TestForeignFileAtCreation has a foreign writer who makes the file at the last moment, on all kinds of systems.
func TestForeignFileAtCreation(t *testing.T) {
	t.Parallel()
	for name, system := range map[string]func(calls) calls{
		"now":                func(sys calls) calls { return sys },
		"with hard links":    func(sys calls) calls { return oldSystem(sys, false, true) },
		"without hard links": func(sys calls) calls { return oldSystem(sys, false, false) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "nodes")
			s := &realStore{sys: system(before("fsync", 0, func() { mustWrite(t, file, foreign) }))}
			err := createNew(s, file)
			if conflict, ok := errors.AsType[*ConflictError](err); !ok || string(conflict.Current) != foreign {
				t.Errorf("the error is %v", err)
			}
			if diff := cmp.Diff(map[string]string{"nodes": foreign}, contents(t, dir)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// TestForeignWriterWithoutExchange has one who comes before the last look.
func TestForeignWriterWithoutExchange(t *testing.T) {
	t.Parallel()
	for _, do := range []intruder{writeInPlace, replaceFile, removeFile, replaceByLink, replaceByDirectory} {
		dir := t.TempDir()
		file := filepath.Join(dir, "nodes")
		mustWrite(t, file, oldText)
		sys := before("fsync", 0, func() { do(t, file) })
		err := replaceOld(&realStore{sys: oldSystem(sys, true, true)}, file)
		if !errors.Is(err, ErrConflict) {
			t.Errorf("the error is %v", err)
		}
		if files := contents(t, dir); files["nodes"] == newText || len(files) > 1 {
			t.Errorf("the files are %q", files)
		}
	}
}

// TestForeignLinkTarget has a file put in the place of the link that is about to be replaced.
func TestForeignLinkTarget(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "nodes")
	oldLink(t, dir)
	s := &realStore{sys: before("renameat2", 0, func() {
		removeFile(t, name)
		mustWrite(t, name, foreign)
	})}
	_, err := s.Link(context.Background(), "new", name, LinkOptions{})
	if !errors.Is(err, ErrNotLink) || !errors.Is(err, ErrConflict) {
		t.Errorf("the error is %v", err)
	}
	checkPathError(t, err)
	if diff := cmp.Diff(map[string]string{"nodes": foreign}, contents(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestForeignWriterBeforeInPlace has one who comes when the file turns out not to be replaceable.
func TestForeignWriterBeforeInPlace(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "nodes")
	mustWrite(t, file, oldText)
	s := &realStore{Options{InPlace: true}, hooked(func(call string) error {
		switch call {
		case "stage":
			return unix.EROFS
		case "pwrite":
			t.Error("the file was written")
		case "getdents":
			mustWrite(t, file, foreign)
		}
		return nil
	})}
	if err := replaceOld(s, file); !errors.Is(err, ErrConflict) {
		t.Errorf("the error is %v", err)
	}
	if diff := cmp.Diff(map[string]string{"nodes": foreign}, contents(t, filepath.Dir(file))); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestCancelledLate ends the context at the last moment that counts, and one later.
func TestCancelledLate(t *testing.T) {
	t.Parallel()
	for call, want := range map[string]map[string]string{"fsync": {"nodes": oldText}, "renameat2": {"nodes": newText}} {
		file := filepath.Join(t.TempDir(), "nodes")
		mustWrite(t, file, oldText)
		ctx, cancel := context.WithCancel(t.Context())
		s := &realStore{sys: before(call, 0, cancel)}
		_, err := s.Replace(ctx, file, []byte(newText), 0, StampOf([]byte(oldText)))
		if wantErr := call == "fsync"; errors.Is(err, context.Canceled) != wantErr || err != nil != wantErr {
			t.Errorf("cancelled at %s: the error is %v", call, err)
		}
		if diff := cmp.Diff(want, contents(t, filepath.Dir(file))); diff != "" {
			t.Errorf("cancelled at %s: files (-want +got):\n%s", call, diff)
		}
	}
}

// TestTooLargeIsNotRead has a file of which nothing needs to be read to see that it is too large.
func TestTooLargeIsNotRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "nodes")
	mustWrite(t, file, oldText)
	s := &realStore{Options{MaxSize: 3}, before("read", 0, func() { t.Error("the file was read") })}
	if _, _, err := s.Read(file); !errors.Is(err, ErrTooLarge) {
		t.Errorf("the error is %v", err)
	}
}

// TestForeignPipe has a pipe put in the place of the file between the look at its type and the open. Opening that would
// wait for a writer for ever.
func TestForeignPipe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "nodes")
	mustWrite(t, file, oldText)
	s := &realStore{sys: before("openat", 0, func() {
		removeFile(t, file)
		if err := unix.Mkfifo(file, 0o600); err != nil {
			t.Error(err)
		}
	})}
	_, _, err := s.Read(file)
	if !errors.Is(err, ErrNotRegular) {
		t.Errorf("the error is %v", err)
	}
	checkPathError(t, err)
}

// TestLabel has a security attribute that may not be set. That is no error if the new file has the same from the start,
// as it has with SELinux.
func TestLabel(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]error{"the same": nil, "another": ErrOwner} {
		file := filepath.Join(t.TempDir(), "nodes")
		mustWrite(t, file, oldText)
		sys := systemCalls()
		sys.flistxattr = func(_ int, names []byte) (int, error) { return copy(names, "security.selinux\x00"), nil }
		labels := []string{"the same", label} // of the old file; of the new one
		sys.fgetxattr = func(_ int, _ string, value []byte) (n int, err error) {
			n, labels = copy(value, labels[0]), labels[1:]
			return n, nil
		}
		sys.fsetxattr = func(int, string, []byte, int) error { return unix.EPERM }
		if err := replaceOld(&realStore{sys: sys}, file); !errors.Is(err, want) {
			t.Errorf("%s label: the error is %v, want %v", label, err, want)
		}
	}
}

// TestStagedIsLocked looks at the new version before it is in place: a writer that does not hold the lock must see that
// it is no leftover.
func TestStagedIsLocked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "nodes")
	mustWrite(t, file, oldText)
	s := &realStore{sys: before("renameat2", 0, func() {
		for name := range contents(t, dir) {
			if _, _, ok := parseStaged("nodes", name); ok {
				checkLocked(t, filepath.Join(dir, name), true)
				return
			}
		}
		t.Errorf("the files are %q", contents(t, dir))
	})}
	if err := replaceOld(s, file); err != nil {
		t.Error(err)
	}
}

// TestForeignDetach has a link, or a file, put in the place of the link that is about to be detached.
func TestForeignDetach(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		intruder intruder
		want     string
	}{
		"link": {replaceByLink, "-> elsewhere"},
		"file": {func(t *testing.T, name string) { removeFile(t, name); mustWrite(t, name, foreign) }, foreign},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			oldFileBehindLink(t, dir)
			link := filepath.Join(dir, "nodes")
			s := &realStore{sys: before("renameat2", 0, func() { test.intruder(t, link) })}
			err := detach(s, link)
			if !errors.Is(err, ErrConflict) {
				t.Errorf("the error is %v", err)
			}
			checkPathError(t, err)
			if diff := cmp.Diff(map[string]string{"nodes": test.want, "real": oldText}, contents(t, dir)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMovedDirectory moves the directory away between the comparison and the new version, and puts another one in its
// place. Nothing may happen there.
func TestMovedDirectory(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := filepath.Join(root, "etc")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "nodes")
	mustWrite(t, file, oldText)
	s := &realStore{sys: before("stage", 0, func() {
		rename(t, dir, dir+".old")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		mustWrite(t, file, foreign)
	})}
	err := replaceOld(s, file)
	if err == nil {
		t.Error("no error")
	}
	checkPathError(t, err)
	got := map[string]map[string]string{"now": contents(t, dir), "before": contents(t, dir+".old")}
	want := map[string]map[string]string{"now": {"nodes": foreign}, "before": {"nodes": oldText}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}
