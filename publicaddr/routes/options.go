package routes

import (
	"errors"
	"fmt"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

// DefaultStaticPath is where 11.routing looks for static routes.
const DefaultStaticPath = "/etc/ctdb/static-routes"

// AutoLinkLocal is what CTDB_PER_IP_ROUTING_CONF may be instead of the path of a file: see [AutoRoutes].
const AutoLinkLocal = "__auto_link_local__"

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
	// ErrNoPath: [Options] have no path, or AutoLinkLocal for one, and there is no usual one.
	ErrNoPath = errors.New("want the path that CTDB_PER_IP_ROUTING_CONF has")
)

// Options say which file to read or edit, and how. The zero value is /etc/ctdb/static-routes on the real file system, and
// the careful way.
type Options struct {
	// Path is the file. For static routes "" is DefaultStaticPath; for policy routing there is no usual path, and "" is
	// ErrNoPath. A symbolic link is followed, and its target is what is edited.
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

// perIP gives the options for a file of policy routing.
func (o Options) perIP() (Options, error) {
	if o.Path == "" || o.Path == AutoLinkLocal {
		return o, fmt.Errorf("%w, got %q", ErrNoPath, o.Path)
	}
	return o, nil
}

// static gives the options for a file of static routes.
func (o Options) static() Options {
	if o.Path == "" {
		o.Path = DefaultStaticPath
	}
	return o
}

func (o Options) file() store.File {
	return store.File{
		Path: o.Path, FS: o.FS, TooLarge: ErrTooLarge,
		Options: store.Options{MaxSize: MaxSize, InPlace: o.InPlace, AnyOwner: o.AnyOwner, CreateTarget: o.Create},
	}
}
