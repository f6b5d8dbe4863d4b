package ctdblog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"
)

// ScanJournal reads what journalctl -o json prints, such as that of "journalctl -u ctdb -o json" for a ctdbd that logs
// to syslog or to its standard error: one JSON object on each line. Each entry comes as soon as its line is there, so
// it can follow "journalctl -f" too. It can be iterated over once.
//
// The entry has the time at which the message was received from the program or, where that is not there, by the
// journal; the identifier that the program gave itself, or the name of its file; and a Level. A message that is not
// UTF-8, which the journal gives as a list of numbers, has its bytes. Line is the line of the JSON.
//
// A line that is no such object is a *[ParseError] with the reason [ErrJournal], and one of more than eight times
// [Options.MaxEntry] one with [ErrTooLong]; the iteration goes on behind it. The reader's error comes last.
//
// Similar to: journalctl -u ctdb.
func ScanJournal(r io.Reader, o Options) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		j := journal{options: o, limit: 8 * o.maxEntry(), r: bufio.NewReaderSize(r, firstPiece)}
		for {
			line, size, err := j.line()
			if size > 0 {
				if !j.give(line, size, yield) {
					return
				}
				j.offset += size
				j.lines++
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					yield(Entry{File: o.name()}, parseError(o.name(), j.lines, err, nil))
				}
				return
			}
		}
	}
}

// journal reads lines of JSON.
type journal struct {
	options Options
	limit   int
	r       *bufio.Reader
	buf     []byte
	lines   int
	offset  int64
}

// line reads a line, or the start of a long one, and gives its whole size.
func (j *journal) line() (line []byte, size int64, err error) {
	j.buf = j.buf[:0]
	for {
		part, err := j.r.ReadSlice('\n')
		size += int64(len(part))
		if len(j.buf) == 0 && err == nil && len(part) <= j.limit {
			return part, size, nil
		}
		j.buf = append(j.buf, part[:min(len(part), j.limit-len(j.buf))]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return j.buf, size, err
		}
	}
}

// give gives the entry of a line, or the error about it. It tells whether to go on.
func (j *journal) give(line []byte, size int64, yield func(Entry, error) bool) bool {
	name := j.options.name()
	fail := func(reason error) bool {
		return yield(Entry{File: name}, parseError(name, j.lines, reason, withoutLineEnd(line)))
	}
	switch {
	case size > int64(len(line)):
		return fail(ErrTooLong)
	case len(bytes.TrimSpace(line)) == 0:
		return true
	case bytes.TrimSpace(line)[0] != '{':
		return fail(ErrJournal)
	}
	var record journalRecord
	if err := json.Unmarshal(line, &record); err != nil {
		return fail(fmt.Errorf("%w: %w", ErrJournal, err))
	}
	e := record.entry()
	e.Raw, e.File, e.Line, e.Offset = line, name, j.lines+1, j.offset
	wanted := j.options.Filter.orNil()
	return wanted != nil && !wanted.Match(&e) || yield(e, nil)
}

// journalRecord has the fields of a record that matter.
type journalRecord struct {
	Message    journalField `json:"MESSAGE"`
	Identifier journalField `json:"SYSLOG_IDENTIFIER"`
	Command    journalField `json:"_COMM"`
	SyslogPID  journalField `json:"SYSLOG_PID"`
	PID        journalField `json:"_PID"`
	Host       journalField `json:"_HOSTNAME"`
	Priority   journalField `json:"PRIORITY"`
	Sent       journalField `json:"_SOURCE_REALTIME_TIMESTAMP"`
	Received   journalField `json:"__REALTIME_TIMESTAMP"`
}

func (r *journalRecord) entry() Entry {
	e := Entry{Form: FormJournal, Message: []byte(r.Message), Host: string(r.Host), Program: string(r.Identifier)}
	if e.Program == "" {
		e.Program = string(r.Command)
	}
	for _, field := range []journalField{r.SyslogPID, r.PID} {
		if pid, digits := number(field, 10); e.PID == 0 && digits == len(field) {
			e.PID = pid
		}
	}
	for _, field := range []journalField{r.Sent, r.Received} {
		if micro, err := strconv.ParseInt(string(field), 10, 64); err == nil && e.Time.IsZero() {
			e.Time = time.UnixMicro(micro).UTC()
		}
	}
	if priority, digits := number(r.Priority, 1); digits == 1 && len(r.Priority) == 1 && priority < 8 {
		e.Level = levelOf(priority)
	}
	return e
}

// journalField is the value of a field: a text, a list of the numbers of its bytes, or a list of either if there are
// several, of which the first counts. null is what the journal gives for one that is too large.
type journalField []byte

// UnmarshalJSON reads it.
func (f *journalField) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		if first := bytes.TrimLeft(data[1:], " \t\r\n"); first[0] == '"' || first[0] == '[' {
			return f.firstOf(data)
		}
	}
	return f.single(data)
}

// firstOf reads the first of several values.
func (f *journalField) firstOf(list []byte) error {
	d := json.NewDecoder(bytes.NewReader(list))
	if _, err := d.Token(); err != nil {
		return err
	}
	var first json.RawMessage
	if err := d.Decode(&first); err != nil {
		return err
	}
	return f.single(first)
}

// single reads a text or the numbers of its bytes.
func (f *journalField) single(data []byte) error {
	switch data[0] {
	case '"':
		var text string
		err := json.Unmarshal(data, &text)
		*f = journalField(text)
		return err
	case '[':
		var numbers []uint16 // json takes a []uint8 for base64
		if err := json.Unmarshal(data, &numbers); err != nil {
			return err
		}
		*f = make(journalField, len(numbers))
		for i, n := range numbers {
			if n > 0xFF {
				return fmt.Errorf("%d is no byte", n)
			}
			(*f)[i] = byte(n)
		}
	}
	return nil
}
