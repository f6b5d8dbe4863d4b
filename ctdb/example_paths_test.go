package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
)

// host plays a host with CTDB 4.17. On a real one this is ctdb.ExecRunner{}.
var host = ctdb.RunnerFunc(func(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
	answers := map[string]string{
		"etcdir": "/etc/ctdb\n", "datadir": "/usr/share/ctdb\n", "vardir": "/var/lib/ctdb\n", "rundir": "/run/ctdb\n",
		"socket": "/run/ctdb/ctdbd.socket\n",
	}
	if cmd.Name != "/usr/libexec/ctdb/ctdb-path" {
		return ctdb.Result{}, fs.ErrNotExist
	}
	return ctdb.Result{Stdout: []byte(answers[cmd.Args[0]])}, nil
})

func ExampleFindPaths() {
	paths, err := ctdb.FindPaths(context.Background(), host)
	if errors.Is(err, ctdb.ErrToolMissing) {
		fmt.Println("no CTDB, or one before 4.9:", err)
		return
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	paths = paths.Or(config.Layout{Distribution: config.Debian}.Paths()) // for what the host does not know

	fmt.Println(paths.NodesFile())
	fmt.Println(paths.Socket)
	fmt.Println(paths.Helper("ctdb-event"))
	fmt.Println(paths.LogFile)
	// Output:
	// /etc/ctdb/nodes
	// /run/ctdb/ctdbd.socket
	// /usr/libexec/ctdb/ctdb-event
	// /var/log/ctdb/log.ctdb
}
