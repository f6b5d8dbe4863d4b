package wire_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// packets are bytes that a test prints as hexadecimal numbers, in which "(600)" stands for as many zero bytes.
type packets []byte

const manyZeros = 16

func (p packets) MarshalText() ([]byte, error) {
	var out []byte
	for rest := []byte(p); len(rest) > 0; {
		zeros := len(rest) - len(bytes.TrimLeft(rest, "\x00"))
		if zeros >= manyZeros {
			out = fmt.Appendf(out, "(%d)", zeros)
		} else {
			zeros = max(zeros, 1)
			out = hex.AppendEncode(out, rest[:zeros])
		}
		rest = rest[zeros:]
	}
	return out, nil
}

func (p *packets) UnmarshalText(text []byte) error {
	*p = nil
	for len(text) > 0 {
		digits, rest, ok := strings.Cut(string(text), "(")
		b, err := hex.DecodeString(digits)
		if err != nil {
			return err
		}
		*p = append(*p, b...)
		if !ok {
			return nil
		}
		count, rest, _ := strings.Cut(rest, ")")
		zeros, err := strconv.Atoi(count)
		if err != nil {
			return err
		}
		*p = append(*p, make([]byte, zeros)...)
		text = []byte(rest)
	}
	return nil
}

func TestPackets(t *testing.T) {
	mixed := slices.Concat(make(packets, 15), packets{7}, make(packets, 17))
	for _, want := range []packets{nil, {0}, {1, 0, 2}, make(packets, 600), mixed} {
		text, err := want.MarshalText()
		var got packets
		if err == nil {
			err = got.UnmarshalText(text)
		}
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: error %v, got %x, want %x", text, err, got, want)
		}
	}
}

// capture is what was asked of a real daemon to answer a question, and what the ctdb tool answered to the same.
type capture struct {
	Question string     `json:"question"`
	Exchange []exchange `json:"exchange"`
	Tool     toolAnswer `json:"tool"`
}

type exchange struct {
	Request packets `json:"request"`
	Reply   packets `json:"reply"`
}

type toolAnswer struct {
	Out  string `json:"out"`
	Err  string `json:"err,omitempty"`
	Code int    `json:"code,omitempty"`
}

// delivered is a message of a real daemon.
type delivered struct {
	Message string  `json:"message"` // what it is
	Packet  packets `json:"packet"`
	Want    string  `json:"want"` // what it says
}

// readLines reads a file of JSON values, one in each line.
func readLines[T any](t *testing.T, path string) (all []T) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// skipOtherHosts skips tests of memory images that were taken on a host like those that CTDB runs on most: of 64 bits,
// with the lowest byte first.
func skipOtherHosts(t *testing.T) {
	t.Helper()
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the captures are those of a host with another order of bytes")
	}
}

// TestCaptures answers each question from the packets of real daemons of each release, as the ctdb tool answered it.
func TestCaptures(t *testing.T) {
	skipOtherHosts(t)
	files, err := filepath.Glob("testdata/captures-*.jsonl")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			all := readLines[capture](t, file)
			for _, c := range all {
				t.Run(c.Question, func(t *testing.T) { replay(t, c) })
			}
			if len(all) != len(questions) {
				t.Errorf("%d answers to %d questions", len(all), len(questions))
			}
		})
	}
}

// replay answers a question from a capture.
func replay(t *testing.T, c capture) {
	q, ok := findQuestion(c.Question)
	if !ok {
		t.Fatal("there is no such question")
	}
	rest := c.Exchange
	ask := func(request []byte) []byte {
		t.Helper()
		if len(rest) == 0 {
			t.Fatalf("a request more than was captured: %x", request)
		}
		next := rest[0]
		rest = rest[1:]
		if diff := cmp.Diff([]byte(next.Request), request); diff != "" {
			t.Fatalf("another request than was captured (-captured +sent)\n%s", diff)
		}
		return next.Reply
	}
	got, err := q.wire(asker{t: t, ask: ask})
	if err != nil {
		t.Fatal(err)
	}
	want, err := q.tool(c.Tool)
	if err != nil {
		t.Fatal(err)
	}
	if diff := q.diff(want, got); diff != "" {
		t.Errorf("mismatch (-tool +wire)\n%s", diff)
	}
	if len(rest) > 0 {
		t.Errorf("%d requests fewer than were captured", len(rest))
	}
}

// TestCapturedMessages reads what real daemons of each release delivered.
func TestCapturedMessages(t *testing.T) {
	skipOtherHosts(t)
	files, err := filepath.Glob("testdata/messages-*.jsonl")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	for _, file := range files {
		for _, d := range readLines[delivered](t, file) {
			t.Run(filepath.Base(file)+" "+d.Message, func(t *testing.T) {
				m, err := wire.ParseMessage(d.Packet)
				if err != nil {
					t.Fatal(err)
				}
				if got := sayMessage(m); got != d.Want {
					t.Errorf("got %s, want %s", got, d.Want)
				}
			})
		}
	}
}

// sayMessage says what a message is about.
func sayMessage(m wire.Message) string {
	say := func(v any, err error) string {
		if err != nil {
			return "error: " + err.Error()
		}
		return fmt.Sprint(v)
	}
	switch m.Srvid {
	case wire.SrvidLeader:
		return say(wire.DecodeLeader(m))
	case wire.SrvidTakeIP, wire.SrvidReleaseIP:
		return say(wire.DecodeAddress(m))
	case wire.SrvidReconfigure, wire.SrvidIPReallocated, wire.SrvidStartIPReallocate:
		return fmt.Sprintf("%d bytes", len(m.Data))
	case wire.SrvidSetNodeFlags, wire.SrvidHealth:
		return say(wire.DecodeFlagChange(m))
	}
	leader, ok, err := wire.DecodeTakeoverRun(m)
	return say(fmt.Sprintf("node %v, %t", leader, ok), err)
}
