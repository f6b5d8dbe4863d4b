package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// host gives what the API of this machine serves.
func (o *options) host(ctx context.Context, logger *slog.Logger) (api.Config, error) {
	token, err := readToken(o.tokenFile)
	if err != nil {
		return api.Config{}, err
	}
	c := o.config
	c.Token, c.Logger = token, logger
	c.Client = ctdb.New(ctdb.Config{})
	c.Paths, err = ctdb.FindPaths(ctx, nil)
	switch {
	case errors.Is(err, ctdb.ErrToolMissing):
		logger.WarnContext(ctx, "CTDB is not installed here: its files are taken to be in "+ctdb.DefaultDir)
	case err != nil:
		return api.Config{}, err
	}
	if !o.anyIface {
		c.Interfaces = interfaces
	}
	if words := strings.Fields(o.peers); len(words) > 0 {
		c.Peers = func(_ nodes.PNN, private netip.Addr) ctdb.Runner {
			return ctdb.Prefix(ctdb.ExecRunner{}, append(words[:len(words):len(words)], private.String())...)
		}
	}
	return c, nil
}

// interfaces gives the names of this machine's network interfaces.
func interfaces() ([]string, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = one.Name
	}
	return names, nil
}
