package ctdb

import (
	"context"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/status"
)

// tunables gives the names and the values, which ctdbd tells apart from each other.
func (a asker) tunables(ctx context.Context) (*status.Tunables, error) {
	var names []string
	var all *status.Tunables
	err := a.ask(ctx, func(i int, reply wire.Reply) (err error) {
		if i == 0 {
			names, err = wire.DecodeTunableNames(reply)
			return err
		}
		all, err = wire.DecodeAllTunables(reply, names)
		return err
	}, wire.GetTunableNames(), wire.GetAllTunables())
	if len(names) > 0 && isWireError(err) { // of a release whose order of values is not known
		all, err = a.eachTunable(ctx, names)
	}
	if err != nil {
		return nil, err
	}
	all.Form = status.FormSocket
	return all, nil
}

// eachTunable asks for one after the other.
func (a asker) eachTunable(ctx context.Context, names []string) (*status.Tunables, error) {
	all := &status.Tunables{Tunables: make([]status.Tunable, len(names))}
	requests := make([]wire.Request, len(names))
	for i, name := range names {
		var err error
		if requests[i], err = wire.GetTunable(name); err != nil {
			return nil, a.failure(ctx, wire.OpGetTunable.String(), err)
		}
	}
	err := a.ask(ctx, func(i int, reply wire.Reply) error {
		value, err := wire.DecodeTunable(reply)
		all.Tunables[i] = status.Tunable{Name: names[i], Value: value}
		return err
	}, requests...)
	return all, err
}

// tunable asks for one. One that is obsolete, which ctdbd still has a value of, is none, as for the tool.
func tunable(name string) func(asker, context.Context) (status.Tunable, error) {
	return func(a asker, ctx context.Context) (status.Tunable, error) {
		request, err := wire.GetTunable(name)
		if err != nil {
			return status.Tunable{}, a.failure(ctx, wire.OpGetTunable.String(), err)
		}
		answer := status.Tunable{Name: name}
		err = a.ask(ctx, func(i int, reply wire.Reply) (err error) {
			if i == 0 {
				return isTunable(name, reply)
			}
			answer.Value, err = wire.DecodeTunable(reply)
			return err
		}, wire.GetTunableNames(), request)
		return answer, err
	}
}

// isTunable looks for a name in the answer that has all of them.
func isTunable(name string, reply wire.Reply) error {
	names, err := wire.DecodeTunableNames(reply)
	if err == nil && !slices.ContainsFunc(names, func(known string) bool { return strings.EqualFold(known, name) }) {
		err = ErrNoSuchTunable
	}
	return err
}

// setTunable sets one, if there is one of that name.
func (a asker) setTunable(ctx context.Context, name string, value uint32) error {
	request, err := wire.SetTunable(name, value)
	if err != nil {
		return a.failure(ctx, wire.OpSetTunable.String(), err)
	}
	if err := a.ask(ctx, func(_ int, reply wire.Reply) error { return isTunable(name, reply) }, wire.GetTunableNames()); err != nil {
		return err
	}
	return a.ask(ctx, func(_ int, reply wire.Reply) error {
		_, err := wire.DecodeSetTunable(reply)
		return err
	}, request)
}
