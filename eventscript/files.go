package eventscript

import (
	"fmt"
	"io/fs"
	"path"
	"syscall"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/store"
)

// Files are the event scripts of a host in its file system: those of this machine, or of an image of one that is below
// a directory. No CTDB need be there, running or not. The zero value is this machine, with the paths of Debian's newest
// CTDB.
//
// It changes what "ctdb event script" changes, to the letter, and nothing where that would have no effect. A change is
// one step that survives a crash, and callers in this and other processes that use this package wait for each other,
// until their context is over; a change by somebody else at the same time is [ErrConflict]. CTDB looks at the directory
// at each event, so that a change counts from the next event on.
//
// A Files is plain data. It is safe for concurrent use.
type Files struct {
	// Paths are the places of CTDB on the host. Those that are not known are taken from [config.Layout] for the release.
	Paths config.Paths
	// Root is the directory that is the host's "/", for an image. Links get the target that they need on the host, and are
	// followed to places below Root only. Nobody else may change links in the directories of an image meanwhile. "" is
	// this machine.
	Root string
	// FS is the file system; nil is the real one. Another one is for tests and dry runs: changes there are neither atomic
	// nor durable. Where it has no symbolic links, as in afero.MemMapFs, scripts that came with CTDB can't be enabled:
	// errors.ErrUnsupported.
	FS afero.Fs
	// Release is CTDB's. The zero value is the newest. What is before 4.9 was not tried with a CTDB of that time; it is
	// written after what CTDB's source and manuals say.
	Release release.Release
	// Services are the caller's own, and win over those of this package that have the same name.
	Services []Service
}

// place is where the scripts of a Files are.
type place struct {
	tree
	rules   rules
	release release.Release
	paths   config.Paths
	dir     string // of the scripts that run, as the host names it
	real    string // the same, without symbolic links
	// installed is the directory of the scripts that came with CTDB, without symbolic links. Before 4.9 there is none.
	installed string
	store     store.Store
}

// tree gives the file system.
func (f Files) tree() tree {
	t := tree{fsys: f.FS, root: f.Root}
	if t.fsys == nil {
		t.fsys = afero.NewOsFs()
	}
	return t
}

func (f Files) paths() config.Paths { return f.Paths.Or(config.Layout{Release: f.Release}.Paths()) }

// place finds the directories.
func (f Files) place() (*place, error) {
	p := &place{
		tree: f.tree(), rules: rulesOf(f.Release), release: f.Release, paths: f.paths(),
		store: store.For(f.FS, store.Options{}),
	}
	p.dir = p.paths.ScriptDir(f.Release)
	var err error
	if p.real, err = p.directory(p.dir); err != nil {
		return nil, err
	}
	if p.rules == suffixRules {
		p.installed, err = p.directory(p.paths.InstalledScriptDir())
	}
	return p, err
}

// directory gives the place of a directory.
func (t tree) directory(name string) (string, error) {
	if !path.IsAbs(name) {
		return "", fmt.Errorf("want the absolute path of a directory of scripts, got %q", clip(name))
	}
	at, info, err := t.resolve(name)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: syscall.ENOTDIR}
	}
	return at, err
}

// file gives the path that a file has in the directory of the scripts that run, as the host names it.
func (p *place) file(name string) string { return path.Join(p.dir, name) }
