package ctdb

import (
	"context"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/status"
)

// databases gives the databases with their names, files and health, each of which ctdbd tells by itself.
func (a asker) databases(ctx context.Context) (*status.DatabaseMap, error) {
	all, err := one(ctx, a, wire.GetDatabaseMap(), wire.DecodeDatabaseMap)
	if err != nil {
		return nil, err
	}
	all.Form = status.FormSocket
	const each = 3
	requests := make([]wire.Request, 0, each*len(all.Databases))
	for _, d := range all.Databases {
		requests = append(requests, wire.GetDatabaseName(d.ID), wire.GetDatabasePath(d.ID), wire.GetDatabaseHealth(d.ID))
	}
	err = a.ask(ctx, func(i int, reply wire.Reply) (err error) {
		switch d := &all.Databases[i/each]; i % each {
		case 0:
			d.Name, err = wire.DecodeDatabaseName(reply)
		case 1:
			d.Path, err = wire.DecodeDatabasePath(reply)
		default:
			var health string
			health, err = wire.DecodeDatabaseHealth(reply)
			d.Unhealthy = health != ""
		}
		return err
	}, requests...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// findDatabase finds a database by its name or number, without its file and its health.
func (a asker) findDatabase(ctx context.Context, database string) (status.Database, error) {
	all, err := one(ctx, a, wire.GetDatabaseMap(), wire.DecodeDatabaseMap)
	if err != nil {
		return status.Database{}, err
	}
	requests := make([]wire.Request, len(all.Databases))
	for i, d := range all.Databases {
		requests[i] = wire.GetDatabaseName(d.ID)
	}
	err = a.ask(ctx, func(i int, reply wire.Reply) (err error) {
		all.Databases[i].Name, err = wire.DecodeDatabaseName(reply)
		return err
	}, requests...)
	if err != nil {
		return status.Database{}, err
	}
	d, ok := pickDatabase(all.Databases, database)
	if !ok {
		return d, a.refused(wire.OpDatabaseMap.String(), ErrNoSuchDatabase)
	}
	return d, nil
}

// pickDatabase finds a database by its name or number.
func pickDatabase(all []status.Database, database string) (status.Database, bool) {
	var id status.DatabaseID
	isID := id.UnmarshalText([]byte(database)) == nil
	for _, d := range all {
		if d.Name == database || isID && d.ID == id {
			return d, true
		}
	}
	return status.Database{}, false
}

func database(name string) func(asker, context.Context) (*status.DatabaseStatus, error) {
	return func(a asker, ctx context.Context) (*status.DatabaseStatus, error) {
		d, err := a.findDatabase(ctx, name)
		if err != nil {
			return nil, err
		}
		full := &status.DatabaseStatus{Form: status.FormSocket, Database: d, Health: "OK"}
		err = a.ask(ctx, func(i int, reply wire.Reply) (err error) {
			if i == 0 {
				full.Path, err = wire.DecodeDatabasePath(reply)
				return err
			}
			health, err := wire.DecodeDatabaseHealth(reply)
			if health != "" {
				full.Health, full.Unhealthy = health, true
			}
			return err
		}, wire.GetDatabasePath(d.ID), wire.GetDatabaseHealth(d.ID))
		if err != nil {
			return nil, err
		}
		return full, nil
	}
}

func databaseStatistics(name string) func(asker, context.Context) (*status.DBStatistics, error) {
	return func(a asker, ctx context.Context) (*status.DBStatistics, error) {
		d, err := a.findDatabase(ctx, name)
		if err != nil {
			return nil, err
		}
		s, err := one(ctx, a, wire.GetDatabaseStatistics(d.ID), wire.DecodeDatabaseStatistics)
		if err == nil {
			s.Form, s.Name = status.FormSocket, d.Name
		}
		return s, err
	}
}
