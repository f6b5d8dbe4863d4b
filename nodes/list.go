package nodes

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// ErrNoCommand is the error about a nodes list that is a "!" with no command behind it, on which ctdb 4.22 and 4.25 crash.
var ErrNoCommand = errors.New(`a nodes list of "!" without a command`)

// ErrNoOutput is the error about a nodes list command that printed nothing, which ctdbd refuses whatever its exit code.
var ErrNoOutput = errors.New("the nodes list command printed nothing")

// ReadList reads what the option "nodes list" of ctdb.conf's section "cluster" names, as ctdbd does from 4.22 on: a file,
// or, behind a "!", a command whose output is the list. An empty setting is the file that o names. A command goes to run
// as its words, split at spaces and tabs as ctdbd splits them: there is no shell, and quotes are ordinary characters. The
// first word is the program's path: ctdbd does not search $PATH.
//
// run returns what the command printed on standard output, whatever its exit code; nothing at all is [ErrNoOutput]. An
// error of run comes back wrapped. Other errors are those of [Load] and [Parse]; messages name the setting as the file.
//
// A relative path is relative to the working directory of the caller, as it is for ctdbd. A list that is a command can't
// be edited.
func ReadList(
	ctx context.Context, setting string, o Options, run func(ctx context.Context, argv []string) ([]byte, error),
) (*File, error) {
	command, ok := strings.CutPrefix(setting, "!")
	if !ok {
		if setting != "" {
			o.Path = setting
		}
		return Load(o)
	}
	argv := strings.FieldsFunc(command, isBlank)
	if len(argv) == 0 {
		return nil, ErrNoCommand
	}
	out, err := run(ctx, argv)
	if err != nil {
		return nil, fmt.Errorf("nodes list %q: %w", finding.Clip(setting), err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("nodes list %q: %w", finding.Clip(setting), ErrNoOutput)
	}
	return Parse(finding.Clip(setting), out)
}
