package eventscript

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"
)

func TestResolve(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, dir := range []string{"a/b", "c"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "a/b/file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{
		"abs": "/a/b", "c/rel": "../a", "out": "../../../../a", "loop": "/loop2", "loop2": "loop", "dang": "/nothing",
		"c/file": "rel/b/file",
		"slash":  "/a/b/", "dots": "/a/./b/../b", "self": ".", "top": "/", "empty": "c//rel///b",
	} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		want string
		err  error
	}{
		"/":                       {"/", nil},
		"/a/b":                    {"/a/b", nil},
		"/a//b/./":                {"/a/b", nil},
		"/abs/file":               {"/a/b/file", nil},
		"/c/rel/b":                {"/a/b", nil},
		"/c/rel/../c/file":        {"/a/b/file", nil}, // the parent of /a, not of /c
		"/out/b":                  {"/a/b", nil},
		"/../../a":                {"/a", nil},
		"/slash/file":             {"/a/b/file", nil},
		"/dots":                   {"/a/b", nil},
		"/self/self/top/self/c/.": {"/c", nil},
		"/empty/file":             {"/a/b/file", nil},
		"/top/..":                 {"/", nil},
		"/loop":                   {"", syscall.ELOOP},
		"/dang":                   {"", fs.ErrNotExist},
		"/dang/x":                 {"", fs.ErrNotExist},
		"/a/b/file/x":             {"", syscall.ENOTDIR},
		"/a/b/file/..":            {"", syscall.ENOTDIR},
		"/a/x/..":                 {"", fs.ErrNotExist},
	}
	for name, test := range tests {
		got, info, err := tree{afero.NewOsFs(), root}.resolve(name)
		if got != test.want || !errors.Is(err, test.err) || (err == nil) != (info != nil) {
			t.Errorf("%s is %q (%v), want %q (%v)", name, got, err, test.want, test.err)
		}
		if e, ok := errors.AsType[*fs.PathError](err); err != nil && (!ok || strings.Contains(e.Path, root)) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

// TestResolveAsTheSystem makes random links and compares with what the system makes of them.
func TestResolveAsTheSystem(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	temp, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(temp, strings.Repeat("x/", 40)) // no link of this test leads out of the temporary directory
	if err := os.MkdirAll(base, 0o755); err != nil {
		t.Fatal(err)
	}
	words := []string{"a", "b", "c", "..", ".", ""}
	name := func() string {
		parts := make([]string, 1+random.IntN(4))
		for i := range parts {
			parts[i] = words[random.IntN(len(words))]
		}
		return strings.Join(parts, "/")
	}
	leads, lost := 0, 0
	for range 200 {
		dir, err := os.MkdirTemp(base, "")
		if err != nil {
			t.Fatal(err)
		}
		for range 6 {
			at := filepath.Join(dir, words[random.IntN(3)], words[random.IntN(3)])
			switch random.IntN(4) {
			case 0:
				_ = os.MkdirAll(at, 0o755)
			case 1:
				_ = os.WriteFile(at, nil, 0o644)
			case 2:
				_ = os.Symlink(name(), at)
			case 3:
				_ = os.Symlink(dir+"/"+name(), at)
			}
		}
		for range 10 {
			asked := dir + "/" + name()
			got, info, err := tree{fsys: afero.NewOsFs()}.resolve(asked)
			there, systemErr := os.Stat(asked)
			switch {
			case systemErr != nil && err != nil && leadsNowhere(err):
				lost++
			case systemErr == nil && err == nil && os.SameFile(there, info):
				leads++
				if evaluated, err := filepath.EvalSymlinks(asked); err != nil || evaluated != got {
					t.Errorf("%s is %s, want %s (%v)", asked, got, evaluated, err)
				}
			case systemErr == nil || !strings.HasSuffix(asked, "/"): // a file with a slash behind it is none for the system
				t.Errorf("%s is %q (%v), want %v (%v)", asked, got, err, there, systemErr)
			}
		}
	}
	if entries, err := os.ReadDir(temp); err != nil || len(entries) != 1 {
		t.Errorf("the test went too far: %v (%v)", entries, err)
	}
	if leads < 100 || lost < 100 {
		t.Errorf("%d names lead somewhere, and %d nowhere", leads, lost)
	}
}

// noLinks is a file system that says there is a link, and can't read it.
type noLinks struct{ afero.Fs }

func (f noLinks) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	return f.Fs.(afero.Lstater).LstatIfPossible(name)
}

func TestNoReadlink(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.Symlink("x", filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	for _, fsys := range []afero.Fs{noLinks{afero.NewOsFs()},
		afero.NewCopyOnWriteFs(noLinks{afero.NewOsFs()}, afero.NewMemMapFs())} {
		_, _, err := tree{fsys, root}.resolve("/link")
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%T: %v", fsys, err)
		}
	}
}
