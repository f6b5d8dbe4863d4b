package api

import (
	"log/slog"
	"net/netip"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// Prefix is what the paths of all routes begin with.
const Prefix = "/api/v2/db/ctdb/"

// Config says what a [Handler] serves. Only Token has to be set; the rest is this machine's CTDB, with Debian's paths.
type Config struct {
	// Token is what the header "token" of every request must be: at least 16 printable characters. See [ErrToken].
	Token string

	// Client asks the ctdbd of this node, and reloads; nil is ctdb.New(ctdb.Config{}).
	Client *ctdb.Client
	// Release is the CTDB that is installed. Where it is zero, the tool is asked, once a minute at most; where that
	// fails too, it counts as the newest.
	Release release.Release
	// Paths are the places of CTDB on this host; [ctdb.FindPaths] asks for them. Those that are not known are Debian's.
	Paths config.Paths
	// Scripts enables event scripts; nil is an [eventscript.Files] with these paths.
	Scripts Scripts
	// Interfaces gives the names of this host's network interfaces. ctdbd refuses a public_addresses file with another
	// one, so that POST addresses does too. Nil does not look.
	Interfaces func() ([]string, error)
	// Peers gives a way to run the tool on another node, such as a [ctdb.Prefix] of ssh, so that ?force=1 finds out
	// whether ctdbd runs there. Nil, and a nil Runner, don't ask.
	Peers func(pnn nodes.PNN, private netip.Addr) ctdb.Runner

	// Conf, Nodes and Addresses say how the files are read and edited. Create is always on. Without a Path, they are
	// those of Paths; for the nodes, ctdb.conf can name another.
	Conf      config.Options
	Nodes     nodes.Options
	Addresses publicaddr.Options
	// Link says how links are made. Its Root is that of the request; without a Dir, it is that of Paths.
	Link ctdb.Linker
	// Log says how the log is read. Without a Path, ctdb.conf names the file. Its Filter is that of the request.
	Log ctdblog.Options

	// Limits bound what a request may take.
	Limits Limits
	// AllowOrigin is the header Access-Control-Allow-Origin of all answers: "*" or an origin. Empty is none, so that no
	// page of another origin can use the API from a browser.
	AllowOrigin string
	// PoweredBy is the header X-Powered-By of all answers. Empty is none.
	PoweredBy string
	// Logger gets a line for each request: method, path, status, bytes and time; no headers, no bodies and no query.
	// Nil logs nothing.
	Logger *slog.Logger
}
