package status

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	cmdEventStatus  = "ctdb event status"
	cmdScriptStatus = "ctdb scriptstatus"
)

// The lines of an event that has no scripts to show, and what output of scripts begins with.
const (
	prefixEvent       = "Event "
	infixNeverRun     = " has never run in "
	prefixNoComponent = "Event dir for "
	suffixNoComponent = " does not exist"

	prefixOutput = "  OUTPUT:"
	indentOutput = "    "
)

// Exit codes of "ctdb event status", and error numbers as results of events. From results from 64 on, but for 255, the
// tool takes off 64 for its own exit code, and says so on standard error.
const (
	exitNoComponent = 2
	exitNeverRun    = 22
	resultTimedOut  = 110
	resultShift     = 64
	prefixShifted   = "event daemon helper failed with error "
)

// ParseEventStatus reads what "ctdb event status" printed on standard output and standard error, and its exit code. In
// the output are times of the tool's host's zone without a name; loc is that zone, nil for the one of this machine.
//
// An event that never ran is no error, see [EventStatus.State]. An exit code other than 0 without any output that it
// explains is a failure of the tool, such as an event daemon that does not answer, and a [*ParseError], as is one that
// the tool never ends with, such as -9 (see ctdb.Result), and output that is malformed or cut off within a line. Lines
// that it does not know are kept in Unparsed. Output that lost whole lines looks like that of fewer scripts, or of
// scripts that printed less, and no output like an event without scripts; only the exit code tells.
//
// Up to 4.18 the output of a script that failed stands there as it is, so that it could look like the lines of other
// scripts. It is not taken for them: a script that failed is the last one. The result shares no memory with its
// arguments.
func ParseEventStatus(stdout, stderr []byte, code int, loc *time.Location) (*EventStatus, error) {
	p := eventParser{loc: loc, code: code}
	return p.parse(cmdEventStatus, stdout, stderr)
}

// ParseScriptStatus reads what "ctdb scriptstatus" printed, as [ParseEventStatus] does. That command ends with exit
// code 0 whatever happens: a failure of the tool shows on standard error only, and output that lost the script that
// failed looks like that of an event that succeeded.
func ParseScriptStatus(stdout, stderr []byte, loc *time.Location) (*EventStatus, error) {
	p := eventParser{loc: loc}
	return p.parse(cmdScriptStatus, stdout, stderr)
}

// eventParser reads an output about the scripts of an event.
type eventParser struct {
	scanner
	loc   *time.Location
	code  int
	event EventStatus
	names map[string]bool
	block *strings.Builder // output of the last script that is being read, line by line
}

func (p *eventParser) parse(command string, stdout, stderr []byte) (*EventStatus, error) {
	if err := p.start(command, stdout); err != nil {
		return nil, err
	}
	p.event.Form, p.event.Scripts = FormText, []ScriptResult{}
	p.names = map[string]bool{}
	if err := p.each(p.parseLine); err != nil {
		return nil, err
	}
	p.endBlock()
	if err := p.end(complaint(stderr)); err != nil {
		return nil, err
	}
	p.event.Unparsed = p.unparsed
	return &p.event, nil
}

// parseLine reads the current line, or all that is left if that is the output of a script.
func (p *eventParser) parseLine() error {
	if p.block != nil {
		if text, ok := strings.CutPrefix(p.line, indentOutput); ok {
			p.block.WriteString("\n" + strings.TrimRight(text, "\r"))
			return nil
		}
		p.endBlock()
	}
	if rest, ok := strings.CutPrefix(p.line, prefixOutput); ok && len(p.event.Scripts) > 0 {
		return p.output(rest)
	}
	if p.stateLine() {
		return nil
	}
	script, ok := p.scriptLine()
	switch {
	case ok:
		return p.add(script)
	case p.looksLikeScript():
		return p.errAt(0, `want "NAME OK SECONDS TIME" or the like, got `+clip(p.line))
	}
	return p.keepUnparsed()
}

// add takes a script that was read from the current line.
func (p *eventParser) add(script ScriptResult) error {
	switch {
	case p.names[script.Name]:
		return p.errAt(0, "a second script "+clip(script.Name))
	case len(p.names) == maxScripts:
		return p.errAt(0, fmt.Sprintf("too many scripts; the limit is %d", maxScripts))
	}
	p.names[script.Name] = true
	p.event.Scripts = append(p.event.Scripts, script)
	return nil
}

// maxScripts is how many event scripts there can be.
const maxScripts = 10_000

// output reads what stands behind "  OUTPUT:". Since 4.19 that is one line, or nothing, and more lines follow with an
// indent. Before, it is all that the script printed, which then had failed and was the last one.
func (p *eventParser) output(rest string) error {
	script := &p.event.Scripts[len(p.event.Scripts)-1]
	if script.Output != "" {
		return p.errAt(0, "a second output of script "+clip(script.Name))
	}
	if rest == "" {
		p.block = new(strings.Builder)
		return nil
	}
	text := strings.TrimPrefix(rest, " ")
	if !script.State.IsFailure() {
		script.Output = strings.Clone(strings.TrimRight(text, "\r"))
		return nil
	}
	if p.rest != "" && !strings.HasSuffix(p.rest, "\n") {
		return p.errAt(0, "the output ends within the output of script "+clip(script.Name))
	}
	var all strings.Builder
	for line := range strings.Lines(text + "\n" + p.rest) {
		all.WriteString(strings.TrimRight(line, "\r\n") + "\n") // as for all lines: see next
	}
	script.Output = strings.TrimSuffix(strings.TrimSuffix(all.String(), "\n"), "\n") // the tool's, and the script's
	p.num += strings.Count(p.rest, "\n")
	p.rest = ""
	return nil
}

// endBlock ends output that came line by line.
func (p *eventParser) endBlock() {
	if p.block == nil {
		return
	}
	p.event.Scripts[len(p.event.Scripts)-1].Output = strings.TrimPrefix(p.block.String(), "\n")
	p.block = nil
}

// stateLine reads a line about an event without scripts.
func (p *eventParser) stateLine() bool {
	rest, ok := strings.CutPrefix(p.line, prefixNoComponent)
	if component, ok2 := strings.CutSuffix(rest, suffixNoComponent); ok && ok2 {
		p.event.State, p.event.Component = EventNoComponent, strings.Clone(component)
		return true
	}
	rest, ok = strings.CutPrefix(p.line, prefixEvent)
	if event, component, ok2 := strings.Cut(rest, infixNeverRun); ok && ok2 {
		p.event.State, p.event.Event, p.event.Component = EventNeverRun, strings.Clone(event), strings.Clone(component)
		return true
	}
	return false
}

// scriptLine reads the line of a script from its end, since only the name can hold blanks.
func (p *eventParser) scriptLine() (s ScriptResult, ok bool) {
	line := strings.TrimRight(p.line, " ")
	if name, ok := cutState(line, ScriptDisabled); ok {
		return ScriptResult{Name: name, State: ScriptDisabled}, true
	}
	if head, ok := strings.CutSuffix(line, ")"); ok {
		if at := strings.LastIndex(head, " "+ScriptCannotRun.String()+" ("); at > 0 {
			name := strings.Clone(strings.TrimRight(head[:at], " "))
			reason := strings.Clone(head[at+len(" CANNOT RUN ("):])
			return ScriptResult{Name: name, State: ScriptCannotRun, Reason: reason}, name != ""
		}
	}
	at := len(line) - len(time.ANSIC)
	if at < 0 {
		return s, false
	}
	started, err := p.ctime(line[at:], at, p.loc)
	head, ok := strings.CutSuffix(line[:at], " ")
	if err != nil || !ok {
		return s, false
	}
	s.Started = Known(started)
	if s.Name, ok = cutState(strings.TrimRight(head, " "), ScriptTimedOut); ok {
		s.State = ScriptTimedOut
		return s, true
	}
	return p.scriptThatEnded(s, head)
}

// scriptThatEnded reads "00.ctdb              OK         0.004" of a script.
func (p *eventParser) scriptThatEnded(s ScriptResult, head string) (ScriptResult, bool) {
	at := strings.LastIndexByte(head, ' ')
	took, err := p.seconds(head[at+1:], 0)
	if at < 0 || err != nil {
		return s, false
	}
	s.Took = Known(took)
	for _, state := range []ScriptState{ScriptOK, ScriptError} {
		var ok bool
		if s.Name, ok = cutState(strings.TrimRight(head[:at], " "), state); ok {
			s.State = state
			return s, true
		}
	}
	return s, false
}

// cutState gives the name before a state at the end of a text.
func cutState(text string, state ScriptState) (name string, ok bool) {
	name, ok = strings.CutSuffix(text, " "+state.String())
	name = strings.Clone(strings.TrimRight(name, " "))
	return name, ok && name != ""
}

// looksLikeScript tells whether the second word of the current line is the state of a script.
func (p *eventParser) looksLikeScript() bool {
	_, rest, _ := strings.Cut(p.line, " ")
	word, _, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	for _, name := range scriptStateNames {
		if name != "" && word == name {
			return true
		}
	}
	return false
}

// shortened is what the tool said on standard error: its first line, and the result that it shortened, 0 if none.
type shortened struct {
	first  string
	result int
}

// complaint reads standard error.
func complaint(stderr []byte) (c shortened) {
	lines := 0
	for line := range strings.Lines(string(stderr[:min(len(stderr), maxStderr)])) {
		line = strings.TrimRight(line, "\r\n")
		if lines++; lines == 1 {
			c.first = line
		}
		if text, ok := strings.CutPrefix(line, prefixShifted); ok {
			if n, err := strconv.ParseUint(text, 10, 8); err == nil {
				c.result = int(n) + resultShift
			}
		}
	}
	return c
}

// maxStderr is how much of standard error is looked at.
const maxStderr = 64 << 10

// end decides what became of the event, from all that is known.
func (p *eventParser) end(said shortened) error {
	e := &p.event
	nothing := len(e.Scripts) == 0 && e.State == 0
	switch {
	case p.isForeignCode(said):
		return p.errLine(p.num, fmt.Sprintf("exit code %d, which is none of the tool's", p.code))
	case len(e.Scripts) > 0 && e.State != 0:
		return p.errLine(p.num, fmt.Sprintf("scripts of an event whose state is %q", e.State))
	case nothing && len(p.unparsed) > 0:
		first := p.unparsed[0]
		return p.errLine(first.Number, "want the scripts of an event, got "+clip(first.Text))
	case nothing && (p.code != 0 || said.first != "") && said.result == 0:
		return p.errLine(0, fmt.Sprintf("no output, exit code %d; the tool says %s", p.code, clip(said.first)))
	case e.State == EventNeverRun && p.code != 0 && p.code != exitNeverRun:
		return p.errLine(0, fmt.Sprintf("exit code %d of an event that never ran; want %d", p.code, exitNeverRun))
	case e.State == EventNoComponent && p.code != 0 && p.code != exitNoComponent:
		return p.errLine(0, fmt.Sprintf("exit code %d for a component that is not there; want %d", p.code, exitNoComponent))
	case e.State != 0:
		return nil
	}
	if _, failed := e.Failed(); p.code != 0 && !failed && said.first != "" && said.result == 0 {
		reason := fmt.Sprintf("exit code %d, and no script that failed; the tool says %s", p.code, clip(said.first))
		return p.errLine(p.num, reason)
	}
	e.State = EventRan
	e.Result = p.result(said)
	return nil
}

// isForeignCode tells whether the exit code can't be that of an event: the tool was killed, or a shell or ssh between
// us and the tool says that it was.
func (p *eventParser) isForeignCode(said shortened) bool {
	const unshifted = 255
	return p.code < 0 || p.code >= resultShift && p.code != unshifted && p.code != said.result-resultShift
}

// result finds what the event failed with, if it did.
func (p *eventParser) result(said shortened) Value[int] {
	failed, ok := p.event.Failed()
	switch {
	case said.result != 0:
		return Known(said.result)
	case ok && failed.State == ScriptTimedOut:
		return Known(resultTimedOut)
	case ok && p.code == 0: // scriptstatus, which does not tell
		return Value[int]{}
	default:
		return Known(p.code)
	}
}
