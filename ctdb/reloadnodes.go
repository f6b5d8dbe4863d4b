package ctdb

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// Why a cluster does not reload its nodes files.
var (
	// ErrNodesFile: the nodes' files differ, one could not be had, or there is a change that a running cluster refuses:
	// a line that is gone, another address in place, a deletion of a node that is connected. Nothing was reloaded.
	ErrNodesFile = errors.New("the nodes files can't be reloaded")
	// ErrRecovering: a recovery was in the way. Nothing was reloaded.
	ErrRecovering = errors.New("a recovery is in the way")
)

// NodesReload is what a reload of the nodes files did.
type NodesReload struct {
	// Changes are the nodes that were added, deleted or restored, without their addresses. Empty if the cluster has the
	// nodes of the file already; then nothing was done.
	Changes []nodes.Change `json:"changes"`
	// Disconnected are nodes that are not deleted and were not reached. If their ctdbd runs, it has the old nodes and
	// must be restarted.
	Disconnected []nodes.PNN `json:"disconnected,omitempty"`
}

// ReloadNodes has all connected nodes read their nodes files again, which have to be the same everywhere. Nodes can be
// added, deleted and restored; [nodes.Edit] makes no others changes.
//
// As long as a recovery is in the way it tries again, with growing pauses, until its time is over; then the error is
// the last one, an [ErrRecovering], with the context's. What a running cluster refuses is an [ErrNodesFile], and the
// error's text has the tool's words. If nodes failed to reload, the error is a [*PartialError] that names them, with
// the result: such nodes are to be restarted. The client must not be one for another node. Similar to: ctdb
// reloadnodes.
func (c *Client) ReloadNodes(ctx context.Context) (reload *NodesReload, err error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	err = insist(ctx, ErrRecovering, func() (err error) {
		reload, err = c.reloadNodes(ctx)
		return err
	})
	return reload, err
}

func (c *Client) reloadNodes(ctx context.Context) (*NodesReload, error) {
	cmd, result, err := c.run(ctx, "reloadnodes")
	if err != nil {
		return nil, err
	}
	reload, unreloaded := readNodesReload(result)
	var partial causes
	if len(unreloaded) > 0 {
		partial = causes{&PartialError{Nodes: unreloaded}}
	}
	switch {
	case len(partial) > 0:
		return reload, newCommandError(cmd, result, partial)
	case result.ExitCode == 0:
		return reload, nil
	case isSilent(result):
		return nil, newCommandError(cmd, result, causes{ErrNotReady})
	}
	return nil, failed(cmd, result)
}

// readNodesReload reads what the tool says of nodes, and which of them failed to reload.
func readNodesReload(result Result) (reload *NodesReload, failed []nodes.PNN) {
	reload = &NodesReload{}
	kinds := map[string]nodes.ChangeKind{"NEW": nodes.Added, "DELETED": nodes.Deleted, "UNDELETED": nodes.Restored}
	for line := range firstLines(result.Stdout) {
		pnn, what, _ := cutNode(line)
		if kind, ok := kinds[strings.TrimPrefix(what, "is ")]; ok {
			reload.Changes = append(reload.Changes, nodes.Change{Kind: kind, PNN: pnn, To: pnn})
		}
	}
	for line := range firstLines(result.Stderr) {
		pnn, what, ok := cutNode(strings.TrimPrefix(line, "WARNING: "))
		switch {
		case !ok:
		case what == "failed to reload nodes":
			failed = append(failed, pnn)
		case strings.HasPrefix(what, "is disconnected."):
			reload.Disconnected = append(reload.Disconnected, pnn)
		}
	}
	return reload, failed
}

// cutNode takes "Node 3 is NEW" apart.
func cutNode(line string) (pnn nodes.PNN, what string, ok bool) {
	rest, ok := strings.CutPrefix(line, "Node ")
	if !ok {
		return 0, "", false
	}
	number, what, ok := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(number, 10, 32)
	return nodes.PNN(n), what, ok && err == nil
}
