package ctdb

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// JournalOptions say what of a journal to read. The zero value is all of the unit ctdb.
type JournalOptions struct {
	// Unit is the systemd unit that ctdbd runs in; "" is "ctdb".
	Unit string
	// Last is how many entries to begin with, the newest ones; 0 is all. The journal counts before Log.Filter does.
	Last int
	// Follow goes on with what comes, until the context is over or the loop ends.
	Follow bool
	// Log has the filter and the limits. The journal is asked for what is from Filter.Since on and before Filter.Until, in
	// whole seconds; the filter does the rest.
	Log ctdblog.Options
}

// Journal gives the entries of the systemd journal of a host, for a ctdbd that logs to syslog or to its standard error.
// It runs journalctl through r, on whatever host that is; a nil r is ExecRunner{}. Entries come one by one and are valid
// until the next, as [ctdblog.ScanJournal] gives them.
//
// A failure is a [*CommandError], which comes last; ErrToolMissing is about journalctl. With Follow, the end of the
// context is no failure. Without a deadline it is not bounded in time. Nothing runs any more when the loop has ended, as
// far as the Runner promises that. Similar to: journalctl -u ctdb.
func Journal(ctx context.Context, r Runner, o JournalOptions) iter.Seq2[ctdblog.Entry, error] {
	if r == nil {
		r = ExecRunner{}
	}
	return func(yield func(ctdblog.Entry, error) bool) {
		cmd, err := o.command()
		if err != nil {
			yield(ctdblog.Entry{}, err)
			return
		}
		running, cancel := context.WithCancel(ctx)
		defer cancel()
		read, write := io.Pipe()
		cmd.Stdout = write
		var failure error
		done := make(chan struct{})
		go func() {
			failure = runJournal(running, r, cmd)
			_ = write.Close()
			close(done)
		}()
		for entry, err := range ctdblog.ScanJournal(read, o.Log) {
			if !yield(entry, err) {
				cancel()
				_ = read.Close()
				<-done
				return
			}
		}
		<-done
		if failure != nil && (!o.Follow || ctx.Err() == nil) {
			yield(ctdblog.Entry{}, failure)
		}
	}
}

// runJournal runs journalctl to its end.
func runJournal(ctx context.Context, r Runner, cmd Command) error {
	result, err := r.Run(ctx, cmd)
	switch {
	case err != nil:
		return notFinished(cmd, result, err)
	case result.ExitCode != 0:
		return failed(cmd, result)
	}
	return nil
}

func (o JournalOptions) command() (Command, error) {
	unit := o.Unit
	if unit == "" {
		unit = "ctdb"
	}
	if err := checkWord("journal", "unit", unit); err != nil {
		return Command{}, err
	}
	args := []string{"--no-pager", "--quiet", "--all", "--output=json", "--unit=" + unit}
	if since := o.Log.Filter.Since; !since.IsZero() {
		args = append(args, "--since="+atSecond(since))
	}
	if until := o.Log.Filter.Until; !until.IsZero() {
		args = append(args, "--until="+atSecond(until.Add(time.Second)))
	}
	if o.Last > 0 {
		args = append(args, "--lines="+strconv.Itoa(o.Last))
	}
	switch {
	case o.Follow && o.Last <= 0:
		args = append(args, "--follow", "--no-tail")
	case o.Follow:
		args = append(args, "--follow")
	}
	return Command{Name: "journalctl", Args: args}, nil
}

// atSecond gives a time as journalctl takes it in any zone.
func atSecond(t time.Time) string { return fmt.Sprintf("@%d", t.Unix()) }
