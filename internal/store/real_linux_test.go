package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

func onDisk() store.Store { return store.For(nil, store.Options{}) }

// write makes a file and gives its name.
func write(t *testing.T, data string, elem ...string) string {
	t.Helper()
	name := filepath.Join(elem...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func symlink(t *testing.T, target string, elem ...string) string {
	t.Helper()
	name := filepath.Join(elem...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
	return name
}

func wantFile(t *testing.T, name, want string) {
	t.Helper()
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		t.Errorf("%s is no file: %v (%v)", name, info, err)
		return
	}
	if data, err := os.ReadFile(name); err != nil || string(data) != want {
		t.Errorf("%s has %q (%v), want %q", name, data, err, want)
	}
}

// wantNames looks at a directory: the names, and nothing else.
func wantNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Error(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names in %s (-want +got):\n%s", dir, diff)
	}
}

func TestLinksStay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		links [][2]string // name, target; DIR is the directory
		name  string
	}{
		"relative":         {[][2]string{{"nodes", "real/nodes"}}, "nodes"},
		"absolute":         {[][2]string{{"nodes", "DIR/real/nodes"}}, "nodes"},
		"chain":            {[][2]string{{"nodes", "a"}, {"a", "sub/b"}, {"sub/b", "../real/nodes"}}, "nodes"},
		"directory":        {[][2]string{{"etc", "real"}}, "etc/nodes"},
		"above a link":     {[][2]string{{"etc", "real/deep/etc"}, {"real/deep/etc/nodes", "../../nodes"}}, "etc/nodes"},
		"name with ..":     {[][2]string{{"etc", "real/deep"}}, "etc/../nodes"},
		"dots and slashes": {[][2]string{{"nodes", ".//real/./nodes"}}, "./nodes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := write(t, "old\n", dir, "real/nodes")
			write(t, "", dir, "real/deep/etc/other")
			for _, link := range test.links {
				symlink(t, strings.ReplaceAll(link[1], "DIR", dir), dir, link[0])
			}
			if got, err := replace(t, onDisk(), dir+"/"+test.name, "new\n"); err != nil || got != "new\n" {
				t.Errorf("the store reads %q (%v)", got, err)
			}
			wantFile(t, file, "new\n")
			wantNames(t, filepath.Join(dir, "real"), "deep", "nodes")
			for _, link := range test.links {
				if target, err := os.Readlink(filepath.Join(dir, link[0])); err != nil {
					t.Errorf("the link to %q is gone: %v", target, err)
				}
			}
		})
	}
}

// TestRelativeName can't run beside other tests: it changes the working directory.
func TestRelativeName(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"nodes", "./nodes"} {
		if got, err := replace(t, onDisk(), name, name); err != nil || got != name {
			t.Errorf("the store reads %q (%v), want %q", got, err, name)
		}
	}
	wantNames(t, ".", "nodes")
}

func TestLoop(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	symlink(t, "b", dir, "a")
	loop := symlink(t, "a", dir, "b")
	_, _, err := onDisk().Read(loop)
	checkError(t, err, unix.ELOOP)
	_, err = onDisk().Replace(t.Context(), loop, nil, 0o644, store.Stamp{})
	checkError(t, err, unix.ELOOP)
	_, err = onDisk().Lock(t.Context(), loop)
	checkError(t, err, unix.ELOOP)
}

func TestDangling(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := symlink(t, "target", dir, "nodes")
	_, _, err := onDisk().Read(link)
	checkError(t, err, fs.ErrNotExist)
	_, err = onDisk().Replace(t.Context(), link, []byte("new\n"), 0o644, store.Stamp{})
	checkError(t, err, store.ErrDangling)
	checkError(t, err, fs.ErrNotExist)
	_, err = onDisk().Replace(t.Context(), link, []byte("new\n"), 0o644, store.StampOf([]byte("old\n")))
	checkError(t, err, store.ErrConflict)
	wantNames(t, dir, "nodes")

	s := store.For(nil, store.Options{CreateTarget: true})
	if got, err := replace(t, s, link, "new\n"); err != nil || got != "new\n" {
		t.Errorf("the store reads %q (%v)", got, err)
	}
	wantFile(t, filepath.Join(dir, "target"), "new\n")
	wantNames(t, dir, "nodes", "target")
}

// TestSpecialFiles would hang if a pipe without a writer were opened as others are.
func TestSpecialFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe, socket := filepath.Join(dir, "pipe"), filepath.Join(dir, "socket")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mknod(socket, unix.S_IFSOCK|0o600, 0); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pipe, socket, "/dev/null", symlink(t, "pipe", dir, "link")} {
		_, _, err := onDisk().Read(name)
		checkError(t, err, store.ErrNotRegular)
		_, err = onDisk().Replace(t.Context(), name, nil, 0o644, store.Stamp{})
		checkError(t, err, store.ErrNotRegular)
	}
}

func TestBadNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, want := range map[string]error{
		"":                    unix.ENOENT,
		dir + "/":             store.ErrNotRegular,
		dir + "/.":            store.ErrNotRegular,
		dir + "/..":           store.ErrNotRegular,
		dir + "/a\x00b":       unix.EINVAL,
		"/":                   store.ErrNotRegular,
		dir + "/" + long(256): unix.ENAMETOOLONG,
		// Not too long for itself, but for the name before.
		dir + "/" + long(230): unix.ENAMETOOLONG,
	} {
		_, err := onDisk().Replace(t.Context(), name, []byte("x"), 0o644, store.Stamp{})
		if !errors.Is(err, want) {
			t.Errorf("%q: the error is %v, want %v", name, err, want)
		}
	}
	if _, err := onDisk().Replace(t.Context(), dir+"/"+long(193), []byte("x"), 0o644, store.Stamp{}); err != nil {
		t.Error(err)
	}
	wantNames(t, dir, long(193))
}

func long(length int) string { return strings.Repeat("n", length) }

// TestLyingSize reads a file whose size is said to be 0.
func TestLyingSize(t *testing.T) {
	t.Parallel()
	data, _, err := onDisk().Read("/proc/self/status")
	if err != nil || !bytes.HasPrefix(data, []byte("Name:")) {
		t.Errorf("/proc/self/status has %d bytes (%v)", len(data), err)
	}
	_, _, err = store.For(nil, store.Options{MaxSize: 10}).Read("/proc/self/status")
	checkError(t, err, store.ErrTooLarge)
}

// TestStrangersLink has a link of another user in a directory where everybody may make one.
func TestStrangersLink(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can make a link of another user")
	}
	dir := t.TempDir()
	write(t, "old\n", dir, "target")
	link := symlink(t, "target", dir, "nodes")
	if err := os.Lchown(link, 1234, 1234); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	_, err := onDisk().Replace(t.Context(), link, []byte("new\n"), 0o644, store.StampOf([]byte("old\n")))
	checkError(t, err, fs.ErrPermission)
	if err := os.Lchown(link, 0, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := replace(t, onDisk(), link, "new\n"); err != nil {
		t.Error(err)
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	testLink(t, onDisk())
}

func TestDetach(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, "shared\n", dir, "shared/nodes")
	setAttributes(t, file, 0o2640, map[string]string{"user.a": "1"})
	want := attributesOf(t, file)
	link := symlink(t, "shared/nodes", dir, "nodes")
	if err := onDisk().Detach(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	wantFile(t, link, "shared\n")
	wantFile(t, file, "shared\n")
	if diff := cmp.Diff(want, attributesOf(t, link)); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	checkError(t, onDisk().Detach(t.Context(), link), store.ErrNotLink)
	checkError(t, onDisk().Detach(t.Context(), symlink(t, "missing", dir, "dangling")), store.ErrDangling)
	checkError(t, onDisk().Detach(t.Context(), symlink(t, "shared", dir, "directory")), store.ErrNotRegular)
	checkError(t, onDisk().Detach(t.Context(), filepath.Join(dir, "missing")), store.ErrNotLink)
	wantNames(t, dir, "dangling", "directory", "nodes", "shared")
}

// TestLockIsTheDirectorys locks two names of one file, two files of one directory, and one of another.
func TestLockIsTheDirectorys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, "", dir, "real/nodes")
	link := symlink(t, "real/nodes", dir, "etc/../nodes")
	unlock, err := onDisk().Lock(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, link, filepath.Join(dir, "real/other")} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		_, err := onDisk().Lock(ctx, name)
		checkError(t, err, context.DeadlineExceeded)
		cancel()
	}
	other, err := onDisk().Lock(t.Context(), filepath.Join(dir, "nodes2"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(other(), unlock()); err != nil {
		t.Error(err)
	}
}

// TestLockOfAProgram holds the lock as a program without this package can.
func TestLockOfAProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Flock(fd, unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = onDisk().Lock(ctx, filepath.Join(dir, "nodes"))
	checkError(t, err, context.DeadlineExceeded)
	if err := unix.Close(fd); err != nil {
		t.Fatal(err)
	}
	if _, err := replace(t, onDisk(), filepath.Join(dir, "nodes"), "new\n"); err != nil {
		t.Error(err)
	}
}

// TestLockFollowsTheLink changes where a name leads while somebody waits for its lock.
func TestLockFollowsTheLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := write(t, "", dir, "a/nodes"), write(t, "", dir, "b/nodes")
	name := symlink(t, "a/nodes", dir, "nodes")
	unlockFirst, err := onDisk().Lock(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	unlockSecond, err := onDisk().Lock(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	done := make(chan error)
	go func() {
		_, err := onDisk().Lock(ctx, name)
		done <- err
	}()
	if _, err := onDisk().Link(t.Context(), "b/nodes", name, store.LinkOptions{}); err != nil {
		t.Error(err)
	}
	if err := unlockFirst(); err != nil {
		t.Error(err)
	}
	checkError(t, <-done, context.DeadlineExceeded) // whether it waited for the first or began with the second
	if err := unlockSecond(); err != nil {
		t.Error(err)
	}
}

func TestLeftovers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, "old\n", dir, "nodes")
	tag := func(data string) string {
		_, digits, _ := strings.Cut(store.StampOf([]byte(data)).String(), ":")
		return digits
	}
	none := strings.Repeat("0", 16)
	staged := "." + "nodes.goctdb-" + tag("before\n") + "-" + tag("after\n") + "-"
	ours := map[string]string{
		staged + "1": "before\n",
		staged + "2": "after\n",
		staged + "3": "",
		".nodes.goctdb-" + none + "-" + tag("after\n") + "-9223372036854775807": "after\n",
	}
	kept := map[string]string{
		".nodes":           "user's",
		".nodes.lock":      "",
		".nodes.swp":       "",
		staged + "x":       "before\n",
		staged:             "before\n",
		"x" + staged + "1": "before\n",
		".nodes.goctdb-" + none + "-" + tag("after\n") + "-98765432109876543210": "after\n",
		".nodes2.goctdb-" + none + "-" + tag("after\n") + "-1":                   "after\n",
		"nodes.goctdb-displaced-1":                                               "before\n",
		"nodes.goctdb-aside-1":                                                   "before\n",
	}
	for _, files := range []map[string]string{ours, kept} {
		for name, data := range files {
			write(t, data, dir, name)
		}
	}
	partial := write(t, "bef", dir, staged+"4")
	if err := os.Chmod(partial, 0o300); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, staged+"5"), 0o700); err != nil {
		t.Fatal(err)
	}
	symlink(t, "nodes", dir, staged+"6")
	write(t, "foreign\n", dir, staged+"7")
	live := write(t, "after\n", dir, staged+"8")
	holder, err := os.Open(live)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	if err := unix.Flock(int(holder.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}

	if _, err := replace(t, onDisk(), file, "new\n"); err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		left[entry.Name()] = true
	}
	for name := range ours {
		if left[name] {
			t.Errorf("%s is left", name)
		}
	}
	for name, data := range kept {
		wantFile(t, filepath.Join(dir, name), data)
	}
	if left[filepath.Base(partial)] {
		t.Error("the unfinished file is left")
	}
	wantFile(t, live, "after\n")
	if !left[staged+"5"] || !left[staged+"6"] {
		t.Error("a directory or a link was taken for a leftover")
	}
	matches, err := filepath.Glob(filepath.Join(dir, "nodes.goctdb-displaced-??*"))
	if err != nil || len(matches) != 1 {
		t.Fatalf("foreign bytes are in %v (%v)", matches, err)
	}
	wantFile(t, matches[0], "foreign\n")
}

// attributes are what Replace keeps of a file.
type attributes struct {
	Uid, Gid, Mode uint32
	Extended       map[string]string
}

func attributesOf(t *testing.T, name string) attributes {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Lstat(name, &st); err != nil {
		t.Fatal(err)
	}
	a := attributes{st.Uid, st.Gid, st.Mode, map[string]string{}}
	buf := make([]byte, 1<<16)
	n, err := unix.Listxattr(name, buf)
	if err != nil {
		t.Fatal(err)
	}
	for key := range strings.SplitSeq(strings.TrimSuffix(string(buf[:n]), "\x00"), "\x00") {
		if key == "" {
			continue
		}
		value := make([]byte, 1<<16)
		n, err := unix.Getxattr(name, key, value)
		if err != nil {
			t.Fatal(err)
		}
		a.Extended[key] = string(value[:n])
	}
	return a
}

// setAttributes sets what this user may, and skips the test where that is nothing of interest.
func setAttributes(t *testing.T, name string, mode uint32, extended map[string]string) {
	t.Helper()
	if os.Geteuid() == 0 {
		if err := os.Lchown(name, 1234, 4321); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range extended {
		err := unix.Setxattr(name, key, []byte(value), 0)
		if errors.Is(err, unix.ENOTSUP) {
			t.Skipf("no attribute %s here", key)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

// accessList is a list of permissions in the kernel's form: rw for the owner, a user and the group; nothing for others.
const accessList = "\x02\x00\x00\x00" +
	"\x01\x00\x06\x00\xff\xff\xff\xff" + // owner
	"\x02\x00\x06\x00\x39\x05\x00\x00" + // user 1337
	"\x04\x00\x04\x00\xff\xff\xff\xff" + // group
	"\x10\x00\x06\x00\xff\xff\xff\xff" + // mask
	"\x20\x00\x00\x00\xff\xff\xff\xff" // others

func TestAttributesStay(t *testing.T) {
	t.Parallel()
	isRoot := os.Geteuid() == 0
	tests := map[string]struct {
		mode     uint32
		extended map[string]string
		root     bool
	}{
		"plain":               {0o640, nil, false},
		"read-only":           {0o444, map[string]string{"user.a": "1"}, false},
		"no permissions":      {0o000, map[string]string{"user.a": "1"}, true},
		"special bits":        {0o7711, nil, true},
		"many":                {0o600, manyAttributes(), false},
		"large":               {0o600, map[string]string{"user.large": strings.Repeat("x", 3000)}, false},
		"list of permissions": {0o660, map[string]string{"system.posix_acl_access": accessList}, false},
		"list, read-only":     {0o440, map[string]string{"system.posix_acl_access": accessList, "user.a": ""}, false},
		"label": {0o600, map[string]string{
			"security.selinux": "system_u:object_r:etc_t:s0\x00", "trusted.a": "1",
		}, true},
		"capability": {0o755, map[string]string{
			"security.capability": "\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.root && !isRoot {
				t.Skip("only root can set these")
			}
			dir := t.TempDir()
			file := write(t, "old\n", dir, "nodes")
			setAttributes(t, file, test.mode, test.extended)
			want := attributesOf(t, file)
			if len(want.Extended) < len(test.extended) {
				t.Fatalf("only %v could be set", want.Extended)
			}
			if _, err := replace(t, onDisk(), file, "new\n"); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, attributesOf(t, file)); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
		})
	}
}

func manyAttributes() map[string]string {
	all := map[string]string{}
	for i := range 40 {
		all[fmt.Sprintf("user.attribute.with.a.long.name.%d", i)] = strings.Repeat("x", i)
	}
	return all
}

// TestInheritedList has a directory that gives new files a list of permissions. The file has none and gets none; a new
// file has it.
func TestInheritedList(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, "old\n", dir, "nodes")
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setxattr(dir, "system.posix_acl_default", []byte(accessList), 0); err != nil {
		t.Skip(err)
	}
	want := attributesOf(t, file)
	if _, err := replace(t, onDisk(), file, "new\n"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, attributesOf(t, file)); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	other := filepath.Join(dir, "other")
	if _, err := replace(t, onDisk(), other, "new\n"); err != nil {
		t.Fatal(err)
	}
	if attributesOf(t, other).Extended["system.posix_acl_access"] == "" {
		t.Error("the new file has no list of permissions")
	}
}

// TestPermOfNewFile sets a umask, which Replace does not follow; so it can't run beside other tests.
func TestPermOfNewFile(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	file := filepath.Join(t.TempDir(), "nodes")
	perm := fs.FileMode(0o755) | fs.ModeSetgid | fs.ModeSetuid
	if _, err := onDisk().Replace(t.Context(), file, nil, perm, store.Stamp{}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode() != perm {
		t.Errorf("the mode is %v (%v), want %v", info.Mode(), err, perm)
	}
}
