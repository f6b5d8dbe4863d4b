package api_test

import (
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// faulty is a file system that fails from some change on.
type faulty struct {
	afero.Fs
	left int
	err  error
}

func (f *faulty) fails() bool {
	f.left--
	return f.left < 0
}

func (f *faulty) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if flag&(os.O_CREATE|os.O_WRONLY|os.O_RDWR) == 0 {
		return f.Fs.OpenFile(name, flag, perm)
	}
	if f.fails() {
		return nil, &os.PathError{Op: "open", Path: name, Err: f.err}
	}
	file, err := f.Fs.OpenFile(name, flag, perm)
	return faultyFile{file, f}, err
}

func (f *faulty) Rename(from, to string) error {
	if f.fails() {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: f.err}
	}
	return f.Fs.Rename(from, to)
}

type faultyFile struct {
	afero.File
	fs *faulty
}

func (f faultyFile) Write(data []byte) (int, error) {
	if f.fs.fails() {
		n, err := f.File.Write(data[:len(data)/2])
		if err == nil {
			err = &os.PathError{Op: "write", Path: f.Name(), Err: f.fs.err}
		}
		return n, err
	}
	return f.File.Write(data)
}

func (f faultyFile) Sync() error {
	if f.fs.fails() {
		return &os.PathError{Op: "sync", Path: f.Name(), Err: f.fs.err}
	}
	return f.File.Sync()
}

// TestFaults has a file system that fails at each of its changes: the file is the old one then, and the answer says
// why.
func TestFaults(t *testing.T) {
	t.Parallel()
	posts := []struct{ route, file, body string }{
		{"conf", "/etc/ctdb/ctdb.conf", `{"raw":"[cluster]\n"}`},
		{"nodes", "/etc/ctdb/nodes", list("192.168.6.79")},
		{"addresses", "/etc/ctdb/public_addresses", public("10.0.0.1/24 a")},
	}
	for err, code := range map[error]api.Code{
		syscall.ENOSPC: api.CodeDiskFull, syscall.EDQUOT: api.CodeDiskFull, syscall.EIO: api.CodeFile, syscall.EROFS: api.CodeFile,
	} {
		for _, post := range posts {
			failed := 0
			for after := 0; ; after++ {
				memory := &faulty{Fs: afero.NewMemMapFs(), left: 1000, err: err}
				s := newSite(t, failing(down), func(s *site) {
					s.config.Paths.EtcDir = "/etc/ctdb"
					s.config.Conf.FS, s.config.Nodes.FS, s.config.Addresses.FS = memory, memory, memory
				})
				for name, text := range map[string]string{"ctdb.conf": confText, "nodes": nodesText, "public_addresses": publicText} {
					if err := afero.WriteFile(memory, "/etc/ctdb/"+name, []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				before, _ := afero.ReadFile(memory, post.file)
				memory.left = after
				got := s.post(post.route, post.body)
				if got.status == http.StatusOK {
					break
				}
				failed++
				got.fails(t, map[api.Code]int{api.CodeDiskFull: 507, api.CodeFile: 500}[code], code)
				if now, _ := afero.ReadFile(memory, post.file); string(now) != string(before) {
					t.Errorf("%s, %v after %d changes: got %q", post.route, err, after, now)
				}
			}
			if failed < 2 {
				t.Errorf("%s: only %d faults", post.route, failed)
			}
		}
	}
}

// TestFileIsNone has something else where the files should be.
func TestFileIsNone(t *testing.T) {
	t.Parallel()
	s := newSite(t, failing(down))
	for route, name := range map[string]string{"conf": "ctdb.conf", "nodes": "nodes", "addresses": "public_addresses"} {
		if err := os.Remove(s.path("etc/" + name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(s.path("etc/"+name), 0o755); err != nil {
			t.Fatal(err)
		}
		s.get(route).fails(t, http.StatusInternalServerError, api.CodeFile)
	}
	s.post("conf", `{"raw":""}`).fails(t, http.StatusInternalServerError, api.CodeFile)
	s.post("addresses", public()).fails(t, http.StatusInternalServerError, api.CodeFile)
	got := s.post("nodes", list("10.0.0.1")).fails(t, http.StatusInternalServerError, api.CodeFile)
	if !strings.Contains(got.Message, "regular") {
		t.Errorf("got %+v", got)
	}
}
