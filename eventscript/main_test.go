package eventscript_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// image is a directory that is the "/" of a host. The other paths are as the host sees them.
type image struct {
	root     string
	etc      string // ETCDIR
	packaged string // the directory of the scripts that came with CTDB
	relative string // the same, from that of the scripts that run
	opt      string // for other things
}

// newImage makes an image of a host with Debian's layout and scripts that came with CTDB.
func newImage(packaged ...string) image {
	root, err := os.MkdirTemp("", "goctdb-eventscript-")
	must(err)
	i := image{root, "/etc/ctdb", "/usr/share/ctdb/events/legacy", "../../../../usr/share/ctdb/events/legacy", "/opt"}
	i.prepare()
	i.put("/bin/sh", "\x7fELF", 0o755)
	for _, script := range packaged {
		i.put(i.packaged+"/"+script+".script", "#!/bin/sh\n", 0o755)
	}
	return i
}

// prepare makes the directories.
func (i image) prepare() {
	for _, dir := range []string{i.packaged, i.etc + "/events/legacy", i.etc + "/events/notification", i.opt} {
		must(os.MkdirAll(filepath.Join(i.root, dir), 0o755))
	}
}

func (i image) remove() { must(os.RemoveAll(i.root)) }

// dir is the directory of the scripts that run.
func (i image) dir() string { return filepath.Join(i.root, i.etc, "events/legacy") }

// put makes a file anywhere.
func (i image) put(name, text string, mode os.FileMode) {
	file := filepath.Join(i.root, name)
	must(os.MkdirAll(filepath.Dir(file), 0o755))
	create(file, text, mode)
}

// create makes a new file in the place of what is there. It never writes through a link: those in tests lead to places
// of an image, and would lead to the same places of this machine.
func create(name, text string, mode os.FileMode) {
	if err := os.Remove(name); !errors.Is(err, os.ErrNotExist) {
		must(err)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	must(err)
	_, err = f.WriteString(text)
	must(errors.Join(err, f.Close(), os.Chmod(name, mode)))
}

// file makes an executable file in the directory of the scripts that run, or elsewhere from there.
func (i image) file(name, text string) { i.mode(name, text, 0o755) }

func (i image) mode(name, text string, mode os.FileMode) {
	i.put(filepath.Join(i.etc, "events/legacy", name), text, mode)
}

// link makes a link in the directory of the scripts that run. In the target, {packaged}, {relative} and {opt} are
// paths.
func (i image) link(name, target string) {
	must(os.Symlink(i.expand(target), filepath.Join(i.dir(), name)))
}

func (i image) expand(target string) string {
	return strings.NewReplacer("{packaged}", i.packaged, "{relative}", i.relative, "{opt}", i.opt).Replace(target)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// snapshot tells what is in the directories of scripts.
func (i image) snapshot() string {
	return snapshot(i.dir()) + snapshot(filepath.Join(i.root, i.etc, "events/notification"))
}

// snapshot tells what is in a directory: modes and texts of files, and targets of links.
func snapshot(dir string) string {
	entries, err := os.ReadDir(dir)
	must(err)
	var b strings.Builder
	for _, entry := range entries {
		name := filepath.Join(dir, entry.Name())
		info, err := os.Lstat(name)
		must(err)
		b.WriteString(entry.Name() + " " + info.Mode().String())
		switch {
		case info.Mode()&os.ModeSymlink != 0:
			target, err := os.Readlink(name)
			must(err)
			b.WriteString(" -> " + target)
		case info.Mode().IsRegular():
			text, err := os.ReadFile(name)
			if !errors.Is(err, os.ErrPermission) { // only root reads all files
				must(err)
			}
			b.WriteString(" " + string(text[:min(len(text), 20)]))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
