package main

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// options say what to show of which log.
type options struct {
	path    string // "-": standard input; "": the place that ctdb.conf names
	follow  bool
	last    int // -1: all
	log     ctdblog.Options
	wanted  ctdblog.Filter // besides the time, which log has
	node    *nodes.PNN     // only events about this node
	events  bool
	json    bool
	summary bool
	color   string
}

// parse reads the command line. An error was not printed yet, but for the flag package's own.
func parse(flags *flag.FlagSet, args []string, now time.Time) (options, error) {
	o := options{last: -1}
	flags.BoolVar(&o.follow, "f", false, "go on with what comes")
	flags.IntVar(&o.last, "n", -1, "the last `COUNT` entries only; -1 is all")
	flags.Func("since", "entries from `TIME` on", atTime(&o.log.Filter.Since, now))
	flags.Func("until", "entries before `TIME`", atTime(&o.log.Filter.Until, now))
	flags.Func("node", "events about the node `PNN` only", o.setNode)
	flags.Func("script", "the output of the event script `NAME` only", func(name string) error {
		o.wanted.Scripts = append(o.wanted.Scripts, name)
		return nil
	})
	flags.Func("grep", "entries that match the regular expression `PATTERN` only", func(text string) (err error) {
		o.wanted.Pattern, err = regexp.Compile(text)
		return err
	})
	flags.BoolVar(&o.events, "events", false, "events only, as what they mean")
	flags.BoolVar(&o.json, "json", false, "print JSON")
	flags.BoolVar(&o.summary, "summary", false, "print what the log amounts to")
	flags.BoolVar(&o.log.Rotated, "rotated", false, "begin with the files that were rotated away")
	flags.StringVar(&o.color, "color", "auto", "colours: `WHEN` is auto, always or never")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.path = flags.Arg(0)
	return o, o.check(flags.NArg())
}

func (o *options) check(files int) error {
	switch {
	case files > 1:
		return errors.New("one file at a time")
	case o.color != "auto" && o.color != "always" && o.color != "never":
		return fmt.Errorf("-color: want auto, always or never, got %q", o.color)
	case o.follow && o.summary:
		return errors.New("-f never comes to a -summary")
	case o.path == "-" && (o.follow || o.last >= 0 || o.log.Rotated):
		return errors.New("standard input is read once, from its start to its end")
	}
	return nil
}

func (o *options) setNode(text string) error {
	pnn, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return errors.New("want the number of a node")
	}
	node := nodes.PNN(pnn)
	o.node = &node
	return nil
}

// atTime reads a duration before now, a date, or a date and a time.
func atTime(into *time.Time, now time.Time) func(string) error {
	return func(text string) error {
		if ago, err := time.ParseDuration(text); err == nil {
			*into = now.Add(-ago)
			return nil
		}
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
			if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
				*into = t
				return nil
			}
		}
		return errors.New(`want a duration such as "90m", a date, or a date and a time`)
	}
}
