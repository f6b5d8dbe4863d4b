package ctdblog

import (
	"bytes"

	"github.com/go-ctdb/go-ctdb/status"
)

// daemonWordings are about ctdbd itself.
var daemonWordings = []wording{
	{"Starting CTDBD (Version ", func(rest text) Event {
		version, _, ok := bytes.Cut(rest, []byte(") as PID"))
		if !ok {
			return nil
		}
		return Started{Version: reason(version)}
	}},
	{"Set runstate to ", func(rest text) Event {
		if state, ok := rest.word(); ok {
			return RunState{State: status.RunState(state)}
		}
		return nil
	}},
	{"Shutdown sequence commencing.", exactly(ShutdownStarted{})},
	{"Shutdown sequence complete, exiting.", exactly(ShutdownFinished{})},
	{"ctdb fatal error: ", died},
	{"ctdb exiting with error: ", died},
	{"INTERNAL ERROR: ", died},
}

func died(rest text) Event { return Died{Reason: reason(rest)} }
