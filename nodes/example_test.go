package nodes_test

import (
	"errors"
	"fmt"
	"net/netip"

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
