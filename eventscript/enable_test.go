package eventscript_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/eventscript"
)

// TestEnableDisable has all states: what becomes of the script, or why not.
func TestEnableDisable(t *testing.T) {
	t.Parallel()
	type outcome struct {
		err  error
		kind eventscript.Kind // afterwards; 0 if nothing may change
		mode fs.FileMode
	}
	tests := map[string]struct{ enable, disable outcome }{
		"nothing":             {outcome{nil, link, 0}, outcome{}},
		"right":               {outcome{}, outcome{nil, none, 0}},
		"relative":            {outcome{}, outcome{nil, none, 0}},
		"another text":        {outcome{}, outcome{nil, none, 0}},
		"copy":                {outcome{}, outcome{nil, file, 0o644}},
		"disabled copy":       {outcome{nil, file, 0o755}, outcome{}},
		"foreign":             {outcome{}, outcome{nil, none, 0}},
		"dangling":            {outcome{err: eventscript.ErrDangling}, outcome{nil, none, 0}},
		"loop":                {outcome{err: eventscript.ErrDangling}, outcome{nil, none, 0}},
		"not executable":      {outcome{err: eventscript.ErrNotExecutable}, outcome{nil, none, 0}},
		"owner only":          {outcome{nil, file, 0o511}, outcome{nil, file, 0o400}},
		"local":               {outcome{}, outcome{nil, file, 0o644}},
		"local disabled":      {outcome{nil, file, 0o755}, outcome{}},
		"others only":         {outcome{nil, file, 0o711}, outcome{nil, file, 0o600}},
		"local link":          {outcome{}, outcome{nil, none, 0}},
		"another name":        {outcome{}, outcome{nil, none, 0}},
		"directory":           {outcome{err: eventscript.ErrNotFile}, outcome{err: eventscript.ErrNotFile}},
		"link to a directory": {outcome{err: eventscript.ErrNotFile}, outcome{nil, none, 0}},
		"one digit":           {outcome{err: eventscript.ErrName}, outcome{err: eventscript.ErrName}},
		"three":               {outcome{err: eventscript.ErrName}, outcome{err: eventscript.ErrName}},
		"as in 4.8":           {outcome{err: eventscript.ErrNoSuchScript}, outcome{err: eventscript.ErrNoSuchScript}},
		"no name":             {outcome{}, outcome{nil, file, 0o644}},
		"blanks":              {outcome{}, outcome{nil, file, 0o644}},
	}
	for what, test := range tests {
		for op, want := range map[string]outcome{"enable": test.enable, "disable": test.disable} {
			for _, tail := range []string{"", ".script"} {
				t.Run(op+" "+what+tail, func(t *testing.T) {
					t.Parallel()
					i := newImage("50.samba")
					defer i.remove()
					s := states()[what]
					s.make(i)
					before := snapshot(i.dir())
					f := eventscript.Files{Root: i.root, Release: debian12}
					do := map[string]func(context.Context, string) error{"enable": f.Enable, "disable": f.Disable}[op]
					script := strings.TrimSuffix(s.name, ".script")
					err := do(t.Context(), script+tail)
					if !errors.Is(err, want.err) {
						t.Errorf("the error is %v, want %v", err, want.err)
					}
					if e, ok := errors.AsType[*eventscript.ScriptError](err); ok != (err != nil) || ok &&
						(e.Op != op || e.Script != script) {
						t.Errorf("the error is %#v", err)
					}
					checkState(t, i, s.name, want.kind, want.mode, before)
				})
			}
		}
	}
}

// checkState wants a kind of entry, or everything as it was.
func checkState(t *testing.T, i image, name string, kind eventscript.Kind, mode fs.FileMode, before string) {
	t.Helper()
	if kind == 0 {
		if diff := cmp.Diff(before, snapshot(i.dir())); diff != "" {
			t.Errorf("something changed:\n%s", diff)
		}
		return
	}
	got := eventscript.KindNone
	info, err := os.Lstat(filepath.Join(i.dir(), name))
	switch {
	case err != nil:
	case info.Mode().Type() == fs.ModeSymlink:
		got = eventscript.KindLink
	case info.Mode() == mode:
		got = eventscript.KindFile
	default:
		t.Errorf("the mode is %v, want %v", info.Mode(), mode)
		return
	}
	if got != kind {
		t.Errorf("there is %v, want %v", got, kind)
	}
}

// TestEnableMissing has scripts that are not there, and directories that are not.
func TestEnableMissing(t *testing.T) {
	t.Parallel()
	i := newImage("50.samba")
	defer i.remove()
	must(os.Symlink("/nonexistent", filepath.Join(i.root, packagedDir, "51.x.script")))
	must(os.Mkdir(filepath.Join(i.root, packagedDir, "52.x.script"), 0o755))
	i.put(packagedDir+"53.x.script", "#!/bin/sh\n", 0o644)
	f := eventscript.Files{Root: i.root}
	for script, want := range map[string]error{
		"60.nfs": eventscript.ErrNoSuchScript, "51.x": eventscript.ErrDangling, "52.x": eventscript.ErrNotFile,
		"53.x": eventscript.ErrNotExecutable,
	} {
		if err := f.Enable(t.Context(), script); !errors.Is(err, want) {
			t.Errorf("enable %s: %v, want %v", script, err, want)
		}
	}
	if err := f.Disable(t.Context(), "60.nfs"); !errors.Is(err, eventscript.ErrNoSuchScript) ||
		!errors.Is(err, fs.ErrNotExist) {
		t.Errorf("disable: %v", err)
	}
	if got := snapshot(i.dir()); got != "" {
		t.Errorf("the directory has %s", got)
	}
	must(os.Remove(i.dir()))
	for _, do := range []func(context.Context, string) error{f.Enable, f.Disable} {
		if err := do(t.Context(), "50.samba"); !errors.Is(err, fs.ErrNotExist) ||
			errors.Is(err, eventscript.ErrNoSuchScript) {
			t.Errorf("without the directory: %v", err)
		}
	}
}

func TestEnableCanceled(t *testing.T) {
	t.Parallel()
	i := newImage("50.samba")
	defer i.remove()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (eventscript.Files{Root: i.root}).Enable(ctx, "50.samba"); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if got := snapshot(i.dir()); got != "" {
		t.Errorf("the directory has %s", got)
	}
}

// TestEnableOld has files in events.d, without ".script".
func TestEnableOld(t *testing.T) {
	t.Parallel()
	i := newOldImage()
	defer i.remove()
	f := eventscript.Files{Root: i.root, Release: release.Release{Major: 4, Minor: 8}}
	for _, step := range []struct {
		do     func(context.Context, string) error
		script string
		file   string
		want   fs.FileMode
		err    error
	}{
		{f.Enable, "51.x", "etc/ctdb/events.d/51.x", 0o755, nil},
		{f.Enable, "51.x", "etc/ctdb/events.d/51.x", 0o755, nil},
		{f.Disable, "51.x", "etc/ctdb/events.d/51.x", 0o644, nil},
		{f.Disable, "54.link", "opt/x", 0o644, nil}, // as CTDB does it
		{f.Enable, "54.link", "opt/x", 0o755, nil},
		{f.Enable, "60.nfs", "opt/x", 0o755, eventscript.ErrNoSuchScript},
		{f.Disable, "60.nfs", "opt/x", 0o755, eventscript.ErrNoSuchScript},
		{f.Disable, "52.a.b", "etc/ctdb/events.d/52.a.b", 0o755, eventscript.ErrName},
		{f.Disable, "53.x~", "etc/ctdb/events.d/53.x~", 0o755, eventscript.ErrName},
	} {
		if err := step.do(t.Context(), step.script); !errors.Is(err, step.err) {
			t.Errorf("%s: %v, want %v", step.script, err, step.err)
		}
		if info, err := os.Stat(filepath.Join(i.root, step.file)); err != nil || info.Mode() != step.want {
			t.Errorf("%s: the mode is %v, want %v (%v)", step.script, info.Mode(), step.want, err)
		}
	}
	must(os.Remove(filepath.Join(i.root, "opt/x")))
	if err := f.Enable(t.Context(), "54.link"); !errors.Is(err, eventscript.ErrDangling) {
		t.Errorf("a link that leads nowhere: %v", err)
	}
	f.Release = release.Release{Major: 4, Minor: 5}
	if err := f.Disable(t.Context(), "52.a.b"); err != nil {
		t.Errorf("a name with dots, in 4.5: %v", err)
	}
}

// TestImageLinks has an image whose directories are links to absolute paths: they lead to places in the image.
func TestImageLinks(t *testing.T) {
	t.Parallel()
	i := newImage("50.samba")
	defer i.remove()
	must(os.Mkdir(filepath.Join(i.root, "srv"), 0o755))
	must(os.Rename(filepath.Join(i.root, "etc/ctdb"), filepath.Join(i.root, "srv/ctdb")))
	must(os.Symlink("/../../srv/ctdb", filepath.Join(i.root, "etc/ctdb"))) // no way out
	f := eventscript.Files{Root: i.root}
	if err := f.Enable(t.Context(), "50.samba"); err != nil {
		t.Fatal(err)
	}
	const want = "50.samba.script Lrwxrwxrwx -> /usr/share/ctdb/events/legacy/50.samba.script\n"
	if got := snapshot(filepath.Join(i.root, "srv/ctdb/events/legacy")); got != want {
		t.Errorf("the directory has %q, want %q", got, want)
	}
	if _, err := f.Notifications().Install(t.Context(), "x", []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Error(err)
	}
	if got := snapshot(filepath.Join(i.root, "srv/ctdb/events/notification")); got != "x.script -rwx------ #!/bin/sh\n\n" {
		t.Errorf("the directory has %q", got)
	}
	if err := f.Disable(t.Context(), "50.samba"); err != nil {
		t.Error(err)
	}
}

// TestConcurrent switches one script from many goroutines. Whoever comes last, the link is right or not there.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	i := newImage("50.samba", "49.winbind")
	defer i.remove()
	f := eventscript.Files{Root: i.root}
	var workers sync.WaitGroup
	for n := range 8 {
		workers.Go(func() {
			for range 10 {
				do := f.Enable
				if n%2 == 0 {
					do = f.Disable
				}
				err := do(t.Context(), "50.samba")
				// The other may come between the change and the look at it.
				isOther := errors.Is(err, eventscript.ErrStillEnabled) || errors.Is(err, fs.ErrNotExist) ||
					errors.Is(err, fs.ErrExist)
				if err != nil && !isOther {
					t.Error(err)
				}
				if _, err := f.List(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	workers.Wait()
	const right = "50.samba.script Lrwxrwxrwx -> /usr/share/ctdb/events/legacy/50.samba.script\n"
	if got := snapshot(i.dir()); got != "" && got != right {
		t.Errorf("the directory has %q", got)
	}
}

// faultyFs is the real file system, with something that happens before the n-th call, or instead of it.
type faultyFs struct {
	afero.OsFs
	mu   *sync.Mutex
	n    *int
	hook func(n int, call, name string) error
}

func newFaultyFs(hook func(n int, call, name string) error) faultyFs {
	return faultyFs{mu: new(sync.Mutex), n: new(int), hook: hook}
}

func (f faultyFs) call(call, name string) error {
	f.mu.Lock()
	n := *f.n
	*f.n++
	f.mu.Unlock()
	if err := f.hook(n, call, name); err != nil {
		return &fs.PathError{Op: call, Path: name, Err: err}
	}
	return nil
}

func (f faultyFs) Open(name string) (afero.File, error) {
	if err := f.call("open", name); err != nil {
		return nil, err
	}
	return f.OsFs.Open(name)
}

func (f faultyFs) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if err := f.call("openfile", name); err != nil {
		return nil, err
	}
	return f.OsFs.OpenFile(name, flag, perm)
}

func (f faultyFs) Stat(name string) (fs.FileInfo, error) {
	if err := f.call("stat", name); err != nil {
		return nil, err
	}
	return f.OsFs.Stat(name)
}

func (f faultyFs) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	if err := f.call("lstat", name); err != nil {
		return nil, true, err
	}
	return f.OsFs.LstatIfPossible(name)
}

func (f faultyFs) ReadlinkIfPossible(name string) (string, error) {
	if err := f.call("readlink", name); err != nil {
		return "", err
	}
	return f.OsFs.ReadlinkIfPossible(name)
}

func (f faultyFs) SymlinkIfPossible(target, name string) error {
	if err := f.call("symlink", name); err != nil {
		return err
	}
	return f.OsFs.SymlinkIfPossible(target, name)
}

func (f faultyFs) Chmod(name string, mode os.FileMode) error {
	if err := f.call("chmod", name); err != nil {
		return err
	}
	return f.OsFs.Chmod(name, mode)
}

func (f faultyFs) Remove(name string) error {
	if err := f.call("remove", name); err != nil {
		return err
	}
	return f.OsFs.Remove(name)
}

func (f faultyFs) Rename(from, to string) error {
	if err := f.call("rename", to); err != nil {
		return err
	}
	return f.OsFs.Rename(from, to)
}

var errDisk = errors.New("input/output error")

// TestFaults lets each call fail in turn: the error says so, and the change was made as a whole or not at all.
func TestFaults(t *testing.T) {
	t.Parallel()
	operations := map[string]struct {
		state string
		do    func(ctx context.Context, f eventscript.Files) error
	}{
		"list": {
			"not executable", func(ctx context.Context, f eventscript.Files) error { _, err := f.List(ctx); return err },
		},
		"enable": {
			"nothing", func(ctx context.Context, f eventscript.Files) error { return f.Enable(ctx, "50.samba") },
		},
		"enable local": {
			"local disabled", func(ctx context.Context, f eventscript.Files) error { return f.Enable(ctx, "81.mine") },
		},
		"disable": {
			"right", func(ctx context.Context, f eventscript.Files) error { return f.Disable(ctx, "50.samba") },
		},
		"service": {"nothing", func(ctx context.Context, f eventscript.Files) error {
			_, err := f.EnableService(ctx, "samba")
			return err
		}},
		"install": {"nothing", func(ctx context.Context, f eventscript.Files) error {
			_, err := f.Notifications().Install(ctx, "x", []byte("#!/bin/sh\n"), 0o755)
			return err
		}},
	}
	for name, op := range operations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			left, before := map[string]string{}, "" // what each failure left
			for fail, done := 0, false; !done; fail++ {
				i := newImage("50.samba")
				states()[op.state].make(i)
				failed := ""
				before = i.snapshot()
				fsys := newFaultyFs(func(n int, call, name string) error {
					if n == fail {
						failed = call + " " + filepath.Base(name)
						return errDisk
					}
					return nil
				})
				err := op.do(t.Context(), eventscript.Files{Root: i.root, FS: fsys})
				done = failed == ""
				switch {
				case done && err != nil:
					t.Errorf("nothing fails: %v", err)
				case !done && !errors.Is(err, errDisk):
					t.Errorf("%s fails: %v", failed, err)
				}
				left[failed] = i.snapshot()
				i.remove()
			}
			for failed, got := range left {
				if got != before && got != left[""] {
					t.Errorf("%s fails: there is %s", failed, got)
				}
			}
		})
	}
}

// TestReadOnly has a file system that can't be written.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	i := newImage("50.samba")
	defer i.remove()
	i.mode("81.mine.script", "#!/bin/sh\n", 0o644)
	f := eventscript.Files{Root: i.root, FS: afero.NewReadOnlyFs(afero.NewOsFs())}
	if l, err := f.List(t.Context()); err != nil || len(l.Scripts) != 2 {
		t.Errorf("%v (%v)", l, err)
	}
	for _, script := range []string{"50.samba", "81.mine"} {
		err := f.Enable(t.Context(), script)
		if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v", script, err)
		}
	}
}

// TestSwapped has somebody who puts something else in the place at the last moment.
func TestSwapped(t *testing.T) {
	t.Parallel()
	theirLink := func(name string) { _ = os.Remove(name); must(os.Symlink("/theirs", name)) }
	theirFile := func(name string) { create(name, "", 0o600) }
	tests := map[string]struct {
		state string
		do    func(ctx context.Context, f eventscript.Files) error
		swap  func(name string)
		want  error
		left  string // where the other's link leads
	}{
		"a link appears": {
			"nothing", func(ctx context.Context, f eventscript.Files) error { return f.Enable(ctx, "50.samba") },
			theirLink, eventscript.ErrConflict, "/theirs",
		},
		"a file appears": {
			"nothing", func(ctx context.Context, f eventscript.Files) error { return f.Enable(ctx, "50.samba") },
			theirFile, eventscript.ErrNotFile, "",
		},
		"the link is another": {
			"right", func(ctx context.Context, f eventscript.Files) error { return f.Disable(ctx, "50.samba") },
			theirLink, eventscript.ErrConflict, "/theirs",
		},
		"the link is a file": {
			"right", func(ctx context.Context, f eventscript.Files) error { return f.Disable(ctx, "50.samba") },
			theirFile, eventscript.ErrNotFile, "",
		},
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			// How many looks at the name there are before the change is not for this test to know: the swap comes before each
			// of them in turn, and in one case it must be noticed as what it is.
			noticed := false
			for at := range 6 {
				i := newImage("50.samba")
				states()[test.state].make(i)
				name := filepath.Join(i.dir(), "50.samba.script")
				looks := 0
				fsys := newFaultyFs(func(_ int, _, asked string) error {
					if asked == name {
						if looks == at {
							test.swap(name)
						}
						looks++
					}
					return nil
				})
				err := test.do(t.Context(), eventscript.Files{Root: i.root, FS: fsys})
				noticed = noticed || errors.Is(err, test.want)
				if info, statErr := os.Lstat(name); at < looks && errors.Is(err, test.want) {
					if statErr != nil {
						t.Errorf("swapped at look %d: what the other one made is gone (%v)", at, err)
					} else if target, _ := os.Readlink(name); target != test.left {
						t.Errorf("swapped at look %d: there is %v -> %q", at, info.Mode(), target)
					}
				}
				i.remove()
			}
			if !noticed {
				t.Errorf("nobody noticed: want %v", test.want)
			}
		})
	}
}
