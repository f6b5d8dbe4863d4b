package ctdb

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// failed is the error for a tool that ended with a non-zero exit code. The tool uses one exit code for nearly everything,
// so what went wrong is read from its words. Those of 4.13, 4.17, 4.22 and 4.25 are the same but for the nodes list.
func failed(cmd Command, result Result) error {
	var all causes
	for line := range firstLines(result.Stderr) {
		all = all.add(causeIn(line))
	}
	for line := range firstLines(result.Stdout) {
		all = all.add(causeOnStdout(line))
	}
	if slices.Contains(all, ErrBadConfig) {
		// "Invalid IP address X" is then about the nodes file.
		all = slices.DeleteFunc(all, func(err error) bool { return errors.Is(err, ErrUsage) })
	}
	return newCommandError(cmd, result, all.add(causeOfCode(result.ExitCode, len(all) > 0)))
}

// add adds a cause once.
func (c causes) add(err error) causes {
	if err == nil || slices.Contains(c, err) {
		return c
	}
	return append(c, err)
}

// maxLines is how many lines of each stream are looked at. What matters comes first.
const maxLines = 100

func firstLines(out []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		n := 0
		for line := range bytes.Lines(out) {
			if n++; n > maxLines || !yield(strings.TrimRight(shorten(string(line), maxWords), "\r\n")) {
				return
			}
		}
	}
}

// wordings are beginnings of lines on standard error that name a cause by themselves.
var wordings = []struct {
	start string
	cause error
}{
	{"Warning: All nodes are banned.", ErrAllBanned},
	{"Maximum runtime exceeded", ErrTimeout},
	{"Failed to read nodes f", ErrBadConfig},        // "file" up to 4.21, "from" later
	{"Failed to load configuration", ErrBadConfig},  // 4.22 and later
	{"Broken CTDB setup", ErrBadConfig},             // test mode without its directory
	{"Unknown command '", ErrUsage},                 // also one of another release
	{"Invalid option ", ErrUsage},                   // from the option parser
	{"Invalid node ", ErrUsage},                     // nodestatus
	{"Invalid IP", ErrUsage},                        // and "Invalid IP/Mask"
	{"Invalid PNN ", ErrUsage},                      // moveip
	{"Invalid debug level ", ErrUsage},              // setdebug
	{"Node cannot be specified for ", ErrUsage},     // -n with a local command
	{"Cannot specify node for ", ErrUsage},          // the same, without a daemon
	{"Failed to disable recoveries", ErrRecovering}, // reloadnodes
	{"Failed to disable takeover r", ErrTakingOver}, // reloadips: takeover runs
	{"ERROR: Nodes file on node ", ErrNodesFile},    // it differs
	{"ERROR: Nodes will not be ", ErrNodesFile},     // reloaded, for what was said before
	{"ERROR: Failed to get nodes ", ErrNodesFile},   // file from another node
	{"Failed to ask leader to ", ErrTakeover},       // distribute IPs
	{"Failed to ask recovery master ", ErrTakeover}, // the same, up to 4.15
	{"No database matching '", ErrNoSuchDatabase},   //
	{"Only volatile databases can ", ErrRefused},    // be detached
	{"READONLY can be set only on ", ErrRefused},    // volatile DB
	{"STICKY can be set only on ", ErrRefused},      // volatile DB
	{"Database access is still ", ErrRefused},       // active: AllowClientDBAttach
	{"socket connect failed - ", ErrNotRunning},     // the event daemon
	{"--json not supported ", ErrUsage},             // 4.25 and later
	{"--json and -Y options are ", ErrUsage},        //
	{"JSON support not available", ErrUsage},        // built without it
	{"sudo: a password is required", ErrPermission}, // sudo -n
	{"sudo: a terminal is required", ErrPermission}, // sudo without -n
	{"sudo: sorry, ", ErrPermission},                // requiretty and the like
	{"Sorry, user ", ErrPermission},                 // not in sudoers for this command
	{"Host key verification failed", ErrPermission}, // ssh
}

// causeIn finds what one line of standard error says; nil if nothing that this package knows.
func causeIn(line string) error {
	for _, w := range wordings {
		if strings.HasPrefix(line, w.start) {
			return w.cause
		}
	}
	switch {
	case strings.HasPrefix(line, "Node "):
		return causeOfNode(line)
	case strings.HasPrefix(line, "attach: ") && strings.HasSuffix(line, " failed to get db_id, ret=-1"):
		return ErrRefused
	case strings.HasPrefix(line, "connect() failed, errno="):
		return causeOfErrno(strings.TrimPrefix(line, "connect() failed, errno="))
	case strings.HasPrefix(line, "ctdb_natgw: NAT gateway nodes file ") || strings.HasPrefix(line, "ctdb_lvs: LVS nodes file "):
		return ErrNoGroup // "X" not found
	case strings.HasPrefix(line, "sudo: ") && strings.HasSuffix(line, ": command not found"):
		return ErrToolMissing
	case strings.HasPrefix(line, `exec of "`) && strings.HasSuffix(line, `" failed: No such file or directory`): // ip netns exec
		return ErrToolMissing
	case strings.Contains(line, ": Permission denied ("): // ssh, with the ways that it tried
		return ErrPermission
	case isRefusal(line):
		return ErrPermission
	}
	return causeOfRet(line)
}

// causeOnStdout finds what one line of standard output says, where the tool puts some of its errors.
func causeOnStdout(line string) error {
	switch {
	case strings.HasPrefix(line, "Usage: "):
		return ErrUsage
	case strings.HasPrefix(line, "No such tunable "):
		return ErrNoSuchTunable
	case strings.HasPrefix(line, "Interface ") && strings.Contains(line, " not configured on node "): // setifacelink
		return ErrRefused
	}
	return nil
}

// isRefusal tells whether a program that should start the tool says that it may not.
func isRefusal(line string) bool {
	if !strings.HasSuffix(line, ": Operation not permitted") && !strings.HasSuffix(line, ": Permission denied") {
		return false
	}
	for _, program := range []string{"chroot: ", "nsenter: ", "setting the network namespace "} { // the last is ip's
		if strings.HasPrefix(line, program) {
			return true
		}
	}
	return false
}

// causeOfNode reads what the tool says of a node that it was asked to talk to: "Node 9 does not exist", "Node 1 has
// status DISCONNECTED|UNHEALTHY|INACTIVE".
func causeOfNode(line string) error {
	switch {
	case strings.HasSuffix(line, " does not exist"):
		return ErrNoSuchNode
	case strings.Contains(line, " CANNOT host IP address "): // moveip
		return ErrRefused
	}
	_, state, ok := strings.Cut(line, " has status ")
	if !ok {
		return nil
	}
	states := strings.Split(state, "|")
	switch {
	case slices.Contains(states, "DELETED"): // which is disconnected too
		return ErrDeleted
	case slices.Contains(states, "DISCONNECTED"):
		return ErrDisconnected
	}
	return nil
}

// causeOfErrno reads why the tool could not connect. The numbers are Linux's, where ctdbd runs.
func causeOfErrno(number string) error {
	switch number {
	case "1", "13": // EPERM, EACCES: the socket is its owner's
		return ErrPermission
	default: // ENOENT: never started; ECONNREFUSED: a socket that was left behind
		return ErrNotRunning
	}
}

// causeOfRet reads the code at the end of "Control GET_NODEMAP failed to node 0, ret=110". It is an error number where
// the transport failed, and what the daemon returned where the daemon refused.
func causeOfRet(line string) error {
	at := strings.LastIndex(line, ", ret=")
	if at < 0 {
		return nil
	}
	switch ret, err := strconv.Atoi(line[at+len(", ret="):]); {
	case err != nil:
		return nil
	case ret == etimedout:
		return ErrTimeout
	case strings.HasPrefix(line, "Control "):
		return ErrRefused
	}
	return nil
}

// wentAway tells whether a query failed without a word, as it does when ctdbd goes away before it has answered. There may
// be a part of the answer. Some other commands say no in this way.
func wentAway(result Result) bool {
	if result.ExitCode != 1 || len(bytes.TrimSpace(result.Stderr)) > 0 {
		return false
	}
	for line := range firstLines(result.Stdout) {
		return causeOnStdout(line) == nil
	}
	return true
}

// Exit codes with a meaning of their own.
const (
	etimedout      = 110 // Linux's ETIMEDOUT, which the tool passes on
	notExecutable  = 126 // what shells, env and chroot say of a program that may not be run
	notFound       = 127 // and of one that is not there
	shellSignalled = 128 // and with the signal's number added, of one that a signal ended
)

// crashes are the signals that end a tool below a shell: SIGABRT, SIGBUS, SIGKILL, SIGSEGV and SIGTERM on Linux. Lower
// codes can be error numbers.
var crashes = []int{6, 7, 9, 11, 15}

// causeOfCode finds what an exit code says. Where the tool's words have said enough, only a crash is news.
func causeOfCode(code int, saidEnough bool) error {
	switch {
	case code < 0, slices.Contains(crashes, code-shellSignalled):
		return ErrCrashed
	case saidEnough:
		return nil
	case code == etimedout:
		return ErrTimeout
	case code == notFound:
		return ErrToolMissing
	case code == notExecutable:
		return ErrPermission
	}
	return nil
}
