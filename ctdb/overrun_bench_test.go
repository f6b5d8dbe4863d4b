//go:build unix && !solaris && !aix

package ctdb_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// BenchmarkOverrun measures how long after its deadline a call returns, on average and at worst, beside the Runner's
// grace. A tool that ends on SIGTERM costs none of the grace, and one that ignores it costs all. One that floods a
// buffer is ended long before the deadline: what is measured there is the whole call.
func BenchmarkOverrun(b *testing.B) {
	const grace = 100 * time.Millisecond
	for _, bench := range []struct {
		name string
		cmd  ctdb.Command
		to   io.Writer
		want error
	}{
		{"hangs", fake("sleep"), nil, context.DeadlineExceeded},
		{"ignores SIGTERM", fake("stubborn"), nil, context.DeadlineExceeded},
		{"child ignores SIGTERM", fake("parent", "stay", "group", "5", "stubborn"), nil, context.DeadlineExceeded},
		{"floods a writer", fake("flood", "stdout"), io.Discard, context.DeadlineExceeded},
		{"floods a buffer", fake("flood", "stdout"), nil, ctdb.ErrOutputTooLarge},
	} {
		b.Run(bench.name, func(b *testing.B) {
			cmd := bench.cmd
			cmd.Stdout = bench.to
			// The tool has long begun at the limit.
			limit, unit, since := 250*time.Millisecond, "overrun-ms", time.Duration(0)
			if errors.Is(bench.want, ctdb.ErrOutputTooLarge) {
				limit, unit, since = hangLimit, "call-ms", hangLimit
			}
			var total, worst time.Duration
			for b.Loop() {
				late, err := overrun(b, ctdb.ExecRunner{Grace: grace}, cmd, limit)
				if !errors.Is(err, bench.want) {
					b.Fatal(err)
				}
				total, worst = total+late+since, max(worst, late+since)
			}
			b.ReportMetric(total.Seconds()*1000/float64(b.N), unit)
			b.ReportMetric(worst.Seconds()*1000, "worst-ms")
			b.ReportMetric(grace.Seconds()*1000, "grace-ms")
		})
	}
}

// overrun runs a command that does not end in time, and gives how long after its deadline that returned.
func overrun(b *testing.B, r ctdb.Runner, cmd ctdb.Command, limit time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(b.Context(), limit)
	defer cancel()
	_, err := r.Run(ctx, cmd)
	deadline, _ := ctx.Deadline()
	return time.Since(deadline), err
}
