package options_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/config/options"
)

func quote(s string) string { return strconv.Quote(s) }

func mustParse(t testing.TB, text string) *options.File {
	t.Helper()
	f, err := options.Parse("f", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestSet(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, value, want string }{
		{"bare", "# c\nA=b # d\nB=c\n", "x/y", "# c\nA=x/y # d\nB=c\n"},
		{"same", "A=\"b\"\n", "b", "A=\"b\"\n"},
		{"double", "A=\"b\";B=c", "x y", "A=\"x y\";B=c"},
		{"single", "A='b'", "x", "A='x'"},
		{"bare that must be quoted", "A=b", "x y", "A='x y'"},
		{"empty", "A=b", "", "A="},
		{"double that must be single", "A=\"b\"", "$x", "A='$x'"},
		{"single quote", "A=b", "it's", `A='it'\''s'`},
		{"single quote in double", "A=\"b\"", "it's", `A="it's"`},
		{"mixed", "A=b\" c\"", "d", "A='d'"},
		{"newline", "A=b\n", "c\nd", "A='c\nd'\n"},
		{"tilde", "A=b", "~", "A='~'"},
		{"continued", "A=b\\\nc\nB=1", "d", "A='d'\nB=1"},
		{"exported", "export A=b C=d", "x", "export A=x C=d"},
		{"last counts", "A=1\nA=2\nB=3\n", "4", "A=1\nA=4\nB=3\n"},
		{"dynamic before", "A=$x\nA=2\n", "4", "A=$x\nA=4\n"},
		{"absent", "B=1 # c\n# d\n", "x y", "B=1 # c\nA='x y'\n# d\n"},
		{"absent with an indentation", "\tB=1\n\n", "x", "\tB=1\n\tA=x\n\n"},
		{"absent, no newline", "B=1", "x", "B=1\nA=x"},
		{"absent in an empty file", "", "x", "A=x\n"},
		{"absent in a file of comments", "# c", "x", "# c\nA=x"},
		{"absent, behind the whole line", "B=1; C='\n'; D=2\nif true; then :; fi\n", "x", "B=1; C='\n'; D=2\nA=x\nif true; then :; fi\n"},
		{"absent, continued line", "B=1 \\\n\nC=$x\n", "x", "B=1 \\\n\nA=x\nC=$x\n"},
		{"absent, lines of another system", "B=1\r\n", "x", "B=1\r\nA=x\n"},
		{"absent, something sourced", "B=1\n. /dev/null\n", "x", "B=1\n. /dev/null\nA=x\n"},
		{"beside its comment", "B=1\n  # A=\"no\"\n# c\nD=1\n", "yes", "B=1\n  # A=\"no\"\n  A=\"yes\"\n# c\nD=1\n"},
		{"made of its comment", "B=1\n  #A=\"yes\" \n# c\n", "yes", "B=1\n  A=\"yes\" \n# c\n"},
		{"no comment of its own", "B=1 # A=yes\n# A=yes or no\n# AA=yes\n", "yes", "B=1 # A=yes\nA=yes\n# A=yes or no\n# AA=yes\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := mustParse(t, test.text)
			if err := f.Set("A", test.value); err != nil {
				t.Fatal(err)
			}
			if got := string(f.Bytes()); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
			if got, err := f.Get("A"); got != test.value || err != nil {
				t.Errorf("A is %q, %v", got, err)
			}
			if !strings.HasPrefix(test.name, "absent") && !strings.Contains(test.name, "comment") {
				return
			}
			if err := f.Unset("A"); err != nil || string(f.Bytes()) != test.text {
				t.Errorf("Unset: %q, %v, want %q", f.Bytes(), err, test.text)
			}
		})
	}
}

func TestSetRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, variable, value string
		want                        error
	}{
		{"expansion", "A=$x\n", "A", "1", options.ErrDynamic},
		{"condition", "A=1\nif x; then A=2; fi\n", "A", "1", options.ErrDynamic},
		{"sourced later", "A=1\n. x\n", "A", "2", options.ErrDynamic},
		{"not read", "B=1\nfoo(\n", "A", "1", options.ErrDynamic},
		{"behind return", "return\nA=1\n", "A", "2", options.ErrDynamic},
		{"no name", "", "A-B", "1", options.ErrName},
		{"digit", "", "1A", "1", options.ErrName},
		{"empty name", "", "", "1", options.ErrName},
		{"own name", "", "IFS", "1", options.ErrName},
		{"command", "", "A;rm x;B", "1", options.ErrName},
		{"NUL", "A=1", "A", "a\x00", options.ErrValue},
	}
	for _, test := range tests {
		f := mustParse(t, test.text)
		if err := f.Set(test.variable, test.value); !errors.Is(err, test.want) {
			t.Errorf("%s: error %v, want %v", test.name, err, test.want)
		}
		if got := string(f.Bytes()); got != test.text {
			t.Errorf("%s: it became %q", test.name, got)
		}
	}
}

func TestUnset(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, want string
		err              error
	}{
		{"line", "B=1\n A=2 # c\nC=3\n", "B=1\nC=3\n", nil},
		{"last line", "B=1\nA=2", "B=1", nil},
		{"only line", "A=2", "", nil},
		{"several lines", "B=1\nA='x\ny'\\\nz\nC=2\n", "B=1\nC=2\n", nil},
		{"first of a line", "A=1; B=2\n", "B=2\n", nil},
		{"last of a line", "B=2; A=1; # c\n", "B=2; # c\n", nil},
		{"middle of a line", "B=2; A=1 ; C=3\n", "B=2; C=3\n", nil},
		{"first of a command", "A=1 B=2\n", "B=2\n", nil},
		{"last of a command", "B=2 A=1\n", "B=2\n", nil},
		{"exported", "export A=1\nB=2\n", "B=2\n", nil},
		{"exported beside", "export B A=1 C=2\n", "export B C=2\n", nil},
		{"all", "A=1\nB=1\nA=2 C=3\nA=4;A=5;D=6\n", "B=1\nC=3\nD=6\n", nil},
		{"not set", "B=1\n", "B=1\n", options.ErrNotSet},
		{"dynamic", "A=$x\n", "A=$x\n", options.ErrDynamic},
		{"dynamic before", "A=$x\nA=1\n", "A=$x\nA=1\n", options.ErrDynamic},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := mustParse(t, test.text)
			if err := f.Unset("A"); !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if got := string(f.Bytes()); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
			if s := f.Lookup("A"); test.err == nil && s.State != options.NotSet {
				t.Errorf("A is %v", s)
			}
		})
	}
}

func TestComment(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, want string
		err              error
	}{
		{"line", "B=1\n  A='x y' # c\n", "B=1\n  # A='x y' # c\n", nil},
		{"exported", "export A=1\n", "# export A=1\n", nil},
		{"twice", "A=1\nA=2", "# A=1\n# A=2", nil},
		{"shared line", "A=1; B=2\n", "A=1; B=2\n", options.ErrShared},
		{"shared command", "A=1 B=2\n", "A=1 B=2\n", options.ErrShared},
		{"shared export", "export A=1 B\n", "export A=1 B\n", options.ErrShared},
		{"two lines", "A='1\n'\n", "A='1\n'\n", options.ErrShared},
		{"not set", "", "", options.ErrNotSet},
		{"dynamic", "A=$x", "A=$x", options.ErrDynamic},
	}
	for _, test := range tests {
		f := mustParse(t, test.text)
		if err := f.Comment("A"); !errors.Is(err, test.err) {
			t.Errorf("%s: error %v, want %v", test.name, err, test.err)
		}
		if got := string(f.Bytes()); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestReopened sets a variable as its comment says, and then otherwise: Unset then removes the line.
func TestReopened(t *testing.T) {
	t.Parallel()
	f := mustParse(t, "# A=1\nB=2\n")
	for _, value := range []string{"1", "3"} {
		if err := f.Set("A", value); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Set("B", "4"); err != nil {
		t.Fatal(err)
	}
	if err := f.Unset("A"); err != nil || string(f.Bytes()) != "B=4\n" {
		t.Errorf("%q, %v", f.Bytes(), err)
	}
	if err := f.SetBytes([]byte("# A=1")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"A=1", "# A=1"} {
		err := f.Set("A", "1")
		if want != "A=1" {
			err = f.Unset("A")
		}
		if err != nil || string(f.Bytes()) != want {
			t.Errorf("%q, %v, want %q", f.Bytes(), err, want)
		}
	}
}

func TestSetBytes(t *testing.T) {
	t.Parallel()
	f := mustParse(t, "A=1\n")
	if err := f.SetBytes([]byte("A='")); !errors.Is(err, options.ErrQuote) || string(f.Bytes()) != "A=1\n" {
		t.Errorf("%v, %q", err, f.Bytes())
	}
	if err := f.SetBytes([]byte("A=2\n")); err != nil || f.Lookup("A").Value != "2" {
		t.Errorf("%v, %q", err, f.Bytes())
	}
	var none options.File
	if err := none.Set("A", "1"); err != nil || string(none.Bytes()) != "A=1\n" {
		t.Errorf("the zero value: %v, %q", err, none.Bytes())
	}
}
