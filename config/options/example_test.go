package options_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config/options"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func ExampleParse() {
	f, err := options.Parse("script.options", []byte(`# Samba
CTDB_SAMBA_SKIP_SHARE_CHECK="yes"
export CTDB_NFS_CALLOUT=/etc/ctdb/nfs\ callout
CTDB_NATGW_NODES=$CTDB_BASE/natgw_nodes
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for e := range f.All() {
		fmt.Printf("line %d: %v %s %q\n", e.Line, e.Kind, e.Name, e.Value)
	}
	_, err = f.Get("CTDB_NATGW_NODES")
	fmt.Println(errors.Is(err, options.ErrDynamic))
	// Output:
	// line 2: assignment CTDB_SAMBA_SKIP_SHARE_CHECK "yes"
	// line 3: assignment CTDB_NFS_CALLOUT "/etc/ctdb/nfs callout"
	// line 4: dynamic CTDB_NATGW_NODES ""
	// true
}

func ExampleFile_Lookup() {
	f, err := options.Parse("script.options", []byte("A=1\nB=2\nif [ -e /etc/redhat-release ]; then B=3; fi\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"A", "B", "C"} {
		s := f.Lookup(name)
		fmt.Printf("%s is %v %q, line %d\n", s.Name, s.State, s.Value, s.Line)
	}
	// Output:
	// A is literal "1", line 1
	// B is unknown "", line 3
	// C is not set "", line 0
}

func ExampleFile_Set() {
	f, err := options.Parse("script.options", []byte("# CTDB_SAMBA_SKIP_SHARE_CHECK=yes\nCTDB_RPCINFO_LOCALHOST=\"127.0.0.1\" # fast\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for name, value := range map[string]string{"CTDB_SAMBA_SKIP_SHARE_CHECK": "yes", "CTDB_RPCINFO_LOCALHOST": "localhost"} {
		if err := f.Set(name, value); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Printf("%s", f.Bytes())
	// Output:
	// CTDB_SAMBA_SKIP_SHARE_CHECK=yes
	// CTDB_RPCINFO_LOCALHOST="localhost" # fast
}

func ExampleEdit() {
	fsys := afero.NewMemMapFs() // nil is the real one
	o, err := options.Options{FS: fsys, Create: true}.ForScript("11.natgw")
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := fsys.MkdirAll("/etc/ctdb/events/legacy", 0o755); err != nil {
		fmt.Println(err)
		return
	}
	err = options.Edit(context.Background(), o, func(f *options.File) error {
		return f.Set("CTDB_NATGW_NODES", "/etc/ctdb/natgw_nodes")
	})
	data, readErr := afero.ReadFile(fsys, "/etc/ctdb/events/legacy/11.natgw.options")
	fmt.Printf("%s%v %v\n", data, err, readErr)
	// Output:
	// CTDB_NATGW_NODES=/etc/ctdb/natgw_nodes
	// <nil> <nil>
}

func ExampleFile_Validate() {
	f, err := options.Parse("script.options", []byte("CTDB_NATGW_NODE=/etc/ctdb/natgw_nodes\nCTDB_NFS_SKIP_SHARE_CHECK=1\nCTDB_LVS_NODES = x\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, found := range f.Validate(release.Release{Major: 4, Minor: 22}, "") {
		fmt.Println(found)
	}
	// Output:
	// script.options:1:1: warning: no script reads CTDB_NATGW_NODE; is it CTDB_NATGW_NODES? (options/unknown)
	// script.options:2:27: warning: scripts compare CTDB_NFS_SKIP_SHARE_CHECK with yes and no, so "1" is the same as "no" (options/word)
	// script.options:3:1: error: there is a blank before the =, so the shell runs a command CTDB_LVS_NODES (options/blanks)
}

func ExampleMerged_PerIPRouting() {
	f, err := options.Parse("script.options", []byte("CTDB_PER_IP_ROUTING_CONF=__auto_link_local__\nCTDB_PER_IP_ROUTING_RULE_PREF=0\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, found := range options.Merge("13.per_ip_routing", f).PerIPRouting().Validate(options.Host{}) {
		fmt.Println(found)
	}
	// Output:
	// script.options: error: CTDB_PER_IP_ROUTING_TABLE_ID_LOW is not set (options/missing)
	// script.options: error: CTDB_PER_IP_ROUTING_TABLE_ID_HIGH is not set (options/missing)
	// script.options:2:1: error: CTDB_PER_IP_ROUTING_RULE_PREF must be between 0 and 32766, without these, and is "0" (options/rule-pref)
}

func ExampleKnown() {
	for v := range options.Known(release.Release{Major: 4, Minor: 13}) {
		if v.Default != "" && v.Scripts[0] == "60.nfs" {
			fmt.Printf("%s=%s\n", v.Name, v.Default)
		}
	}
	// Output:
	// CTDB_NFS_CALLOUT=/etc/ctdb/nfs-linux-kernel-callout
	// CTDB_NFS_CHECKS_DIR=/etc/ctdb/nfs-checks.d
	// CTDB_NFS_SKIP_SHARE_CHECK=no
	// CTDB_RPCINFO_LOCALHOST=127.0.0.1
	// CTDB_RPCINFO_LOCALHOST6=::1
}
