package ctdb_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func TestFindLog(t *testing.T) {
	t.Parallel()
	r := release.Release{Major: 4, Minor: 22}
	tests := map[string]struct {
		conf string
		want config.Location
		bad  bool
	}{
		"default":  {"", config.Location{Backend: config.LogFile, Path: "/var/log/ctdb/log.ctdb"}, false},
		"a file":   {"[logging]\nlocation = file:/var/log/x\n", config.Location{Backend: config.LogFile, Path: "/var/log/x"}, false},
		"syslog":   {"[logging]\nlocation = syslog\n", config.Location{Backend: config.LogSyslog}, false},
		"dropped":  {"[logging]\nlocation = syslog\n[oops\n", config.Location{Backend: config.LogFile, Path: "/var/log/ctdb/log.ctdb"}, true},
		"no place": {"[logging]\nlocation = nowhere\n", config.Location{Backend: config.LogFile, Path: "/var/log/ctdb/log.ctdb"}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := afero.NewMemMapFs()
			paths := config.Layout{Release: r}.Paths()
			for _, dir := range []string{"/var/log", "/var/log/ctdb"} {
				if err := files.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if test.conf != "" {
				if err := afero.WriteFile(files, "/etc/ctdb/ctdb.conf", []byte(test.conf), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := ctdb.FindLog(config.Options{FS: files}, r, paths)
			if got != test.want || (err != nil) != test.bad {
				t.Errorf("got %v, %v; want %v", got, err, test.want)
			}
		})
	}
	denied := afero.NewBasePathFs(afero.NewOsFs(), t.TempDir())
	if _, err := ctdb.FindLog(config.Options{FS: denied, Path: "/"}, r, config.Paths{}); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a directory for a file: %v", err)
	}
}
