package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// running is what this node's ctdbd says of the nodes that there are.
type running struct {
	nodes     *nodes.File
	connected map[nodes.PNN]bool
	err       error // why nothing is known
}

func (h *Handler) running(ctx context.Context) running {
	cluster, err := h.cluster(ctx)
	if err != nil {
		return running{err: err}
	}
	count, ok := cluster.NodeCount.Get()
	if !ok || count < len(cluster.Nodes) || count > nodes.MaxSize {
		return running{err: fmt.Errorf("%w: how many nodes are there", ctdb.ErrOutput)}
	}
	lines := slices.Repeat([]string{"#"}, count)
	known := running{connected: map[nodes.PNN]bool{}}
	for _, n := range cluster.Nodes {
		if int64(n.PNN) >= int64(count) {
			return running{err: fmt.Errorf("%w: a node %v of %d", ctdb.ErrOutput, n.PNN, count)}
		}
		lines[n.PNN] = n.Address.String()
		known.connected[n.PNN] = !n.Flags.Has(status.FlagDisconnected)
	}
	known.nodes, known.err = nodes.Parse("the running cluster", []byte(strings.Join(lines, "\n")+"\n"))
	return known
}

// refuses gives the error about a file that the running cluster would not reload, as far as the change makes it so.
// For a reload, nodes that are to go must be disconnected.
func (k running) refuses(before, after *nodes.File, changes []nodes.Change, reload bool) error {
	if k.err != nil || len(changes) == 0 && !reload {
		return nil
	}
	old := nodes.Diff(k.nodes, before)
	bad := slices.DeleteFunc(nodes.Diff(k.nodes, after), func(c nodes.Change) bool {
		return !c.Kind.Forbidden() || slices.Contains(old, c)
	})
	if len(bad) > 0 {
		return wouldBreak(bad)
	}
	if !reload {
		return nil
	}
	var connected []string
	for _, c := range nodes.Diff(k.nodes, after) {
		if c.Kind == nodes.Deleted && k.connected[c.PNN] {
			connected = append(connected, c.PNN.String())
		}
	}
	if len(connected) == 0 {
		return nil
	}
	e := fail(http.StatusConflict, CodeConnected,
		"end ctdbd on node %s first: nodes that go must be disconnected", strings.Join(connected, ", "))
	e.Nodes = connected
	return e
}

// mayWrite refuses a reload where no ctdbd could do it, and force where one runs, before anything is written.
func (h *Handler) mayWrite(ctx context.Context, r *request, k running, o nodes.Options) error {
	if r.query.is(paramReload) && k.err != nil {
		return k.err
	}
	if !r.query.is(paramForce) {
		return nil
	}
	if k.err == nil {
		return fail(http.StatusConflict, CodeRunning,
			"force is for a cluster that is down, and ctdbd runs here").about(paramForce)
	}
	if !errors.Is(k.err, ctdb.ErrNotRunning) {
		return k.err // it may run
	}
	return h.noPeerRuns(ctx, o)
}

// noPeerRuns asks the other nodes of the file, one after the other, whether ctdbd runs there. One that can't be asked
// does not count.
func (h *Handler) noPeerRuns(ctx context.Context, o nodes.Options) error {
	f, err := nodes.Load(o)
	if err != nil || h.config.Peers == nil {
		return nil
	}
	for n := range f.Active() {
		runner := h.config.Peers(n.PNN, n.Address)
		if runner == nil {
			continue
		}
		if _, err := ctdb.New(ctdb.Config{Runner: runner}).Ping(ctx); err == nil {
			return fail(http.StatusConflict, CodeRunning,
				"force is for a cluster that is down, and ctdbd runs on node %v", n.PNN).about(paramForce)
		}
	}
	return nil
}
