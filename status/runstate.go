package status

import "strings"

// RunState is how far a node's ctdbd has come. It is CTDB's word for it; one that is none of the constants is of a
// newer release.
type RunState string

// The states, in the order in which a ctdbd goes through them.
const (
	RunStateUnknown       RunState = "UNKNOWN"
	RunStateInit          RunState = "INIT"
	RunStateSetup         RunState = "SETUP"
	RunStateFirstRecovery RunState = "FIRST_RECOVERY"
	RunStateStartup       RunState = "STARTUP"
	RunStateRunning       RunState = "RUNNING" // the node is started; it says nothing about its health
	RunStateShutdown      RunState = "SHUTDOWN"
)

// ParseRunState reads the output of "ctdb runstate". If the tool was asked for certain states and the node is in
// another one, it says so and exits with 1; that is an answer too, and the result is the state that the node is in.
// Anything else is a [*ParseError], also what the tool says of a state that it doesn't know.
func ParseRunState(out []byte) (RunState, error) {
	const want = "a run state such as RUNNING"
	var s scanner
	if err := s.answer(cmdRunState, out, want); err != nil {
		return "", err
	}
	word, offset := s.line, 0
	if rest, ok := strings.CutPrefix(word, "CTDB not in required run state (got "); ok {
		if word, ok = strings.CutSuffix(rest, ")"); !ok {
			return "", s.errAt(len(s.line), `want ")"`)
		}
		offset = len(s.line) - len(rest)
	}
	if !isWord(word) {
		return "", s.errAt(offset, "want "+want+", got "+clip(word))
	}
	return RunState(strings.Clone(word)), nil
}

// isWord tells whether a text is one of CTDB's words in capitals.
func isWord(text string) bool {
	for i := range len(text) {
		if c := text[i]; c != '_' && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return text != ""
}
