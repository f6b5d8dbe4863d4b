package status_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/status"
)

// FuzzParse holds the laws of the parsers: no input makes them panic, an error has a position in the input, what they
// read is within what they promise, and what String prints comes back as it was.
func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(sampleMachine))
	for i, c := range captures(f) {
		if i%50 == 0 {
			f.Add([]byte(c.Out))
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		c, err := status.Parse(in)
		checkParsed(t, in, c, err)
		if err == nil && c.Form == status.FormText {
			checkPrinted(t, c)
		}
		c, err = status.ParseNodeStatus(in)
		checkParsed(t, in, c, err)
	})
}

func checkParsed(t *testing.T, in []byte, c *status.Cluster, err error) {
	t.Helper()
	if err != nil {
		parse, ok := errors.AsType[*status.ParseError](err)
		if !ok || c != nil {
			t.Fatalf("error %v, a %T, beside %v", err, err, c)
		}
		lines := 1
		for _, b := range in {
			if b == '\n' {
				lines++
			}
		}
		if _, line, col := parse.Position(); line < 0 || line > lines || col < 0 || col > len(in)+1 {
			t.Fatalf("%v: outside the input of %d lines, %d bytes", err, lines, len(in))
		}
		return
	}
	if len(c.Unparsed) > 100 || len(c.Nodes) > len(in) || c.Form < status.FormText || c.Form > status.FormJSON {
		t.Fatalf("got %+v", c)
	}
	for _, n := range c.Nodes {
		if !n.Address.IsValid() {
			t.Fatalf("node %v has no address", n)
		}
	}
}

// checkPrinted reads what String prints. It leaves out what it has no line for.
func checkPrinted(t *testing.T, c *status.Cluster) {
	t.Helper()
	c.Unparsed = nil
	back, err := status.Parse([]byte(c.String()))
	if err != nil {
		t.Fatalf("%v, from\n%v", err, c)
	}
	if diff := cmp.Diff(c, back, addresses); diff != "" {
		t.Fatalf("mismatch (-printed +read)\n%s\nfrom\n%v", diff, c)
	}
}

// FuzzFlags holds the law of flags: what String prints is read back.
func FuzzFlags(f *testing.F) {
	f.Add(uint32(0), "OK")
	f.Add(uint32(3), "DISCONNECTED|UNHEALTHY|INACTIVE")
	f.Add(uint32(0xFFFFFFFF), "PARTIALLYONLINE")
	f.Fuzz(func(t *testing.T, bits uint32, text string) {
		flags := status.Flags(bits)
		if back, other := status.ParseFlags(flags.String()); back != flags || other != nil {
			t.Errorf("%v comes back as %v, %q", flags, back, other)
		}
		flags, _ = status.ParseFlags(text)
		if back, _ := status.ParseFlags(flags.String()); back != flags {
			t.Errorf("%q is %v, which comes back as %v", text, flags, back)
		}
	})
}
