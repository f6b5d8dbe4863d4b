package ctdb_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestArguments gives commands what must not become an argument of the tool. Nothing may be run.
func TestArguments(t *testing.T) {
	t.Parallel()
	s := &script{}
	c, ctx := ctdb.New(ctdb.Config{Runner: s}), t.Context()
	ignore := func(_ bool, err error) error { return err }
	zoned := netip.MustParseAddr("fe80::1%eth0")
	ends := func(source, destination string) status.Connection {
		return status.Connection{Source: netip.MustParseAddrPort(source), Destination: netip.MustParseAddrPort(destination)}
	}
	prefix := netip.MustParsePrefix("10.0.0.9/24")
	for name, err := range map[string]error{
		"ban for nothing":             ignore(c.Ban(ctx, 0)),
		"ban backwards":               ignore(c.Ban(ctx, -time.Second)),
		"ban for a century":           ignore(c.Ban(ctx, 100*365*24*time.Hour)),
		"setvar of an option":         c.SetVar(ctx, "-n", 1),
		"setvar of nothing":           c.SetVar(ctx, "", 1),
		"setvar with a slash":         c.SetVar(ctx, "a/b", 1),
		"setvar with a newline":       c.SetVar(ctx, "a\nb", 1),
		"setvar with a NUL":           c.SetVar(ctx, "a\x00b", 1),
		"setvar with bad UTF-8":       c.SetVar(ctx, "a\xff", 1),
		"setvar with a long name":     c.SetVar(ctx, strings.Repeat("x", 201), 1),
		"setdebug of no level":        c.SetDebug(ctx, config.LogLevel(9)),
		"moveip of no address":        c.MoveIP(ctx, netip.Addr{}, 1),
		"moveip with a zone":          c.MoveIP(ctx, zoned, 1),
		"delip with a zone":           ignore(c.DelIP(ctx, zoned)),
		"addip of no prefix":          ignore(c.AddIP(ctx, netip.Prefix{}, "eth0")),
		"addip with too many bits":    ignore(c.AddIP(ctx, netip.PrefixFrom(anIP, 33), "eth0")),
		"addip of a mapped address":   ignore(c.AddIP(ctx, netip.MustParsePrefix("::ffff:10.0.0.9/120"), "eth0")),
		"addip without interfaces":    ignore(c.AddIP(ctx, prefix)),
		"addip with a list in one":    ignore(c.AddIP(ctx, prefix, "eth0,eth1")),
		"addip with an option":        ignore(c.AddIP(ctx, prefix, "eth0", "--node=1")),
		"addip with a blank":          ignore(c.AddIP(ctx, prefix, "eth 0")),
		"addip with a path":           ignore(c.AddIP(ctx, prefix, "../x")),
		"setifacelink of a long name": c.SetIfaceLink(ctx, "interface-number-0", true),
		"gratarp with a zone":         c.GratARP(ctx, zoned, "eth0"),
		"gratarp of an option":        c.GratARP(ctx, anIP, "-v"),
		"attach outside":              c.Attach(ctx, "../evil.tdb", ctdb.VolatileDatabase),
		"attach of no kind":           c.Attach(ctx, "a.tdb", ctdb.DatabaseKind(9)),
		"detach of an option":         ignore(c.Detach(ctx, "-x")),
		"wipedb of nothing":           c.WipeDB(ctx, ""),
		"setdbsticky with a slash":    c.SetDBSticky(ctx, "/a"),
		"setdbreadonly of an option":  c.SetDBReadOnly(ctx, "--help"),
		"backupdb to a relative path": c.BackupDB(ctx, "a.tdb", "a"),
		"backupdb to an option":       c.BackupDB(ctx, "a.tdb", "-T"),
		"restoredb from nothing":      c.RestoreDB(ctx, "", ""),
		"restoredb to a path":         c.RestoreDB(ctx, "/a", "/a"),
		"backupdb with a newline":     c.BackupDB(ctx, "a.tdb", "/a\nb"),
		"backupdb of a path":          c.BackupDB(ctx, "../a", "/a"),
		"tickle of two families":      c.Tickle(ctx, ends("10.0.0.1:1", "[fd00::1]:1")),
		"addtickle with a zone":       c.AddTickle(ctx, ends("[fe80::1%a]:1", "[fd00::1]:1")),
		"deltickle of nothing":        c.DelTickle(ctx, status.Connection{}),
		"event without time":          c.RunEvent(ctx, 0, "monitor"),
		"event of an option":          c.RunEvent(ctx, time.Second, "-v"),
		"event with a blank":          c.RunEvent(ctx, time.Second, "monitor", "a b"),
		"event with an empty word":    c.RunEvent(ctx, time.Second, "monitor", ""),
	} {
		if !errors.Is(err, ctdb.ErrArgument) {
			t.Errorf("%s: got %v", name, err)
		} else if text := err.Error(); strings.ContainsAny(text, "\n\x00") || len(text) > 400 {
			t.Errorf("%s: the message is %q", name, text)
		}
	}
	if len(s.ran) > 0 {
		t.Errorf("ran %q", s.ran)
	}
}
