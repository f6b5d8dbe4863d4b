package config

import (
	"cmp"
	"context"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

// DefaultPath is where CTDB's packages have the file. CTDB itself finds it below the directory that it was built with; see
// [Paths].
const DefaultPath = "/etc/ctdb/ctdb.conf"

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
)

// Options say which file to read or edit, and how. The zero value is /etc/ctdb/ctdb.conf on the real file system,
// and the careful way.
type Options struct {
	// Path is the file; "" is DefaultPath. A symbolic link is followed, and its target is what is edited.
	Path string
	// FS is the file system; nil is the real one. Another one is for tests and dry runs: edits there are neither atomic
	// nor durable.
	FS afero.Fs
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

// Load reads a ctdb.conf. The errors are those of [Parse] and of the file system, such as fs.ErrNotExist: for CTDB, a file
// that is missing is one without settings. A file that CTDB drops comes back beside the error; one of more than [MaxSize]
// bytes is not read, and is nil beside [ErrTooLarge].
func Load(o Options) (*File, error) {
	file := o.file()
	data, err := file.Read()
	if err != nil {
		return nil, err
	}
	return Parse(file.Path, data)
}

// Edit changes a ctdb.conf: it locks it, reads it, lets edit change it, and puts the result in its place in one step that
// survives a crash. Readers see the old file or the new one. If edit changes nothing, nothing is written; if it returns an
// error, nothing is written and errors.Is finds that error in the one of Edit. To write only what a release accepts, let
// edit end with [File.CheckFor].
//
// A file that CTDB drops is given to edit without settings. [File.SetBytes] can mend it. If it is not mended, the error
// is that of [Parse].
//
// Callers of Edit, in this process and others, wait for each other until ctx is over; then nothing is written. Programs
// that do not lock, such as editors, are not kept out: if one changed the file meanwhile, the error is [ErrConflict] and
// its bytes stay. Do not call Edit from within edit, which would wait for itself. Edit is safe for concurrent use.
//
// Running daemons go on with what they have loaded: ctdbd reads the file when it starts, and the ctdb program, since 4.22,
// each time.
func Edit(ctx context.Context, o Options, edit func(*File) error) error {
	file := o.file()
	return file.Edit(ctx, func(data []byte) ([]byte, error) {
		f, _ := Parse(file.Path, data) // the error is in f
		if err := edit(f); err != nil {
			return nil, err
		}
		return f.Bytes(), f.err
	})
}
