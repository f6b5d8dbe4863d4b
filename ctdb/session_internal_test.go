//go:build linux && (amd64 || arm64)

package ctdb

import (
	"errors"
	"io/fs"
	"net"
	"path/filepath"
	"testing"
)

// TestUsualSockets tries one place after the other, and says most of one that is there.
func TestUsualSockets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"stale", "live", "other"} {
		listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: at(name), Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		if name == "stale" {
			listener.SetUnlinkOnClose(false)
			_ = listener.Close()
		} else {
			t.Cleanup(func() { _ = listener.Close() })
		}
	}
	for name, test := range map[string]struct {
		places []string
		want   string // that is connected to, or that the error is about
		err    bool
	}{
		"the first":           {[]string{at("live"), at("other")}, at("live"), false},
		"the only one":        {[]string{at("none"), at("live")}, at("live"), false},
		"the one that lives":  {[]string{at("stale"), at("other")}, at("other"), false},
		"none":                {[]string{at("none"), at("no")}, at("none"), true},
		"one that is not one": {[]string{at("none"), at("stale"), at("no")}, at("stale"), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &session{paths: test.places, dialing: make(chan struct{}, 1)}
			defer s.close()
			conn, err := s.connect(t.Context())
			if (err != nil) != test.err {
				t.Fatal(err)
			}
			if err == nil {
				if conn.path != test.want {
					t.Errorf("connected to %s", conn.path)
				}
				return
			}
			e, ok := errors.AsType[*SocketError](err)
			if !ok || e.Socket != test.want || errors.Is(err, fs.ErrNotExist) != (test.want == at("none")) {
				t.Errorf("error %v", err)
			}
		})
	}
}
