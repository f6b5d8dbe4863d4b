package release_test

import (
	"fmt"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func ExampleParse() {
	for _, version := range []string{
		"4.22.11-Debian-4.22.11+dfsg-0+deb13u1\n", // ctdb version
		"CTDB version: 4.2.10\n",                  // ctdb version, long ago
		"2:4.17.12+dfsg-0+deb12u4",                // dpkg-query -W -f '${Version}' ctdb
		"connection refused",
	} {
		r, err := release.Parse(version)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(r)
	}
	// Output:
	// 4.22.11
	// 4.2.10
	// 4.17.12
	// "connection refused" is not the version of a CTDB release: want MAJOR.MINOR.PATCH
}

func ExampleRelease_HasLeader() {
	for _, r := range []release.Release{{Major: 4, Minor: 15, Patch: 13}, {Major: 4, Minor: 16}} {
		command := "recmaster"
		if r.HasLeader() {
			command = "leader"
		}
		fmt.Printf("%v: ctdb %s\n", r, command)
	}
	// Output:
	// 4.15.13: ctdb recmaster
	// 4.16.0: ctdb leader
}

func ExampleRelease_AtLeast() {
	fmt.Println(release.Release{Major: 4, Minor: 21, Patch: 5}.AtLeast(4, 21, 6))
	fmt.Println(release.Release{}.AtLeast(4, 21, 6)) // unknown counts as the newest
	// Output:
	// false
	// true
}
