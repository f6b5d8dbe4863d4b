package ctdblog_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// collect gives copies of all entries. An error ends the test.
func collect(t testing.TB, entries iter.Seq2[ctdblog.Entry, error]) []ctdblog.Entry {
	t.Helper()
	var all []ctdblog.Entry
	for e, err := range entries {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e.Clone())
	}
	return all
}

// raws gives the text of the entries.
func raws(entries []ctdblog.Entry) []string {
	var all []string
	for _, e := range entries {
		all = append(all, string(e.Raw))
	}
	return all
}

const (
	oldLine = "2020/09/27 00:12:00.817799 ctdbd[1]: "
	newLine = "2026-11-21T21:49:30.845326+00:00 n1 ctdbd[1]: "
)

func TestScan(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		log  string
		want []string
	}{
		"nothing":               {"", nil},
		"one line":              {oldLine + "a\n", []string{oldLine + "a\n"}},
		"no newline at the end": {oldLine + "a\n" + newLine + "b", []string{oldLine + "a\n", newLine + "b"}},
		"continued": {oldLine + "a\n b\nc\n" + oldLine + "d\n", []string{oldLine + "a\n b\nc\n",
			oldLine + "d\n"}},
		"continued by an empty line": {
			newLine + "a\n\n\n" + newLine + "b\n\n", []string{newLine + "a\n\n\n", newLine + "b\n\n"},
		},
		"continued at the end": {newLine + "a\nhalf", []string{newLine + "a\nhalf"}},
		"rest of an entry at first": {
			"half a line\nmore\n" + newLine + "b\n", []string{"half a line\n", "more\n", newLine + "b\n"},
		},
		"no header at all": {"a\nb\n\nc", []string{"a\n", "b\n", "\n", "c"}},
		"an empty line":    {"\n", []string{"\n"}},
		"carriage returns": {newLine + "a\r\n" + newLine + "b\r\n", []string{newLine + "a\r\n", newLine + "b\r\n"}},
		"all forms": {
			oldLine + "a\n" + newLine + "b\nNov 21 21:49:30 n x[1]: c\nx[1]: d\n<29>x[1]: e\n",
			[]string{oldLine + "a\n", newLine + "b\n", "Nov 21 21:49:30 n x[1]: c\n", "x[1]: d\n", "<29>x[1]: e\n"},
		},
		"header in the message": {oldLine + oldLine + "a\n", []string{oldLine + oldLine + "a\n"}},
		"newline within a header": {
			"2020/09/27\n00:12:00.817799 ctdbd[1]: a\n", []string{"2020/09/27\n", "00:12:00.817799 ctdbd[1]: a\n"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := collect(t, ctdblog.Scan(strings.NewReader(test.log), pastOptions))
			if diff := cmp.Diff(test.want, raws(got)); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
			line, offset := 1, int64(0)
			for _, e := range got {
				if e.Line != line || e.Offset != offset || e.File != "log" {
					t.Errorf("%q is at %s:%d, offset %d, want line %d, offset %d", e.Raw, e.File, e.Line, e.Offset, line, offset)
				}
				line += bytes.Count(e.Raw, []byte("\n"))
				offset += int64(len(e.Raw))
			}
		})
	}
}

// TestScanReads holds that it does not matter in which pieces a log is read.
func TestScanReads(t *testing.T) {
	t.Parallel()
	log := readLog(t, "testdata/logs/4.17/db-unhealthy-no-start-node.0.log.gz")
	want := collect(t, ctdblog.Scan(bytes.NewReader(log), pastOptions))
	for name, r := range map[string]io.Reader{
		"one byte":  iotest.OneByteReader(bytes.NewReader(log)),
		"half":      iotest.HalfReader(bytes.NewReader(log)),
		"with EOF":  iotest.DataErrReader(bytes.NewReader(log)),
		"sometimes": &hesitant{r: bytes.NewReader(log)},
	} {
		if diff := cmp.Diff(want, collect(t, ctdblog.Scan(r, pastOptions))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// hesitant gives pieces of different sizes, and nothing at times.
type hesitant struct {
	r     io.Reader
	calls int
}

func (h *hesitant) Read(p []byte) (int, error) {
	h.calls++
	return h.r.Read(p[:min(len(p), h.calls*37%5003)])
}

func TestScanError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	r := io.MultiReader(strings.NewReader(newLine+"a\n"+newLine+"b"), iotest.ErrReader(broken))
	var got []string
	var last error
	for e, err := range ctdblog.Scan(r, ctdblog.Options{Path: "pipe"}) {
		if last = err; err == nil {
			got = append(got, string(e.Message))
		}
	}
	if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" {
		t.Errorf("entries before the error (-want +got):\n%s", diff)
	}
	e, ok := errors.AsType[*ctdblog.ParseError](last)
	if !ok || !errors.Is(last, broken) {
		t.Fatalf("the error is %v", last)
	}
	if file, line, _ := e.Position(); file != "pipe" || line != 2 {
		t.Errorf("the error is at %s:%d, want pipe:2", file, line)
	}
}

func TestScanStops(t *testing.T) {
	t.Parallel()
	r := io.MultiReader(strings.NewReader(strings.Repeat(newLine+"a\n", 3)), iotest.ErrReader(errors.New("read on")))
	for e, err := range ctdblog.Scan(r, ctdblog.Options{}) {
		if err != nil || string(e.Message) != "a" {
			t.Fatal(e, err)
		}
		break
	}
}

// TestScanLongLines holds that of a long line the start is kept and the rest is counted.
func TestScanLongLines(t *testing.T) {
	t.Parallel()
	const most = 4096
	long := strings.Repeat("x", 3*most)
	cut := int64(len(newLine)) + 2*most
	tests := map[string]struct {
		log       string
		want      []string
		truncated []int64
	}{
		"as long as can be": {
			fill(newLine, most) + newLine + "b\n", []string{fill(newLine, most), newLine + "b\n"}, []int64{0, 0},
		},
		"one byte longer": {
			fill(newLine, most+1) + newLine + "b\n",
			[]string{fill(newLine, most+1)[:most], newLine + "b\n"}, []int64{1, 0},
		},
		"much longer": {
			newLine + long + "\n" + newLine + "b\n", []string{(newLine + long)[:most], newLine + "b\n"}, []int64{cut + 1, 0},
		},
		"longer at the end": {newLine + long, []string{(newLine + long)[:most]}, []int64{cut}},
		"without header": {
			long + "\n" + newLine + "b\n", []string{long[:most], newLine + "b\n"}, []int64{2*most + 1, 0},
		},
		"continued too long": {
			newLine + "a\n" + fill("", most) + newLine + "b\n",
			[]string{newLine + "a\n", fill("", most), newLine + "b\n"}, []int64{0, 0, 0},
		},
		"continuation cut": {
			newLine + "a\n" + long + "\nmore\n",
			[]string{newLine + "a\n", long[:most], "more\n"}, []int64{0, 2*most + 1, 0},
		},
		"cut and continued": {
			newLine + long + "\nmore\n", []string{(newLine + long)[:most], "more\n"}, []int64{cut + 1, 0},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, r := range []io.Reader{strings.NewReader(test.log), iotest.OneByteReader(strings.NewReader(test.log))} {
				got := collect(t, ctdblog.Scan(r, ctdblog.Options{MaxEntry: 1}))
				var truncated []int64
				var offset int64
				for _, e := range got {
					truncated = append(truncated, e.Truncated)
					if e.Offset != offset {
						t.Errorf("%.60q is at %d, want %d", e.Raw, e.Offset, offset)
					}
					offset += int64(len(e.Raw)) + e.Truncated
				}
				if diff := cmp.Diff(test.want, raws(got)); diff != "" {
					t.Errorf("entries (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(test.truncated, truncated); diff != "" {
					t.Errorf("left out (-want +got):\n%s", diff)
				}
				if offset != int64(len(test.log)) {
					t.Errorf("the entries have %d bytes of %d", offset, len(test.log))
				}
			}
		})
	}
}

// fill gives a line of a size.
func fill(start string, size int) string {
	return start + strings.Repeat("y", size-len(start)-1) + "\n"
}

// TestScanHugeLine reads lines of 100 MB, and holds that it takes little memory.
func TestScanHugeLine(t *testing.T) {
	const huge = 100 << 20
	r := io.MultiReader(
		strings.NewReader(newLine+"a\n"+newLine), io.LimitReader(zeros{}, huge), strings.NewReader("\n"+newLine+"b\n"),
		io.LimitReader(zeros{}, huge), strings.NewReader("\n"+newLine+"c\n"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var got []string
	for e, err := range ctdblog.Scan(r, ctdblog.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d+%d", len(e.Raw), e.Truncated))
	}
	runtime.ReadMemStats(&after)
	const line, most = len(newLine), 1 << 20
	want := []string{
		fmt.Sprintf("%d+0", line+2), fmt.Sprintf("%d+%d", most, line+huge+1-most), fmt.Sprintf("%d+0", line+2),
		fmt.Sprintf("%d+%d", most, huge+1-most), fmt.Sprintf("%d+0", line+2),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sizes (-want +got):\n%s", diff)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
		t.Errorf("it took %d bytes of memory", used)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestScanAllocations(t *testing.T) {
	log := readLog(t, "testdata/logs/4.13/rfail-node.0.log.gz")
	count := 0
	allocs := testing.AllocsPerRun(5, func() {
		for e, err := range ctdblog.Scan(bytes.NewReader(log), pastOptions) {
			if err != nil || e.Time.IsZero() {
				t.Fatal(e, err)
			}
			count++
		}
	})
	if count < 6*1000 || allocs > 20 {
		t.Errorf("%v allocations for %d entries, want a number that does not grow with them", allocs, count/6)
	}
}
