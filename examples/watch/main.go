// Watch prints what changes in a CTDB cluster, as it happens, with the time and what made it look.
//
// It watches the cluster of this machine's ctdbd. Where none runs, it says so and watches a simulated cluster of three
// nodes, which loses a node and gets it back every few seconds.
//
//	watch [-json] [-debounce TIME] [-exec COMMAND [ARGUMENT...]]
//
// With -json each event is one line of JSON. With -exec each event but the first runs a command, without a shell and one
// at a time, with the event as JSON on its standard input; what it prints goes where this program's own output goes. While
// it runs nothing piles up: the next event is about what is so then.
//
// It ends with an interrupt. Exit codes: 0 after an interrupt, 1 for a cluster that can't be watched, 2 for wrong usage.
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
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, ctdb.New(ctdb.Config{}), os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settings are what the command line says.
type settings struct {
	json    bool
	options ctdb.WatchOptions
	command []string // to run for each event
}

func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("watch", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.BoolVar(&s.json, "json", false, "print JSON, an event in each line")
	flags.DurationVar(&s.options.Debounce, "debounce", 0, "how long a change has to last before it is told, such as 3s")
	command := flags.Bool("exec", false, "run the command that the arguments are for each event")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: watch [-json] [-debounce TIME] [-exec COMMAND [ARGUMENT...]]")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	s.command = flags.Args()
	if *command != (len(s.command) > 0) {
		fmt.Fprintln(stderr, "watch: -exec and a command go together")
		flags.Usage()
		return s, errors.New("wrong usage")
	}
	return s, nil
}

// run is the program: what main does but for the process around it.
func run(ctx context.Context, client *ctdb.Client, args []string, stdout, stderr io.Writer) (exitCode int) {
	s, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	client, err = choose(ctx, client, stderr)
	if err == nil {
		err = watch(ctx, client, s, stdout, stderr)
	}
	if err != nil {
		fmt.Fprintln(stderr, "watch:", err)
		return 1
	}
	return 0
}

// choose gives the client that it is given, or that of a simulated cluster where there is no CTDB.
func choose(ctx context.Context, client *ctdb.Client, stderr io.Writer) (*ctdb.Client, error) {
	switch _, err := client.PNN(ctx); {
	case errors.Is(err, ctdb.ErrToolMissing):
		fmt.Fprintln(stderr, "CTDB is not installed here. This is a simulated cluster of three nodes.")
	case errors.Is(err, ctdb.ErrNotRunning):
		fmt.Fprintln(stderr, "No ctdbd is running here. This is a simulated cluster of three nodes.")
	default:
		return client, nil // whatever else fails, the watch tells
	}
	return simulate(ctx)
}

// watch prints events until the context ends.
func watch(ctx context.Context, client *ctdb.Client, s settings, stdout, stderr io.Writer) error {
	first := true
	for event, err := range client.Watch(ctx, s.options) {
		if err != nil {
			return err
		}
		data, err := json.Marshal(event)
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%s  %v", event.Time.Format(time.TimeOnly+".000"), event)
		if s.json {
			line = string(data)
		}
		if _, err := fmt.Fprintln(stdout, line); err != nil {
			return err
		}
		if len(s.command) > 0 && !first {
			execute(ctx, s.command, data, stdout, stderr)
		}
		first = false
	}
	return nil
}
