package tunables_test

import (
	"context"
	"fmt"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config/tunables"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func ExampleParse() {
	file, err := tunables.Parse("ctdb.tunables", []byte("# slower\nMonitorInterval = 20\nRecoverTimeout=0x20\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for setting := range file.All() {
		value, err := setting.Value()
		fmt.Println(setting.Line, setting.Name, value, err)
	}
	// Output:
	// 2 MonitorInterval 20 <nil>
	// 3 RecoverTimeout 32 <nil>
}

// What is not edited stays as it is. On the real file system, leave FS out.
func ExampleEdit() {
	options := tunables.Options{FS: afero.NewMemMapFs(), Path: "/ctdb.tunables", Create: true}
	err := tunables.Edit(context.Background(), options, func(file *tunables.File) error {
		return file.SetBytes([]byte("# MonitorInterval=15\n# the network is slow:\nKeepaliveLimit=8\n"))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = tunables.Edit(context.Background(), options, func(file *tunables.File) error {
		return file.Set("MonitorInterval", 20)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := tunables.Load(options)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s", file.Bytes())
	// Output:
	// MonitorInterval=20
	// # the network is slow:
	// KeepaliveLimit=8
}

// The same file keeps an old node from starting, and is an error in the log of a new one.
func ExampleFile_Effective() {
	file, err := tunables.Parse("ctdb.tunables", []byte("MonitorInterval=20\nLCP2PublicIPs=1\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range []release.Release{{Major: 4, Minor: 16}, {Major: 4, Minor: 17}} {
		values, err := file.Effective(r)
		fmt.Println(r, values, err)
	}
	fmt.Println(file.CheckFor(release.Release{Major: 4, Minor: 17}))
	// Output:
	// 4.16.0 map[] ctdb.tunables:2:1: the tunable is obsolete, got "LCP2PublicIPs"
	// 4.17.0 map[MonitorInterval:20] <nil>
	// ctdb.tunables:2:1: the tunable is obsolete, got "LCP2PublicIPs"
}

func ExampleFile_Set() {
	var file tunables.File
	fmt.Println(file.Set("MonitorIntervall", 20))
	fmt.Println(file.Set("monitorinterval", 20))
	fmt.Printf("%s", file.Bytes())
	// Output:
	// set "MonitorIntervall": want the name of a tunable (did you mean MonitorInterval?)
	// <nil>
	// MonitorInterval=20
}

func ExampleFile_Validate() {
	file, err := tunables.Parse("ctdb.tunables", []byte("MonitorInterval = 020\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range []release.Release{{Major: 4, Minor: 13}, {Major: 4, Minor: 22}} {
		for _, found := range file.Validate(r) {
			fmt.Println(r, found.Line, found.Severity, found.ID)
		}
	}
	// Output:
	// 4.13.0 1 error tunables/blanks
	// 4.22.0 1 warning tunables/octal
}

func ExampleFile_Upgrade() {
	file, err := tunables.Parse("ctdb.tunables", []byte("VacuumLimit=4000\nMonitorInterval=20 s\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	changes, err := file.Upgrade(release.Release{Major: 4, Minor: 11}, release.Release{Major: 4, Minor: 22})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, change := range changes {
		fmt.Println(change)
	}
	fmt.Printf("%s", file.Bytes())
	// Output:
	// line 1: VacuumLimit is obsolete in 4.22.0
	// line 2: written so that the release reads it as it was in 4.22.0
	// # VacuumLimit=4000
	// MonitorInterval=20
}

func ExampleKnown() {
	for tunable := range tunables.Known(release.Release{}) {
		if tunable.Unit == tunables.Milliseconds {
			fmt.Println(tunable.Name, tunable.Default)
		}
	}
	// Output:
	// SeqnumInterval 1000
	// LogLatencyMs 0
	// RecLockLatencyMs 1000
	// StickyPindown 200
}
