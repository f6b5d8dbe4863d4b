package config_test

import (
	"context"
	"fmt"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// host is a file system with what ctdb.conf may name.
func host() afero.Fs {
	fs := afero.NewMemMapFs()
	_ = fs.MkdirAll("/var/log/ctdb", 0o755)
	return fs
}

// An admin's file keeps its comments and its layout.
func ExampleFile_Set() {
	f, err := config.Parse("ctdb.conf", []byte(`[cluster]
    # Ask the storage team before you change it.
    recovery lock = /clusterfs/.ctdb/lock

[logging]
    # log level = NOTICE
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, err := range []error{
		f.Set("cluster", "recovery lock", "/gpfs/.ctdb/lock"),
		f.Set("logging", "log level", "INFO"),
		f.Set("legacy", "realtime scheduling", "false"),
	} {
		if err != nil {
			fmt.Println(err)
		}
	}
	fmt.Printf("%s", f.Bytes())
	// Output:
	// [cluster]
	//     # Ask the storage team before you change it.
	//     recovery lock = /gpfs/.ctdb/lock
	//
	// [logging]
	//     log level = INFO
	//
	// [legacy]
	//     realtime scheduling = false
}

// What stands in the file and what a release takes from it are two questions.
func ExampleFile_Effective() {
	f, err := config.Parse("ctdb.conf", []byte(`[legacy]
lmaster capability = false
recmaster capability = false
lmaster capability = true
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("in the file:", f.Get("legacy", "lmaster capability"))
	for _, r := range []release.Release{{Major: 4, Minor: 15}, {Major: 4, Minor: 17}} {
		e, err := f.Effective(r, config.Env{FS: host()})
		if err != nil {
			fmt.Println(err)
			return
		}
		s, err := e.Settings()
		fmt.Printf("%v: lmaster %v, leader %v, %v\n", r, s.Legacy.LmasterCapability, s.Cluster.LeaderCapability, err)
	}
	// Output:
	// in the file: true
	// 4.15.0: lmaster false, leader false, <nil>
	// 4.17.0: lmaster false, leader true, <nil>
}

// ctdb-config validate has nothing to say about this file, and ctdbd starts with all defaults.
func ExampleParse_dropped() {
	const data = "[cluster]\ncluster lock = /clusterfs/lock\n[logging\nlog level = DEBUG\n"
	_, err := config.Parse("ctdb.conf", []byte(data))
	fmt.Println(err)
	// Output:
	// ctdb.conf:3:1: want a "]" behind the name of the section; without it CTDB drops every setting of the file, got "[logging"
}

func ExampleFile_Validate() {
	f, err := config.Parse("ctdb.conf", []byte(`[logging]
log level = DEBUG # for now
[legacy]
leader capability = false
[cluster]
Cluster lock = "/clusterfs/lock"
leader timeout = 010
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, found := range f.Validate(release.Release{Major: 4, Minor: 22}, config.Env{FS: host()}) {
		fmt.Println(found)
	}
	// Output:
	// ctdb.conf: warning: there is no [cluster] cluster lock: nothing keeps two halves of a divided cluster apart (ctdb.conf/no-cluster-lock)
	// ctdb.conf:2:13: error: [logging] log level: want ERROR, WARNING, NOTICE, INFO or DEBUG, the beginning of one, or a number up to 10, got "DEBUG # for now" (ctdb.conf/value)
	// ctdb.conf:2:19: warning: "# for now" is part of the value; a comment needs a line of its own (ctdb.conf/inline-comment)
	// ctdb.conf:4:1: error: "leader capability" is an option of section [cluster]; in [legacy] it is ignored (ctdb.conf/wrong-section)
	// ctdb.conf:6:1: error: CTDB 4.22.0 has no option "Cluster lock" in section [cluster], and ignores it; is it "cluster lock"? (ctdb.conf/unknown-option)
	// ctdb.conf:6:16: warning: the quotes are part of the value (ctdb.conf/quotes)
	// ctdb.conf:7:18: warning: CTDB reads "010" as 8 (ctdb.conf/number)
}

// A node on the other side of a slow line serves addresses, but must neither lead the cluster nor be the location master
// of records. That is the remote node of ctdb(7), in the words of any release.
func ExampleFile_SetSettings_remoteNode() {
	env := config.Env{FS: host()}
	for _, r := range []release.Release{{Major: 4, Minor: 13}, {Major: 4, Minor: 22}} {
		var f config.File
		e, err := f.Effective(r, env)
		if err != nil {
			fmt.Println(err)
			return
		}
		s, err := e.Settings()
		if err != nil {
			fmt.Println(err)
			return
		}
		s.Cluster.LeaderCapability = false
		s.Legacy.LmasterCapability = false
		if err := f.SetSettings(r, env, s); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("# CTDB %v\n%s", r, f.Bytes())
	}
	// Output:
	// # CTDB 4.13.0
	// [legacy]
	// 	recmaster capability = false
	// 	lmaster capability = false
	// # CTDB 4.22.0
	// [cluster]
	// 	leader capability = false
	//
	// [legacy]
	// 	lmaster capability = false
}

func ExampleFile_Upgrade() {
	f, err := config.Parse("ctdb.conf", []byte(`[cluster]
	# on the cluster file system
	recovery lock = /clusterfs/.ctdb/lock
[legacy]
	recmaster capability = false
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	from, to := release.Release{Major: 4, Minor: 13}, release.Release{Major: 4, Minor: 22}
	changes, err := f.PlanUpgrade(from, to)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, change := range changes {
		fmt.Println(change)
	}
	if err := f.Upgrade(from, to); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s", f.Bytes())
	// Output:
	// [logging] log level = "ERROR" is written down, since the default differs
	// [cluster] recovery lock = "/clusterfs/.ctdb/lock" becomes [cluster] cluster lock
	// [legacy] recmaster capability = "false" becomes [cluster] leader capability
	// [cluster]
	// 	# on the cluster file system
	// 	cluster lock = /clusterfs/.ctdb/lock
	// 	leader capability = false
	// [legacy]
	//
	// [logging]
	// 	log level = ERROR
}

// A change is written only if the release accepts the file.
func ExampleEdit() {
	fs := host()
	_ = afero.WriteFile(fs, "/etc/ctdb/ctdb.conf", []byte("[logging]\nlog level = NOTICE\n"), 0o644)
	r, env := release.Release{Major: 4, Minor: 22}, config.Env{FS: fs}
	set := func(level string) error {
		return config.Edit(context.Background(), config.Options{FS: fs}, func(f *config.File) error {
			if err := f.Set("logging", "log level", level); err != nil {
				return err
			}
			return f.CheckFor(r, env)
		})
	}
	fmt.Println(set("INFO"))
	fmt.Println(set("VERBOSE"))
	data, err := afero.ReadFile(fs, "/etc/ctdb/ctdb.conf")
	fmt.Printf("%q %v\n", data, err)
	// Output:
	// <nil>
	// /etc/ctdb/ctdb.conf:2:13: [logging] log level: CTDB refuses the value: want ERROR, WARNING, NOTICE, INFO or DEBUG, the beginning of one, or a number up to 10, got "VERBOSE"
	// "[logging]\nlog level = INFO\n" <nil>
}
