package config_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// validateTest is a file, and what Validate finds in it for a release, in the form LINE:COL: SEVERITY: MESSAGE (ID) with
// the ID without "ctdb.conf/".
type validateTest struct {
	release, data string
	want          []string
}

// locked begins a file with a lock that is as it should be, in two lines.
const locked = "[cluster]\ncluster lock = /shared/lock\n"

// The findings about a file without a lock, since 4.16 and before.
const (
	noClusterLock  = "warning: there is no [cluster] cluster lock: nothing keeps two halves of a divided cluster apart (no-cluster-lock)"
	noRecoveryLock = "warning: there is no [cluster] recovery lock: nothing keeps two halves of a divided cluster apart (no-cluster-lock)"
)

// fineFiles has files in which nothing is to be found.
var fineFiles = map[string]validateTest{
	"a perfect file": {"4.25.0", `# A cluster
[logging]
	location = syslog:nonblocking
	log level = INFO
[cluster]
	; of all nodes
	cluster lock = !/usr/libexec/ctdb/ctdb_mutex_fcntl_helper /shared/lock 10
	node address = 10.0.0.1
	nodes list = !/usr/local/bin/nodes --port=4379;all a#b
	leader timeout = 10
	leader capability = no
[Database]
	volatile database directory = /var/volatile
	lock debug script = debug.sh
	tdb mutexes = FALSE
[event]
	debug script = debug.sh
[failover]
	shutdown extra timeout = 5
[legacy]
	script log level = D
`, nil},
	"4.13":            {"4.13.14", "[cluster]\nrecovery lock = /shared/lock\n[legacy]\nrecmaster capability = false\n", nil},
	"CRLF":            {"4.17.0", "# c\r\n[cluster]\r\n\r\ncluster lock = /l\r\n", nil},
	"CR CR LF":        {"4.17.0", "# c\r\r\n[cluster] \r\r\ncluster lock = /l\\\r\n\r\r\n", nil},
	"no newline":      {"4.17.0", "[cluster]\r\ncluster lock = /l\r", nil},
	"continued":       {"4.17.0", "[clu\\\nster]\ncluster \\\n lock = /\\\nl\n", nil},
	"default":         {"4.25.0", locked + "leader timeout = 5\n[logging]\nlog level = NOTICE\nlocation = file:/var/log/ctdb/log.ctdb\n", nil},
	"stderr":          {"4.25.0", locked + "[logging]\nlocation = file:-\n", nil},
	"no option there": {"4.25.0", locked + "[logging]\n[legacy]\n", nil},
	"before 4.9":      {"4.8.0", "# nothing here is read\n", nil},
}

// refusedValues has values that the daemons do not start with, and what is odd about them besides.
var refusedValues = map[string]validateTest{
	"a word": {"4.25.0", locked + "[logging]\n\tlog level = loud\n", []string{
		`4:14: error: [logging] log level: want ERROR, WARNING, NOTICE, INFO or DEBUG, the beginning of one, or a number up to 10, got "loud" (value)`,
	}},
	"boolean": {"4.25.0", locked + "leader capability = 1\n", []string{
		`3:21: error: [cluster] leader capability: want true, yes, false or no, got "1" (value)`,
	}},
	"numbers": {"4.25.0", locked + "leader timeout = abc\n[failover]\nshutdown extra timeout = -1\nshutdown extra timeout = 2147483648\n", []string{
		`3:18: error: [cluster] leader timeout: want a number of seconds above 0, got "abc" (value)`,
		`5:26: error: [failover] shutdown extra timeout: want a number from 0 to 2147483647, got "-1" (value)`,
		`6:26: error: [failover] shutdown extra timeout: want a number from 0 to 2147483647, got "2147483648" (value)`,
	}},
	"inline comment": {"4.25.0", locked + "[logging]\nlog level =  DEBUG \t # all ; of it\n", []string{
		`4:14: error: [logging] log level: want ERROR, WARNING, NOTICE, INFO or DEBUG, the beginning of one, or a number up to 10, got "DEBUG # all ; of it" (value)`,
		`4:22: warning: "# all ; of it" is part of the value; a comment needs a line of its own (inline-comment)`,
	}},
	"quotes": {"4.25.0", locked + "transport = 'tcp'\n", []string{
		`3:13: error: [cluster] transport: want tcp, the only transport, got "'tcp'" (value)`,
		"3:13: warning: the quotes are part of the value (quotes)",
	}},
	"in one line with another": {"4.25.0", locked + "transport = tcp \\\n# the only one\n", []string{
		`3:13: error: [cluster] transport: want tcp, the only transport, got "tcp # the only one" (value)`,
		`4:1: warning: "# the only one" is part of the value; the backslash at the end of the line before joins the two (inline-comment)`,
	}},
	"empty":          {"4.12.0", "[cluster]\nrecovery lock =\n", []string{noRecoveryLock, "2:16: error: [cluster] recovery lock: it is empty (value)"}},
	"empty in 4.11":  {"4.11.0", "[cluster]\nrecovery lock =\n", []string{noRecoveryLock}},
	"blank, in 4.25": {"4.25.0", "[cluster]\ncluster lock =  \t\n", []string{noClusterLock, "2:15: error: [cluster] cluster lock: it is empty (value)"}},
	"directory": {"4.25.0", locked + "[database]\nvolatile database directory = /var/none\n[logging]\nlocation = file:/none/log\n", []string{
		`4:31: error: [database] volatile database directory: there is no such directory, got "/var/none" (value)`,
		`6:12: error: [logging] location: there is no such directory: "/none", got "file:/none/log" (value)`,
	}},
	"scripts": {"4.25.0", locked + "[event]\ndebug script = /opt/none.sh\n[database]\nlock debug script = plain.sh\n", []string{
		`4:16: error: [event] debug script: there is no such script: "/etc/ctdb/none.sh", got "/opt/none.sh" (value)`,
		`6:21: error: [database] lock debug script: there is no such script: "/etc/ctdb/plain.sh" is not executable by its owner, got "plain.sh" (value)`,
	}},
	"of a deprecated option": {"4.16.0", "[cluster]\nrecovery lock = \n", []string{
		noClusterLock,
		"2:1: warning: [cluster] recovery lock is deprecated since CTDB 4.16.0; [cluster] cluster lock replaces it (deprecated)",
		"2:16: error: [cluster] recovery lock: it is empty (value)",
	}},
}

// ignoredLines has lines that the daemons ignore.
var ignoredLines = map[string]validateTest{
	"before a section": {"4.25.0", " transport = tcp\n" + locked, []string{
		`1:2: error: "transport" stands in no section that CTDB 4.25.0 knows, and is ignored (no-section)`,
	}},
	"unknown section": {"4.17.0", locked + "[Databse]\nx = 1\ny = 2\n[LEGACY]\n", []string{
		`3:2: error: CTDB 4.17.0 has no section "Databse", and ignores what stands in it; is it [database]? (unknown-section)`,
		`4:1: error: "x" stands in no section that CTDB 4.17.0 knows, and is ignored (no-section)`,
		`5:1: error: "y" stands in no section that CTDB 4.17.0 knows, and is ignored (no-section)`,
	}},
	"blanks in a header": {"", locked + "  [ legacy ]\n[]\n[samba]\n", []string{
		`3:4: error: the newest CTDB has no section " legacy ", and ignores what stands in it; is it [legacy]? (unknown-section)`,
		`4:2: error: the newest CTDB has no section "", and ignores what stands in it (unknown-section)`,
		`5:2: error: the newest CTDB has no section "samba", and ignores what stands in it (unknown-section)`,
	}},
	"a header from elsewhere": {"4.25.0", locked + "[\x1b[31m\xff" + strings.Repeat("é", 40) + "]\n", []string{
		`3:2: error: CTDB 4.25.0 has no section "\x1b[31m\xff` + strings.Repeat("é", 29) + `...", and ignores what stands in it (unknown-section)`,
	}},
	"other case": {"4.25.0", locked + "[logging]\n\tLog Level = INFO\n", []string{
		`4:2: error: CTDB 4.25.0 has no option "Log Level" in section [logging], and ignores it; is it "log level"? (unknown-option)`,
	}},
	"tab in a key": {"4.25.0", locked + "[logging]\nlog\tlevel = INFO\n", []string{
		`4:1: error: CTDB 4.25.0 has no option "log\tlevel" in section [logging], and ignores it; is it "log level"? (unknown-option)`,
	}},
	"misspelled": {"4.25.0", "[cluster]\nclsuter-lock = /l # c\nfoo = 'x'\n", []string{
		noClusterLock,
		`2:1: error: CTDB 4.25.0 has no option "clsuter-lock" in section [cluster], and ignores it; is it "cluster lock"? (unknown-option)`,
		`2:19: warning: "# c" is part of the value; a comment needs a line of its own (inline-comment)`,
		`3:1: error: CTDB 4.25.0 has no option "foo" in section [cluster], and ignores it (unknown-option)`,
		"3:7: warning: the quotes are part of the value (quotes)",
	}},
	"wrong section": {"4.22.0", locked + "[legacy]\nleader capability = false\n", []string{
		`4:1: error: "leader capability" is an option of section [cluster]; in [legacy] it is ignored (wrong-section)`,
	}},
	"wrong section in 4.13": {"4.13.0", "[cluster]\nrecovery lock = /l\nrecmaster capability = false\n", []string{
		`3:1: error: "recmaster capability" is an option of section [legacy]; in [cluster] it is ignored (wrong-section)`,
	}},
	"retired": {"4.16.0", locked + "[legacy]\nrecmaster capability = false\n", []string{
		`4:1: error: "recmaster capability" is ignored since CTDB 4.16.0; [cluster] leader capability replaces it (retired)`,
	}},
	"retired, in the newest": {"", locked + "[legacy]\nrecmaster capability = false\n", []string{
		`4:1: error: "recmaster capability" is ignored since CTDB 4.16.0; [cluster] leader capability replaces it (retired)`,
	}},
	"newer": {"4.13.14", locked + "leader capability = false\nleader timeout = 10\n", []string{
		noRecoveryLock,
		`2:1: error: CTDB 4.13.14 ignores "cluster lock", which is read since CTDB 4.16.0; until then it is [cluster] recovery lock (newer)`,
		`3:1: error: CTDB 4.13.14 ignores "leader capability", which is read since CTDB 4.16.0; until then it is [legacy] recmaster capability (newer)`,
		`4:1: error: CTDB 4.13.14 ignores "leader timeout", which is read since CTDB 4.16.0 (newer)`,
	}},
	"nodes list in 4.17": {"4.17.12", locked + "nodes list = !\n", []string{
		`3:1: error: CTDB 4.17.12 ignores "nodes list", which is read since CTDB 4.22.0 (newer)`,
	}},
	"newer in 4.21": {"4.21.5", locked + "[failover]\nshutdown extra timeout = 1\n", []string{
		`4:1: error: CTDB 4.21.5 ignores "shutdown extra timeout", which is read since CTDB 4.21.6 (newer)`,
	}},
	"newer in 4.22": {"4.22.1", locked + "[failover]\nshutdown failover timeout = 1\n", []string{
		`4:1: error: CTDB 4.22.1 ignores "shutdown failover timeout", which is read since CTDB 4.22.2 (newer)`,
	}},
	"comment marks": {"4.25.0", "// lock = none\n" + locked + "-- x = 1\nREM y = 2\n// no equals\n", []string{
		`1:1: warning: "//" begins no comment; # and ; do, at the beginning of a line (comment-like)`,
		`1:1: error: "// lock" stands in no section that CTDB 4.25.0 knows, and is ignored (no-section)`,
		`4:1: warning: "--" begins no comment; # and ; do, at the beginning of a line (comment-like)`,
		`4:1: error: CTDB 4.25.0 has no option "-- x" in section [cluster], and ignores it (unknown-option)`,
		`5:1: warning: "rem " begins no comment; # and ; do, at the beginning of a line (comment-like)`,
		`5:1: error: CTDB 4.25.0 has no option "REM y" in section [cluster], and ignores it (unknown-option)`,
		`6:1: warning: a line without "=" is ignored, got "// no equals" (no-equals)`,
	}},
	"what is joined to nothing": {"4.25.0", locked + "\\\nleader timeout = 1\n\\\n word\n\\\nleader timeout = 2\n\\\n[x]\n[\\\ny]\n", []string{
		`4:18: warning: "1" is overridden in line 8 (duplicate)`,
		`6:2: warning: a line without "=" is ignored, got "word" (no-equals)`,
		`10:2: error: CTDB 4.25.0 has no section "x", and ignores what stands in it (unknown-section)`,
		`12:1: error: CTDB 4.25.0 has no section "y", and ignores what stands in it (unknown-section)`,
	}},
	"a comment that is joined": {"4.25.0", locked + "\\\n# x = 1\n", []string{
		`4:1: warning: "#" begins no comment; the backslash at the end of the line before joins the two (comment-like)`,
		`4:1: error: CTDB 4.25.0 has no option "# x" in section [cluster], and ignores it (unknown-option)`,
	}},
	"no equals": {"4.25.0", locked + " log level: DEBUG\n", []string{
		`3:2: warning: a line without "=" is ignored, got "log level: DEBUG" (no-equals)`,
	}},
	"behind a header": {"4.25.0", locked + "[logging]\tlog level = DEBUG \n[legacy] ; what is left\n[event]]\n[failover] # \\\ndisabled = true\n", []string{
		`3:11: warning: what stands behind the header is ignored, got "log level = DEBUG" (behind-header)`,
		`4:10: note: what stands behind the header is ignored, got "; what is left" (behind-header)`,
		`5:8: warning: what stands behind the header is ignored, got "]" (behind-header)`,
		`6:12: warning: what stands behind the header is ignored, got "# \\\ndisabled = true" (behind-header)`,
	}},
}

// oddText has bytes that CTDB takes for something else than people do, and values that it takes and hardly anybody meant.
var oddText = map[string]validateTest{
	"byte order mark": {"4.25.0", "\ufeff" + locked, []string{
		noClusterLock,
		"1:1: warning: the file begins with a byte order mark, which CTDB takes for a letter (byte-order-mark)",
		`1:1: warning: a line without "=" is ignored, got "\ufeff[cluster]" (no-equals)`,
		`2:1: error: "cluster lock" stands in no section that CTDB 4.25.0 knows, and is ignored (no-section)`,
	}},
	"CR only": {"4.25.0", strings.ReplaceAll(locked, "\n", "\r"), []string{
		noClusterLock,
		"1:10: warning: a carriage return is a blank; the line goes on behind it (carriage-return)",
		`1:11: warning: what stands behind the header is ignored, got "cluster lock = /shared/lock" (behind-header)`,
	}},
	"CR only, with a comment": {"4.25.0", "# c\r" + strings.ReplaceAll(locked, "\n", "\r"), []string{
		noClusterLock,
		"1:4: warning: a carriage return is a blank; the line goes on behind it (carriage-return)",
	}},
	"CR in a value": {"4.25.0", locked + "# a \x00\nnode address = \\\r\n 10.0.0.1\r\x00x\n", []string{
		"5:10: warning: a carriage return is a blank; the line goes on behind it (carriage-return)",
		"5:11: warning: what follows a NUL is ignored (nul)",
	}},
	"NUL": {"4.25.0", locked + "\x00x = 1\nnode address = 10.0.0.1\x00#\nno\x00de = 1\n", []string{
		"3:1: warning: what follows a NUL is ignored (nul)",
		"4:24: warning: what follows a NUL is ignored (nul)",
		`5:1: warning: a line without "=" is ignored, got "no" (no-equals)`,
		"5:3: warning: what follows a NUL is ignored (nul)",
	}},
	"UTF-16": {"4.25.0", "\xff\xfe[\x00c\x00l\x00u\x00s\x00t\x00e\x00r\x00]\x00\n\x00", []string{
		noClusterLock,
		`1:1: warning: a line without "=" is ignored, got "\xff\xfe[" (no-equals)`,
		"1:4: warning: what follows a NUL is ignored (nul)",
		"2:1: warning: what follows a NUL is ignored (nul)",
	}},
	"inline comment": {"4.25.0", "[cluster]\ncluster lock = /a  b ; c # d\n", []string{
		`2:22: warning: "; c # d" is part of the value; a comment needs a line of its own (inline-comment)`,
	}},
	"a value that is one": {"4.25.0", "[cluster]\ncluster lock = # /shared/lock\n", []string{
		`2:16: warning: "# /shared/lock" is part of the value; a comment needs a line of its own (inline-comment)`,
		`2:16: warning: "# /shared/lock" is relative to the directory that the daemon is started in (relative)`,
	}},
	"the second mark": {"4.25.0", "[cluster]\ncluster lock = /a#b \\\n#c \\\n  # d\n", []string{
		`3:1: warning: "#c # d" is part of the value; the backslash at the end of the line before joins the two (inline-comment)`,
	}},
	"quotes": {"4.25.0", "[cluster]\ncluster lock = \"/shared/lock\"\n", []string{
		"2:16: warning: the quotes are part of the value (quotes)",
		`2:16: warning: "\"/shared/lock\"" is relative to the directory that the daemon is started in (relative)`,
	}},
	"a single quote": {"4.25.0", "[cluster]\ncluster lock = /a'\n[database]\nlock debug script = '\n[event]\ndebug script = \"a'\n", []string{
		`4:21: error: [database] lock debug script: there is no such script: "/etc/ctdb/'", got "'" (value)`,
		`6:16: error: [event] debug script: there is no such script: "/etc/ctdb/\"a'", got "\"a'" (value)`,
	}},
	"quotes in a command": {"4.25.0", "[cluster]\ncluster lock = !/bin/sh -c 'a b'\nnodes list = !\"/bin/x\"\n", []string{
		"2:28: warning: no shell runs the command: it is split at blanks, and the quotes are part of the words (quotes)",
		`3:14: warning: "\"/bin/x\"" is relative to the directory that the daemon is started in (relative)`,
		"3:15: warning: no shell runs the command: it is split at blanks, and the quotes are part of the words (quotes)",
	}},
	"numbers": {"4.25.0", locked + "leader timeout = 10abc\n[failover]\nshutdown extra timeout = 010\nshutdown failover timeout = 0x10\n", []string{
		`3:18: warning: CTDB reads "10abc" as 10 (number)`,
		`5:26: warning: CTDB reads "010" as 8 (number)`,
		`6:29: warning: CTDB reads "0x10" as 16 (number)`,
	}},
	"a number that is the default": {"4.25.0", locked + "leader timeout = 5 # seconds\n", []string{
		`3:18: warning: CTDB reads "5 # seconds" as 5 (number)`,
		`3:20: warning: "# seconds" is part of the value; a comment needs a line of its own (inline-comment)`,
	}},
	"colons in a path": {"4.25.0", locked + "[logging]\nlocation = file:/var/log:1/ctdb\n", []string{
		`4:12: warning: CTDB logs to "/var/log": a path ends before a colon (location)`,
	}},
	"colons before a path":   {"4.25.0", locked + "[logging]\nlocation = :file::/var/log\n", nil},
	"colons behind a syslog": {"4.25.0", locked + "[logging]\nlocation = syslog:udp:x\n", nil},
	"relative paths": {"4.25.0", "[cluster]\ncluster lock = lock\nnodes list = nodes\n[database]\nstate database directory = vol\n[logging]\nlocation = file:log\n", []string{
		`2:16: warning: "lock" is relative to the directory that the daemon is started in (relative)`,
		`3:14: warning: "nodes" is relative to the directory that the daemon is started in (relative)`,
		`5:28: warning: "vol" is relative to the directory that the daemon is started in (relative)`,
		`7:12: warning: "log" is relative to the directory that the daemon is started in (relative)`,
	}},
	"a colon in a location": {"4.25.0", "[cluster]\ncluster lock = /lock\n[logging]\nlocation = file:/log:x\n", []string{
		`4:12: warning: CTDB logs to "/log": a path ends before a colon (location)`,
	}},
	"relative commands": {"4.25.0", "[cluster]\ncluster lock = ! helper /lock\nnodes list = !nodes\n", []string{
		`2:16: warning: "helper" is relative to the directory that the daemon is started in (relative)`,
		`3:14: warning: "nodes" is relative to the directory that the daemon is started in (relative)`,
	}},
	"no commands": {"4.25.0", "[cluster]\ncluster lock = !\nnodes list =  ! \n", []string{
		`2:16: error: want the command of a helper behind the "!" (lock)`,
		`3:15: error: a nodes list of "!" without a command (nodes-list)`,
	}},
}

// severalSettings has findings that take several settings, or none.
var severalSettings = map[string]validateTest{
	"empty":                {"4.25.0", "", []string{noClusterLock}},
	"empty, in 4.13":       {"4.13.0", "# nothing\n", []string{noRecoveryLock}},
	"empty, in 4.16":       {"4.16.0", "[cluster]\n", []string{noClusterLock}},
	"empty, in the newest": {"", "[cluster]\n", []string{noClusterLock}},
	"deprecated": {"4.16.0", "[cluster]\n  recovery lock = /l\n", []string{
		"2:3: warning: [cluster] recovery lock is deprecated since CTDB 4.16.0; [cluster] cluster lock replaces it (deprecated)",
	}},
	"deprecated later": {"4.15.9", "[cluster]\nrecovery lock = /l\n", nil},
	"two locks": {"4.17.0", "[cluster]\ncluster lock = /a\nrecovery lock = /b\n", []string{
		"3:1: warning: [cluster] recovery lock is deprecated since CTDB 4.16.0; [cluster] cluster lock replaces it (deprecated)",
		"3:17: warning: the cluster lock in line 2 counts, not this one (two-locks)",
	}},
	"one lock twice": {"4.17.0", "[cluster]\nrecovery lock = /a\ncluster lock = /a\n", []string{
		"2:1: warning: [cluster] recovery lock is deprecated since CTDB 4.16.0; [cluster] cluster lock replaces it (deprecated)",
	}},
	"overridden": {"4.25.0", locked + "leader timeout = 1\n[CLUSTER]\nleader timeout = 2\n\nleader timeout = 3\n", []string{
		`3:18: warning: "1" is overridden in line 5 (duplicate)`,
		`5:18: warning: "2" is overridden in line 7 (duplicate)`,
	}},
	"set again": {"4.25.0", locked + "leader capability = no\nleader capability = False\n", []string{
		`3:21: note: "no" is set again in line 4 (duplicate)`,
	}},
	"default set again": {"4.25.0", locked + "leader timeout = 5\nleader timeout = 5\n", []string{
		`3:18: note: "5" is set again in line 4 (duplicate)`,
	}},
	"default overridden": {"4.25.0", locked + "leader timeout = 5\nleader timeout = 6\n", []string{
		`3:18: warning: "5" is overridden in line 4 (duplicate)`,
	}},
	"default ignored": {"4.19.0", locked + "[logging]\nlog level = DEBUG\nlog level = NOTICE\nlog level = NOTICE\nlog level = INFO\n", []string{
		`4:13: warning: "DEBUG" is overridden in line 7 (duplicate)`,
		`5:13: warning: "NOTICE" is the default and does not replace "DEBUG" of line 4 (default-ignored)`,
		`6:13: warning: "NOTICE" is the default and does not replace "DEBUG" of line 4 (default-ignored)`,
	}},
	"default of another release": {"4.18.0", locked + "[logging]\nlog level = DEBUG\nlog level = NOTICE\n", []string{
		`4:13: warning: "DEBUG" is overridden in line 5 (duplicate)`,
	}},
	"refused between": {"4.25.0", locked + "leader timeout = 1\nleader timeout = 0\nleader timeout = 2\n", []string{
		`3:18: warning: "1" is overridden in line 5 (duplicate)`,
		`4:18: error: [cluster] leader timeout: want a number of seconds above 0, got "0" (value)`,
	}},
	"unterminated header": {"4.25.0", locked + "transport = udp\nnodes list = x\n\t[legacy\nfoo = 1\n[x]\n= 2\n", []string{
		noClusterLock,
		`3:13: error: [cluster] transport: want tcp, the only transport, got "udp" (value)`,
		`4:14: warning: "x" is relative to the directory that the daemon is started in (relative)`,
		`5:2: error: want a "]" behind the name of the section; without it CTDB drops every setting of the file (dropped)`,
	}},
	"no key": {"4.13.0", "[cluster]\nrecovery lock = /l\n == x\n", []string{
		noRecoveryLock,
		`3:2: error: want the name of an option before the "="; without it CTDB drops every setting of the file (dropped)`,
	}},
}

// validateTests gives all tables, which have different names.
func validateTests(t *testing.T) map[string]validateTest {
	t.Helper()
	all := map[string]validateTest{}
	for group, tests := range map[string]map[string]validateTest{
		"fine": fineFiles, "refused": refusedValues, "ignored": ignoredLines, "odd": oddText, "several": severalSettings,
	} {
		for name, test := range tests {
			all[group+"/"+name] = test
		}
	}
	return all
}

// validateEnv has what the good files of the tests name.
func validateEnv(t testing.TB) config.Env {
	t.Helper()
	fs := afero.NewMemMapFs()
	for name, mode := range map[string]os.FileMode{
		"/var/volatile/.keep": 0o644, "/vol/.keep": 0o644, "/etc/ctdb/debug.sh": 0o755, "/etc/ctdb/plain.sh": 0o644,
	} {
		if err := afero.WriteFile(fs, name, nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	return config.Env{FS: fs}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	env := validateEnv(t)
	for name, test := range validateTests(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, _ := config.Parse("f", []byte(test.data))
			var got []string
			for _, found := range f.Validate(releaseOf(t, test.release), env) {
				text := strings.TrimPrefix(strings.TrimPrefix(found.String(), "f:"), " ")
				got = append(got, strings.Replace(text, "(ctdb.conf/", "(", 1))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// releaseOf reads a release; "" is the newest.
func releaseOf(t testing.TB, text string) release.Release {
	t.Helper()
	var r release.Release
	if err := r.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestValidateTooLarge(t *testing.T) {
	t.Parallel()
	data := append([]byte("[x]\n"), make([]byte, config.MaxSize)...)
	f, _ := config.Parse("f", data)
	want := []finding.Finding{{
		ID: config.FindingTooLarge, Severity: finding.Error, File: "f", Line: 2, Col: config.MaxSize - 3,
		Message: "ctdb.conf is larger than 8 MiB",
	}}
	if diff := cmp.Diff(want, f.Validate(release.Release{}, validateEnv(t))); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// TestValidateMany: each of many unknown options is reported, and the first have suggestions.
func TestValidateMany(t *testing.T) {
	t.Parallel()
	f := parse(t, locked+strings.Repeat("leader-timeout = 5\n", 1000))
	found := f.Validate(release.Release{}, validateEnv(t))
	suggested := 0
	for _, unknown := range found {
		if unknown.ID != config.FindingUnknownOption {
			t.Errorf("unexpected: %v", unknown)
		}
		if strings.Contains(unknown.Message, `is it "leader timeout"?`) {
			suggested++
		}
	}
	if len(found) != 1000 || suggested != 100 {
		t.Errorf("%d findings, %d with a suggestion", len(found), suggested)
	}
}

func TestValidateZero(t *testing.T) {
	t.Parallel()
	found := new(config.File).Validate(release.Release{}, validateEnv(t))
	if len(found) != 1 || found[0].ID != config.FindingNoLock || found[0].File != "ctdb.conf" {
		t.Errorf("the zero value has the findings %v", found)
	}
}

// TestKeysDiffer: no two sections have a key in common, on which the findings about wrong sections rely.
func TestKeysDiffer(t *testing.T) {
	t.Parallel()
	sections := map[string]string{}
	for _, r := range fuzzedReleases {
		for o := range config.Known(r) {
			if other, ok := sections[o.Key]; ok && other != o.Section {
				t.Errorf("%q is in [%s] and in [%s]", o.Key, other, o.Section)
			}
			sections[o.Key] = o.Section
		}
	}
}

// TestValidateKnowsAll wants a case for each identifier that the package has.
func TestValidateKnowsAll(t *testing.T) {
	t.Parallel()
	var wanted []string
	for _, test := range validateTests(t) {
		for _, want := range test.want {
			wanted = append(wanted, "ctdb.conf/"+strings.TrimSuffix(want[strings.LastIndexByte(want, '(')+1:], ")"))
		}
	}
	wanted = append(wanted, config.FindingTooLarge) // in a test of its own
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	if diff := cmp.Diff(identifiers(t), wanted); diff != "" {
		t.Errorf("identifiers (-declared +wanted in tests):\n%s", diff)
	}
}

// identifiers reads the constants from the source.
func identifiers(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "validate.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Finding") {
			return true
		}
		id, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
		return false
	})
	slices.Sort(ids)
	return ids
}
