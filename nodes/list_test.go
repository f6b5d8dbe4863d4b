package nodes_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/nodes"
)

var errRun = errors.New("no such program")

func TestReadListCommand(t *testing.T) {
	const list = "10.0.0.1\n#\n10.0.0.3\n"
	tests := []struct {
		name, setting string
		argv          []string // that is run; nil for none
		output        string
		err           error // of the command
		want          error
	}{
		{"a program", "!/bin/list", []string{"/bin/list"}, list, nil, nil},
		{"arguments", "!/bin/list -a b", []string{"/bin/list", "-a", "b"}, list, nil, nil},
		{"blanks", "! \t/bin/list  -a\tb ", []string{"/bin/list", "-a", "b"}, list, nil, nil},
		{"quotes", `!/bin/sh -c "echo 'x y'"`, []string{"/bin/sh", "-c", `"echo`, `'x`, `y'"`}, list, nil, nil},
		{"shell", "!/bin/list | sort; $HOME *", []string{"/bin/list", "|", "sort;", "$HOME", "*"}, list, nil, nil},
		{"other white space", "!/bin/list\va\fb\u00a0c", []string{"/bin/list\va\fb\u00a0c"}, list, nil, nil},
		{"two bangs", "!!/bin/list", []string{"!/bin/list"}, list, nil, nil},

		{"no command", "!", nil, "", nil, nodes.ErrNoCommand},
		{"no command but blanks", "! \t", nil, "", nil, nodes.ErrNoCommand},
		{"no output", "!/bin/true", []string{"/bin/true"}, "", nil, nodes.ErrNoOutput},
		{"command fails", "!/bin/list", []string{"/bin/list"}, list, errRun, errRun},
		{"bad output", "!/bin/list", []string{"/bin/list"}, "10.0.0.1\nx\n", nil, nodes.ErrAddress},
		{"much output", "!/bin/list", []string{"/bin/list"}, strings.Repeat("#\n", nodes.MaxSize), nil, nodes.ErrTooLarge},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var argv []string
			run := func(ctx context.Context, words []string) ([]byte, error) {
				if ctx != t.Context() {
					t.Error("run got another context")
				}
				argv = words
				return []byte(test.output), test.err
			}
			file, err := nodes.ReadList(t.Context(), test.setting, nodes.Options{}, run)
			if !errors.Is(err, test.want) || err != nil && test.want == nil {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if err == nil && (file.Len() != 3 || string(file.Bytes()) != list) {
				t.Errorf("the list is %q", file.Bytes())
			}
			if diff := cmp.Diff(test.argv, argv); diff != "" {
				t.Errorf("command (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadListErrorNamesCommand(t *testing.T) {
	run := func(context.Context, []string) ([]byte, error) { return []byte("10.0.0.1\nx"), nil }
	_, err := nodes.ReadList(t.Context(), "!/bin/list -a", nodes.Options{}, run)
	const want = `!/bin/list -a:2:1: want a numeric IPv4 or IPv6 address, got "x"`
	if message(err) != want {
		t.Errorf("error %q, want %q", err, want)
	}
	run = func(context.Context, []string) ([]byte, error) { return nil, errRun }
	_, err = nodes.ReadList(t.Context(), "!/bin/list -a", nodes.Options{}, run)
	if want := `nodes list "!/bin/list -a": no such program`; message(err) != want {
		t.Errorf("error %q, want %q", err, want)
	}
	_, err = nodes.ReadList(t.Context(), "!"+strings.Repeat("x", 1<<20), nodes.Options{}, run)
	if len(message(err)) > 200 {
		t.Errorf("the error about a long command has %d bytes", len(message(err)))
	}
}

func TestReadListFile(t *testing.T) {
	o := memory(t, "10.0.0.1\n")
	if err := afero.WriteFile(o.FS, "/srv/nodes", []byte("10.0.0.1\n10.0.0.2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	run := func(_ context.Context, argv []string) ([]byte, error) {
		t.Errorf("%q was run", argv)
		return nil, errRun
	}
	tests := []struct {
		name, setting string
		want          int // nodes
	}{
		{"nothing set", "", 1},
		{"a file", "/srv/nodes", 2},
	}
	for _, test := range tests {
		file, err := nodes.ReadList(t.Context(), test.setting, o, run)
		if err != nil || file.Len() != test.want {
			t.Errorf("%s: %v, want %d nodes", test.name, err, test.want)
		}
	}
	if _, err := nodes.ReadList(t.Context(), "/srv/missing", o, run); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
	if _, err := nodes.ReadList(t.Context(), " !/bin/list", o, run); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist: that is a file", err)
	}
}
