package eventscript

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

// executable are the bits that CTDB's tool sets and clears.
const executable fs.FileMode = 0o111

// Enable makes CTDB run a script, and looks whether it does then. The name may have ".script" at its end.
//
// A script that came with CTDB gets the link that ctdb makes: absolute, and without symbolic links in it. A file that
// is in the directory, somebody's own script, becomes executable for all; before 4.9 all scripts are such files. A link
// that is there stays as it is, wherever it leads.
//
// Nothing is changed, and the error is a [*ScriptError], if the script does not run afterwards: [ErrNoSuchScript],
// [ErrDangling], [ErrNotExecutable] (a link, or what came with CTDB), [ErrNotFile]; and with [ErrName], [ErrConflict]
// and the errors of the file system, such as fs.ErrPermission. The tool succeeds without a word where there is a link
// that dangles, and links what is not executable.
//
// Similar to: ctdb event script enable legacy NAME.
func (f Files) Enable(ctx context.Context, name string) error {
	return f.change(ctx, "enable", name, (*place).enable, entry.runs)
}

// Disable makes CTDB not run a script, and looks whether it does not then. The name may have ".script" at its end.
//
// A link is removed, wherever it leads. A file stays and is executable for nobody then. A script that came with CTDB
// and has neither is disabled already.
//
// Nothing is changed, and the error is a [*ScriptError], with [ErrNoSuchScript], about which the tool says nothing,
// [ErrNotFile], [ErrName], [ErrConflict], and the errors of the file system.
//
// Similar to: ctdb event script disable legacy NAME.
func (f Files) Disable(ctx context.Context, name string) error {
	return f.change(ctx, "disable", name, (*place).disable, func(e entry) error {
		if e.runs() == nil {
			return ErrStillEnabled
		}
		return nil
	})
}

// change changes a script and judges what it is then.
func (f Files) change(
	ctx context.Context, op, name string, do func(*place, context.Context, entry) error, judge func(entry) error,
) error {
	script, err := rulesOf(f.Release).check(name)
	if err != nil {
		return &ScriptError{Op: op, Script: script, Err: err}
	}
	p, err := f.place()
	if err != nil {
		return &ScriptError{Op: op, Script: script, Err: err}
	}
	file := p.rules.file(script)
	e, err := p.look(p.real, file)
	if err == nil {
		err = do(p, ctx, e)
	}
	if err == nil {
		if e, err = p.look(p.real, file); err == nil {
			err = judge(e)
		}
	}
	if err != nil {
		return &ScriptError{Op: op, Script: script, Path: p.file(file), Err: explain(err)}
	}
	return nil
}

// explain adds this package's own error to one of the store.
func explain(err error) error {
	if errors.Is(err, store.ErrNotRegular) || errors.Is(err, store.ErrNotLink) {
		return because(ErrNotFile, err)
	}
	return err
}

func (p *place) enable(ctx context.Context, e entry) error {
	switch e.kind {
	case KindNone:
		return p.link(ctx, e.file)
	case KindFile:
		return p.chmod(ctx, e, executable, 0)
	case KindLink:
		if p.rules != suffixRules {
			return p.chmod(ctx, e, executable, 0)
		}
		return nil // which the judgement is about
	default:
		return ErrNotFile
	}
}

func (p *place) disable(ctx context.Context, e entry) error {
	switch e.kind {
	case KindNone:
		_, err := p.packaged(e.file) // which is all that there is to do
		return err
	case KindFile:
		return p.chmod(ctx, e, 0, executable)
	case KindLink:
		if p.rules != suffixRules {
			return p.chmod(ctx, e, 0, executable)
		}
		return p.store.Unlink(ctx, e.target, p.actual(path.Join(p.real, e.file)))
	default:
		return ErrNotFile
	}
}

// chmod changes the mode of a file, or of the one that a link leads to.
func (p *place) chmod(ctx context.Context, e entry, set, unset fs.FileMode) error {
	if e.at == "" {
		return ErrDangling
	}
	_, err := p.store.Chmod(ctx, p.actual(e.at), set, unset)
	return err
}

// packaged finds a script that came with CTDB.
func (p *place) packaged(file string) (entry, error) {
	if p.installed == "" {
		return entry{}, ErrNoSuchScript
	}
	e, err := p.look(p.installed, file)
	if err == nil && e.kind == KindNone {
		err = ErrNoSuchScript
	}
	return e, err
}

// link makes the link to a script that came with CTDB. The text is what CTDB itself would find, in an image too.
func (p *place) link(ctx context.Context, file string) error {
	e, err := p.packaged(file)
	if err != nil {
		return err
	}
	if err := e.runs(); err != nil {
		return err // the link would have no effect
	}
	target := e.at
	if !p.release.AtLeast(4, 10, 0) {
		target = p.listed(file)
	}
	_, err = p.store.Link(ctx, target, p.actual(path.Join(p.real, file)), store.LinkOptions{New: true})
	return err
}
