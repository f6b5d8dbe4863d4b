// Quickstart reads a CTDB cluster and prints it.
//
// It asks the ctdbd of this machine. Where there is none, it simulates a cluster of three nodes, says so, and takes a
// node out to show what changes. Then it edits a nodes file in a temporary directory. A real cluster is only read.
//
//	quickstart [-json]
//
// Exit codes: 0 for an answer, 1 for none, 2 for wrong usage.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, ctdb.ExecRunner{}, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program: what main does but for the process around it.
func run(ctx context.Context, runner ctdb.Runner, args []string, stdout, stderr io.Writer) (exitCode int) {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(stderr)
	asJSON := flags.Bool("json", false, "print JSON")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: quickstart [-json]")
		flags.PrintDefaults()
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "quickstart: unexpected argument %q\n", flags.Arg(0))
		flags.Usage()
		return 2
	}
	report, err := look(ctx, runner, stderr)
	if err == nil {
		err = show(stdout, report, *asJSON)
	}
	if err != nil {
		fmt.Fprintln(stderr, "quickstart:", err)
		if advice := adviceFor(err); advice != "" {
			fmt.Fprintln(stderr, advice)
		}
		return 1
	}
	return 0
}

// look reads the cluster of this machine, or a simulated one where there is none.
func look(ctx context.Context, runner ctdb.Runner, stderr io.Writer) (*report, error) {
	cluster, err := ctdb.New(ctdb.Config{Runner: runner}).Status(ctx)
	switch {
	case err == nil:
		return &report{Cluster: cluster}, nil
	case errors.Is(err, ctdb.ErrToolMissing):
		fmt.Fprintln(stderr, "CTDB is not installed here. This is a simulated cluster of three nodes.")
	case errors.Is(err, ctdb.ErrNotRunning):
		fmt.Fprintln(stderr, "No ctdbd is running here. This is a simulated cluster of three nodes.")
	default:
		return nil, err
	}
	return simulate(ctx, ctdbtest.New(ctdbtest.Options{Nodes: 3}))
}

// simulate takes the leader out of a simulated cluster, and reports what another node saw before and after.
func simulate(ctx context.Context, simulated *ctdbtest.Cluster) (*report, error) {
	client := simulated.Client(1)
	before, err := client.Status(ctx)
	if err != nil {
		return nil, err
	}
	if err := simulated.Kill(0); err != nil {
		return nil, err
	}
	after, err := client.Status(ctx)
	if err != nil {
		return nil, err
	}
	files, err := editFiles(ctx)
	if err != nil {
		return nil, err
	}
	return &report{
		Simulated: true, Cluster: before,
		Event: "node 0 was killed", After: after, Changes: changes(before, after), Nodes: files,
	}, nil
}

func show(w io.Writer, r *report, asJSON bool) error {
	if !asJSON {
		return r.table(w)
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(r)
}

// adviceFor says what to do about an error.
func adviceFor(err error) string {
	for _, a := range []struct {
		err    error
		advice string
	}{
		{ctdb.ErrPermission, "ctdbd talks to root only: run it as root, for example with sudo."},
		{ctdb.ErrBadConfig, "Check ctdb.conf and the nodes file; ctdb-config validate helps."},
		{ctdb.ErrNotReady, "Try again in a moment."},
		{ctdb.ErrAllBanned, "See ctdbd's log for why, and wait for the ban to end or lift it with ctdb unban."},
		{ctdb.ErrTimeout, "A daemon hangs or is overloaded: see its log."},
		{ctdb.ErrOutput, "This is a bug in go-ctdb or a new release of CTDB: please report it with the output of ctdb status."},
	} {
		if errors.Is(err, a.err) {
			return a.advice
		}
	}
	return ""
}
