package nodes_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// The second node was deleted. It keeps its number, so that the third is still node 2.
func ExampleParse() {
	file, err := nodes.Parse("nodes", []byte("10.0.0.1\n#10.0.0.2\n10.0.0.3\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for node := range file.All() {
		fmt.Println(node)
	}
	// Output:
	// 0 10.0.0.1
	// 1 deleted
	// 2 10.0.0.3
}

// Every bad line is reported with its position, for people and for programs.
func ExampleParse_error() {
	_, err := nodes.Parse("nodes", []byte("10.0.0.1\n10.0.0\nfe80::1%eth0\n"))
	fmt.Println(err)
	if first, ok := errors.AsType[*nodes.ParseError](err); ok {
		file, line, col := first.Position()
		fmt.Println("first:", file, line, col)
	}
	// Output:
	// nodes:2:1: want a numeric IPv4 or IPv6 address, got "10.0.0"
	// nodes:3:1: want a numeric IPv4 or IPv6 address without a zone, got "fe80::1%eth0"
	// first: nodes 2 1
}

// There are no comments in a nodes file: this one is node 0, deleted.
func ExampleFile_Active() {
	file, err := nodes.Parse("nodes", []byte("# the storage cluster\n10.0.0.1\n10.0.0.2\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for node := range file.Active() {
		fmt.Println(node)
	}
	fmt.Println("numbers in use:", file.Len())
	// Output:
	// 1 10.0.0.1
	// 2 10.0.0.2
	// numbers in use: 3
}

func ExampleFile_Lookup() {
	file, err := nodes.Parse("nodes", []byte("fd00::1\nfd00::2\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	node, ok := file.Lookup(netip.MustParseAddr("fd00::2"))
	fmt.Println(node.PNN, ok)
	// Output: 1 true
}

// A node more, and one less: the third node is still node 2.
func ExampleEdit() {
	fsys := afero.NewMemMapFs() // without FS, it is the real /etc/ctdb/nodes
	if err := afero.WriteFile(fsys, nodes.DefaultPath, []byte("10.0.0.1\n10.0.0.2\n10.0.0.3\n"), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	err := nodes.Edit(context.Background(), nodes.Options{FS: fsys}, func(f *nodes.File) error {
		if _, err := f.Append(netip.MustParseAddr("10.0.0.4")); err != nil {
			return err
		}
		return f.Delete(1)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := afero.ReadFile(fsys, nodes.DefaultPath)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(data))
	// Output:
	// 10.0.0.1
	// #10.0.0.2
	// 10.0.0.3
	// 10.0.0.4
}

// A line that was removed instead of commented out gives other nodes other numbers.
func ExampleEdit_forbidden() {
	fsys := afero.NewMemMapFs()
	if err := afero.WriteFile(fsys, nodes.DefaultPath, []byte("10.0.0.1\n10.0.0.2\n10.0.0.3\n"), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	err := nodes.Edit(context.Background(), nodes.Options{FS: fsys}, func(f *nodes.File) error {
		return f.SetBytes([]byte("10.0.0.1\n10.0.0.3\n"))
	})
	if forbidden, ok := errors.AsType[*nodes.ForbiddenError](err); ok {
		for _, change := range forbidden.Changes {
			fmt.Println(change)
		}
	}
	// Output:
	// node 1 vanished, was 10.0.0.2
	// node 2 shifted to 1: 10.0.0.3
}

func ExampleDiff() {
	before, err := nodes.Parse("nodes", []byte("10.0.0.1\n10.0.0.2\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	after := *before
	if err := after.Delete(1); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := after.Append(netip.MustParseAddr("10.0.0.3")); err != nil {
		fmt.Println(err)
		return
	}
	for _, change := range nodes.Diff(before, &after) {
		fmt.Println(change)
	}
	// Output:
	// node 1 deleted, was 10.0.0.2
	// node 2 added: 10.0.0.3
}

func ExampleFile_Validate() {
	file, err := nodes.Parse("nodes", []byte("# the storage cluster\n10.0.0.1\n10.0.0.1\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range file.Validate() {
		fmt.Println(f)
	}
	// Output:
	// nodes:1:1: warning: there are no comments in a nodes file: for ctdbd this is node 0, a deleted one (nodes/prose)
	// nodes:3:1: error: 10.0.0.1 is the address of node 1 too (nodes/duplicate)
}

func ExampleFile_CheckFor() {
	file, err := nodes.Parse("nodes", []byte("[fd00::1]\n"))
	fmt.Println(err)
	fmt.Println(file.CheckFor(release.Release{Major: 4, Minor: 13}))
	// Output:
	// <nil>
	// nodes:1:1: want a numeric IPv4 or IPv6 address without brackets, which CTDB reads since 4.16, got "[fd00::1]"
}

// The nodes come from a command, as with "nodes list = !/usr/local/bin/nodes --all" in ctdb.conf.
func ExampleReadList() {
	run := func(_ context.Context, argv []string) ([]byte, error) {
		fmt.Printf("%q\n", argv) // a program would run it
		return []byte("10.0.0.1\n10.0.0.2\n"), nil
	}
	file, err := nodes.ReadList(context.Background(), "!/usr/local/bin/nodes --all", nodes.Options{}, run)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(file.Len(), "nodes")
	// Output:
	// ["/usr/local/bin/nodes" "--all"]
	// 2 nodes
}
