//go:build linux

package ctdb_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// linkHouse is a cluster file system and a CTDB directory in a temporary directory. A marker stands for the mount.
func linkHouse(t *testing.T) (l ctdb.Linker, shared, etc string) {
	t.Helper()
	dir := t.TempDir()
	shared, etc = filepath.Join(dir, "fs", ".ctdb"), filepath.Join(dir, "etc")
	for _, d := range []string{shared, etc} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"mounted": "", "nodes": "10.0.0.1\n", "public_addresses": "10.1.0.1/24 eth0\n", "public_addresses_2": "10.1.0.2/24 eth0\n",
	} {
		writeFile(t, filepath.Join(shared, name), text)
	}
	return ctdb.Linker{Root: filepath.Join(dir, "fs"), Dir: etc, Marker: "mounted"}, shared, etc
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func symlink(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// tree lists a directory: links with their targets, files with their content, directories with a slash.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch e.Type() {
		case fs.ModeSymlink:
			target, err := os.Readlink(path)
			if err != nil {
				t.Fatal(err)
			}
			all[e.Name()] = "-> " + target
		case fs.ModeDir:
			all[e.Name()] = "/"
		default:
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all[e.Name()] = string(text)
		}
	}
	return all
}

func states(all []ctdb.LinkStatus) string {
	var words []string
	for _, s := range all {
		words = append(words, s.State.String())
	}
	return strings.Join(words, ", ")
}

func TestLinkStates(t *testing.T) {
	t.Parallel()
	nodes := ctdb.SharedFile("nodes")
	tests := []struct {
		name    string
		prepare func(t *testing.T, shared, etc string)
		state   ctdb.LinkState
		linkErr error // of Link, without MoveAside
		unlink  error
	}{
		{"absent", func(*testing.T, string, string) {}, ctdb.LinkAbsent, nil, fs.ErrNotExist},
		{"right", func(t *testing.T, shared, etc string) {
			symlink(t, filepath.Join(shared, "nodes"), filepath.Join(etc, "nodes"))
		}, ctdb.LinkRight, nil, nil},
		{"elsewhere", func(t *testing.T, _, etc string) {
			writeFile(t, filepath.Join(etc, "other"), "x")
			symlink(t, "other", filepath.Join(etc, "nodes"))
		}, ctdb.LinkElsewhere, nil, ctdb.ErrLinkedElsewhere},
		{"elsewhere, and dangling", func(t *testing.T, _, etc string) {
			symlink(t, "/no/such", filepath.Join(etc, "nodes"))
		}, ctdb.LinkElsewhere, nil, ctdb.ErrLinkedElsewhere},
		{"dangling", func(t *testing.T, shared, etc string) {
			symlink(t, filepath.Join(shared, "nodes"), filepath.Join(etc, "nodes"))
			if err := os.Remove(filepath.Join(shared, "nodes")); err != nil {
				t.Fatal(err)
			}
		}, ctdb.LinkDangling, fs.ErrNotExist, fs.ErrNotExist},
		{"a file", func(t *testing.T, _, etc string) {
			writeFile(t, filepath.Join(etc, "nodes"), "10.9.9.9\n")
		}, ctdb.LinkFileThere, ctdb.ErrInTheWay, nil},
		{"a directory", func(t *testing.T, _, etc string) {
			if err := os.Mkdir(filepath.Join(etc, "nodes"), 0o755); err != nil {
				t.Fatal(err)
			}
		}, ctdb.LinkOther, ctdb.ErrInTheWay, ctdb.ErrInTheWay},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l, shared, etc := linkHouse(t)
			test.prepare(t, shared, etc)
			before := tree(t, etc)

			all, err := l.Check(nodes)
			if err != nil || len(all) != 1 || all[0].State != test.state || all[0].Want != filepath.Join(shared, "nodes") {
				t.Errorf("Check: %+v, %v; want %v", all, err, test.state)
			}
			if diff := cmp.Diff(before, tree(t, etc)); diff != "" {
				t.Errorf("Check changed something (-before +after)\n%s", diff)
			}

			_, err = l.Unlink(t.Context(), nodes)
			if !errors.Is(err, test.unlink) {
				t.Errorf("Unlink: %v, want %v", err, test.unlink)
			}
			if err != nil {
				if diff := cmp.Diff(before, tree(t, etc)); diff != "" {
					t.Errorf("Unlink failed and changed something (-before +after)\n%s", diff)
				}
			} else if got := tree(t, etc)["nodes"]; strings.HasPrefix(got, "->") {
				t.Errorf("Unlink left %s", got)
			} else if err := os.Remove(filepath.Join(etc, "nodes")); err != nil {
				t.Fatal(err)
			} else {
				test.prepare(t, shared, etc)
			}

			all, err = l.Link(t.Context(), nodes)
			if !errors.Is(err, test.linkErr) {
				t.Fatalf("Link: %v, want %v", err, test.linkErr)
			}
			if err != nil {
				if diff := cmp.Diff(before, tree(t, etc)); diff != "" {
					t.Errorf("Link failed and changed something (-before +after)\n%s", diff)
				}
				return
			}
			if states(all) != "linked" || all[0].Changed == (test.state == ctdb.LinkRight) {
				t.Errorf("Link: %+v", all)
			}
			if got := tree(t, etc)["nodes"]; got != "-> "+filepath.Join(shared, "nodes") {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestLinkSeveral(t *testing.T) {
	t.Parallel()
	l, shared, etc := linkHouse(t)
	files := []ctdb.LinkFile{ctdb.SharedFile("nodes"), ctdb.NodeFile("public_addresses", 2)}
	writeFile(t, filepath.Join(etc, "public_addresses"), "10.7.7.7/24 eth7\n")

	if _, err := l.Link(t.Context(), files...); !errors.Is(err, ctdb.ErrInTheWay) {
		t.Errorf("got %v", err)
	}
	want := map[string]string{"public_addresses": "10.7.7.7/24 eth7\n"}
	if diff := cmp.Diff(want, tree(t, etc)); diff != "" {
		t.Errorf("one could not be linked; mismatch (-want +got)\n%s", diff)
	}

	l.MoveAside = true
	all, err := l.Link(t.Context(), files...)
	if err != nil {
		t.Fatal(err)
	}
	want = map[string]string{
		"nodes":                     "-> " + filepath.Join(shared, "nodes"),
		"public_addresses":          "-> " + filepath.Join(shared, "public_addresses_2"),
		filepath.Base(all[1].Aside): "10.7.7.7/24 eth7\n",
	}
	if diff := cmp.Diff(want, tree(t, etc)); diff != "" {
		t.Errorf("linked; mismatch (-want +got)\n%s", diff)
	}

	again, err := l.Link(t.Context(), files...)
	if err != nil || again[0].Changed || again[1].Changed || again[1].Aside != "" {
		t.Errorf("linked again: %+v, %v", again, err)
	}
	if _, err := l.Unlink(t.Context(), files...); err != nil {
		t.Fatal(err)
	}
	want["nodes"], want["public_addresses"] = "10.0.0.1\n", "10.1.0.2/24 eth0\n"
	if diff := cmp.Diff(want, tree(t, etc)); diff != "" {
		t.Errorf("unlinked; mismatch (-want +got)\n%s", diff)
	}
	if got := tree(t, shared)["nodes"]; got != "10.0.0.1\n" {
		t.Errorf("the shared file is %q now", got)
	}
}

func TestLinkRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		file ctdb.LinkFile
		edit func(t *testing.T, l *ctdb.Linker, shared string)
		want error // nil: any
	}{
		{"a source with ..", ctdb.LinkFile{Name: "nodes", Source: "../../secret"}, nil, ctdb.ErrEscapes},
		{"an absolute source", ctdb.LinkFile{Name: "nodes", Source: "/etc/passwd"}, nil, ctdb.ErrEscapes},
		{"a folder with ..", ctdb.SharedFile("nodes"), func(_ *testing.T, l *ctdb.Linker, _ string) { l.Folder = "../x" }, ctdb.ErrEscapes},
		{"a source that is an absolute link", ctdb.SharedFile("passwd"), func(t *testing.T, _ *ctdb.Linker, shared string) {
			symlink(t, "/etc/passwd", filepath.Join(shared, "passwd"))
		}, ctdb.ErrEscapes},
		{"a source that leads out", ctdb.SharedFile("out"), func(t *testing.T, _ *ctdb.Linker, shared string) {
			symlink(t, "../../etc", filepath.Join(shared, "out"))
		}, ctdb.ErrEscapes},
		{"a source that is missing", ctdb.SharedFile("nosuch"), nil, fs.ErrNotExist},
		{"a source that is a directory", ctdb.SharedFile("dir"), func(t *testing.T, _ *ctdb.Linker, shared string) {
			if err := os.Mkdir(filepath.Join(shared, "dir"), 0o755); err != nil {
				t.Fatal(err)
			}
		}, nil},
		{"no marker", ctdb.SharedFile("nodes"), func(_ *testing.T, l *ctdb.Linker, _ string) { l.Marker = "nosuch" }, ctdb.ErrNotMounted},
		{"no mount point", ctdb.SharedFile("nodes"), func(_ *testing.T, l *ctdb.Linker, _ string) { l.Marker = "" }, ctdb.ErrNotMounted},
		{"no root", ctdb.SharedFile("nodes"), func(_ *testing.T, l *ctdb.Linker, _ string) { l.Root += "/nosuch" }, ctdb.ErrNotMounted},
		{"a name with a slash", ctdb.LinkFile{Name: "a/b", Source: "nodes"}, nil, nil},
		{"the name ..", ctdb.LinkFile{Name: "..", Source: "nodes"}, nil, nil},
		{"no name", ctdb.LinkFile{Source: "nodes"}, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l, shared, etc := linkHouse(t)
			if test.edit != nil {
				test.edit(t, &l, shared)
			}
			_, err := l.Link(t.Context(), test.file)
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if got := tree(t, etc); len(got) > 0 {
				t.Errorf("there is %v now", got)
			}
		})
	}
	if _, err := (ctdb.Linker{}).Check(ctdb.SharedFile("nodes")); err == nil {
		t.Error("a Linker without a Root")
	}
}

// TestLinkAtomic looks at a link from another goroutine while it is changed to and fro: it is never missing.
func TestLinkAtomic(t *testing.T) {
	t.Parallel()
	l, shared, etc := linkHouse(t)
	path := filepath.Join(etc, "public_addresses")
	one, two := ctdb.SharedFile("public_addresses"), ctdb.NodeFile("public_addresses", 2)
	if _, err := l.Link(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if text, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(text), "10.1.0.") {
				t.Errorf("read %q, %v", text, err)
				return
			}
		}
	})
	for range 100 {
		for _, file := range []ctdb.LinkFile{two, one} {
			if _, err := l.Link(t.Context(), file); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(stop)
	reader.Wait()
	want := map[string]string{"public_addresses": "-> " + filepath.Join(shared, "public_addresses")}
	if diff := cmp.Diff(want, tree(t, etc)); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
}

// TestLinkMountPoint mounts a file system, in a mount namespace of its own, and links to it without a marker.
func TestLinkMountPoint(t *testing.T) {
	if os.Getenv("GOCTDB_LINK_MOUNT") == "" {
		if os.Geteuid() != 0 {
			if os.Getenv("GOCTDB_REQUIRE_REAL") == "1" {
				t.Fatal("only root can mount")
			}
			t.Skip("only root can mount")
		}
		child := exec.Command(os.Args[0], "-test.run=^TestLinkMountPoint$")
		child.Env = append(os.Environ(), "GOCTDB_LINK_MOUNT="+t.TempDir())
		child.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
		if out, err := child.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	root := os.Getenv("GOCTDB_LINK_MOUNT")
	l := ctdb.Linker{Root: filepath.Join(root, "fs"), Dir: root}
	shared := filepath.Join(l.Root, ".ctdb")
	if err := os.MkdirAll(shared, 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(shared, "nodes"), "10.0.0.1\n")
	if _, err := l.Link(t.Context(), ctdb.SharedFile("nodes")); !errors.Is(err, ctdb.ErrNotMounted) {
		t.Errorf("before the mount: %v", err)
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Fatal(err)
	}
	for _, mount := range []struct{ source, kind string }{{"tmpfs", "tmpfs"}, {shared, ""}} {
		at, flags := l.Root, uintptr(0)
		if mount.kind == "" { // a bind mount of the folder upon itself
			at, flags = shared, syscall.MS_BIND
		}
		if err := syscall.Mount(mount.source, at, mount.kind, flags, ""); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(shared, 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(shared, "nodes"), "10.0.0.1\n")
		if all, err := l.Link(t.Context(), ctdb.SharedFile("nodes")); err != nil || states(all) != "linked" {
			t.Errorf("with %s mounted at %s: %v, %v", mount.source, at, all, err)
		}
		if err := syscall.Unmount(at, 0); err != nil {
			t.Fatal(err)
		}
	}
}
