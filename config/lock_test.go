package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
)

// sources are texts of a cluster lock or a nodes list, what they mean, and how they are written.
var sources = []struct {
	text, file, command, canonical string
	argv                           []string
}{
	{"", "", "", "", nil},
	{"/clusterfs/lock", "/clusterfs/lock", "", "/clusterfs/lock", nil},
	{"/clusterfs/lock 3", "/clusterfs/lock 3", "", "/clusterfs/lock 3", nil},
	{"a=b # c", "a=b # c", "", "a=b # c", nil},
	{"-", "-", "", "-", nil},
	{"x!y", "x!y", "", "x!y", nil},
	{"!/bin/x", "", "/bin/x", "!/bin/x", []string{"/bin/x"}},
	{"! \t/bin/x", "", "/bin/x", "!/bin/x", []string{"/bin/x"}},
	{"!/bin/x a\tb  c ", "", "/bin/x a b c", "!/bin/x a b c", []string{"/bin/x", "a", "b", "c"}},
	{`!/bin/x "a b"`, "", `/bin/x "a b"`, `!/bin/x "a b"`, []string{"/bin/x", `"a`, `b"`}},
	{"!/bin/x a\vb", "", "/bin/x a\vb", "!/bin/x a\vb", []string{"/bin/x", "a\vb"}},
	{"!!/bin/x", "", "!/bin/x", "!!/bin/x", []string{"!/bin/x"}},
	{"!x; y | z", "", "x; y | z", "!x; y | z", []string{"x;", "y", "|", "z"}},
}

func TestParseLock(t *testing.T) {
	t.Parallel()
	for _, test := range sources {
		lock, err := config.ParseLock(test.text)
		if want := (config.Lock{File: test.file, Command: test.command}); lock != want || err != nil {
			t.Errorf("%q: %+v, %v, want %+v", test.text, lock, err, want)
		}
		if diff := cmp.Diff(test.argv, lock.Argv()); diff != "" {
			t.Errorf("%q, words (-want +got):\n%s", test.text, diff)
		}
		if lock.String() != test.canonical {
			t.Errorf("%q is written as %q, want %q", test.text, lock, test.canonical)
		}
	}
	for _, text := range []string{"!", "! ", "!\t \t"} {
		lock, err := config.ParseLock(text)
		if !errors.Is(err, config.ErrNoHelper) || lock != (config.Lock{}) {
			t.Errorf("%q: %+v, error %v, want ErrNoHelper", text, lock, err)
		}
	}
}

func TestLockText(t *testing.T) {
	t.Parallel()
	for _, bad := range []config.Lock{
		{File: "!x"}, {File: "!"}, {File: "/x", Command: "/y"}, {Command: " "}, {File: "x", Command: " "},
	} {
		if text, err := bad.MarshalText(); !errors.Is(err, config.ErrUnwritable) {
			t.Errorf("%+v is written as %q, error %v", bad, text, err)
		}
	}
	lock := config.Lock{Command: " /x\t\ta  b "}
	if text, err := lock.MarshalText(); string(text) != "!/x a b" || err != nil {
		t.Errorf("%+v is written as %q, %v", lock, text, err)
	}
	if err := lock.UnmarshalText([]byte("!")); !errors.Is(err, config.ErrNoHelper) || lock.Command == "" {
		t.Errorf("a bang is read as %+v, %v", lock, err)
	}
	if err := lock.UnmarshalText(nil); err != nil || lock != (config.Lock{}) {
		t.Errorf("nothing is read as %+v, %v", lock, err)
	}
}

// FuzzParseLock wants each lock to be written and read again, with the words that the text has.
func FuzzParseLock(f *testing.F) {
	f.Add("!/bin/x a\tb")
	f.Fuzz(func(t *testing.T, text string) {
		lock, err := config.ParseLock(text)
		if err != nil {
			if strings.Trim(text, " \t") != "!" || text[0] != '!' {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		again, err := config.ParseLock(lock.String())
		if again != lock || err != nil {
			t.Errorf("%q is %+v, and that is %+v, %v", text, lock, again, err)
		}
		if _, err := lock.MarshalText(); err != nil {
			t.Errorf("%+v from %q: %v", lock, text, err)
		}
		checkWords(t, text, lock.File, lock.Argv())
	})
}

// checkWords wants the words of a command in a text, and all of it but blanks.
func checkWords(t *testing.T, text, file string, argv []string) {
	t.Helper()
	if !strings.HasPrefix(text, "!") {
		if file != text || argv != nil {
			t.Errorf("%q is the file %q and the words %q", text, file, argv)
		}
		return
	}
	squeezed := strings.NewReplacer(" ", "", "\t", "").Replace(text[1:])
	if file != "" || strings.Join(argv, "") != squeezed {
		t.Errorf("%q is the file %q and the words %q", text, file, argv)
	}
	for _, word := range argv {
		if word == "" || strings.ContainsAny(word, " \t") || !strings.Contains(text, word) {
			t.Errorf("%q has the word %q", text, word)
		}
	}
}
