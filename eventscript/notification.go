package eventscript

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/store"
)

// Notifications are the scripts that CTDB runs when something happens to the node: files in events/notification, which
// end in ".script" since 4.9, or in notify.d before. Each that is executable is run with one argument: "init", "setup",
// "startup", "unhealthy" or "healthy". They run one after the other, whatever becomes of the others. ctdbd does not
// wait for them, so that those of two changes can run at the same time, and gives them no limit of time.
//
// It is safe for concurrent use.
type Notifications struct{ files Files }

// Notifications gives the notification scripts of the host. The ctdb tool has no commands for them.
func (f Files) Notifications() Notifications { return Notifications{f} }

// Notification is a script in the directory of notification scripts.
type Notification struct {
	// Name is that of the script without ".script".
	Name string `json:"name"`
	// Enabled: CTDB runs it. Somebody may execute it, which is all that counts for root.
	Enabled bool `json:"enabled"`
	// Kind is what it is, Path where it is, and Target the text of a link.
	Kind   Kind   `json:"kind"`
	Path   string `json:"path"`
	Target string `json:"target,omitempty"`
	// Mode is that of the file, or of the one that a link leads to.
	Mode fs.FileMode `json:"mode"`
	// Findings are what is wrong with it: FindingDangling, FindingNotFile, FindingName.
	Findings []finding.Finding `json:"findings,omitempty"`
}

// Path is the directory of the scripts, as the host names it.
func (n Notifications) Path() string { return n.files.paths().NotificationDir(n.files.Release) }

// place gives the directory, without symbolic links in its path.
func (n Notifications) place() (*place, error) {
	p := &place{
		tree: n.files.tree(), rules: rulesOf(n.files.Release), release: n.files.Release, dir: n.Path(),
		store: store.For(n.files.FS, store.Options{MaxSize: MaxNotification}),
	}
	var err error
	p.real, err = p.directory(p.dir)
	return p, err
}

// MaxNotification is the largest notification script, in bytes, that is installed or removed.
const MaxNotification = 1 << 20

// List gives the scripts in the order in which they run. Files that CTDB ignores are there too, with FindingName;
// READMEs and hidden files are not. A directory that is missing is fs.ErrNotExist, one with more than [MaxScripts]
// files [ErrTooMany].
func (n Notifications) List(ctx context.Context) ([]Notification, error) {
	p, err := n.place()
	if err != nil {
		return nil, err
	}
	files, err := p.names(p.real, MaxScripts)
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	all := make([]Notification, 0, len(files))
	for _, file := range files {
		if strings.HasPrefix(file, ".") || strings.HasPrefix(file, "README") {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		e, err := p.look(p.real, file)
		switch {
		case err != nil:
			return nil, err
		case e.kind != KindNone:
			all = append(all, p.notification(e))
		}
	}
	return all, nil
}

func (p *place) notification(e entry) Notification {
	name, ok := strings.CutSuffix(e.file, suffix)
	if p.rules != suffixRules {
		name, ok = e.file, true
	}
	s := Notification{Name: name, Kind: e.kind, Path: p.file(e.file), Target: e.target, Mode: e.mode}
	s.Enabled = ok && e.at != "" && e.mode.IsRegular() && e.mode&executable != 0
	add := func(id, format string, args ...any) {
		s.Findings = append(s.Findings, finding.Finding{
			ID: id, Severity: finding.Warning, File: s.Path, Message: fmt.Sprintf(format, args...),
		})
	}
	switch {
	case !ok:
		add(FindingName, "CTDB does not take it for a script: it does not end in .script")
	case e.at == "":
		add(FindingDangling, "it leads to %q, where there is nothing", clip(e.target))
	case !e.mode.IsRegular():
		add(FindingNotFile, "it is no file: CTDB can't run it")
	}
	return s
}

// checkNotification gives the name of a script, and of its file.
func (n Notifications) check(name string) (script, file string, err error) {
	rules := rulesOf(n.files.Release)
	script = strings.TrimSuffix(name, suffix)
	if rules != suffixRules {
		script = name
	}
	file = rules.file(script)
	if script == "" {
		return script, file, fmt.Errorf("%w: it is empty", ErrName)
	}
	return script, file, checkFileName(file, name)
}

// Install puts a script there, with its bytes and its permissions, such as 0755, and says whether that changed
// anything. One that is there is replaced, in one step; if its permissions are others, they change after that. The name
// may have ".script" at its end. The directory must be there.
//
// The error is a [*ScriptError], with [ErrName], [ErrExists] if there is a link of that name, [ErrNotFile],
// [ErrConflict], or an error of the file system.
func (n Notifications) Install(
	ctx context.Context, name string, data []byte, perm fs.FileMode,
) (changed bool, err error) {
	err = n.change("install", name, func(p *place, file string) error {
		e, err := p.look(p.real, file)
		switch {
		case err != nil:
			return err
		case e.kind == KindLink:
			return ErrExists
		case e.kind == KindOther:
			return ErrNotFile
		}
		changed, err = p.install(ctx, path.Join(p.real, file), data, perm.Perm())
		return err
	})
	return changed, err
}

// install writes a file and changes its mode, if it has to.
func (p *place) install(ctx context.Context, name string, data []byte, perm fs.FileMode) (changed bool, err error) {
	unlock, err := p.store.Lock(ctx, p.actual(name))
	if err != nil {
		return false, err
	}
	changed, err = p.write(ctx, p.actual(name), data, perm)
	if err := errors.Join(err, unlock()); err != nil {
		return changed, err
	}
	remode, err := p.store.Chmod(ctx, p.actual(name), perm, fs.ModePerm)
	return changed || remode, err
}

func (p *place) write(ctx context.Context, name string, data []byte, perm fs.FileMode) (changed bool, err error) {
	_, before, err := p.store.Read(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	after, err := p.store.Replace(ctx, name, data, perm, before)
	return err == nil && after != before, err
}

// Remove removes a script: the file, or the link. Its error is as that of Install; a script that is not there is
// [ErrNoSuchScript].
func (n Notifications) Remove(ctx context.Context, name string) error {
	return n.change("remove", name, func(p *place, file string) error {
		e, err := p.look(p.real, file)
		if err != nil {
			return err
		}
		actual := p.actual(path.Join(p.real, file))
		switch e.kind {
		case KindNone:
			return ErrNoSuchScript
		case KindLink:
			return p.store.Unlink(ctx, e.target, actual)
		case KindOther:
			return ErrNotFile
		case KindFile:
		}
		_, stamp, err := p.store.Read(actual)
		if err != nil {
			return err
		}
		return p.store.Remove(ctx, actual, stamp)
	})
}

// Enable lets everybody execute a script. Its error is as that of Remove; a link is [ErrNotFile]: where it leads is not
// for this package to change.
func (n Notifications) Enable(ctx context.Context, name string) error {
	return n.chmod(ctx, "enable", name, executable, 0)
}

// Disable lets nobody execute a script. Its error is as that of Enable.
func (n Notifications) Disable(ctx context.Context, name string) error {
	return n.chmod(ctx, "disable", name, 0, executable)
}

func (n Notifications) chmod(ctx context.Context, op, name string, set, unset fs.FileMode) error {
	return n.change(op, name, func(p *place, file string) error {
		_, err := p.store.Chmod(ctx, p.actual(path.Join(p.real, file)), set, unset)
		if errors.Is(err, fs.ErrNotExist) {
			err = because(ErrNoSuchScript, err)
		}
		return err
	})
}

// change does something to a script.
func (n Notifications) change(op, name string, do func(p *place, file string) error) error {
	script, file, err := n.check(name)
	if err != nil {
		return &ScriptError{Op: op, Script: script, Err: err}
	}
	p, err := n.place()
	if err == nil {
		err = do(p, file)
	}
	if err != nil {
		return &ScriptError{Op: op, Script: script, Path: path.Join(n.Path(), file), Err: explain(err)}
	}
	return nil
}
