//go:build linux

package ctdb_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

func ExampleLinker() {
	// A cluster file system and a CTDB directory, for the example. A real Linker needs no more than Root.
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	shared, etc := filepath.Join(dir, "clusterfs", ".ctdb"), filepath.Join(dir, "etc")
	for _, err := range []error{
		os.MkdirAll(shared, 0o755), os.Mkdir(etc, 0o755),
		os.WriteFile(filepath.Join(shared, "mounted"), nil, 0o644),
		os.WriteFile(filepath.Join(shared, "nodes"), []byte("10.0.0.1\n"), 0o644),
		os.WriteFile(filepath.Join(shared, "public_addresses_0"), []byte("10.1.0.1/24 eth1\n"), 0o644),
		os.WriteFile(filepath.Join(etc, "nodes"), []byte("10.0.0.1\n"), 0o644),
	} {
		if err != nil {
			fmt.Println(err)
			return
		}
	}

	linker := ctdb.Linker{Root: filepath.Join(dir, "clusterfs"), Dir: etc, Marker: "mounted"}
	files := []ctdb.LinkFile{ctdb.SharedFile("nodes"), ctdb.NodeFile("public_addresses", 0)}
	if _, err := linker.Link(context.Background(), files...); err != nil {
		fmt.Println("nodes is a file of its own: refused")
	}
	linker.MoveAside = true
	links, err := linker.Link(context.Background(), files...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, link := range links {
		fmt.Println(filepath.Base(link.Path), link.State, "to", filepath.Base(link.Want), "- moved a file aside:", link.Aside != "")
	}
	// Output:
	// nodes is a file of its own: refused
	// nodes linked to nodes - moved a file aside: true
	// public_addresses linked to public_addresses_0 - moved a file aside: false
}
