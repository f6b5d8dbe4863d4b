package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"os"
	"path"
	"strconv"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// logParams are the parameters of GET log.
var logParams = []string{paramTail, paramSince, paramFormat}

// maxTail is how many entries ?tail= gives, at most.
const maxTail = 100_000

// logQuery is which part of the log is wanted.
type logQuery struct {
	tail    int // -1: all
	since   time.Time
	entries bool
}

// isPlain tells whether the whole file is wanted as it is.
func (q logQuery) isPlain() bool { return q.tail < 0 && q.since.IsZero() && !q.entries }

func readLogQuery(q query) (logQuery, error) {
	wrong := func(name, format string, args ...any) error {
		return fail(http.StatusBadRequest, CodeQuery, format, args...).about(name)
	}
	l := logQuery{tail: -1}
	if v, ok := q[paramTail]; ok {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > maxTail {
			return l, wrong(paramTail, "want a number of entries up to %d, got %q", maxTail, finding.Clip(v))
		}
		l.tail = n
	}
	if v, ok := q[paramSince]; ok {
		since, err := parseSince(v)
		if err != nil {
			return l, wrong(paramSince,
				"want a time such as 2026-11-21T21:49:30Z, or a duration back from now such as 90m, got %q", finding.Clip(v))
		}
		l.since = since
	}
	switch v := q[paramFormat]; v {
	case "", "raw":
	case "entries":
		l.entries = true
	default:
		return l, wrong(paramFormat, "want raw or entries, got %q", finding.Clip(v))
	}
	return l, nil
}

// parseSince reads a time, or a duration back from now.
func parseSince(text string) (time.Time, error) {
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return time.Now().Add(-d), nil
	}
	return time.Parse(time.RFC3339, text)
}

func (h *Handler) getLog(ctx context.Context, r *request) (any, error) {
	q, err := readLogQuery(r.query)
	if err != nil {
		return nil, err
	}
	o := h.config.Log
	if o.Path, err = h.logPath(ctx); err != nil {
		return nil, err
	}
	o.Filter = ctdblog.Filter{Since: q.since}
	if err := checkLog(o.Path); err != nil {
		return nil, err
	}
	if q.isPlain() {
		return wholeLog{o.Path}, nil
	}
	entries := ctdblog.ScanFile(o)
	if q.tail >= 0 {
		entries = ctdblog.Tail(q.tail, o)
	}
	return logEntries{entries, q.entries}, nil
}

// logPath gives the file that ctdbd logs to: the one that ctdb.conf names, if it names one.
func (h *Handler) logPath(ctx context.Context) (string, error) {
	if h.config.Log.Path != "" {
		return h.config.Log.Path, nil
	}
	f, err := h.loadConf()
	if err != nil {
		return "", err
	}
	effective, err := f.Effective(h.installed(ctx), h.env())
	if err != nil {
		return h.paths.LogFile, nil // ctdbd does not start with that, and has logged where it did before
	}
	settings, _ := effective.Settings() // the error is about other fields
	location := settings.Logging.Location
	switch {
	case location == config.Location{}:
		return h.paths.LogFile, nil
	case location.Backend != config.LogFile:
		return "", fail(http.StatusNotFound, CodeNoLog, "ctdbd logs to %v, and not to a file", location)
	case path.IsAbs(location.Path):
		return location.Path, nil
	}
	return path.Join("/", location.Path), nil // where a daemon works
}

// checkLog refuses what is no log file, before the answer begins.
func checkLog(name string) error {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail(http.StatusNotFound, CodeNoLog, "there is no log file %s", name)
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fail(http.StatusNotFound, CodeNoLog, "%s is no file", name)
	}
	return nil
}

// wholeLog is the answer of GET log: the file as it is at the moment.
type wholeLog struct{ path string }

func (l wholeLog) send(ctx context.Context, stall time.Duration, w http.ResponseWriter) error {
	f, err := os.Open(l.path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return writeRaw(newPieces(ctx, stall, w), func(text io.Writer) error {
		_, err := io.CopyBuffer(text, io.LimitReader(f, info.Size()), make([]byte, pieceSize))
		return err
	})
}

// logEntries is the answer of GET log with a parameter.
type logEntries struct {
	entries iter.Seq2[ctdblog.Entry, error]
	apart   bool
}

func (l logEntries) send(ctx context.Context, stall time.Duration, w http.ResponseWriter) error {
	out := newPieces(ctx, stall, w)
	if l.apart {
		return l.sendEntries(out)
	}
	return writeRaw(out, func(text io.Writer) error {
		for e, err := range l.entries {
			if err != nil {
				return err
			}
			if _, err := text.Write(e.Raw); err != nil {
				return err
			}
		}
		return nil
	})
}

// logEntry is an entry of ?format=entries.
type logEntry struct {
	Time    string `json:"time,omitempty"`
	Host    string `json:"host,omitempty"`
	Program string `json:"program,omitempty"`
	PID     string `json:"pid,omitempty"`
	Script  string `json:"script,omitempty"`
	Message string `json:"message"`
	// Event is what it says, if this module knows it, and Details are its fields.
	Event   ctdblog.Kind  `json:"event,omitempty"`
	Details ctdblog.Event `json:"details,omitempty"`
}

func newLogEntry(e ctdblog.Entry) logEntry {
	one := logEntry{Host: e.Host, Program: e.Program, Message: string(e.Message)}
	if !e.Time.IsZero() {
		one.Time = e.Time.Format(time.RFC3339Nano)
	}
	if e.PID > 0 {
		one.PID = number(e.PID)
	}
	if name, _, ok := e.Script(); ok {
		one.Script = string(name)
	}
	if event := e.Event(); event != nil {
		one.Event, one.Details = event.Kind(), event
	}
	return one
}

// sendEntries writes {"entries":[…]}.
func (l logEntries) sendEntries(out *bufio.Writer) error {
	one := json.NewEncoder(out)
	one.SetEscapeHTML(false)
	if _, err := out.WriteString(`{"entries":[`); err != nil {
		return err
	}
	first := true
	for e, err := range l.entries {
		if err != nil {
			return err
		}
		if !first {
			_ = out.WriteByte(',') // an error stays with the writer
		}
		first = false
		if err := one.Encode(newLogEntry(e)); err != nil {
			return err
		}
	}
	_, _ = out.WriteString("]}\n")
	return out.Flush()
}
