// Ctdblog reads CTDB's log, of any release: what is there, what comes, or what it all amounts to.
//
//	ctdblog [-f] [-n COUNT] [-since TIME] [-until TIME] [-node PNN] [-script NAME] [-grep PATTERN]
//	        [-events] [-json] [-summary] [-rotated] [-color auto|always|never] [FILE]
//
// FILE is a log, which may be compressed, or "-" for standard input; without it, it is the place that the ctdb.conf of this
// machine names. A TIME is a duration before now ("90m", "1h"), a date ("2026-11-21") or a date and a time
// ("2026-11-21T21:49:30"), in the local zone.
//
// Exit codes: 0 for success, 1 for a log that could not be read as a whole, 2 for wrong usage.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program: what main does but for the process around it.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (exitCode int) {
	flags := flag.NewFlagSet("ctdblog", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: ctdblog [options] [FILE|-]")
		flags.PrintDefaults()
	}
	o, err := parse(flags, args, time.Now())
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "ctdblog:", err)
		return 2
	}
	if err := show(ctx, o, stdin, stdout); err != nil {
		fmt.Fprintln(stderr, "ctdblog:", err)
		return 1
	}
	return 0
}
