//go:build linux

package ctdb_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// TestRealLink links a node's files to a shared folder, and looks whether the node's ctdbd and tool read them there.
func TestRealLink(t *testing.T) {
	options := realctdb.Options{
		Nodes:           1,
		PublicAddresses: func(octet, _ int) string { return fmt.Sprintf("127.78.%d.1/24 lo\n", octet) },
	}
	realctdb.Each(t, options, func(t *testing.T, c *realctdb.Cluster) {
		makeRootVisible(t, c.Root())
		root := filepath.Join(filepath.Dir(c.Dir(0)), "clusterfs")
		shared := filepath.Join(root, ".ctdb")
		if err := os.MkdirAll(shared, 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(shared, "mounted"), "")
		writeFile(t, filepath.Join(shared, "nodes"), c.Address(0).String()+"\n#127.0.0.9\n")
		writeFile(t, filepath.Join(shared, "public_addresses_0"), fmt.Sprintf("%v/24 lo\n", c.PublicAddress(2)))

		l := ctdb.Linker{Root: root, Dir: c.Dir(0), Marker: "mounted", MoveAside: true}
		files := []ctdb.LinkFile{ctdb.SharedFile("nodes"), ctdb.NodeFile("public_addresses", 0)}
		if _, err := l.Link(t.Context(), files...); err != nil {
			t.Fatal(err)
		}

		c.Kill(t, 0)
		c.StartNode(t, 0)
		c.WaitHealthy(t)
		cluster := ask(t, c.Client(0))
		if !cluster.DeletedCount.Is(1) {
			t.Errorf("ctdbd does not read the linked nodes file:\n%v", cluster)
		}
		if out := string(c.Tool(t, 0, "ip", "all").Stdout); !strings.Contains(out, c.PublicAddress(2).String()+" ") {
			t.Errorf("ctdbd does not read the linked public_addresses file:\n%s", out)
		}

		// What is edited through the link is the shared file, and the link stays.
		err := nodes.Edit(t.Context(), nodes.Options{Path: filepath.Join(c.Dir(0), "nodes")}, func(f *nodes.File) error {
			_, err := f.Append(c.Address(1))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if all, err := l.Check(files...); err != nil || states(all) != "linked, linked" {
			t.Errorf("after an edit: %v, %v", all, err)
		}
		if out := string(c.Tool(t, 0, "-X", "listnodes").Stdout); !strings.Contains(out, "|2|"+c.Address(1).String()+"|") {
			t.Errorf("the tool does not see the edit:\n%s", out)
		}

		if _, err := l.Unlink(t.Context(), files...); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(root); err != nil {
			t.Fatal(err)
		}
		if out := string(c.Tool(t, 0, "-X", "listnodes").Stdout); !strings.Contains(out, "|2|"+c.Address(1).String()+"|") {
			t.Errorf("unlinked, and the shared folder gone:\n%s", out)
		}
	})
}

// makeRootVisible makes paths of this machine lead to the same files within a directory tree.
func makeRootVisible(t *testing.T, root string) {
	t.Helper()
	if root == "" {
		return
	}
	path := filepath.Join(root, root)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/", path); err != nil && !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(path) })
}
