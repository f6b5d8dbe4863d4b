package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
)

// FuzzEdit holds the laws of edits: no byte changes by itself; Set then Get gives the value and leaves all other settings
// and lines alone; Set and Unset of an option that was not set give the bytes back.
func FuzzEdit(f *testing.F) {
	f.Add([]byte(packaged), "cluster", "cluster lock", "/lock")
	f.Fuzz(func(t *testing.T, data []byte, section, key, value string) {
		file, err := config.Parse("ctdb.conf", data)
		if diff := cmp.Diff(string(data), string(file.Bytes())); diff != "" {
			t.Fatalf("round trip (-want +got):\n%s", diff)
		}
		_, wasSet := file.Lookup(section, key)
		others := otherSettings(file, section, key)
		if setErr := file.Set(section, key, value); setErr != nil {
			if diff := cmp.Diff(string(data), string(file.Bytes())); diff != "" {
				t.Errorf("Set gives %v and changes (-want +got):\n%s", setErr, diff)
			}
			return
		}
		if err != nil {
			t.Fatal("Set edits a file that CTDB drops")
		}
		if got := file.Get(section, key); got != value {
			t.Errorf("Set %q, Get %q", value, got)
		}
		if diff := cmp.Diff(others, otherSettings(file, section, key)); diff != "" {
			t.Errorf("other settings (-before +after):\n%s", diff)
		}
		checkLines(t, string(data), string(file.Bytes()), wasSet)
		set := string(file.Bytes())
		if err := file.Set(section, key, value); err != nil || string(file.Bytes()) != set {
			t.Errorf("Set again: %v, %q became %q", err, set, file.Bytes())
		}
		if err := file.Unset(section, key); err != nil {
			t.Fatal(err)
		}
		if _, ok := file.Lookup(section, key); ok {
			t.Error("Unset leaves it set")
		}
		if diff := cmp.Diff(string(data), string(file.Bytes())); diff != "" && !wasSet {
			t.Errorf("Set and Unset (-want +got):\n%s", diff)
		}
	})
}

// otherSettings gives what a file sets, but for one option.
func otherSettings(file *config.File, section, key string) []config.Setting {
	var others []config.Setting
	for s := range file.All() {
		if s.Key != key || !strings.EqualFold(s.Section, section) {
			s.Line, s.Col = 0, 0
			others = append(others, s)
		}
	}
	return others
}

// checkLines wants the lines that are gone or new to be few: those of the option.
func checkLines(t *testing.T, before, after string, wasSet bool) {
	t.Helper()
	old, now := strings.Split(before, "\n"), strings.Split(after, "\n")
	start := 0
	for start < len(old) && start < len(now) && old[start] == now[start] {
		start++
	}
	end := 0
	for end < len(old)-start && end < len(now)-start && old[len(old)-1-end] == now[len(now)-1-end] {
		end++
	}
	changed := old[start : len(old)-end]
	if !wasSet && len(changed) > 1 && !slices.Equal(changed, []string{""}) {
		t.Errorf("a new setting changes the lines %q", changed)
	}
}

// FuzzComment: a comment that is set is there, and no setting changes.
func FuzzComment(f *testing.F) {
	f.Add([]byte(packaged+"\tnode address = 10.0.0.1\n"), "cluster", "node address", "two\nlines")
	f.Fuzz(func(t *testing.T, data []byte, section, key, comment string) {
		file, _ := config.Parse("ctdb.conf", data)
		before := slices.Collect(file.All())
		if err := file.SetComment(section, key, comment); err != nil {
			return
		}
		after := slices.Collect(file.All())
		for _, all := range [][]config.Setting{before, after} {
			for i := range all {
				all[i].Line = 0
			}
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("settings (-before +after):\n%s", diff)
		}
		got, err := file.Comment(section, key)
		for line := range strings.SplitSeq(comment, "\n") {
			if line == strings.TrimRight(line, " ") && !strings.Contains(got, line) {
				t.Errorf("the comment is %q, %v, want %q", got, err, comment)
			}
		}
		_ = file.RemoveSection(section)
	})
}
