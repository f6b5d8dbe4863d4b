package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// show prints what the options want. Errors on the way do not end it.
func show(ctx context.Context, o options, stdin io.Reader, stdout io.Writer) error {
	all, err := entries(ctx, o, stdin)
	if err != nil {
		return err
	}
	if o.summary {
		return summarize(all, o.json, stdout)
	}
	return list(all, o, stdout)
}

// list prints entries or events.
func list(all iter.Seq2[ctdblog.Entry, error], o options, stdout io.Writer) error {
	out := bufio.NewWriter(stdout)
	p := printer{out: out, json: json.NewEncoder(out), options: o, colors: hasColors(o.color, stdout)}
	var tracker ctdblog.Tracker // sees all, so that it knows what led to what is wanted
	var failed error
	for entry, err := range all {
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		event := tracker.Event(entry)
		if !o.wants(entry, event) {
			continue
		}
		if err := p.print(entry, event); err != nil {
			return err
		}
		if o.follow {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
	return errors.Join(failed, out.Flush())
}

func (o options) wants(entry ctdblog.Entry, event ctdblog.Event) bool {
	if (o.events || o.node != nil) && event == nil || !o.wanted.Match(&entry) {
		return false
	}
	if o.node == nil {
		return true
	}
	node, known := nodeOf(event)
	return known && node == *o.node
}

// printer prints entries.
type printer struct {
	out     *bufio.Writer
	json    *json.Encoder
	options options
	colors  bool
}

func (p printer) print(entry ctdblog.Entry, event ctdblog.Event) error {
	if p.options.json {
		return p.json.Encode(record(entry, event))
	}
	start, end := "", ""
	if p.colors {
		start, end = colorOf(event)
	}
	text := entry.String()
	if p.options.events {
		text = fmt.Sprintf("%s %-18s %s", entry.Time.Format("2006-01-02 15:04:05.000000"), event.Kind(), details(event))
	}
	_, err := fmt.Fprintf(p.out, "%s%s%s\n", start, text, end)
	return err
}

// details gives an event's own fields.
func details(event ctdblog.Event) string {
	text, err := json.Marshal(event)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// line is an entry as JSON.
type line struct {
	Time    time.Time     `json:"time,omitzero"`
	Host    string        `json:"host,omitempty"`
	Program string        `json:"program,omitempty"`
	PID     int           `json:"pid,omitempty"`
	Message string        `json:"message"`
	Kind    ctdblog.Kind  `json:"kind,omitempty"`
	Event   ctdblog.Event `json:"event,omitempty"`
}

func record(entry ctdblog.Entry, event ctdblog.Event) line {
	l := line{
		Time: entry.Time, Host: entry.Host, Program: entry.Program, PID: entry.PID, Message: string(entry.Message), Event: event,
	}
	if event != nil {
		l.Kind = event.Kind()
	}
	return l
}

// hasColors tells whether to print colours: on a terminal, unless told otherwise.
func hasColors(when string, stdout io.Writer) bool {
	if when != "auto" {
		return when == "always"
	}
	file, ok := stdout.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// colorOf gives what begins and ends the colour of an event: red for what is bad, green for what is good again.
func colorOf(event ctdblog.Event) (start, end string) {
	const red, green, yellow, off = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"
	switch e := event.(type) {
	case ctdblog.Banned, ctdblog.BanOrdered, ctdblog.NodeDead, ctdblog.Unhealthy, ctdblog.EventFailed, ctdblog.TakeoverFailed,
		ctdblog.RecoveryFailed, ctdblog.LockLost, ctdblog.LockFailed, ctdblog.LeaderLost, ctdblog.Died, ctdblog.AddressFailed:
		return red, off
	case ctdblog.Healthy, ctdblog.BanEnded, ctdblog.NodeConnected, ctdblog.LeaderElected:
		return green, off
	case ctdblog.NodeFlags:
		if e.New == 0 {
			return green, off
		}
		return red, off
	case ctdblog.ScriptReport, ctdblog.AddressTaken, ctdblog.AddressReleased, ctdblog.AddressesDropped:
		return yellow, off
	}
	return "", ""
}
