package status_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/status"
)

// checkResult holds an error to what all parsers promise: it is a *ParseError with a position in the input.
func checkResult(t *testing.T, in []byte, err error) {
	t.Helper()
	if err == nil {
		return
	}
	parse, ok := errors.AsType[*status.ParseError](err)
	if !ok {
		t.Fatalf("error %v, a %T", err, err)
	}
	lines := strings.Count(string(in), "\n") + 1
	if _, line, col := parse.Position(); line < 0 || line > lines || col < 0 || col > len(in)+1 {
		t.Fatalf("%v: outside the input of %d lines, %d bytes", err, lines, len(in))
	}
}

// law holds a parser to its laws: no input makes it panic, an error has a position in the input and no model beside it,
// and what a model prints as is read as the same model. Again prints a model; it gives false for one that holds
// something that it has no place for.
func law[T any](
	f *testing.F, commands []string, seeds []string,
	parse func([]byte) (*T, error), lines func(*T) *status.Lines, again func(*T) (string, bool),
) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	for _, name := range []string{"ip", "uptime", "answers"} {
		for i, c := range queryCaptures(f, name, 100) {
			if i%25 == 0 && slices.Contains(commands, c.command()) {
				f.Add([]byte(c.Out))
			}
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := parse(in)
		checkResult(t, in, err)
		if (err == nil) == (got == nil) {
			t.Fatalf("got %+v beside error %v", got, err)
		}
		if err != nil {
			return
		}
		if len(*lines(got)) > 100 {
			t.Fatalf("%d lines were kept", len(*lines(got)))
		}
		*lines(got) = nil
		text, ok := again(got)
		if !ok {
			return
		}
		back, err := parse([]byte(text))
		if err != nil {
			t.Fatalf("%v, from\n%s", err, text)
		}
		if diff := cmp.Diff(got, back, addresses); diff != "" {
			t.Fatalf("mismatch (-printed +read)\n%s\nfrom\n%s", diff, text)
		}
	})
}

func FuzzParsePublicIPs(f *testing.F) {
	law(f, []string{"ip"},
		[]string{
			"Public IPs on ALL nodes\n10.0.0.1 node[0] active[a] available[a,b] configured[a,b]\n",
			":Public IP:Node:\n:::1:-1:\n",
		},
		status.ParsePublicIPs,
		func(p *status.PublicIPs) *status.Lines { return &p.Unparsed },
		func(p *status.PublicIPs) (string, bool) {
			for _, ip := range p.IPs {
				names := slices.Concat(ip.ConfiguredInterfaces, ip.AvailableInterfaces, []string{ip.ActiveInterface})
				if ip.Extra != nil || strings.ContainsAny(strings.Join(names, ""), "~\r") {
					return "", false
				}
			}
			return printIPs(p, "~"), true
		})
}

func FuzzParsePublicIPInfo(f *testing.F) {
	law(f, []string{"ipinfo"},
		[]string{"Public IP[::1] info on node 1\nIP:::1\nCurrentNode:1\nNumInterfaces:1\n" +
			"Interface[1]: Name:a Link:up References:2 (active)\n"},
		status.ParsePublicIPInfo,
		func(i *status.PublicIPInfo) *status.Lines { return &i.Unparsed },
		func(i *status.PublicIPInfo) (string, bool) { return printIPInfo(i), !anyExtra(i.Interfaces) })
}

func FuzzParseInterfaces(f *testing.F) {
	law(f, []string{"ifaces"},
		[]string{"Interfaces on node 0\nname:a link:up references:2\n", "|Name|LinkStatus|References|\n|a|1|2|\n"},
		status.ParseInterfaces,
		func(i *status.Interfaces) *status.Lines { return &i.Unparsed },
		func(i *status.Interfaces) (string, bool) { return printInterfaces(i, "~"), !anyExtra(i.Interfaces) })
}

// anyExtra tells whether an interface has something that the printers of this file have no place for.
func anyExtra(all []status.Interface) bool {
	return slices.ContainsFunc(all, func(i status.Interface) bool {
		return i.Extra != nil || strings.Contains(i.Name, "\r")
	})
}

func FuzzParseNodeList(f *testing.F) {
	law(f, []string{"listnodes"}, []string{"10.0.0.1\n::1\n", "|0|10.0.0.1|\n", ":0:::1:\n", ""},
		status.ParseNodeList,
		func(l *status.NodeList) *status.Lines { return &l.Unparsed },
		func(l *status.NodeList) (string, bool) { return printNodeList(l, "~"), true })
}

func FuzzParseCapabilities(f *testing.F) {
	law(f, []string{"getcapabilities"},
		[]string{"LEADER: YES\nLMASTER: NO\nLVS: YES\n", "|RECMASTER|LMASTER|\n|0|1|\n"},
		status.ParseCapabilities,
		func(c *status.Capabilities) *status.Lines { return &c.Unparsed },
		func(c *status.Capabilities) (string, bool) {
			return printCapabilities(c, "|", "LEADER"), c.Extra == nil
		})
}

func FuzzParseUptime(f *testing.F) {
	law(f, []string{"uptime"}, []string{uptimeSample},
		func(in []byte) (*status.Uptime, error) { return status.ParseUptime(in, time.UTC) },
		func(u *status.Uptime) *status.Lines { return &u.Unparsed },
		func(u *status.Uptime) (string, bool) {
			// What has no recovery is printed as recovered at the start, as CTDB does; years have four digits.
			recovered, ok := u.Recovered.Get()
			if !ok {
				recovered = u.Started
			}
			years := []int{u.Started.Year(), recovered.Year()}
			return printUptime(u), slices.Min(years) >= 0 && slices.Max(years) < 10000
		})
}

// FuzzParseAnswers holds the parsers of answers of one line to the same laws.
func FuzzParseAnswers(f *testing.F) {
	for i, c := range queryCaptures(f, "answers", 100) {
		if i%10 == 0 && answers[c.command()] != nil {
			f.Add(c.command(), []byte(c.Out))
		}
	}
	f.Add("getreclock", []byte("Reclock file:/a\n"))
	f.Add("getdebug", []byte("Node 0 is at debug level INFO (3)\n"))
	f.Fuzz(func(t *testing.T, command string, in []byte) {
		parse := answers[command]
		if parse == nil {
			return
		}
		got, err := parse(in)
		checkResult(t, in, err)
		if err != nil {
			return
		}
		text, err := reprints[command](string(in))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(text, "Reclock file:") || text == "No reclock file used.\n" {
			return // which is read as another lock, since it was one in old releases
		}
		back, err := parse([]byte(text))
		if err != nil {
			t.Fatalf("%v, from %q", err, text)
		}
		if diff := cmp.Diff(got, back); diff != "" {
			t.Fatalf("mismatch (-printed +read)\n%s\nfrom %q", diff, text)
		}
	})
}

// FuzzParseNodeStatusExit holds that an exit code is read as itself, or not at all.
func FuzzParseNodeStatusExit(f *testing.F) {
	f.Add([]byte("pnn:1 10.0.0.2         DISCONNECTED|UNHEALTHY|INACTIVE\n"), 3)
	f.Add([]byte(""), 1)
	f.Add([]byte("pnn:1 10.0.0.2         LAZY\n"), 128)
	f.Fuzz(func(t *testing.T, in []byte, code int) {
		c, flags, err := status.ParseNodeStatusExit(in, code)
		switch {
		case err == nil:
			if c == nil || int(flags) != code {
				t.Fatalf("%d is read as %v beside %+v", code, flags, c)
			}
		case c != nil || flags != 0:
			t.Fatalf("error %v beside %v and %+v", err, flags, c)
		case !errors.Is(err, status.ErrExitCode):
			checkResult(t, in, err)
		}
	})
}
