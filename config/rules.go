package config

import (
	"errors"
	"fmt"
	"path"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// Why a release refuses a value, besides what the value types say: the reasons of a [ParseError].
var (
	// ErrValue: the release refuses a value, and with it the file. errors.Is finds it in all reasons about values.
	ErrValue = errors.New("CTDB refuses the value")
	// ErrEmpty: nothing stands behind the "=" of an option that the release knows.
	ErrEmpty = errors.New("it is empty")
	// ErrNoDirectory: there is no such directory.
	ErrNoDirectory = errors.New("there is no such directory")
	// ErrNoScript: the script is not there, no file or not executable.
	ErrNoScript = errors.New("there is no such script")
)

// checkText asks whether CTDB takes a text, whose type fits, for an option of any host. What it takes and can't work with
// is no error here.
func checkText(o Option, text string) error {
	err := new(Settings).set(o, text)
	if errors.Is(err, ErrNoHelper) || errors.Is(err, nodes.ErrNoCommand) {
		return nil
	}
	return err
}

// check asks whether CTDB takes a text for an option of this host: some name directories and scripts.
func (e Env) check(o Option, text string) error {
	switch o.Rule {
	case IsLocation:
		location, err := ParseLocation(text)
		if dir, ok := location.Dir(); err == nil && ok && !e.isDir(dir) {
			return fmt.Errorf("%w: %q", ErrNoDirectory, finding.Clip(dir))
		}
	case IsDirectory:
		if !e.isDir(text) {
			return ErrNoDirectory
		}
	case IsScript:
		return e.checkScript(text)
	case IsLogLevel, IsTransport, IsAddress, IsLock, IsNodesList, IsPositive: // their types look at them
	}
	return nil
}

// checkScript wants an executable file in the configuration's directory, of which the value has the name: what stands
// before its last slash is not looked at.
func (e Env) checkScript(text string) error {
	file := path.Join(e.Paths.EtcDir, path.Base(text))
	shown := finding.Clip(file)
	const ownerMayRun = 0o100
	switch info, err := e.FS.Stat(file); {
	case err != nil:
		return fmt.Errorf("%w: %q", ErrNoScript, shown)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%w: %q is not a file", ErrNoScript, shown)
	case info.Mode()&ownerMayRun == 0:
		return fmt.Errorf("%w: %q is not executable by its owner", ErrNoScript, shown)
	}
	return nil
}
