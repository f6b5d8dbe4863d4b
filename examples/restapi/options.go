package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// options are the command line.
type options struct {
	listen      string
	tokenFile   string
	cert, key   string
	config      api.Config // what flags set in it
	peers       string
	anyIface    bool
	json        bool
	connections int
	grace       time.Duration
	sim         bool
}

// errUsage says that the command line is wrong. It was printed.
var errUsage = errors.New("wrong usage")

func parseOptions(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("restapi", flag.ContinueOnError)
	flags.SetOutput(stderr)
	o.define(flags)
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	wrong := ""
	switch {
	case flags.NArg() > 0:
		wrong = fmt.Sprintf("unexpected argument %q", flags.Arg(0))
	case (o.cert == "") != (o.key == ""):
		wrong = "-tls-cert and -tls-key go together"
	case o.sim && o.tokenFile != "":
		wrong = "-sim makes a token of its own"
	}
	if wrong != "" {
		fmt.Fprintln(stderr, "restapi:", wrong)
		flags.Usage()
		return nil, errUsage
	}
	return o, nil
}

func (o *options) define(flags *flag.FlagSet) {
	c := &o.config
	flags.StringVar(&o.listen, "listen", "127.0.0.1:8444",
		"the `address` to listen on, or unix:PATH; port 0 is any that is free")
	flags.StringVar(&o.tokenFile, "token-file", "", "the `file` with the token; without it, the token is $"+tokenVariable)
	flags.StringVar(&o.cert, "tls-cert", "", "the `file` with the certificates for TLS")
	flags.StringVar(&o.key, "tls-key", "", "the `file` with the key for TLS")
	flags.StringVar(&c.AllowOrigin, "allow-origin", "", `the `+"`origin`"+` whose pages may use the API, or "*" for all`)
	flags.StringVar(&c.PoweredBy, "powered-by", "", "the `text` of the header X-Powered-By")
	flags.Int64Var(&c.Limits.Body, "max-body", 1<<20, "the most `bytes` of a body")
	flags.DurationVar(&c.Limits.Time, "max-time", time.Minute, "the most `time` of a request")
	flags.IntVar(&c.Limits.Requests, "max-requests", 64, "the most `requests` that are served at the same time")
	flags.IntVar(&c.Limits.Logs, "max-logs", 4, "the most `logs` that are sent at the same time")
	flags.IntVar(&o.connections, "max-connections", 512, "the most `connections` at the same time")
	flags.DurationVar(&o.grace, "grace", 10*time.Second, "the `time` that requests have to end when the server does")
	flags.StringVar(&c.Link.Folder, "dfs-folder", "", "the `directory` of the shared files, below dfsPath (default .ctdb)")
	flags.StringVar(&c.Link.Marker, "dfs-marker", "",
		"a `file` in that directory that is there when the file system is mounted")
	flags.StringVar(&o.peers, "peers", "",
		"a `command` that runs another on the node whose address is put behind it, such as \"ssh -o BatchMode=yes --\"")
	flags.BoolVar(&o.anyIface, "any-interface", false,
		"take public addresses with interfaces that this machine does not have")
	flags.BoolVar(&o.json, "log-json", false, "log as JSON")
	flags.BoolVar(&o.sim, "sim", false, "serve a simulated cluster")
}

// logger gives the log of requests.
func (o *options) logger(stderr io.Writer) *slog.Logger {
	if o.json {
		return slog.New(slog.NewJSONHandler(stderr, nil))
	}
	return slog.New(slog.NewTextHandler(stderr, nil))
}
