package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/eventscript"
	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// simulation is a simulated cluster of two nodes, and the files of its node 0 in a directory.
type simulation struct {
	dir     string
	cluster *ctdbtest.Cluster
}

// marker says that a directory stands for a mounted file system.
const marker = ".mounted"

// newSimulation lays a directory out like that of a node: etc/ctdb and var/log/ctdb, and two cluster file systems in
// lfsmnt.
func newSimulation(dir string) (*simulation, error) {
	s := &simulation{dir: dir}
	list := "192.168.6.79\n192.168.6.77\n"
	public := "192.168.6.84/24 mother_ctdb0\n192.168.6.85/24 mother_ctdb0\n"
	files := map[string]string{
		s.etc("nodes"): list, s.etc("public_addresses"): public, s.etc("ctdb.conf"): s.conf(),
		s.paths().LogFile: simulatedLog(),
	}
	for _, name := range []string{"mother", "robin"} {
		files[s.shared(name, "nodes")], files[s.shared(name, "public_addresses")] = list, public
		files[s.shared(name, marker)] = ""
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	s.cluster = ctdbtest.New(ctdbtest.Options{
		Addresses: []netip.Addr{netip.MustParseAddr("192.168.6.79"), netip.MustParseAddr("192.168.6.77")},
	})
	return s, errors.Join(s.load(), s.cluster.Client(0).ReloadIPs(context.Background()), s.cluster.SetUnhealthy(1, true))
}

func (s *simulation) etc(name string) string { return filepath.Join(s.dir, "etc/ctdb", name) }

func (s *simulation) shared(dfs, name string) string {
	return filepath.Join(s.dir, "lfsmnt", dfs, ".ctdb", name)
}

func (s *simulation) paths() config.Paths {
	return config.Paths{
		EtcDir: filepath.Join(s.dir, "etc/ctdb"), VarDir: filepath.Join(s.dir, "var/lib/ctdb"),
		LogFile: filepath.Join(s.dir, "var/log/ctdb/log.ctdb"),
	}
}

func (s *simulation) conf() string {
	return "# See ctdb.conf(5) for documentation\n[logging]\n    # Default log level\n    # log level = NOTICE\n" +
		"[cluster]\n    # Shared cluster lock file to avoid split brain.\n" +
		"    cluster lock = " + s.shared("mother", "cluster_lock") + "\n"
}

// load gives the files to the simulated machines. All nodes have those of node 0.
func (s *simulation) load() error {
	list, err := os.ReadFile(s.etc("nodes"))
	if err != nil {
		return err
	}
	public, err := os.ReadFile(s.etc("public_addresses"))
	if err != nil {
		return err
	}
	cluster, err := s.cluster.Client(0).Status(context.Background())
	if err != nil {
		return err
	}
	for _, n := range cluster.Nodes {
		err = errors.Join(err, s.cluster.SetNodesFile(n.PNN, string(list)))
		err = errors.Join(err, s.cluster.SetPublicAddressesFile(n.PNN, string(public)))
	}
	return err
}

// Run answers as the tool on node 0 does, which reads its files for a reload.
func (s *simulation) Run(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
	if slices.Contains(cmd.Args, "reloadnodes") || slices.Contains(cmd.Args, "reloadips") {
		if err := s.load(); err != nil {
			return ctdb.Result{}, err
		}
	}
	return s.cluster.Run(ctx, cmd)
}

// config gives what the API of the simulation serves, with a new token.
func (s *simulation) config(c api.Config) api.Config {
	tool := ctdb.Config{Runner: s}
	c.Token = rand.Text()
	c.Client = ctdb.New(tool)
	c.Release = s.cluster.Release()
	c.Paths = s.paths()
	c.Scripts = eventscript.Tool{Config: tool, Release: c.Release}
	c.Link.Marker = marker
	return c
}

// serveSimulated serves a simulation, and says how to use it.
func (o *options) serveSimulated(ctx context.Context, stdout io.Writer, logger *slog.Logger) (err error) {
	dir, err := os.MkdirTemp("", "restapi")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return err
	}
	s, err := newSimulation(dir)
	if err != nil {
		return err
	}
	c := s.config(o.config)
	c.Logger = logger
	return o.listenAndServe(ctx, c, stdout, func(url string) { s.explain(stdout, url, c.Token) })
}

// explain prints calls to copy.
func (s *simulation) explain(w io.Writer, url, token string) {
	fmt.Fprintf(w, `This is a simulated cluster of two nodes. Its files are in %s until the server ends.

token=%s
api=%s

curl -H "token: $token" "${api}status"
curl -H "token: $token" "${api}nodes"
curl -H "token: $token" "${api}addresses"
curl -H "token: $token" "${api}log?tail=5&format=entries"
curl -H "token: $token" -d '{"dfsPath":"%s"}' -H 'Content-Type: application/json' "${api}link"
curl -H "token: $token" -d '{"addresses":["192.168.6.77","192.168.6.79","192.168.6.80"]}' -H 'Content-Type: application/json' "${api}nodes?reload=1"
curl -H "token: $token" -d '{"service":"samba","action":"enable"}' -H 'Content-Type: application/json' "${api}event"
`, s.dir, token, url, filepath.Join(s.dir, "lfsmnt/robin"))
}
