package ctdb

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// watchSocket looks over a connection. What it reads into is used again, so that a look at a cluster that does not
// change costs next to no memory.
type watchSocket struct {
	asker
	hints *watchHints
	hasty bool // does not wait for the leader's first word

	this     nodes.PNN
	nodes    []status.Node
	vnnmap   wire.VNNMap
	mode     status.RecoveryMode
	state    status.RunState
	leader   status.Value[nodes.PNN]
	refused  time.Time // when ctdbd did not say who leads, as since 4.16, or because nobody does; zero: it said
	messages bool      // the leader says so itself

	local    []status.PublicIP // what the node itself says, and said at the last look
	localWas []status.PublicIP
	every    time.Duration // between questions to all nodes
	asked    time.Time     // the last one; zero: none
	stirred  time.Time     // when something changed last
}

// watchRequests are what is asked in one go. The last one is left out where the leader says itself that it leads: since
// 4.16 ctdbd refuses it, and logs that.
var watchRequests = []wire.Request{
	wire.GetPNN(), wire.GetNodeMap(), wire.GetVNNMap(), wire.GetRecoveryMode(), wire.GetRunState(), wire.GetPublicIPs(false),
	wire.GetRecmaster(),
}

// listen registers for messages.
func (w *watchSocket) listen(ctx context.Context) error {
	w.hints.reset()
	for _, m := range watchMessages {
		_, err := w.conn.Listen(ctx, m.srvid, func(message wire.Message) { w.hints.hint(m.cause, message) })
		if err != nil {
			return w.failure(ctx, "REGISTER_SRVID", err)
		}
	}
	return nil
}

// askAgain is how long after a refusal ctdbd is asked again who leads, if nobody else said so meanwhile.
const askAgain = 30 * time.Second

// look brings a view up to date.
func (w *watchSocket) look(ctx context.Context, view *View, cause Cause) error {
	first, requests := w.asked.IsZero(), watchRequests
	if w.messages || !w.refused.IsZero() && time.Since(w.refused) < askAgain {
		requests = requests[:len(requests)-1]
	}
	if err := w.conn.Call(ctx, w.to, requests, w.take); err != nil {
		return w.failure(ctx, "status", err)
	}
	if err := w.mapOfOther(ctx); err != nil {
		return err
	}
	if !w.refused.IsZero() {
		if first && !w.hasty {
			w.awaitFirstLeader(ctx)
		}
		w.leader, w.messages = w.hints.leads()
	}
	if w.fill(view) || !slices.EqualFunc(w.local, w.localWas, samePlace) || cause&^CausePoll != 0 {
		w.stirred = time.Now()
	}
	w.localWas = append(w.localWas[:0], w.local...)
	if time.Since(w.stirred) < settleTime || time.Since(w.asked) >= w.every {
		return w.lookAtAddresses(ctx, view)
	}
	return nil
}

// settleTime is how long after a change all nodes are asked for their addresses at each look: those go where they belong
// some time after what makes them go.
const settleTime = 5 * time.Second

// take reads one of the replies.
func (w *watchSocket) take(i int, reply wire.Reply) (err error) {
	switch i {
	case 0:
		w.this, err = wire.DecodePNN(reply)
	case 1:
		w.nodes, err = wire.DecodeNodeMap(reply, w.nodes)
	case 2:
		w.vnnmap, err = wire.DecodeVNNMap(reply, w.vnnmap.LMasters)
	case 3:
		w.mode, err = wire.DecodeRecoveryMode(reply)
	case 4:
		w.state, err = wire.DecodeRunState(reply)
	case 5:
		w.local, err = wire.DecodePublicIPs(reply, w.local)
	default:
		pnn, refused := wire.DecodeRecmaster(reply)
		w.leader, w.refused = status.Known(pnn), time.Time{}
		if refused != nil {
			w.refused = time.Now()
		}
	}
	return err
}

// mapOfOther replaces the node map of a node that is banned, as a status does.
func (w *watchSocket) mapOfOther(ctx context.Context) error {
	at := slices.IndexFunc(w.nodes, func(n status.Node) bool { return n.PNN == w.this })
	if at < 0 || !w.nodes[at].Flags.Has(status.FlagBanned) {
		return nil
	}
	short, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	cluster, err := w.lightStatus(short)
	if errors.Is(err, ErrAllBanned) {
		return nil // then its own is the best there is
	}
	if err != nil {
		return err
	}
	w.nodes = append(w.nodes[:0], cluster.Nodes...)
	return nil
}

// firstLeader is how long a new connection waits for the leader's first word, which comes once a second.
const firstLeader = 1500 * time.Millisecond

func (w *watchSocket) awaitFirstLeader(ctx context.Context) {
	timer := time.NewTimer(firstLeader)
	defer timer.Stop()
	select {
	case <-w.hints.first:
	case <-w.conn.Done():
	case <-timer.C:
	case <-ctx.Done():
	}
}

// fill brings all of a view up to date but its addresses, and reports whether anything changed.
func (w *watchSocket) fill(view *View) (changed bool) {
	i := 0
	for _, n := range w.nodes {
		if n.Flags.Has(status.FlagDeleted) {
			continue
		}
		n := NodeView{PNN: n.PNN, Address: n.Address, Flags: w.flags(n)}
		switch {
		case i == len(view.Nodes):
			view.Nodes = append(view.Nodes, n)
			changed = true
		case view.Nodes[i] != n:
			view.Nodes[i] = n
			changed = true
		}
		i++
	}
	changed = changed || i < len(view.Nodes) || view.Leader != w.leader || view.Generation != w.vnnmap.Generation ||
		!view.RecoveryMode.Is(w.mode) || !view.RunState.Is(w.state)
	view.Nodes = view.Nodes[:i]
	view.Leader, view.Generation = w.leader, w.vnnmap.Generation
	view.RecoveryMode, view.RunState = status.Known(w.mode), status.Known(w.state)
	return changed
}

// flags gives a node's flags as a status does: a node that starts has no news of the others.
func (w *watchSocket) flags(n status.Node) status.Flags {
	if w.messages && beforeStartup(w.state) && n.PNN != w.this && !n.Flags.Has(status.FlagDisconnected) {
		return status.FlagUnknown
	}
	return n.Flags
}
