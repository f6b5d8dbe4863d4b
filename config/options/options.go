package options

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

// DefaultPath is where scripts look for the options of all of them.
const DefaultPath = "/etc/ctdb/script.options"

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

// Options say which file to read or edit, and how. The zero value is /etc/ctdb/script.options on the real file system,
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
	// not atomic: scripts may see half a file.
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

// ForScript gives the options for the file of one script, which is below the directory of script.options: for
// "11.natgw" that is /etc/ctdb/events/legacy/11.natgw.options, for debug-hung-script.sh it is
// /etc/ctdb/debug-hung-script.sh.options. It is not a question whether there is such a script or such a file. A name
// that is empty, begins with - or a dot, or has a separator or a control character in it is [ErrScript]; so is one that
// ends in ".script" or ".options", which are no parts of the name.
func (o Options) ForScript(script string) (Options, error) {
	if err := checkScript(script); err != nil {
		return o, err
	}
	dir := path.Dir(o.file().Path)
	if script != DebugHungScript {
		dir = path.Join(dir, "events/legacy")
	}
	o.Path = path.Join(dir, script+".options")
	return o, nil
}

// checkScript says why a text is no name of a script.
func checkScript(script string) error {
	if script == "" || len(script) > 200 || script[0] == '-' || script[0] == '.' ||
		strings.HasSuffix(script, ".script") || strings.HasSuffix(script, ".options") ||
		strings.ContainsFunc(script, func(r rune) bool { return r < ' ' || r == 0x7f || r == '/' || r == '\\' }) {
		return fmt.Errorf("%w, got %.64q", ErrScript, script)
	}
	return nil
}

// Load reads a file. The errors are those of [Parse] and of the file system, such as fs.ErrNotExist: for scripts, a
// file that is missing is an empty one. A file that a shell refuses comes back beside the error; one of more than
// [MaxSize] bytes is not read, and is nil beside [ErrTooLarge].
func Load(o Options) (*File, error) {
	file := o.file()
	data, err := file.Read()
	if err != nil {
		return nil, err
	}
	return Parse(file.Path, data)
}

// LoadMerged reads what a script reads: script.options, which o names, and the script's own file. Files that are
// missing are no error. The other errors are those of [Load] and [Options.ForScript]; a file that a shell refuses is an
// error too.
func LoadMerged(o Options, script string) (*Merged, error) {
	own, err := o.ForScript(script)
	if err != nil {
		return nil, err
	}
	files := make([]*File, 0, 2)
	for _, o := range []Options{o, own} {
		f, err := Load(o)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		default:
			files = append(files, f)
		}
	}
	return Merge(script, files...), nil
}

// Edit changes a file: it locks it, reads it, lets edit change it, and puts the result in its place in one step that
// survives a crash. Scripts see the old file or the new one. If edit changes nothing, nothing is written; if it returns
// an error, nothing is written and errors.Is finds that error in the one of Edit.
//
// A file that a shell refuses is given to edit without entries. [File.SetBytes] can mend it. If it is not mended, the
// error is that of [Parse].
//
// Callers of Edit, in this process and others, wait for each other until ctx is over; then nothing is written. Programs
// that do not lock, such as editors, are not kept out: if one changed the file meanwhile, the error is [ErrConflict]
// and its bytes stay. Do not call Edit from within edit, which would wait for itself. Edit is safe for concurrent use.
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
