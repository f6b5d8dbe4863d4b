//go:build unix

package ctdb_test

import (
	"context"
	"fmt"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

func ExampleExecRunner() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	// There is no shell between: the words arrive as they are.
	cmd := ctdb.Command{Name: "echo", Args: []string{"$HOME;", "two  words"}}
	res, err := ctdb.ExecRunner{}.Run(ctx, cmd)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(res.Stdout))
	fmt.Println("exit code", res.ExitCode)
	// Output:
	// $HOME; two  words
	// exit code 0
}

func ExampleExecRunner_notFound() {
	_, err := ctdb.ExecRunner{}.Run(context.Background(), ctdb.Command{Name: "/nowhere/ctdb", Args: []string{"pnn"}})
	fmt.Println(err)
	// Output:
	// run /nowhere/ctdb pnn: fork/exec /nowhere/ctdb: no such file or directory
}

// show is a runner that prints what it would run.
var show = ctdb.RunnerFunc(func(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
	fmt.Println(cmd.Name)
	for _, arg := range cmd.Args {
		fmt.Println("  " + arg)
	}
	return ctdb.Result{}, nil
})

func ExamplePrefix() {
	root := ctdb.Prefix(show, "sudo", "-n")
	_, err := root.Run(context.Background(), ctdb.Command{
		Name: "ctdb",
		Args: []string{"disable", "-n", "2"},
		Env:  []string{"CTDB_DEBUGLEVEL=ERR"},
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// sudo
	//   -n
	//   env
	//   CTDB_DEBUGLEVEL=ERR
	//   ctdb
	//   disable
	//   -n
	//   2
}

// The far side's shell takes the quotes off again.
func ExamplePrefix_ssh() {
	node := ctdb.Prefix(show, "ssh", "-o", "BatchMode=yes", "node2", "--")
	_, err := node.Run(context.Background(), ctdb.Command{
		Name: "onnode", Args: []string{"all", "uptime; df -h"},
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// ssh
	//   -o
	//   BatchMode=yes
	//   node2
	//   --
	//   onnode
	//   all
	//   'uptime; df -h'
}
