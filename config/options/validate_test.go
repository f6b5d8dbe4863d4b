package options_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/config/options"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

var (
	v413 = release.Release{Major: 4, Minor: 13, Patch: 13}
	v417 = release.Release{Major: 4, Minor: 17, Patch: 12}
	v422 = release.Release{Major: 4, Minor: 22, Patch: 11}
	v425 = release.Release{Major: 4, Minor: 25, Patch: 1}
)

// brief gives findings as "LINE:COL SEVERITY ID".
func brief(findings []finding.Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, fmt.Sprintf("%d:%d %v %s", f.Line, f.Col, f.Severity, strings.TrimPrefix(f.ID, "options/")))
	}
	return all
}

func TestValidate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		release    release.Release
		script     string
		want       []string
	}{
		{"good", "# c\nCTDB_SAMBA_SKIP_SHARE_CHECK=yes\nexport CTDB_RPCINFO_LOCALHOST=\"127.0.0.1\"\nFOO=1\n", v425, "", nil},
		{"own file", "CTDB_NATGW_NODES=/x\n", v425, "11.natgw", nil},
		{"wrong file", "CTDB_NATGW_NODES=/x\n", v425, "91.lvs", []string{"1:1 warning wrong-file"}},
		{"unknown", "CTDB_FOO=1\nFOO=1\n", v425, "", []string{"1:1 warning unknown"}},
		{"mistyped", "CTDB_NATGW_NODE=1\n CTBD_LVS_NODES=2", v425, "", []string{"1:1 warning unknown", "2:2 warning unknown"}},
		{"too new", "CTDB_MONITOR_HOSTS=x\n", v422, "", []string{"1:1 warning release"}},
		{"too old", "CTDB_NFS_STATE_MNT=x\n", v422, "60.nfs", []string{"1:1 warning release"}},
		{"moved between scripts", "CTDB_MAX_CORRUPT_DB_BACKUPS=1\n", v422, "00.ctdb", []string{"1:1 warning wrong-file"}},
		{"not yet moved", "CTDB_MAX_CORRUPT_DB_BACKUPS=1\n", v417, "00.ctdb", nil},
		{"before there were options", "CTDB_LVS_NODES=x\n", release.Release{Major: 4, Minor: 8}, "", []string{"1:1 warning release"}},
		{"moved to ctdb.conf", "CTDB_RECOVERY_LOCK=x\nCTDB_SET_IPAllocAlgorithm=1\n", v417, "", []string{
			"1:1 warning moved", "2:1 warning moved"}},
		{"internal", "CTDB_BASE=x\n", v417, "", []string{"1:1 warning internal"}},
		{"dynamic", "CTDB_LVS_NODES=$x\n[ -f y ] && CTDB_FOO=1\n. x\n", v417, "", []string{
			"1:1 note dynamic", "2:1 note dynamic", "3:1 note dynamic"}},
		{"dynamic and unknown", "CTDB_FOO=$x\n", v417, "", []string{"1:1 warning unknown", "1:1 note dynamic"}},
		{"not read", "A=1\nif x\nB=2\n", v417, "", []string{"2:1 warning unread"}},
		{"not read behind others", "A=1; B=$'x'", v417, "", []string{"1:6 warning unread"}},
		{"duplicate", "A=1\nA=2\nA=3\n", v417, "", []string{"1:1 warning duplicate", "2:1 warning duplicate"}},
		{"blanks", "A = 1\nA =1\nA= 1\nB\t=\t1", v417, "", []string{
			"1:1 error blanks", "2:1 error blanks", "3:1 error blanks", "4:1 error blanks"}},
		{"test", "[ a = b ]\ntrue = x\n", v417, "", []string{"1:1 note dynamic", "2:1 error blanks"}},
		{"carriage return", "A=1\r\n\r\n# c\r\n", v417, "", []string{"1:4 error carriage-return", "2:1 warning carriage-return"}},
		{"byte order mark", "\xef\xbb\xbfCTDB_LVS_NODES=1\n", v417, "", []string{"1:1 error byte-order-mark"}},
		{"byte order mark before a comment", "\xef\xbb\xbf# c\n", v417, "", []string{"1:1 error byte-order-mark"}},
		{"words", "CTDB_NFS_SKIP_SHARE_CHECK=Yes\nCTDB_KILLTCP_USE_SS_KILL=try CTDB_PARTIALLY_ONLINE_INTERFACES=\n", v425, "", []string{
			"1:27 warning word"}},
		{"word with a carriage return", "CTDB_NFS_SKIP_SHARE_CHECK=yes\r\n", v425, "", []string{"1:30 error carriage-return"}},
		{"quote", "A=1\nB=\"\n", v417, "", []string{"2:3 error quote"}},
		{"NUL", "A=1\nB=\x00\n", v417, "", []string{"1:1 warning unread", "2:3 error nul"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, _ := options.Parse("f", []byte(test.text))
			got := f.Validate(test.release, test.script)
			if diff := cmp.Diff(test.want, brief(got)); diff != "" {
				t.Errorf("(-want +got):\n%s\n%v", diff, got)
			}
		})
	}
}

func TestValidateTooLarge(t *testing.T) {
	t.Parallel()
	f, _ := options.Parse("f", make([]byte, options.MaxSize+1))
	if got := f.Validate(v417, ""); len(got) != 1 || got[0].ID != options.FindingTooLarge {
		t.Errorf("%v", got)
	}
	if got := new(options.File).Validate(v417, ""); got != nil {
		t.Errorf("the zero value: %v", got)
	}
}

// TestMeant wants the variable that was meant in the message, and none for names that are far from all.
func TestMeant(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"CTDB_NATGW_PUBLIC_IFAC": "CTDB_NATGW_PUBLIC_IFACE?", "CTDB_SAMBA_SKIP_SHARES_CHECK": "CTDB_SAMBA_SKIP_SHARE_CHECK?",
		"CDTB_LVS_NODES": "CTDB_LVS_NODES?", "CTDB_FOO": "no script of CTDB reads CTDB_FOO",
	} {
		got := mustParse(t, name+"=x").Validate(v425, "")
		if len(got) != 1 || !strings.HasSuffix(got[0].Message, want) {
			t.Errorf("%s: %v, want %q", name, got, want)
		}
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	before := ""
	count := map[string]int{}
	for v := range options.Known(release.Release{}) {
		if v.Name <= before {
			t.Errorf("%s is behind %s", v.Name, before)
		}
		if before = v.Name; v.Doc == "" || len(v.Scripts) == 0 {
			t.Errorf("%+v says too little", v)
		}
		if found, ok := options.Find(v.Name, release.Release{}); !ok || !cmp.Equal(found, v) {
			t.Errorf("Find(%s): %+v, %v", v.Name, found, ok)
		}
		count["newest"]++
	}
	for range options.Known(release.Release{Major: 4, Minor: 8, Patch: 12}) {
		count["4.8"]++
	}
	for range options.Known(v425) {
		count["4.25"]++
		break
	}
	if want := map[string]int{"newest": 45, "4.25": 1}; !cmp.Equal(want, count) {
		t.Errorf("there are %v variables, want %v", count, want)
	}
	for r, want := range map[release.Release]string{v413: "00.ctdb", v422: "95.database", {Major: 4, Minor: 8}: "95.database"} {
		if v, ok := options.Find("CTDB_MAX_CORRUPT_DB_BACKUPS", r); !ok || v.Scripts[0] != want {
			t.Errorf("%v: %+v", r, v)
		}
	}
	if _, ok := options.Find("CTDB_FOO", v425); ok {
		t.Error("CTDB_FOO is known")
	}
}
