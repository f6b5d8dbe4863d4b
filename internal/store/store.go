package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/afero"
)

// DefaultMaxSize is the largest file, in bytes, that a store reads or writes unless [Options] say otherwise: 16 MiB.
const DefaultMaxSize = 16 << 20

// Store reads and replaces whole files. The package comment says what the two kinds of stores promise.
//
// A change is Lock, Read, Replace, unlock, in this order. A Store is safe for concurrent use. Its errors are, or wrap,
// an *fs.PathError with the call that failed and its path.
type Store interface {
	// Read gives the bytes of a file and their stamp, and follows symbolic links. Of a file that is missing the stamp
	// is the zero one and the error is fs.ErrNotExist. It refuses what is no regular file (ErrNotRegular) without
	// waiting for it, and a file that is too large (ErrTooLarge) without reading more than the limit.
	Read(name string) (data []byte, stamp Stamp, err error)

	// Lock waits until no other user of a Store, in this process or another, holds the lock of the file, or until ctx
	// ends; then errors.Is finds the error of ctx. The file may be missing; its directory must be there. Call unlock
	// once; later calls give fs.ErrClosed.
	//
	// The lock of the real store is that of the directory of the file that name leads to. A program that holds it waits
	// for itself when it locks another file there.
	Lock(ctx context.Context, name string) (unlock func() error, err error)

	// Replace makes data the whole content of a file whose content is that of base, and gives the new stamp. The zero
	// base makes a new file, with the permissions of perm, whatever the umask; of a file that is there, owner and
	// permissions stay and perm does not matter. It writes nothing when the bytes are the same already.
	//
	// A file that is not what base says is a *ConflictError, which is ErrConflict. After an error the file is as it
	// was, but for three kinds: ErrNotDurable, ErrHalfWritten, and *DisplacedError, which tells. The caller must hold the
	// lock. Replace looks at ctx until the last moment before the change.
	Replace(ctx context.Context, name string, data []byte, perm fs.FileMode, base Stamp) (Stamp, error)

	// Link makes name a symbolic link to target, and does nothing if it is already. It replaces a symbolic link in one
	// step; anything else that is in the way is ErrNotLink, unless options say otherwise about a regular file.
	//
	// Link takes the lock of the directory of name itself; a caller that holds it waits for itself, until ctx ends.
	Link(ctx context.Context, target, name string, options LinkOptions) (LinkResult, error)

	// Detach puts a copy of the file that a symbolic link leads to in the place of the link, in one step. The copy has
	// the file's owner, permissions and attributes. A name that is no link is ErrNotLink. Like Link, Detach takes the lock
	// itself. Only the real store can do it.
	Detach(ctx context.Context, name string) error

	// Unlink removes the symbolic link name if it leads to target, which is compared as text. A name that is missing is
	// fs.ErrNotExist, one that is no link ErrNotLink, and a link to elsewhere ErrConflict. Nothing is removed then. Like
	// Link, Unlink takes the lock itself.
	Unlink(ctx context.Context, target, name string) error

	// Remove removes the regular file name if its content is that of base. It does not follow symbolic links: one is
	// ErrNotRegular. A name that is missing is fs.ErrNotExist, and another content a *ConflictError. Nothing is removed
	// then. Like Link, Remove takes the lock itself.
	Remove(ctx context.Context, name string, base Stamp) error

	// Chmod sets and unsets bits of the mode of a regular file, whatever the umask, and says whether that changed it.
	// Only permissions, setuid, setgid and sticky are looked at; a bit that is in both is set. It does not follow
	// symbolic links: one is ErrNotRegular. A file that somebody replaces meanwhile is ErrConflict. Like Link, Chmod
	// takes the lock itself.
	Chmod(ctx context.Context, name string, set, unset fs.FileMode) (changed bool, err error)
}

// Options say what a store may do. The zero value is the careful one.
type Options struct {
	// MaxSize is the largest file in bytes. 0 is DefaultMaxSize; a negative one is as good as 0.
	MaxSize int64
	// InPlace writes into a file that can't be replaced, or not without losing its owner: one that is a mount point, is
	// in a directory that can't be written, or belongs to another. That is not atomic: readers may see half a file, a
	// crash may leave one, and the bytes of a foreign writer can be lost.
	InPlace bool
	// AnyOwner replaces a file even if owner, group or security attributes can't be kept. The file then belongs to this
	// process, without the setuid and setgid bits.
	AnyOwner bool
	// CreateTarget makes the missing target of a symbolic link, which is an error otherwise.
	CreateTarget bool
}

func (o Options) maxSize() int64 {
	if o.MaxSize <= 0 {
		return DefaultMaxSize
	}
	return o.MaxSize
}

// LinkOptions say what Link may do.
type LinkOptions struct {
	// MoveAside renames a regular file that is in the way. There is no moment at which the name does not exist.
	MoveAside bool
	// New makes a link only where there is nothing: a link to elsewhere is ErrConflict and fs.ErrExist.
	New bool
}

// LinkResult says what Link did. The zero value is that the link was there already.
type LinkResult struct {
	// Changed says that the link is new or has a new target.
	Changed bool
	// Aside is the path that the file in the way has now, or empty.
	Aside string
}

// For gives the store of a file system: the real one for nil and for an *afero.OsFs, and one on top of afero for all
// others, *afero.BasePathFs over an *afero.OsFs too. The type decides, nothing else.
func For(fsys afero.Fs, options Options) Store {
	if fsys == nil {
		return newReal(options)
	}
	if _, ok := fsys.(*afero.OsFs); ok {
		return newReal(options)
	}
	return newAferoStore(fsys, options)
}

// fail is the error of a call.
func fail(call, path string, err error) error { return &fs.PathError{Op: call, Path: path, Err: err} }

// because joins what an error means to the caller and what the system said, in one line.
func because(meaning, err error) error { return fmt.Errorf("%w: %w", meaning, err) }

// also is an error after which another one came, in one line. Each may be nil.
func also(err, next error) error {
	switch {
	case err == nil:
		return next
	case next == nil:
		return err
	}
	return fmt.Errorf("%w; then %w", err, next)
}

// failed wraps an error of a library, whose own path error says more, or is the error of a call if it has none.
func failed(call, path string, err error) error {
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return err
	}
	return fail(call, path, err)
}
