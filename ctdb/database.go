package ctdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-ctdb/go-ctdb/status"
)

// What can be wrong with a database besides what is wrong with a node.
var (
	// ErrNoSuchDatabase: the node has no database of that name or number attached.
	ErrNoSuchDatabase = errors.New("no such database")
	// ErrWouldCrash: a command that is known to crash ctdbd was not run.
	ErrWouldCrash = errors.New("it would crash ctdbd")
)

// DatabaseKind says how CTDB keeps a database. The zero value is a volatile one.
type DatabaseKind uint8

// The kinds of databases.
const (
	VolatileDatabase   DatabaseKind = iota // its records are where they are used, and gone with the cluster
	PersistentDatabase                     // each node has all of it on disk; changes are transactions
	ReplicatedDatabase                     // the same without the disk
)

var databaseKinds = [...]string{"volatile", "persistent", "replicated"}

// String gives "volatile", "persistent" or "replicated".
func (k DatabaseKind) String() string {
	if int(k) < len(databaseKinds) {
		return databaseKinds[k]
	}
	return fmt.Sprintf("DatabaseKind(%d)", uint8(k))
}

// Attach creates a database on all active nodes, or does nothing if there is one of that name and kind. Where there is
// a persistent or replicated one of that name, asking for a volatile one does nothing either; any other difference is
// an [ErrRefused], and so is a node with the tunable AllowClientDBAttach at 0. The client must not be one for another
// node. Similar to: ctdb attach.
func (c *Client) Attach(ctx context.Context, name string, kind DatabaseKind) error {
	const command = "attach"
	if err := checkName(command, "database", name); err != nil {
		return err
	}
	words := []string{command, name}
	switch kind {
	case VolatileDatabase:
	case PersistentDatabase, ReplicatedDatabase:
		words = append(words, kind.String())
	default:
		return refuse(command, "kind", kind.String(), "there is no such kind")
	}
	_, err := c.change(ctx, words...)
	return err
}

// WipeDB DESTROYS all records of a database, on all nodes. The database stays. It is given by its name or number. It
// runs a recovery of the database, which clients wait for. The client must not be one for another node. Similar to:
// ctdb wipedb.
func (c *Client) WipeDB(ctx context.Context, database string) error {
	return c.changeDatabase(ctx, "wipedb", database)
}

// SetDBReadOnly lets nodes hold copies of a volatile database's records for reading. It is for the node only, takes
// effect at once, can't be undone before the node's restart, and is done too if it is so already. A database of another
// kind is an [ErrRefused]. Similar to: ctdb setdbreadonly.
func (c *Client) SetDBReadOnly(ctx context.Context, database string) error {
	return c.changeDatabase(ctx, "setdbreadonly", database)
}

// SetDBSticky has records of a volatile database that nodes contend for stay on a node for a while. All else is as in
// [Client.SetDBReadOnly]. Similar to: ctdb setdbsticky.
func (c *Client) SetDBSticky(ctx context.Context, database string) error {
	return c.changeDatabase(ctx, "setdbsticky", database)
}

func (c *Client) changeDatabase(ctx context.Context, command, database string) error {
	if err := checkName(command, "database", database); err != nil {
		return err
	}
	_, err := c.change(ctx, command, database)
	return err
}

// Detach has all nodes forget a volatile database; its records are LOST. Clients must not use it any more: the tunable
// AllowClientDBAttach has to be 0 on all nodes, or else, as for a database of another kind, the error is an
// [ErrRefused]. Detached is false if there is no such database. The client must not be one for another node.
//
// All releases seen, 4.13 to 4.25, crash over a database that is read-only, so that Detach asks all connected nodes
// about it first; then the error is an [ErrWouldCrash]. Similar to: ctdb detach.
func (c *Client) Detach(ctx context.Context, database string) (detached bool, err error) {
	const command = "detach"
	if err := checkName(command, "database", database); err != nil {
		return false, err
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if err := c.checkDetach(ctx, database); err != nil {
		return false, err
	}
	cmd, result, err := c.run(ctx, command, database)
	switch {
	case err != nil:
		return false, err
	case isSilent(result):
		return false, newCommandError(cmd, result, causes{ErrNotReady})
	case result.ExitCode != 0:
		return false, failed(cmd, result)
	}
	for line := range firstLines(result.Stderr) {
		if errors.Is(causeIn(line), ErrNoSuchDatabase) {
			return false, nil
		}
	}
	return true, nil
}

// checkDetach asks all connected nodes whether a database is one that ctdbd survives the loss of.
func (c *Client) checkDetach(ctx context.Context, database string) error {
	_, _, cluster, err := c.nodeStates(ctx, "all")
	if err != nil {
		return err
	}
	for _, n := range cluster.Nodes {
		if n.Flags.Has(status.FlagDisconnected) {
			continue
		}
		d, ok, err := c.On(n.PNN).findDatabase(ctx, database)
		switch {
		case err != nil:
			return err
		case ok && d.ReadOnly:
			return fmt.Errorf("ctdb detach %s: %w: it is read-only on node %v", shellWord(database), ErrWouldCrash, n.PNN)
		}
	}
	return nil
}

// findDatabase finds a database by its name or number.
func (c *Client) findDatabase(ctx context.Context, database string) (status.Database, bool, error) {
	cmd, result, err := c.run(ctx, "getdbmap")
	switch {
	case err != nil:
		return status.Database{}, false, err
	case result.ExitCode != 0:
		return status.Database{}, false, failed(cmd, result)
	}
	all, err := status.ParseDatabaseMap(result.Stdout)
	if err != nil {
		return status.Database{}, false, notUnderstood(cmd, result, err)
	}
	d, ok := pickDatabase(all.Databases, database)
	return d, ok, nil
}
