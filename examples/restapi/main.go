// Restapi serves the REST API of a storage appliance for the CTDB of this machine. Package api is the API; its README
// has all calls.
//
//	restapi -token-file FILE [-listen ADDRESS] [-tls-cert FILE -tls-key FILE] [...]
//	restapi -sim
//
// It needs a token: from a file that only its owner and group can read, or from the variable CTDB_API_TOKEN. Without
// one it does not start. It listens on 127.0.0.1:8444 unless it is told otherwise, and ends on SIGINT and SIGTERM when
// the requests that it serves are done.
//
// With -sim it serves a simulated cluster and a temporary directory that is laid out like /etc/ctdb, and prints a
// token and calls to copy.
//
// Exit codes: 0 after a signal, 1 if it can't serve, 2 for wrong usage.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program: what main does but for the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (exitCode int) {
	o, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	logger := o.logger(stderr)
	if err := o.serve(ctx, stdout, logger); err != nil {
		fmt.Fprintln(stderr, "restapi:", err)
		return 1
	}
	return 0
}

// serve serves until the context is over.
func (o *options) serve(ctx context.Context, stdout io.Writer, logger *slog.Logger) error {
	if o.sim {
		return o.serveSimulated(ctx, stdout, logger)
	}
	config, err := o.host(ctx, logger)
	if err != nil {
		return err
	}
	return o.listenAndServe(ctx, config, stdout, nil)
}
