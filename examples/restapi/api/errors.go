package api

import (
	"fmt"
	"net/http"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// Code names a way to fail. Codes do not change between releases of this module.
type Code string

// The codes, with the status that they come with.
const (
	CodeUnauthorized Code = "unauthorized"       // 401: no token, or another one
	CodeRoute        Code = "unknown_route"      // 404
	CodeMethod       Code = "method_not_allowed" // 405: the header Allow has those that are
	CodeQuery        Code = "bad_query"          // 400: a parameter that there is not, or with a value that it can't have
	CodeBadJSON      Code = "bad_json"           // 400: the body is not JSON; line and column say where
	CodeField        Code = "bad_field"          // 400: a field is missing, unknown, of another type or with a bad value
	CodeMediaType    Code = "not_json"           // 415: the Content-Type is another one
	CodeTooLarge     Code = "too_large"          // 413: the body is
	CodeSlow         Code = "too_slow"           // 408: the body did not come in time
	CodeBusy         Code = "busy"               // 503: too many requests at the same time
	CodeTimeout      Code = "timeout"            // 504: the request took too long

	CodePrecondition Code = "precondition_failed" // 412: the file is not what If-Match names
	CodeConflict     Code = "conflict"            // 409: somebody else changed the file at the same time
	CodeRefused      Code = "refused"             // 422: CTDB would refuse that, or ignore it; findings say why
	CodeWouldBreak   Code = "would_break"         // 409: a running cluster would be at odds with it; changes say how
	CodeRunning      Code = "ctdb_running"        // 409: that is for a cluster that is down, and ctdbd runs
	CodeConnected    Code = "node_connected"      // 409: a node that is to go is still connected
	CodeBadFile      Code = "bad_file"            // 500: the file that is there is one that ctdbd refuses; for a POST, 409
	CodeNoFile       Code = "no_file"             // 409: the nodes are not in a file but printed by a command
	CodeFile         Code = "file"                // 500: the file system says no
	CodeDangling     Code = "dangling_link"       // 500: the file is a link that leads nowhere
	CodeDiskFull     Code = "disk_full"           // 507
	CodeNotDurable   Code = "not_durable"         // 500: it was written, and may be gone after a crash of the machine

	CodeNotMounted  Code = "not_mounted"   // 409: the cluster file system is not there
	CodeNotShared   Code = "not_shared"    // 409: it has no such file, or one that leads elsewhere
	CodeInTheWay    Code = "in_the_way"    // 409: something else is where a link is to be
	CodeNoLog       Code = "no_log"        // 404: there is no log file, or ctdbd logs elsewhere
	CodeNoScript    Code = "no_script"     // 404: there is no such event script
	CodeBadScript   Code = "bad_script"    // 409: the script can't run, or is something else
	CodeScriptAlone Code = "script_needed" // 409: a script was left alone; left says why

	CodeNotRunning  Code = "ctdb_not_running" // 503: no ctdbd runs on this node
	CodeToolMissing Code = "ctdb_missing"     // 503: there is no ctdb tool
	CodePermission  Code = "ctdb_permission"  // 503: this server may not ask ctdbd
	CodeNotReady    Code = "ctdb_not_ready"   // 503: ctdbd is starting or stopping
	CodeAllBanned   Code = "ctdb_all_banned"  // 503: all nodes are
	CodeBadConfig   Code = "ctdb_bad_config"  // 503: the tool can't read ctdb.conf or the nodes
	CodeRecovering  Code = "ctdb_recovering"  // 503: a recovery or a takeover run was in the way of a reload
	CodeNoAnswer    Code = "ctdb_timeout"     // 504: no answer in time
	CodeReload      Code = "reload_refused"   // 409: the cluster does not reload the nodes
	CodePartial     Code = "reload_failed"    // 502: some nodes did not reload, or the takeover run failed
	CodeTool        Code = "ctdb_failed"      // 502: the tool failed in another way, or could not be understood
	CodeInternal    Code = "internal"         // 500: what none of the others says
)

// Error is why a request failed. As JSON it is the member "error" of the answer.
type Error struct {
	Code Code `json:"code"`
	// Message is for people and may change.
	Message string `json:"message"`
	// Field is the field of the body that is wrong, such as "addresses[1].address", or the parameter.
	Field string `json:"field,omitempty"`
	// Line and Column are the place in the body, counted from 1; columns count bytes. With CodeBadFile they are those
	// in the file.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Reasons are all codes about the cluster that hold, if there are several.
	Reasons []Code `json:"reasons,omitempty"`
	// Findings are what is wrong with a text; their places are places in it.
	Findings []finding.Finding `json:"findings,omitempty"`
	// Changes are those that can't be made.
	Changes []Change `json:"changes,omitempty"`
	// Nodes are the numbers of those that it is about.
	Nodes []string `json:"nodes,omitempty"`
	// Left are the scripts that were left alone.
	Left []string `json:"left,omitempty"`
	// Written says that the change was made all the same, and what failed came after it.
	Written bool `json:"written,omitempty"`

	status int
	err    error
}

// Error gives the message.
func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.err }

// Status is the status of the HTTP answer.
func (e *Error) Status() int { return e.status }

func fail(status int, code Code, format string, args ...any) *Error {
	return &Error{status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// about says which field is wrong.
func (e *Error) about(field string) *Error {
	e.Field = field
	return e
}

// writeError answers with an error.
func writeError(w http.ResponseWriter, err error) {
	e := explain(err)
	switch e.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", TokenHeader)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
	case http.StatusRequestTimeout, http.StatusRequestEntityTooLarge:
		w.Header().Set("Connection", "close") // what is left of the body is not waited for
	}
	writeJSON(w, e.status, struct {
		Error *Error `json:"error"`
	}{e})
}
