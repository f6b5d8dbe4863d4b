package nodes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

// DefaultPath is where ctdbd looks for its nodes file, unless ctdb.conf names another (see [ReadList]).
const DefaultPath = "/etc/ctdb/nodes"

// Why a file was not edited as it should be. errors.Is finds them.
var (
	// ErrConflict: somebody else changed the file at the same time. Nothing of theirs is lost, and nothing was written,
	// unless the error says otherwise: read the file again, and decide again.
	ErrConflict = store.ErrConflict
	// ErrNotDurable: the file was changed, but that may be gone after a crash of the machine.
	ErrNotDurable = store.ErrNotDurable
	// ErrNotReplaceable: the file is mounted by itself, immutable, or in a directory that can't be written. See
	// [Options.InPlace].
	ErrNotReplaceable = store.ErrNotReplaceable
	// ErrOwner: this process may not give a new file the owner, the group or the security attributes of the old one. See
	// [Options.AnyOwner].
	ErrOwner = store.ErrOwner
	// ErrForbidden: a running cluster would refuse the change. It is what a *[ForbiddenError] is.
	ErrForbidden = errors.New("a running cluster refuses this change")
)

// Options say which file to read or edit, and what an edit may do. The zero value is /etc/ctdb/nodes on the real file
// system, and the careful way.
type Options struct {
	// Path is the file; "" is DefaultPath. A symbolic link is followed, and its target is what is edited.
	Path string
	// FS is the file system; nil is the real one. Another one is for tests and dry runs: edits there are neither atomic
	// nor durable.
	FS afero.Fs
	// Allow names forbidden kinds of changes that an edit may make all the same, on a cluster that is down.
	Allow []ChangeKind
	// Create makes a file that is not there, even if the edit leaves it empty. Without it a missing file is an error
	// (fs.ErrNotExist).
	Create bool
	// InPlace writes into a file that can't be replaced as a whole, such as one that is mounted into a container. That is
	// not atomic: readers may see half a file.
	InPlace bool
	// AnyOwner lets an edit change the file's owner to the caller where it can't be kept.
	AnyOwner bool
}

func (o Options) file() store.File {
	return store.File{
		Path: cmp.Or(o.Path, DefaultPath), FS: o.FS, TooLarge: ErrTooLarge,
		Options: store.Options{MaxSize: MaxSize, InPlace: o.InPlace, AnyOwner: o.AnyOwner, CreateTarget: o.Create},
	}
}

// Load reads a nodes file. The errors are those of [Parse] and of the file system, such as fs.ErrNotExist. A file that
// ctdbd refuses comes back beside the error; one of more than [MaxSize] bytes is not read, and is nil beside
// [ErrTooLarge].
func Load(o Options) (*File, error) {
	file := o.file()
	data, err := file.Read()
	if err != nil {
		return nil, err
	}
	return Parse(file.Path, data)
}

// Edit changes a nodes file: it locks it, reads it, lets edit change it, and puts the result in its place in one step that
// survives a crash. Readers see the old file or the new one. If edit changes nothing, nothing is written; if it returns an
// error, nothing is written and errors.Is finds that error in the one of Edit.
//
// A change that a running cluster refuses is a *[ForbiddenError] and is not made, unless [Options.Allow] names its kind:
// a node's address changed in place, a line that is gone, a node under another number.
//
// A file that ctdbd refuses is given to edit without nodes. [File.SetBytes] can mend it, and then there is nothing to
// compare with: no change is forbidden. If it is not mended, the error is that of [Parse].
//
// Callers of Edit, in this process and others, wait for each other until ctx is over; then nothing is written. Programs
// that do not lock, such as editors, are not kept out: if one changed the file meanwhile, the error is [ErrConflict] and
// its bytes stay. Do not call Edit from within edit, which would wait for itself. Edit is safe for concurrent use.
//
// All nodes of a cluster need the same file, and read it when ctdb reloadnodes tells them to.
func Edit(ctx context.Context, o Options, edit func(*File) error) error {
	file := o.file()
	return file.Edit(ctx, func(data []byte) ([]byte, error) {
		f, _ := Parse(file.Path, data) // the error is in f
		before := *f
		if err := edit(f); err != nil {
			return nil, err
		}
		if f.err != nil {
			return nil, f.err
		}
		return f.Bytes(), o.check(Diff(&before, f))
	})
}

// check refuses changes that are forbidden and not allowed.
func (o Options) check(changes []Change) error {
	bad := slices.DeleteFunc(changes, func(c Change) bool {
		return !c.Kind.Forbidden() || slices.Contains(o.Allow, c.Kind)
	})
	if len(bad) > 0 {
		return &ForbiddenError{Path: o.file().Path, Changes: bad}
	}
	return nil
}

// ForbiddenError is an edit that was not made, since it would renumber, readdress or lose nodes. It is only read, so it
// is safe for concurrent use.
type ForbiddenError struct {
	Path    string   // of the file
	Changes []Change // the forbidden ones that were not allowed, in the order of the numbers
}

// Error names the first changes.
func (e *ForbiddenError) Error() string {
	var all []string
	for _, c := range e.Changes[:min(len(e.Changes), maxNamed)] {
		all = append(all, c.String())
	}
	if more := len(e.Changes) - maxNamed; more > 0 {
		all = append(all, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("%s: %v: %s", e.Path, ErrForbidden, strings.Join(all, "; "))
}

const maxNamed = 10 // changes in the message of a ForbiddenError

// Unwrap gives ErrForbidden.
func (e *ForbiddenError) Unwrap() error { return ErrForbidden }
