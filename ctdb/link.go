package ctdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/store"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// Why a [Linker] refuses. errors.Is finds them, and the file system's own errors.
var (
	// ErrNotMounted: the cluster file system is not there, so that a link would lead nowhere, or into an empty directory.
	ErrNotMounted = errors.New("the cluster file system is not mounted")
	// ErrEscapes: a source leads out of the cluster file system, by "..", by an absolute link, or by its name.
	ErrEscapes = errors.New("the source is not within the cluster file system")
	// ErrInTheWay: there is something else than a link where the link is to be.
	ErrInTheWay = errors.New("in the way of the link")
	// ErrLinkedElsewhere: there is a link, and it is not this Linker's.
	ErrLinkedElsewhere = errors.New("linked elsewhere")
)

// DefaultDir is the directory of CTDB's configuration.
const DefaultDir = "/etc/ctdb"

// Linker links files of CTDB's configuration to copies on a cluster file system, which all nodes share: /etc/ctdb/nodes
// to /clusterfs/.ctdb/nodes. Only Root has to be set. It is safe for concurrent use. Links are made on Linux only.
//
// No data is ever removed. A link takes its place in one step, so that ctdbd finds the old file or the new one.
type Linker struct {
	// Root is the directory where the cluster file system is mounted.
	Root string
	// Folder is where the shared files are, below Root; "" means ".ctdb".
	Folder string
	// Dir is the directory that gets the links; "" means DefaultDir.
	Dir string
	// Marker names a file in Folder that is there when the file system is, and nowhere else. Without it, Root or Folder
	// has to be a mount point.
	Marker string
	// MoveAside renames a file that is in the way of a link, to a name that the result tells. Without it such a file is
	// an error.
	MoveAside bool
}

// LinkFile is a file to be linked.
type LinkFile struct {
	// Name is the file's name in the directory that gets the link: "nodes", "public_addresses".
	Name string
	// Source is the path of the shared file within Folder; "" means the same as Name.
	Source string
}

// SharedFile is a file that is the same on all nodes, such as nodes.
func SharedFile(name string) LinkFile { return LinkFile{Name: name} }

// NodeFile is a file of which each node has its own version on the shared file system, with the node's number behind its
// name: public_addresses is linked to public_addresses_2 on node 2.
func NodeFile(name string, pnn nodes.PNN) LinkFile {
	return LinkFile{Name: name, Source: fmt.Sprintf("%s_%d", name, uint32(pnn))}
}

// LinkState is what is found where a link should be.
type LinkState uint8

// The states.
const (
	LinkAbsent    LinkState = iota + 1 // nothing
	LinkRight                          // the link, and its target is there
	LinkDangling                       // the link, and its target is not there
	LinkElsewhere                      // another link, dangling or not
	LinkFileThere                      // a regular file
	LinkOther                          // a directory, a device or the like
)

var linkStates = [...]string{
	LinkAbsent: "absent", LinkRight: "linked", LinkDangling: "dangling", LinkElsewhere: "linked elsewhere",
	LinkFileThere: "regular file", LinkOther: "no file",
}

// String gives "absent", "linked", "dangling", "linked elsewhere", "regular file" or "no file".
func (s LinkState) String() string {
	if int(s) < len(linkStates) && s > 0 {
		return linkStates[s]
	}
	return fmt.Sprintf("LinkState(%d)", uint8(s))
}

// MarshalText gives what String gives.
func (s LinkState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LinkStatus is what a [Linker] found at one place, and what it did.
type LinkStatus struct {
	Path   string    `json:"path"`             // where the link is, or should be
	Want   string    `json:"want"`             // what it should lead to
	Target string    `json:"target,omitempty"` // what a link that is there leads to
	State  LinkState `json:"state"`
	// Changed: the link is new, or leads elsewhere than before. Check never sets it.
	Changed bool `json:"changed"`
	// Aside is the new path of a file that was in the way.
	Aside string `json:"aside,omitempty"`
}

// String gives a line for people.
func (s LinkStatus) String() string { return fmt.Sprintf("%s -> %s: %v", s.Path, s.Want, s.State) }

// Check looks at the links without changing anything. It needs no mounted file system: without one, links dangle.
func (l Linker) Check(files ...LinkFile) ([]LinkStatus, error) {
	all := make([]LinkStatus, 0, len(files))
	for _, file := range files {
		s, err := l.look(file)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// Link makes the links. It looks at all of them first, and changes nothing if any can't be made: because the cluster file
// system is not mounted ([ErrNotMounted]), a shared file is not there (fs.ErrNotExist) or not within it ([ErrEscapes]),
// or something is in the way ([ErrInTheWay]). Links that are right stay as they are; links that lead elsewhere or dangle
// are replaced.
//
// The result tells what each was like afterwards. If an error comes between two changes, it has those that were made.
func (l Linker) Link(ctx context.Context, files ...LinkFile) ([]LinkStatus, error) {
	if err := l.checkMounted(); err != nil {
		return nil, err
	}
	all, err := l.Check(files...)
	if err != nil {
		return nil, err
	}
	for i, s := range all {
		if err := l.checkSource(files[i]); err != nil {
			return nil, err
		}
		if s.State == LinkOther || s.State == LinkFileThere && !l.MoveAside {
			return nil, &fs.PathError{Op: "link", Path: s.Path, Err: fmt.Errorf("%w: %v", ErrInTheWay, s.State)}
		}
	}
	for i := range all {
		if err := l.link(ctx, &all[i]); err != nil {
			return all[:i], err
		}
	}
	return all, nil
}

// link makes one link.
func (l Linker) link(ctx context.Context, s *LinkStatus) error {
	result, err := store.For(nil, store.Options{}).Link(ctx, s.Want, s.Path, store.LinkOptions{MoveAside: l.MoveAside})
	if errors.Is(err, store.ErrNotLink) { // it came there after we looked
		err = fmt.Errorf("%w: %w", ErrInTheWay, err)
	}
	if err != nil {
		return err
	}
	s.Changed, s.Aside = result.Changed, result.Aside
	s.State, s.Target = LinkRight, s.Want
	return nil
}

// Unlink puts a copy of the shared file where the link is, in one step, so that the node no longer needs the cluster file
// system for it. Regular files stay as they are. A link that leads elsewhere is [ErrLinkedElsewhere], and one whose
// target is not there an error, since there is nothing to copy.
func (l Linker) Unlink(ctx context.Context, files ...LinkFile) ([]LinkStatus, error) {
	all, err := l.Check(files...)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		switch s.State {
		case LinkElsewhere:
			return nil, &fs.PathError{Op: "unlink", Path: s.Path, Err: fmt.Errorf("%w: %s", ErrLinkedElsewhere, s.Target)}
		case LinkDangling, LinkAbsent:
			return nil, &fs.PathError{Op: "unlink", Path: s.Path, Err: fs.ErrNotExist}
		case LinkOther:
			return nil, &fs.PathError{Op: "unlink", Path: s.Path, Err: fmt.Errorf("%w: %v", ErrInTheWay, s.State)}
		case LinkRight, LinkFileThere:
		}
	}
	for i := range all {
		if all[i].State == LinkFileThere {
			continue
		}
		if err := store.For(nil, store.Options{}).Detach(ctx, all[i].Path); err != nil {
			return all[:i], err
		}
		all[i].State, all[i].Target, all[i].Changed = LinkFileThere, "", true
	}
	return all, nil
}

// look finds out what is where a link should be.
func (l Linker) look(file LinkFile) (LinkStatus, error) {
	if err := file.check(); err != nil {
		return LinkStatus{}, err
	}
	if !filepath.IsAbs(l.Root) {
		return LinkStatus{}, fmt.Errorf("a Linker's Root has to be an absolute path, got %q", l.Root)
	}
	s := LinkStatus{Path: filepath.Join(l.dir(), file.Name), Want: filepath.Join(l.Root, l.source(file))}
	info, err := os.Lstat(s.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.State = LinkAbsent
		return s, nil
	case err != nil:
		return s, err
	case info.Mode().IsRegular():
		s.State = LinkFileThere
		return s, nil
	case info.Mode().Type() != fs.ModeSymlink:
		s.State = LinkOther
		return s, nil
	}
	if s.Target, err = os.Readlink(s.Path); err != nil {
		return s, err
	}
	s.State = LinkElsewhere
	if s.Target == s.Want {
		s.State = LinkRight
		if _, err := os.Stat(s.Path); err != nil {
			s.State = LinkDangling
		}
	}
	return s, nil
}

// check refuses names that lead elsewhere.
func (f LinkFile) check() error {
	if f.Name == "" || f.Name == "." || f.Name == ".." || strings.ContainsAny(f.Name, "/\x00") {
		return fmt.Errorf("want the name of a file to link, got %q", f.Name)
	}
	if f.Source != "" && !filepath.IsLocal(f.Source) {
		return &fs.PathError{Op: "link", Path: f.Source, Err: ErrEscapes}
	}
	return nil
}

// checkSource makes sure that the shared file is there, is a file, and is within the cluster file system.
func (l Linker) checkSource(file LinkFile) error {
	root, err := os.OpenRoot(l.Root)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	info, err := root.Stat(l.source(file))
	path := filepath.Join(l.Root, l.source(file))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return err
	case err != nil: // os.Root does not let a link lead out of it, or name its target with a path from "/"
		return &fs.PathError{Op: "link", Path: path, Err: fmt.Errorf("%w: %w", ErrEscapes, err)}
	case !info.Mode().IsRegular():
		return &fs.PathError{Op: "link", Path: path, Err: store.ErrNotRegular}
	}
	return nil
}

// checkMounted makes sure that the cluster file system is there.
func (l Linker) checkMounted() error {
	if !filepath.IsLocal(l.folder()) {
		return &fs.PathError{Op: "link", Path: l.folder(), Err: ErrEscapes}
	}
	if l.Marker != "" {
		marker := filepath.Join(l.Root, l.folder(), l.Marker)
		if _, err := os.Stat(marker); err != nil {
			return fmt.Errorf("%w: no marker: %w", ErrNotMounted, err)
		}
		return nil
	}
	for path := filepath.Join(l.Root, l.folder()); ; path = filepath.Dir(path) {
		mounted, err := isMountPoint(path)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNotMounted, err)
		}
		if mounted {
			return nil
		}
		if path == filepath.Clean(l.Root) {
			return fmt.Errorf("%w: neither %s nor a directory on the way to %s is a mount point", ErrNotMounted, l.Root, l.folder())
		}
	}
}

func (l Linker) folder() string {
	if l.Folder == "" {
		return ".ctdb"
	}
	return l.Folder
}

func (l Linker) dir() string {
	if l.Dir == "" {
		return DefaultDir
	}
	return l.Dir
}

// source is the path of a shared file below Root.
func (l Linker) source(file LinkFile) string {
	if file.Source == "" {
		return filepath.Join(l.folder(), file.Name)
	}
	return filepath.Join(l.folder(), file.Source)
}
