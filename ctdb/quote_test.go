package ctdb_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// hardWords are words that a shell would change if they were not quoted, or that it might.
var hardWords = []string{
	"", " ", "a b", "  a  ", "\t", "\n", "a\nb", "\r\n",
	"'", "''", "it's", "'quoted'", `"`, `"a"`, `\`, `\'`, `a\`, `\\`, strings.Repeat("'", 100),
	"$", "$HOME", "${HOME}", "$(echo x)", "`echo x`", ";", "a;b", "&", "a&&b", "|", "<", ">", "2>x", "(", ")",
	"*", "?", "[a-z]", "{a,b}", "{}", "~", "~root", "a~", "!", "!!", "#", "a#b", "^", "%1",
	"=", "=ls", "A=b", "-x=y", "-", "--", "-n", "if", "done", "time", "in",
	"\x80", "\xff'\xfe", "é", "\u00a0", "\u2028", "\ufeff", "\x01\x7f\x1b[0m",
}

// quoted gives the words as Command.String shows them.
func quoted(words ...string) string { return ctdb.Command{Name: words[0], Args: words[1:]}.String() }

func TestCommandString(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		cmd  ctdb.Command
		want string
	}{
		"plain": {ctdb.Command{Name: "ctdb", Args: []string{"-n", "all", "moveip", "::1", "2"}}, "ctdb -n all moveip ::1 2"},
		"path":  {ctdb.Command{Name: "/usr/bin/ctdb_v2+x", Args: []string{"a@b:c,d"}}, "/usr/bin/ctdb_v2+x a@b:c,d"},
		"quoted": {
			ctdb.Command{Name: "my tool", Args: []string{"", "it's", "$x", "a=b"}}, `'my tool' '' 'it'\''s' '$x' 'a=b'`,
		},
		"reserved":       {ctdb.Command{Name: "if", Args: []string{"iffy"}}, "'if' iffy"},
		"without secret": {ctdb.Command{Name: "ctdb", Stdin: []byte("secret"), Env: []string{"KEY=secret"}}, "ctdb"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, test.cmd.String()); diff != "" {
				t.Errorf("String: (-want +got)\n%s", diff)
			}
		})
	}
}

// The real shell gets each word back, in the place of an argument and in that of a program.
func TestShellWordRealShell(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		if os.Getenv("GOCTDB_REQUIRE_REAL") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	words := hardWords
	for b := 1; b < 256; b++ {
		words = append(words, string([]byte{byte(b)}), string([]byte{'a', byte(b), 'z'}))
	}
	// The function is called by a name that needs no quotes, so that only the arguments are on trial.
	out, err := exec.Command(shell, "-c", `printf '<%s>\000' `+quoted(words...)).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := "<" + strings.Join(words, ">\x00<") + ">\x00"
	if diff := cmp.Diff(strings.Split(want, "\x00"), strings.Split(string(out), "\x00")); diff != "" {
		t.Errorf("words: (-want +got)\n%s", diff)
	}
}

func FuzzShellWord(f *testing.F) {
	for _, word := range hardWords {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		if strings.Contains(word, "\x00") {
			t.Skip("no argument holds a NUL byte")
		}
		want := []string{word, "between", word, word + word}
		line := quoted(want...)
		got, err := splitWords(line)
		if err != nil {
			t.Fatalf("quoted %q as %q: %v", want, line, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("quoted %q as %q: (-want +got)\n%s", want, line, diff)
		}
		for _, keyword := range []string{"if", "for", "while", "case", "do", "done", "time", "function"} {
			if strings.HasPrefix(line+" ", keyword+" ") {
				t.Errorf("quoted %q as %q, which starts with a keyword", want, line)
			}
		}
	})
}

// splitWords splits a line as a POSIX shell does, if it has nothing but literal words: an expansion, an operator, a
// pattern or a comment is an error.
func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	inWord := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ' || c == '\t':
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
		case c == '\'':
			text, _, closed := strings.Cut(line[i+1:], "'")
			if !closed {
				return nil, errors.New("unbalanced quote")
			}
			word.WriteString(text)
			i += len(text) + 1
			inWord = true
		case c == '\\':
			if i++; i == len(line) || line[i] == '\n' {
				return nil, errors.New("backslash at the end of a line")
			}
			word.WriteByte(line[i])
			inWord = true
		case c < ' ' || c >= 0x7f || strings.IndexByte("|&;<>()$`\"*?[]#~=%!{}^", c) >= 0:
			return nil, errors.New("special character without quotes: " + string(rune(c)))
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}
