package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
)

func file(path string) config.Location { return config.Location{Backend: config.LogFile, Path: path} }

func TestParseLocation(t *testing.T) {
	t.Parallel()
	stderr := config.Location{Backend: config.LogStderr}
	syslog := config.Location{Backend: config.LogSyslog}
	udp := config.Location{Backend: config.LogSyslogUDP}
	tests := []struct {
		text      string
		want      config.Location
		canonical string
	}{
		{"file:/var/log/ctdb/log.ctdb", file("/var/log/ctdb/log.ctdb"), "file:/var/log/ctdb/log.ctdb"},
		{"file:x", file("x"), "file:x"},
		{"file: x", file(" x"), "file: x"},
		{"file:-x", file("-x"), "file:-x"},
		{"file:/", file("/"), "file:/"},
		{"file:a//", file("a//"), "file:a//"},
		{"file:/tmp/x y", file("/tmp/x y"), "file:/tmp/x y"},
		{"file:/tmp/x:y", file("/tmp/x"), "file:/tmp/x"},
		{"file::x", file("x"), "file:x"},
		{"::file:::x::", file("x"), "file:x"},
		{"file:\xff", file("\xff"), "file:\xff"},
		{"file", stderr, "file:-"},
		{"file:", stderr, "file:-"},
		{"file:-", stderr, "file:-"},
		{"file::", stderr, "file:-"},
		{"file:-:x", stderr, "file:-"},
		{"::file", stderr, "file:-"},
		{"syslog", syslog, "syslog"},
		{"syslog:", syslog, "syslog"},
		{"syslog::", syslog, "syslog"},
		{"syslog:nonblocking", config.Location{Backend: config.LogSyslogNonblocking}, "syslog:nonblocking"},
		{"syslog:nonblocking:", config.Location{Backend: config.LogSyslogNonblocking}, "syslog:nonblocking"},
		{"syslog:udp", udp, "syslog:udp"},
		{"syslog:udp:x", udp, "syslog:udp"},
		{"syslog::udp", udp, "syslog:udp"},
		{"syslog:udp-rfc5424", config.Location{Backend: config.LogSyslogRFC5424}, "syslog:udp-rfc5424"},
	}
	for _, test := range tests {
		got, err := config.ParseLocation(test.text)
		if got != test.want || err != nil {
			t.Errorf("%q: %+v, %v, want %+v", test.text, got, err, test.want)
		}
		if got.String() != test.canonical {
			t.Errorf("%q is written as %q, want %q", test.text, got, test.canonical)
		}
	}
	for _, text := range []string{
		"", ":", ":x", "x", "-", "stderr", "/tmp/x", "FILE:", "File", "file :/x", "SYSLOG", "syslogd", "sys", "none:x",
		"syslog:x", "syslog: udp", "syslog:UDP", "syslog:ud", "syslog:udp-rfc", "syslog:udp-rfc54240", "syslog:file:-",
	} {
		if got, err := config.ParseLocation(text); !errors.Is(err, config.ErrLocation) {
			t.Errorf("%q: %+v, error %v, want ErrLocation", text, got, err)
		}
	}
}

func TestLocationDir(t *testing.T) {
	t.Parallel()
	// These are the answers of glibc.
	for path, want := range map[string]string{
		"": ".", "a": ".", "a/": ".", "a//": ".", ".": ".", "..": ".", "-x": ".", "./x": ".", "../x": "..",
		"a/b": "a", "a//b": "a", "a//b//": "a", "a/./b": "a/.", "-/x": "-",
		"/": "/", "///": "/", "/a": "/", "/a/": "/", "///a": "/", "///a//": "/", "/.": "/", "/ ": "/",
		"/a/b": "/a", "/a//b/": "/a", "/a//b//c": "/a//b", "//a/b": "//a",
		"//": "//", "//a": "//", "//a/": "//",
	} {
		if got := config.Dirname(path); got != want {
			t.Errorf("dirname %q: %q, want %q", path, got, want)
		}
	}
	if dir, ok := file("/var/log/ctdb/log.ctdb").Dir(); dir != "/var/log/ctdb" || !ok {
		t.Errorf("the directory is %q, %v", dir, ok)
	}
	for backend := range config.LogSyslogRFC5424 + 1 {
		if dir, ok := (config.Location{Backend: backend}).Dir(); ok != (backend == config.LogFile) {
			t.Errorf("backend %d has a directory %q", backend, dir)
		}
	}
}

func TestLocationText(t *testing.T) {
	t.Parallel()
	for _, bad := range []config.Location{
		file(""), file("-"), file("/a:b"), file(":/a"), file("/a:"), {Path: "/a"},
		{Backend: config.LogSyslog, Path: "/a"}, {Backend: config.LogStderr, Path: "-"}, {Backend: 100},
	} {
		if text, err := bad.MarshalText(); !errors.Is(err, config.ErrUnwritable) {
			t.Errorf("%+v is written as %q, error %v", bad, text, err)
		}
	}
	if got := (config.Location{Backend: 100}).String(); got != "LogBackend(100)" {
		t.Errorf("String gives %q", got)
	}
	location := file("/a")
	if err := location.UnmarshalText([]byte("x")); !errors.Is(err, config.ErrLocation) || location != file("/a") {
		t.Errorf("x is read as %v, %v", location, err)
	}
	if err := location.UnmarshalText(nil); err != nil || location != (config.Location{}) || location.String() != "" {
		t.Errorf("nothing is read as %v, %v", location, err)
	}
}

// FuzzParseLocation compares with a reader that splits the text, and wants each location to be written and read again.
func FuzzParseLocation(f *testing.F) {
	f.Add("file:/var/log/ctdb/log.ctdb")
	f.Fuzz(func(t *testing.T, text string) {
		location, err := config.ParseLocation(text)
		if diff := cmp.Diff(naiveLocation(text), location.String()); diff != "" {
			t.Fatalf("%q, error %v (-want +got):\n%s", text, err, diff)
		}
		if err != nil {
			return
		}
		if _, err := location.MarshalText(); err != nil {
			t.Errorf("%+v from %q: %v", location, text, err)
		}
		if again, err := config.ParseLocation(location.String()); again != location || err != nil {
			t.Errorf("%q is %+v, and that is %+v, %v", text, location, again, err)
		}
		if dir, ok := location.Dir(); ok != (location.Path != "") || ok && dir == "" {
			t.Errorf("the directory of %+v is %q, %v", location, dir, ok)
		}
	})
}

// naiveLocation gives the canonical text of a location, "" if it is none.
func naiveLocation(text string) string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ':' })
	if len(parts) > 2 {
		parts = parts[:2]
	}
	canonical := strings.Join(parts, ":")
	if len(parts) > 0 && parts[0] == "file" {
		if len(parts) == 1 {
			return "file:-"
		}
		return canonical
	}
	switch canonical {
	case "syslog", "syslog:nonblocking", "syslog:udp", "syslog:udp-rfc5424":
		return canonical
	}
	return ""
}
