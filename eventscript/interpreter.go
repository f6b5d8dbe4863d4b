package eventscript

import (
	"bytes"
	"path"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// maxFirstLine is how many bytes Linux reads to find out how to run a file.
const maxFirstLine = 256

// interpreter finds files that Linux can't run although they are executable. What can't be read is not looked at.
func (j judge) interpreter() {
	head, _, err := j.store.Read(j.actual(j.at))
	if err != nil || bytes.HasPrefix(head, []byte("\x7fELF")) {
		return
	}
	head = head[:min(len(head), maxFirstLine)]
	line, ok := bytes.CutPrefix(head, []byte("#!"))
	if !ok {
		j.add(FindingInterpreter, finding.Warning, "it does not begin with #!: CTDB can't run it, and takes it for disabled")
		return
	}
	line, _, _ = bytes.Cut(line, []byte("\n"))
	line = bytes.TrimLeft(line, " \t")
	if i := bytes.IndexAny(line, " \t\x00"); i >= 0 {
		line = line[:i]
	}
	program := string(line)
	if !path.IsAbs(program) && program != "" {
		return // which depends on the working directory
	}
	if _, info, err := j.resolve(program); err != nil && leadsNowhere(err) || err == nil && !info.Mode().IsRegular() {
		j.add(FindingInterpreter, j.failing(), "its interpreter %q is not there", clip(program))
	}
}
