package publicaddr_test

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

func ExampleParse() {
	file, err := publicaddr.Parse("public_addresses", []byte("# web\n10.1.1.1/24 eth1,eth2\n10.1.1.2/24 eth1\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for entry := range file.All() {
		fmt.Println(entry.Address, entry.Mask, entry.Interfaces)
	}
	// Output:
	// 10.1.1.1 24 [eth1 eth2]
	// 10.1.1.2 24 [eth1]
}

// The sample of policy routing in ctdb(7) has no masks, and every release refuses it.
func ExampleParse_error() {
	_, err := publicaddr.Parse("public_addresses", []byte("192.168.1.98 eth2,eth3\n"))
	fmt.Println(err)
	// Output:
	// public_addresses:1:1: want a mask length behind the address, such as 10.0.0.1/24, got "192.168.1.98"
}

// What is not edited stays as it is. On the real file system, leave FS out.
func ExampleEdit() {
	options := publicaddr.Options{FS: afero.NewMemMapFs(), Path: "/public_addresses", Create: true}
	err := publicaddr.Edit(context.Background(), options, func(file *publicaddr.File) error {
		return file.SetBytes([]byte("# web servers\n10.1.1.1/24 eth1\n"))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = publicaddr.Edit(context.Background(), options, func(file *publicaddr.File) error {
		return file.Add(publicaddr.Entry{
			Address: netip.MustParseAddr("10.1.1.2"), Mask: 24, Interfaces: []string{"eth1", "eth2"},
		})
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := publicaddr.Load(options)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s", file.Bytes())
	// Output:
	// # web servers
	// 10.1.1.1/24 eth1
	// 10.1.1.2/24 eth1,eth2
}

// A comment behind an entry is nothing to ctdbd, and makes the node unhealthy.
func ExampleFile_Validate() {
	file, err := publicaddr.Parse("public_addresses", []byte("10.1.1.1/24 eth1 # web\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, found := range file.Validate(nil) {
		fmt.Println(found.Position())
		fmt.Println(found.Severity, found.ID)
	}
	// Output:
	// public_addresses 1 18
	// warning public_addresses/ignored-text
}

func ExampleDiff() {
	before, _ := publicaddr.Parse("before", []byte("10.1.1.1/24 eth1\n10.1.1.2/24 eth1\n"))
	after, _ := publicaddr.Parse("after", []byte("10.1.1.1/16 eth1\n10.1.1.3/24 eth1\n"))
	for _, change := range publicaddr.Diff(before, after) {
		fmt.Printf("%v (ctdb reloadips does it: %v)\n", change, change.Kind.Reloads())
	}
	// Output:
	// changed: 10.1.1.1/24 eth1, now 10.1.1.1/16 eth1 (ctdb reloadips does it: false)
	// removed: 10.1.1.2/24 eth1 (ctdb reloadips does it: true)
	// added: 10.1.1.3/24 eth1 (ctdb reloadips does it: true)
}

func ExampleCluster() {
	first, _ := publicaddr.Parse("node 0", []byte("10.1.1.1/24 eth1\n10.1.1.2/24 eth1\n"))
	second, _ := publicaddr.Parse("node 1", []byte("10.1.1.1/24 eth1\n"))
	for _, place := range publicaddr.Cluster(map[nodes.PNN]*publicaddr.File{0: first, 1: second}) {
		fmt.Println(place)
	}
	// Output:
	// 10.1.1.1 on nodes 0, 1
	// 10.1.1.2 on node 0
}
