package ctdb

import (
	"context"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// DefaultTimeout bounds calls whose context has no deadline. It is the tool's own default for one control.
const DefaultTimeout = 10 * time.Second

// Config says how a [Client] reaches its cluster. The zero value asks the ctdbd of this machine, over its socket or by the
// ctdb program.
type Config struct {
	// Runner runs the ctdb program; nil means ExecRunner{}. With [Prefix] it runs elsewhere or as somebody else.
	Runner Runner
	// Tool is the program's name or path; "" means "ctdb".
	Tool string
	// Timeout bounds a call whose context has no deadline; 0 means [DefaultTimeout].
	Timeout time.Duration
	// Transport is how to reach ctdbd; the zero value is [TransportAuto].
	Transport Transport
	// Socket is the path of ctdbd's socket, config.Paths.Socket; "" means the usual places.
	Socket string
	// EventSocket is the path of the event daemon's socket, eventd.socket in config.Paths.SocketDir; "" means beside
	// Socket, or in the usual places.
	EventSocket string
	// SocketOwner, if set, is the user who must own the socket and run the ctdbd behind it, 0 for root. Otherwise nothing
	// is sent, and the error is an [ErrSocketOwner].
	SocketOwner *uint32
	// Strict makes output with lines that this module does not know an error (ErrOutput). Without it they are kept in
	// the answer.
	Strict bool
}

// Client asks one node of a cluster and tells it what to do, by the ctdb tool or over ctdbd's socket: see [Transport]. It
// is safe for concurrent use if its Runner is.
//
// With the tool alone it holds nothing. Over the socket it connects at the first call and keeps that one connection, for
// all calls at once and for those of [Client.On], with one goroutine that reads when no call does; after it has ended,
// the next call connects anew. [Client.Close] ends it.
//
// Every call is bounded in time: by its context's deadline, or by [Config.Timeout] if that has none. The bound is passed
// on to the tool, so that it also ends where the context can't reach: -T, the tool's whole run, is what is left of the
// time in seconds, rounded up; -t, one request to a daemon, is a third of that and at least one second, so that a node
// that hangs or a leader that nobody knows costs its part of the time and the rest still gets an answer.
//
// Failures are a [*CommandError] or, over the socket, a [*SocketError], and errors.Is finds which it was: [ErrToolMissing], [ErrPermission], [ErrNotRunning],
// [ErrNotReady], [ErrAllBanned], [ErrNoSuchNode], [ErrDisconnected], [ErrDeleted], [ErrTimeout], [ErrRefused],
// [ErrBadConfig], [ErrUsage], [ErrCrashed], [ErrOutput], [ErrProtocol] or [ErrSocketOwner]. Commands have more of them, which their comments name. An
// argument that the tool must not be given is an [ErrArgument], and then nothing is run.
type Client struct {
	config  Config
	pnn     nodes.PNN // NoPNN: the node that the tool runs on
	learned *learned  // of the tool, shared with the clients of other nodes
	session *session  // shared too; nil: no socket
}

// New gives a client. It starts nothing and can't fail.
func New(config Config) *Client {
	session := newSession(config) // before the defaults: they tell whether this machine is meant
	if config.Runner == nil {
		config.Runner = ExecRunner{}
	}
	if config.Tool == "" {
		config.Tool = "ctdb"
	}
	if config.Timeout <= 0 {
		config.Timeout = DefaultTimeout
	}
	return &Client{config: config, pnn: nodes.NoPNN, learned: new(learned), session: session}
}

// On gives a client that asks another node through this one. [nodes.NoPNN] is the node that the tool runs on. Similar
// to: ctdb -n PNN.
func (c *Client) On(pnn nodes.PNN) *Client {
	on := *c
	on.pnn = pnn
	return &on
}

// Close ends the connection to ctdbd's socket, if there is one, and the goroutine that reads from it. It is for all
// clients that came from the same New. They can still be used, and then connect again.
func (c *Client) Close() {
	if c.session != nil {
		c.session.close()
	}
}

// run runs the tool with the options that all commands share. A result comes with no error, whatever the exit code.
func (c *Client) run(ctx context.Context, words ...string) (Command, Result, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	deadline, _ := ctx.Deadline()
	cmd := Command{Name: c.config.Tool, Args: c.args(time.Until(deadline), words)}
	if c.config.Transport == TransportSocket {
		return cmd, Result{}, &SocketError{Socket: c.session.paths[0], Call: cmd.brief(), Err: errors.ErrUnsupported}
	}
	if c.pnn != nodes.NoPNN && c.pnn > math.MaxInt32 {
		return cmd, Result{}, &CommandError{Command: cmd, Err: ErrNoSuchNode} // the tool takes it for bad usage
	}
	result, err := c.config.Runner.Run(ctx, cmd)
	if err != nil {
		return cmd, result, notFinished(cmd, result, err)
	}
	return cmd, result, nil
}

// args puts the tool's options before the words of a command.
func (c *Client) args(left time.Duration, words []string) []string {
	run, request := limits(left)
	args := []string{"-t", strconv.Itoa(request), "-T", strconv.Itoa(run)}
	if c.pnn != nodes.NoPNN {
		args = append(args, "-n", c.pnn.String())
	}
	return append(args, words...)
}

// limits gives the tool's limits for the time that is left, in seconds: for its whole run and for one request. Neither
// may be 0: -T 0 is the tool's default of two minutes, and -t 0 fails at once.
func limits(left time.Duration) (run, request int) {
	const most = math.MaxInt32 // the tool's type
	seconds := math.Ceil(left.Seconds())
	run = int(min(max(seconds, 1), most))
	return run, max(run/3, 1)
}
