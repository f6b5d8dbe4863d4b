package api

import (
	"context"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// nodesReload is what ctdb reloadnodes did.
type nodesReload struct {
	// Changes are those that the cluster took up: none if it had all of the file.
	Changes []Change `json:"changes"`
	// Disconnected are nodes that could not be reached, which have the old nodes if they run.
	Disconnected []string `json:"disconnected"`
}

// addressesReload is what ctdb reloadips did.
type addressesReload struct {
	// NotLoaded are lines that the file has now and ctdbd does not take up before it starts again: addresses with
	// another mask or other interfaces.
	NotLoaded []string `json:"notLoaded"`
}

// afterWrite marks an error that came after the file was written.
func afterWrite(err error) *Error {
	e := *explain(err)
	e.Written = true
	return &e
}

func (h *Handler) reloadNodes(ctx context.Context, changes []nodes.Change) (any, error) {
	reload, err := h.config.Client.ReloadNodes(ctx)
	if err != nil {
		return nil, afterWrite(err)
	}
	outcome := nodesReload{Changes: changesOf(reload.Changes), Disconnected: []string{}}
	for _, pnn := range reload.Disconnected {
		outcome.Disconnected = append(outcome.Disconnected, pnn.String())
	}
	return reloaded{Changes: changesOf(changes), Reload: outcome}, nil
}

func (h *Handler) reloadAddresses(ctx context.Context, changes []publicaddr.Change) (any, error) {
	if err := h.config.Client.ReloadIPs(ctx); err != nil {
		return nil, afterWrite(err)
	}
	outcome := addressesReload{NotLoaded: []string{}}
	for _, c := range changes {
		if !c.Kind.Reloads() {
			outcome.NotLoaded = append(outcome.NotLoaded, c.New.String())
		}
	}
	return reloaded{Changes: addressChanges(changes), Reload: outcome}, nil
}
