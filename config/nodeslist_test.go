package config_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/nodes"
)

func TestParseNodesList(t *testing.T) {
	t.Parallel()
	for _, test := range sources {
		list, err := config.ParseNodesList(test.text)
		if want := (config.NodesList{File: test.file, Command: test.command}); list != want || err != nil {
			t.Errorf("%q: %+v, %v, want %+v", test.text, list, err, want)
		}
		if list.String() != test.canonical {
			t.Errorf("%q is written as %q, want %q", test.text, list, test.canonical)
		}
	}
	for _, text := range []string{"!", "! ", "!\t \t"} {
		list, err := config.ParseNodesList(text)
		if !errors.Is(err, nodes.ErrNoCommand) || list != (config.NodesList{}) {
			t.Errorf("%q: %+v, error %v, want ErrNoCommand", text, list, err)
		}
	}
}

func TestNodesListText(t *testing.T) {
	t.Parallel()
	for _, bad := range []config.NodesList{{File: "!x"}, {File: "/x", Command: "/y"}, {Command: "\t"}} {
		if text, err := bad.MarshalText(); !errors.Is(err, config.ErrUnwritable) {
			t.Errorf("%+v is written as %q, error %v", bad, text, err)
		}
	}
	list := config.NodesList{File: "/x"}
	if err := list.UnmarshalText([]byte("!")); !errors.Is(err, nodes.ErrNoCommand) || list.File != "/x" {
		t.Errorf("a bang is read as %+v, %v", list, err)
	}
}

// FuzzParseNodesList wants each list to be written and read again, and the words that nodes.ReadList runs.
func FuzzParseNodesList(f *testing.F) {
	f.Add("!/bin/x a\tb")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := config.ParseNodesList(text)
		if !strings.HasPrefix(text, "!") {
			if err != nil || list.File != text || list.Argv() != nil {
				t.Errorf("%q is %+v, %v", text, list, err)
			}
			return
		}
		var argv []string
		run := func(_ context.Context, words []string) ([]byte, error) {
			argv = words
			return []byte("10.0.0.1\n"), nil
		}
		_, readErr := nodes.ReadList(t.Context(), text, nodes.Options{}, run)
		if errors.Is(err, nodes.ErrNoCommand) != errors.Is(readErr, nodes.ErrNoCommand) {
			t.Errorf("%q: %v, and ReadList says %v", text, err, readErr)
		}
		if diff := cmp.Diff(argv, list.Argv()); diff != "" {
			t.Errorf("%q, words (-ReadList +Argv):\n%s", text, diff)
		}
		if err != nil {
			return
		}
		if again, err := config.ParseNodesList(list.String()); again != list || err != nil {
			t.Errorf("%q is %+v, and that is %+v, %v", text, list, again, err)
		}
	})
}
