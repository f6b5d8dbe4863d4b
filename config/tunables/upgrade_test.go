package tunables_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config/tunables"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func TestUpgrade(t *testing.T) {
	t.Parallel()
	older, newer := minor(13), minor(22)
	tests := []struct {
		name, before string
		from, to     release.Release
		after        string
		lines        []int
	}{
		{"nothing", "# a\nRecoverTimeout=41\n", older, newer, "# a\nRecoverTimeout=41\n", nil},
		{"VacuumLimit", "# a\nVacuumLimit=9\nRecoverTimeout=010\n", minor(11), minor(12), "# a\n# VacuumLimit=9\nRecoverTimeout=010\n", []int{2}},
		{"obsolete", "LCP2PublicIPs=1\nRecoverTimeout=41\n", newer, release.Release{}, "# LCP2PublicIPs=1\nRecoverTimeout=41\n", []int{1}},
		{"numbers", "RecoverTimeout=5 x\nKeepaliveLimit= 09\nRecdFailCount=0x1f\n", older, newer, "RecoverTimeout=5\nKeepaliveLimit=0\nRecdFailCount=0x1f\n", []int{1, 2}},
		{"numbers of 4.10", "RecoverTimeout=\nKeepaliveLimit= -1\n", minor(10), minor(11), "RecoverTimeout=0\nKeepaliveLimit=4294967295\n", []int{1, 2}},
		{"not read", "# a\\\nRecoverTimeout=5\n=x\nKeepaliveLimit=9", older, newer, "# a\n# RecoverTimeout=5\n# =x\n# KeepaliveLimit=9", []int{1, 3, 4}},
		{"blanks", "\tRecoverTimeout = 41 \n \n; a\n # b\nKeepaliveLimit=9\r\n\r\n", newer, older, "RecoverTimeout=41\n\n# a\n# b\nKeepaliveLimit=9\r\n\n", []int{1, 2, 3, 4, 6}},
		{"no newline", "KeepaliveLimit=9", newer, older, "KeepaliveLimit=9\n", []int{1}},
		{"comment that continues", "# a \\ \\\nKeepaliveLimit=9\n", newer, older, "# a\nKeepaliveLimit=9\n", []int{1}},
		{"continued", "Keepalive\\\nLimit=\\\n9\n", newer, older, "Keepalive\\\nLimit=\\\n9\n", nil},
		{"continued behind a blank", "KeepaliveLimit=1\\ \n9\n", newer, older, "KeepaliveLimit=19\n", []int{1}},
		{"what is refused stays", "Nope=1\nKeepaliveLimit=x\n", newer, older, "Nope=1\nKeepaliveLimit=x\n", nil},
		{"no file", "A = x\n", newer, minor(8), "A = x\n", nil},
		{"from no file", " KeepaliveLimit=1\nVacuumLimit=5\n", minor(8), older, " KeepaliveLimit=1\n# VacuumLimit=5\n", []int{2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, _ := tunables.Parse("f", []byte(test.before)) // not all are for the newest
			plan := f.PlanUpgrade(test.from, test.to)
			var lines []int
			for _, c := range plan {
				lines = append(lines, c.Line)
				if c.Reason == "" || c.String() == "" {
					t.Errorf("%+v", c)
				}
			}
			if diff := cmp.Diff(test.lines, lines); diff != "" || string(f.Bytes()) != test.before {
				t.Errorf("lines (-want +got):\n%s%q", diff, f.Bytes())
			}
			done, err := f.Upgrade(test.from, test.to)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plan, done); diff != "" {
				t.Errorf("changes (-planned +made):\n%s", diff)
			}
			if diff := cmp.Diff(test.after, string(f.Bytes())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestUpgradeRefused(t *testing.T) {
	t.Parallel()
	const text = "x\nVacuumLimit=5\n"
	f, _ := tunables.Parse("f", []byte(text)) // refused
	if changes, err := f.Upgrade(minor(11), minor(25)); !errors.Is(err, tunables.ErrNoValue) || changes != nil || string(f.Bytes()) != text {
		t.Errorf("%v, %v, %q", changes, err, f.Bytes())
	}
}
