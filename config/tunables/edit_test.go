package tunables_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/config/tunables"
)

func TestSet(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, before, tunable, after string }{
		{"empty", "", "MonitorInterval", "MonitorInterval=42\n"},
		{"the value only", "# a\n  MonitorInterval\t=  20  \r\n# b", "monitorinterval", "# a\n  MonitorInterval\t=  42  \r\n# b"},
		{"the name as it is", "MONITORINTERVAL=20\n", "MonitorInterval", "MONITORINTERVAL=42\n"},
		{"nothing to do", "MonitorInterval=0x2a\n", "MonitorInterval", "MonitorInterval=0x2a\n"},
		{"a bad value", "MonitorInterval=x # c\n", "MonitorInterval", "MonitorInterval=42\n"},
		{"the last of several", "MonitorInterval=1\nRecoverTimeout=2\nMonitorInterval=3\n# a\n", "MonitorInterval", "RecoverTimeout=2\nMonitorInterval=42\n# a\n"},
		{"several alike", "MonitorInterval=42\nMonitorInterval=42\n", "MonitorInterval", "MonitorInterval=42\n"},
		{"behind the last setting", "# a\nRecoverTimeout=2\n# b\n", "MonitorInterval", "# a\nRecoverTimeout=2\nMonitorInterval=42\n# b\n"},
		{"behind comments", "# a\n", "MonitorInterval", "# a\nMonitorInterval=42\n"},
		{"its comment", "  # monitorInterval = 15 \r\n# b\nRecoverTimeout=2\n", "MonitorInterval", "MonitorInterval=42\n# b\nRecoverTimeout=2\n"},
		{"the last comment", "# MonitorInterval=15\n# MonitorInterval=16\n", "MonitorInterval", "# MonitorInterval=15\nMonitorInterval=42\n"},
		{"the comment with it", "# MonitorInterval=42\n# MonitorInterval=15\n", "MonitorInterval", "MonitorInterval=42\n# MonitorInterval=15\n"},
		{"a line without newline", "  monitorInterval = 1 ", "MonitorInterval", "MonitorInterval=42\n"},
		{"a comment without newline", "# MonitorInterval=42", "MonitorInterval", "MonitorInterval=42\n# MonitorInterval=42"},
		{"another comment", "# MonitorInterval=15 or more\n#RecoverTimeout=1\n", "MonitorInterval", "# MonitorInterval=15 or more\n#RecoverTimeout=1\nMonitorInterval=42\n"},
		{"no newline", "# a\nRecoverTimeout=2", "MonitorInterval", "# a\nMonitorInterval=42\nRecoverTimeout=2"},
		{"its own newline", "# a\nMonitorInterval=2", "MonitorInterval", "# a\nMonitorInterval=42\n"},
		{"its own newline only", "MonitorInterval=42", "MonitorInterval", "MonitorInterval=42\n"},
		{"CRLF", "RecoverTimeout=2\r\n", "MonitorInterval", "RecoverTimeout=2\r\nMonitorInterval=42\r\n"},
		{"continued", "MonitorInterval=1\\\n2\n# a\n", "MonitorInterval", "MonitorInterval=42\n# a\n"},
		{"continued name", "Monitor\\\nInterval=12\n", "MonitorInterval", "Monitor\\\nInterval=42\n"},
		{"NUL", "MonitorInterval=1\x007\n", "MonitorInterval", "MonitorInterval=42\n"},
		{"a comment swallows", "RecoverTimeout=2\n# a\\\n", "MonitorInterval", "RecoverTimeout=2\nMonitorInterval=42\n# a\\\n"},
		{"a comment swallows the end", "# a\\\n", "MonitorInterval", "MonitorInterval=42\n# a\\\n"},
		{"the end continues", "RecoverTimeout=2\\", "MonitorInterval", "MonitorInterval=42\nRecoverTimeout=2\\"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := mustParse(t, test.before)
			if err := f.Set(test.tunable, 42); err != nil {
				t.Fatal(err)
			}
			if got := string(f.Bytes()); got != test.after {
				t.Errorf("Set gave %q, want %q", got, test.after)
			}
			if value, ok := f.Get("MonitorInterval"); !ok || value != 42 {
				t.Errorf("Get: %d, %v", value, ok)
			}
		})
	}
}

func TestSetRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, before, tunable string
		want                  error
		message               string
	}{
		{"unknown", "", "Nope", tunables.ErrUnknown, `set "Nope": want the name of a tunable`},
		{"misspelled", "", "MonitorIntervall", tunables.ErrUnknown, "(did you mean MonitorInterval?)"},
		{"obsolete", "", "vacuumlimit", tunables.ErrObsolete, "set VacuumLimit: the tunable is obsolete"},
		{"no newline in a name", "", "MonitorInterval=1\n", tunables.ErrUnknown, `\n`},
		{"swallowed", "# a\\\nMonitorInterval=1\n", "MonitorInterval", tunables.ErrContinued, "set MonitorInterval: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := mustParse(t, test.before)
			err := f.Set(test.tunable, 42)
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.message) {
				t.Errorf("error %v", err)
			}
			if string(f.Bytes()) != test.before {
				t.Errorf("the file is %q", f.Bytes())
			}
		})
	}
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, before, tunable string
		unset, commented      string
		err                   error
	}{
		{"one", "# a\nMonitorInterval=1\n# b\n", "monitorinterval", "# a\n# b\n", "# a\n# MonitorInterval=1\n# b\n", nil},
		{"several", "Nope=x\nRecoverTimeout=2\n nope = 3", "NOPE", "RecoverTimeout=2\n", "# Nope=x\nRecoverTimeout=2\n#  nope = 3", nil},
		{"continued", "Nope=\\\n1\\\n\nRecoverTimeout=2\n", "Nope", "RecoverTimeout=2\n", "# Nope=\\\n# 1\\\n# \nRecoverTimeout=2\n", nil},
		{"none", "# MonitorInterval=1\n", "MonitorInterval", "", "", tunables.ErrNotSet},
		{"swallowed", "# a\\\nNope=1\nRecoverTimeout=2\n", "Nope", "", "# a\\\n# Nope=1\nRecoverTimeout=2\n", tunables.ErrContinued},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for i, withdraw := range []func(*tunables.File, string) error{(*tunables.File).Unset, (*tunables.File).CommentOut} {
				f, want := mustParse(t, test.before), []string{test.unset, test.commented}[i]
				err := withdraw(f, test.tunable)
				if want == "" {
					want = test.before
					if !errors.Is(err, test.err) {
						t.Errorf("error %v", err)
					}
				} else if err != nil {
					t.Error(err)
				}
				if got := string(f.Bytes()); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
}

func TestSetBytes(t *testing.T) {
	t.Parallel()
	var f tunables.File
	if err := f.SetBytes([]byte("MonitorInterval=1\n[\n")); !errors.Is(err, tunables.ErrSyntax) || len(f.Bytes()) != 0 {
		t.Errorf("SetBytes: %v, %q", err, f.Bytes())
	}
	if err := f.SetBytes([]byte("MonitorInterval=1\n")); err != nil || f.Len() != 1 {
		t.Errorf("SetBytes: %v, %q", err, f.Bytes())
	}
}
