package group_test

import (
	"fmt"
	"net/netip"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes/group"
)

func ExampleParse() {
	file, err := group.Parse("lvs_nodes", []byte("192.168.1.2\n192.168.1.3\n192.168.1.4 follower-only\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for member := range file.All() {
		fmt.Println(member.Address, member.FollowerOnly)
	}
	// Output:
	// 192.168.1.2 false
	// 192.168.1.3 false
	// 192.168.1.4 true
}

// An upgrade from CTDB 4.13 leaves a word behind that no newer release knows.
func ExampleFile_Translate() {
	file, err := group.Parse("natgw_nodes", []byte("192.168.1.2\n192.168.1.4 slave-only\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	now := release.Release{Major: 4, Minor: 22, Patch: 11}
	fmt.Println(file.CheckFor(now))
	if err := file.Translate(now); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s", file.Bytes())
	// Output:
	// natgw_nodes:2:13: want the word of this release, which is follower-only since 4.14 and slave-only before, got "slave-only"
	// 192.168.1.2
	// 192.168.1.4 follower-only
}

func ExampleFile_Add() {
	var file group.File
	if err := file.Add(netip.MustParseAddr("192.168.1.2"), true, release.Release{Major: 4, Minor: 13}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s", file.Bytes())
	// Output: 192.168.1.2 slave-only
}
