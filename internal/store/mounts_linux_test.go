package store_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

func mount(t *testing.T, source, target, kind string, flags uintptr, data string) {
	t.Helper()
	if err := unix.Mount(source, target, kind, flags, data); err != nil {
		t.Fatalf("mount %s %s: %v", kind, target, err)
	}
	t.Cleanup(func() {
		if flags&unix.MS_REMOUNT == 0 {
			if err := unix.Unmount(target, 0); err != nil {
				t.Error(err)
			}
		}
	})
}

// smallDisk gives a directory of 64 KiB.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	mount(t, "store-test", dir, "tmpfs", 0, "size=64k")
	return dir
}

func TestFullDisk(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	for _, inPlace := range []bool{false, true} {
		dir := smallDisk(t)
		file := write(t, "old\n", dir, "nodes")
		s := store.For(nil, store.Options{InPlace: inPlace})
		_, err := s.Replace(t.Context(), file, make([]byte, 100<<10), 0o644, store.StampOf([]byte("old\n")))
		checkError(t, err, unix.ENOSPC)
		wantFile(t, file, "old\n")
		wantNames(t, dir, "nodes")
		// Half of the disk at a time: there is room for two versions, not for three.
		for number := range 5 {
			if _, err := replace(t, s, file, string(version(number, 12<<10))); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestFullDiskInPlace has a file that can't be replaced and does not fit: what was written is undone.
func TestFullDiskInPlace(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	dir := smallDisk(t)
	old := string(version(1, 10<<10))
	file := write(t, old, dir, "nodes")
	mount(t, file, file, "", unix.MS_BIND, "")
	s := store.For(nil, store.Options{InPlace: true})
	_, err := s.Replace(t.Context(), file, make([]byte, 100<<10), 0o644, store.StampOf([]byte(old)))
	checkError(t, err, unix.ENOSPC)
	wantFile(t, file, old)
	wantNames(t, dir, "nodes")
}

func TestReadOnlyDisk(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	dir := smallDisk(t)
	file := write(t, "old\n", dir, "nodes")
	mount(t, "", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, "")
	for _, options := range []store.Options{{}, {InPlace: true}} {
		s := store.For(nil, options)
		_, err := replace(t, s, file, "new\n")
		checkError(t, err, unix.EROFS)
		if got := errors.Is(err, store.ErrNotReplaceable); got == options.InPlace {
			t.Errorf("%+v: the error is %v", options, err)
		}
		_, err = replace(t, s, filepath.Join(dir, "new"), "new\n")
		checkError(t, err, unix.EROFS)
		_, err = s.Link(t.Context(), "nodes", filepath.Join(dir, "link"), store.LinkOptions{})
		checkError(t, err, unix.EROFS)
	}
	wantFile(t, file, "old\n")
	wantNames(t, dir, "nodes")
}

// TestMountedFile has a file that is a mount point, as those that a container gets from outside.
func TestMountedFile(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	for _, readOnly := range []bool{false, true} { // the directory that the file is mounted in
		dir := smallDisk(t)
		outside := write(t, "old\n", dir, "outside/nodes")
		if err := os.Mkdir(filepath.Join(dir, "etc"), 0o755); err != nil {
			t.Fatal(err)
		}
		etc := filepath.Join(dir, "etc")
		mount(t, "store-test", etc, "tmpfs", 0, "size=64k")
		file := write(t, "", etc, "nodes")
		mount(t, outside, file, "", unix.MS_BIND, "")
		if readOnly {
			mount(t, "", etc, "", unix.MS_REMOUNT|unix.MS_RDONLY, "")
		}
		_, err := replace(t, onDisk(), file, "new\n")
		checkError(t, err, store.ErrNotReplaceable)
		wantErrno := map[bool]error{false: unix.EBUSY, true: unix.EROFS}[readOnly]
		checkError(t, err, wantErrno)
		wantFile(t, outside, "old\n")

		want := attributesOf(t, outside)
		s := store.For(nil, store.Options{InPlace: true})
		for _, content := range []string{"new\n", "a longer one\n", "", "short\n"} {
			if got, err := replace(t, s, file, content); err != nil || got != content {
				t.Errorf("the store reads %q (%v), want %q", got, err, content)
			}
			wantFile(t, outside, content)
		}
		if diff := cmp.Diff(want, attributesOf(t, outside)); diff != "" {
			t.Errorf("attributes (-want +got):\n%s", diff)
		}
		wantNames(t, etc, "nodes")
	}
}

func TestImmutableFile(t *testing.T) {
	needs(t, os.Geteuid() == 0, "root")
	if _, err := exec.LookPath("chattr"); err != nil {
		needs(t, false, "chattr")
	}
	dir := t.TempDir()
	file := write(t, "old\n", dir, "nodes")
	if output, err := exec.CommandContext(t.Context(), "chattr", "+i", file).CombinedOutput(); err != nil {
		needs(t, false, "a file system with chattr: "+string(output))
	}
	t.Cleanup(func() {
		if output, err := exec.Command("chattr", "-i", file).CombinedOutput(); err != nil {
			t.Errorf("chattr: %s", output)
		}
	})
	for _, options := range []store.Options{{}, {InPlace: true}} {
		_, err := replace(t, store.For(nil, options), file, "new\n")
		checkError(t, err, unix.EPERM)
	}
	_, err := replace(t, onDisk(), file, "new\n")
	checkError(t, err, store.ErrNotReplaceable)
	wantFile(t, file, "old\n")
	wantNames(t, dir, "nodes")
}

// TestOtherUser does, as a user without rights, what that one may not.
func TestOtherUser(t *testing.T) {
	const user = 65534
	if !inNamespace(t) {
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	mount(t, "store-test", dir, "tmpfs", 0, "mode=755")
	paths := prepareForUser(t, dir, user)
	if err := errors.Join(
		syscall.Setgroups([]int{user, 4321}), syscall.Setresgid(user, user, user), syscall.Setresuid(user, user, 0),
	); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // before the directories are removed
		if err := syscall.Setresuid(0, 0, 0); err != nil {
			t.Error(err)
		}
	})
	testAsUser(t, paths, user)
}

// prepareForUser makes, as root, a directory that the user may write, and one that he may not.
func prepareForUser(t *testing.T, dir string, user int) map[string]string {
	t.Helper()
	paths := map[string]string{
		"theirs":  write(t, "old\n", dir, "writable/theirs"),
		"group":   write(t, "old\n", dir, "writable/group"),
		"special": write(t, "old\n", dir, "writable/special"),
		"mine":    write(t, "old\n", dir, "writable/mine"),
		"label":   write(t, "old\n", dir, "writable/label"),
		"closed":  write(t, "old\n", dir, "closed/nodes"),
		"secret":  write(t, "old\n", dir, "writable/secret"),
		"search":  write(t, "old\n", dir, "search/nodes"),
	}
	steps := []error{
		os.Chmod(filepath.Join(dir, "writable"), 0o777),
		os.Chmod(filepath.Join(dir, "search"), 0o711),
		os.Chown(paths["group"], user, 4321),
		os.Chmod(paths["group"], 0o640|fs.ModeSetgid),
		os.Chown(paths["special"], 0, 4321),
		os.Chmod(paths["special"], 0o755|fs.ModeSetuid|fs.ModeSetgid),
		os.Chown(paths["mine"], user, user),
		os.Chmod(paths["mine"], 0o440),
		os.Chown(paths["label"], user, user),
		unix.Setxattr(paths["label"], "security.test", []byte("label"), 0),
		os.Chmod(paths["closed"], 0o666),
		os.Chmod(paths["secret"], 0o600),
	}
	if err := errors.Join(steps...); err != nil {
		t.Fatal(err)
	}
	err := unix.Setxattr(paths["mine"], "user.test", []byte("value"), 0)
	if err != nil && !errors.Is(err, unix.ENOTSUP) { // tmpfs has these since Linux 6.6
		t.Fatal(err)
	}
	return paths
}

func testAsUser(t *testing.T, paths map[string]string, user uint32) {
	t.Helper()
	anyOwner := store.For(nil, store.Options{AnyOwner: true})

	// Somebody else's file.
	before := attributesOf(t, paths["theirs"])
	_, err := replace(t, onDisk(), paths["theirs"], "new\n")
	checkError(t, err, store.ErrOwner)
	checkError(t, err, unix.EPERM)
	wantFile(t, paths["theirs"], "old\n")
	if diff := cmp.Diff(before, attributesOf(t, paths["theirs"])); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if _, err := replace(t, anyOwner, paths["theirs"], "new\n"); err != nil {
		t.Error(err)
	}
	wantFile(t, paths["theirs"], "new\n")
	if got := attributesOf(t, paths["theirs"]); got.Uid != user || got.Mode != before.Mode {
		t.Errorf("the new file has %+v", got)
	}

	// Nobody gets another user's setuid bit. The group, which the user is in, stays.
	if _, err := replace(t, anyOwner, paths["special"], "new\n"); err != nil {
		t.Error(err)
	}
	if got := attributesOf(t, paths["special"]); got.Mode&0o7777 != 0o755 || got.Gid != 4321 {
		t.Errorf("the new file has %+v", got)
	}

	// A group that the user is in can be kept, with the setgid bit; so can a mode that forbids writing.
	for _, name := range []string{"group", "mine"} {
		before := attributesOf(t, paths[name])
		if _, err := replace(t, onDisk(), paths[name], "new\n"); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(before, attributesOf(t, paths[name])); diff != "" {
			t.Errorf("%s: attributes (-want +got):\n%s", name, diff)
		}
	}

	// A security attribute.
	_, err = replace(t, onDisk(), paths["label"], "new\n")
	checkError(t, err, store.ErrOwner)
	if _, err := replace(t, anyOwner, paths["label"], "new\n"); err != nil {
		t.Error(err)
	}

	// A file that may be written, in a directory that may not.
	_, err = replace(t, onDisk(), paths["closed"], "new\n")
	checkError(t, err, store.ErrNotReplaceable)
	checkError(t, err, fs.ErrPermission)
	wantFile(t, paths["closed"], "old\n")
	before = attributesOf(t, paths["closed"])
	if _, err := replace(t, store.For(nil, store.Options{InPlace: true}), paths["closed"], "new\n"); err != nil {
		t.Error(err)
	}
	wantFile(t, paths["closed"], "new\n")
	if diff := cmp.Diff(before, attributesOf(t, paths["closed"])); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}

	// A file that may not be read, and one in a directory that may not be listed.
	_, err = replace(t, onDisk(), paths["secret"], "new\n")
	checkError(t, err, fs.ErrPermission)
	if _, _, err := onDisk().Read(paths["search"]); err != nil {
		t.Error(err)
	}

	entries, err := os.ReadDir(filepath.Dir(paths["theirs"]))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			t.Errorf("%s was left behind", entry.Name())
		}
	}
}
