package config_test

import (
	"fmt"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func ExampleLayout_Paths() {
	r := release.Release{Major: 4, Minor: 17, Patch: 12}
	paths := config.Layout{Distribution: config.Debian, Release: r}.Paths()
	fmt.Println(paths.ConfFile(r))
	fmt.Println(paths.VolatileDir(r))
	fmt.Println(paths.Socket)
	fmt.Println(paths.Helper("ctdb-config"))
	// Output:
	// /etc/ctdb/ctdb.conf
	// /var/lib/ctdb/volatile
	// /run/ctdb/ctdbd.socket
	// /usr/libexec/ctdb/ctdb-config
}

// A node whose environment is CTDB_TEST_MODE=yes CTDB_BASE=/srv/node1.
func ExampleLayout_TestPaths() {
	paths := config.Layout{}.TestPaths("/srv/node1")
	fmt.Println(paths.NodesFile())
	fmt.Println(paths.Socket)
	fmt.Println(paths.PersistentDir())
	// Output:
	// /srv/node1/nodes
	// /srv/node1/run/ctdbd.socket
	// /var/lib/ctdb/persistent
}

func ExamplePaths_ScriptDir() {
	paths := config.Layout{}.Paths()
	fmt.Println(paths.ScriptDir(release.Release{Major: 4, Minor: 8}))
	fmt.Println(paths.ScriptDir(release.Release{Major: 4, Minor: 9}))
	fmt.Println(paths.OptionsFile("50.samba"))
	// Output:
	// /etc/ctdb/events.d
	// /etc/ctdb/events/legacy
	// /etc/ctdb/events/legacy/50.samba.options
}

func ExamplePaths_Or() {
	known := config.Paths{EtcDir: "/cluster/etc"}
	paths := known.Or(config.Layout{Distribution: config.RedHat}.Paths())
	fmt.Println(paths.NodesFile())
	fmt.Println(paths.LogFile)
	// Output:
	// /cluster/etc/nodes
	// /var/log/log.ctdb
}

func ExampleHelperDirs() {
	for _, dir := range config.HelperDirs()[:2] {
		fmt.Println(config.Paths{HelperDir: dir}.Helper("ctdb-event"))
	}
	// Output:
	// /usr/libexec/ctdb/ctdb-event
	// /usr/lib64/ctdb/ctdb-event
}
