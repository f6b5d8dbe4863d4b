package eventscript

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

// Why something can't be done. errors.Is finds them in what the functions of this package return.
var (
	// ErrName: what was given is not the name of a script of the release, such as "50.samba". Nothing was looked at.
	ErrName = errors.New("not the name of a script")
	// ErrNoSuchScript: no script of that name came with CTDB, and none is in the directory. errors.Is also finds
	// fs.ErrNotExist.
	ErrNoSuchScript = fmt.Errorf("there is no such script: %w", fs.ErrNotExist)
	// ErrDangling: the script is a symbolic link that leads nowhere. To disable it removes the link.
	ErrDangling = errors.New("the link leads nowhere")
	// ErrNotExecutable: the script's owner may not execute it, so that CTDB does not run it.
	ErrNotExecutable = errors.New("not executable by its owner")
	// ErrNotFile: a directory, a device or the like has the name of a script, or a link leads to one; or it is a link
	// where only a file will do.
	ErrNotFile = errors.New("not a regular file")
	// ErrNotEnabled: the ctdb tool said that it enabled the script, and lists it as not enabled all the same.
	ErrNotEnabled = errors.New("it is not enabled all the same")
	// ErrStillEnabled: the script was disabled, and is enabled all the same.
	ErrStillEnabled = errors.New("it is enabled all the same")
	// ErrNoSuchService: neither this package nor the caller knows a service of that name.
	ErrNoSuchService = errors.New("there is no such service")
	// ErrLeftAlone: the script that a service is about was not disabled, for a reason that the [ServiceChange] has.
	ErrLeftAlone = errors.New("it was left alone")
	// ErrExists: there is a script of that name already that is not to be replaced: a link. errors.Is also finds
	// fs.ErrExist.
	ErrExists = fmt.Errorf("there is a link of that name: %w", fs.ErrExist)
	// ErrTooMany: there are more names in a directory than this package looks at. See [MaxScripts].
	ErrTooMany = errors.New("too many files in the directory")
	// ErrTooLarge: a notification script has more than [MaxNotification] bytes.
	ErrTooLarge = store.ErrTooLarge
	// ErrConflict: somebody else changed the script at the same time. Nothing was changed: look again.
	ErrConflict = store.ErrConflict
	// ErrNotDurable: the change was made, but that may be gone after a crash of the machine.
	ErrNotDurable = store.ErrNotDurable
)

// ScriptError says what could not be done with a script.
type ScriptError struct {
	// Op is what was to be done: "enable", "disable", "install", "remove".
	Op string
	// Script is the name of the script, without ".script".
	Script string
	// Path is where the script is, or should be; empty if only the ctdb tool knows.
	Path string
	// Err is the reason.
	Err error
}

// Error gives all of it: `enable 50.samba: /etc/ctdb/events/legacy/50.samba.script: the link leads nowhere`.
func (e *ScriptError) Error() string {
	text := e.Op + " " + clip(e.Script) + ": "
	if _, ok := errors.AsType[*fs.PathError](e.Err); !ok && e.Path != "" {
		text += e.Path + ": "
	}
	return text + e.Err.Error()
}

// Unwrap gives the reason.
func (e *ScriptError) Unwrap() error { return e.Err }

// because joins what an error means to the caller and what the system said, in one line.
func because(meaning, err error) error { return fmt.Errorf("%w: %w", meaning, err) }
