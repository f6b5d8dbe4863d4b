package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// journal makes lines of a journal out of messages.
func journal(messages ...string) string {
	var b strings.Builder
	for i, message := range messages {
		fmt.Fprintf(&b, `{"__REALTIME_TIMESTAMP":"%d","SYSLOG_IDENTIFIER":"ctdbd","_PID":"7","MESSAGE":%q}`+"\n",
			1790000000000000+i, message)
	}
	return b.String()
}

// read reads a journal, up to some entries.
func read(ctx context.Context, r ctdb.Runner, o ctdb.JournalOptions, most int) (messages []string, failed error) {
	for entry, err := range ctdb.Journal(ctx, r, o) {
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		messages = append(messages, string(entry.Message))
		if len(messages) == most {
			break
		}
	}
	return messages, failed
}

func TestJournal(t *testing.T) {
	t.Parallel()
	var ran ctdb.Command
	runner := ctdb.RunnerFunc(func(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
		ran = cmd
		_, err := io.WriteString(cmd.Stdout, journal("one", "two"))
		return ctdb.Result{}, err
	})
	since := time.Date(2026, 11, 21, 12, 0, 0, 5, time.UTC)
	got, err := read(t.Context(), runner, ctdb.JournalOptions{
		Last: 7, Log: ctdblog.Options{Filter: ctdblog.Filter{Since: time.Unix(1, 0), Until: since.Add(1<<62 - 1)}},
	}, 9)
	if diff := cmp.Diff([]string{"one", "two"}, got); diff != "" || err != nil {
		t.Errorf("entries (-want +got), %v\n%s", err, diff)
	}
	want := fmt.Sprintf("journalctl --no-pager --quiet --all --output=json --unit=ctdb --since=@1 --until=@%d --lines=7",
		since.Add(1<<62-1).Unix()+1)
	if diff := cmp.Diff(want, strings.Join(append([]string{ran.Name}, ran.Args...), " ")); diff != "" {
		t.Errorf("command (-want +got)\n%s", diff)
	}
	if _, err := read(t.Context(), runner, ctdb.JournalOptions{Unit: "-o"}, 9); !errors.Is(err, ctdb.ErrArgument) {
		t.Errorf("a unit that is an option: %v", err)
	}
	if _, err := read(t.Context(), runner, ctdb.JournalOptions{Unit: "samba", Follow: true}, 9); err != nil ||
		!strings.HasSuffix(strings.Join(ran.Args, " "), " --unit=samba --follow --no-tail") {
		t.Errorf("ran %v, %v", ran, err)
	}
}

// TestJournalEnds: the program ends when the loop does, or the context, and its failure is told.
func TestJournalEnds(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	endless := ctdb.RunnerFunc(func(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
		for {
			if _, err := io.WriteString(cmd.Stdout, journal("again")); err != nil {
				ended <- err
				return ctdb.Result{}, err
			}
			if err := ctx.Err(); err != nil {
				ended <- err
				return ctdb.Result{}, err
			}
		}
	})
	if got, err := read(t.Context(), endless, ctdb.JournalOptions{Follow: true}, 3); len(got) != 3 || err != nil {
		t.Errorf("got %d entries, %v", len(got), err)
	}
	if err := <-ended; err == nil {
		t.Error("the program goes on")
	}
	for _, follow := range []bool{true, false} {
		ctx, cancel := context.WithCancel(t.Context())
		silent := ctdb.RunnerFunc(func(ctx context.Context, _ ctdb.Command) (ctdb.Result, error) {
			cancel()
			<-ctx.Done()
			return ctdb.Result{}, ctx.Err()
		})
		_, err := read(ctx, silent, ctdb.JournalOptions{Follow: follow}, 3)
		if (err == nil) != follow || err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("follow %t, canceled: %v", follow, err)
		}
	}
	_, err := read(t.Context(), failing(exec.ErrNotFound), ctdb.JournalOptions{}, 3)
	if !errors.Is(err, ctdb.ErrToolMissing) {
		t.Errorf("without journalctl: %v", err)
	}
	_, err = read(t.Context(), answers(failedWith(1, "No journal files were found.\n")), ctdb.JournalOptions{}, 3)
	if e, ok := errors.AsType[*ctdb.CommandError](err); !ok || e.ExitCode != 1 || !strings.Contains(err.Error(), "No journal") {
		t.Errorf("a failure: %v", err)
	}
}
