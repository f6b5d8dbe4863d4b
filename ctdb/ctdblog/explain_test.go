package ctdblog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// chainOf gives the messages of an explanation.
func chainOf(x *ctdblog.Explanation) []string {
	var chain []string
	for _, link := range x.Chain {
		chain = append(chain, string(link.Entry.Message))
	}
	return chain
}

func TestExplain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		subject ctdblog.Subject
		lines   []string // those that are in the chain begin with >
	}{
		"a ban by a failed recovery": {
			ctdblog.BanOf(0),
			[]string{
				"0 ctdbd PNN is 0", "1 ctdb-recovery Assigning banning credits to node 0", "2 ctdbd Banning timed out",
				">10 ctdb-recoverd do_recovery: Recovery initiated due to problem with node 0",
				"10 ctdb-recoverd do_recovery: Recovery initiated due to problem with node 1",
				">20 ctdb-recovery database recovery failed, ret=5", ">20 ctdb-recovery Assigning banning credits to node 0",
				"20 ctdb-recovery Assigning banning credits to node 1", "20 ctdb-eventd monitor event failed", "20 ctdbd whatever",
				">21 ctdb-recoverd Node 0 reached 6 banning credits", ">21 ctdb-recoverd Banning node 0 for 300 seconds",
				">21 ctdbd Banning this node for 300 seconds", "22 ctdbd Making node INACTIVE",
			},
		},
		"a ban of another node": {
			ctdblog.BanOf(2),
			[]string{
				"0 ctdbd PNN is 0", ">1 ctdbd dead count reached for node 2",
				">2 ctdb-takeover TAKEOVER_IP 10.0.0.1 failed on node 2, ret=-1",
				">2 ctdb-takeover takeover run failed, ret=-1", ">2 ctdb-recoverd Takeover run unsuccessful",
				">2 ctdb-takeover Assigning banning credits to node 2", ">3 ctdb-recoverd Node 2 reached 6 banning credits",
				">3 ctdb-recoverd Banning node 2 for 300 seconds", "4 ctdbd Banning this node for 300 seconds",
			},
		},
		"a ban by a script that hung": {
			ctdblog.BanOf(0),
			[]string{
				"1 ctdb-eventd 60.nfs: starting", ">9.99 ctdb-eventd 60.nfs: waiting", ">10 ctdb-eventd recovered event timed out",
				">10 ctdbd ctdb/server/eventscript.c:822 eventscript for 'recovered' timed out. Immediately banning ourself for 300 seconds",
				">10 ctdbd Banning this node for 300 seconds", "310 ctdbd Banning timed out",
			},
		},
		"a ban by the lock": {
			ctdblog.BanOf(0),
			[]string{
				">1 ctdb-recoverd Unable to take recovery lock - contention",
				">1 ctdb-recoverd Abort recovery, ban this node for 300 seconds",
				">1 ctdb-recoverd Banning node 0 for 300 seconds", ">1 ctdbd Banning this node for 300 seconds",
			},
		},
		"an illness": {
			ctdblog.IllnessOf(0),
			[]string{
				"1 ctdb-eventd 50.samba: ERROR: before", "1 ctdb-eventd monitor event failed",
				"1 ctdbd monitor event failed - disabling node",
				"10 ctdbd monitor event OK - node re-enabled", "20 ctdb-eventd 05.system: WARNING: another script",
				">20.5 ctdb-eventd 50.samba: not listening",
				">20.5 ctdb-eventd 50.samba: ERROR: samba tcp port 445 is not responding",
				">20.5 ctdb-eventd monitor event failed", ">20.6 ctdbd monitor event failed - disabling node",
				"21 ctdbd Node became UNHEALTHY. Ask recovery master to reallocate IPs",
			},
		},
		"an illness of another node": {
			ctdblog.IllnessOf(1),
			[]string{
				"0 ctdbd PNN is 0", "1 ctdb-eventd monitor event failed", "1 ctdbd monitor event failed - disabling node",
				">2 ctdbd Node 1 has changed flags - 0x0 -> 0x2", "3 ctdbd Node 1 has changed flags - 0x2 -> 0x0",
			},
		},
		"a move": {
			ctdblog.MoveOf(addr("10.0.0.1")),
			[]string{
				"0 ctdb-recoverd Takeover run starting", "0 ctdbd Release of IP 10.0.0.1/24 on interface p0  node:1",
				"0 ctdb-recoverd Takeover run completed successfully", ">10 ctdbd Node 1 has changed flags - 0x0 -> 0x2",
				">11 ctdb-recoverd Takeover run starting", ">11 ctdb-recoverd Takeover run unsuccessful",
				"12 ctdbd Takeover of IP 10.0.0.2/24 on interface p0", ">12 ctdb-recoverd Takeover run starting",
				">12 ctdbd Takeover of IP 10.0.0.1/24 on interface p0", "13 ctdb-recoverd Takeover run completed successfully",
			},
		},
		"a move away from an ill node": {
			ctdblog.MoveOf(addr("10.0.0.1")),
			[]string{
				"0 ctdbd Takeover of IP 10.0.0.1/24 on interface p0", ">19 ctdb-eventd 10.interface: ERROR: No link",
				">19 ctdb-eventd monitor event failed", ">19 ctdbd monitor event failed - disabling node",
				">20 ctdbd Release of IP 10.0.0.1/24 on interface p0  node:1",
			},
		},
		"all dropped": {
			ctdblog.MoveOf(addr("10.0.0.1")),
			[]string{
				"0 ctdbd Takeover of IP 10.0.0.1/24 on interface p0", ">9 ctdbd Banning this node for 300 seconds",
				">9 ctdbd Dropping all public IP addresses", "10 ctdbd Dropping all public IP addresses",
				"20 ctdbd Starting CTDBD (Version 4.22.11) as PID: 7", "21 ctdbd Dropping all public IP addresses",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var lines, want []string
			for _, line := range test.lines {
				plain, inChain := strings.CutPrefix(line, ">")
				lines = append(lines, plain)
				if inChain {
					want = append(want, strings.SplitN(plain, " ", 3)[2])
				}
			}
			x, err := ctdblog.Explain(scene(lines...), test.subject)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, chainOf(x)); diff != "" {
				t.Errorf("chain (-want +got):\n%s", diff)
			}
			if last := x.Chain[len(x.Chain)-1]; last.Event != x.Event {
				t.Errorf("the last link is %v, the event %v", last.Event, x.Event)
			}
		})
	}
}

func TestExplainNothing(t *testing.T) {
	t.Parallel()
	lines := []string{
		"0 ctdbd PNN is 0", "1 ctdbd Node 1 has changed flags - 0x2 -> 0x0", "2 ctdbd Banning this node for 300 seconds",
		"3 ctdbd Takeover of IP 10.0.0.2/24 on interface p0", "4 ctdbd monitor event failed - disabling node",
	}
	for _, subject := range []ctdblog.Subject{
		{}, ctdblog.BanOf(1), ctdblog.IllnessOf(1), ctdblog.MoveOf(addr("10.0.0.1")),
	} {
		if x, err := ctdblog.Explain(scene(lines...), subject); !errors.Is(err, ctdblog.ErrNothing) || x != nil {
			t.Errorf("%+v is explained by %v, with the error %v", subject, x, err)
		}
	}
	broken := errors.New("broken")
	entries := func(yield func(ctdblog.Entry, error) bool) { yield(ctdblog.Entry{}, broken) }
	if _, err := ctdblog.Explain(entries, ctdblog.BanOf(0)); !errors.Is(err, broken) || !errors.Is(err,
		ctdblog.ErrNothing) {
		t.Errorf("the error is %v", err)
	}
}

// TestExplainBounds holds that long logs and long entries give short explanations.
func TestExplainBounds(t *testing.T) {
	t.Parallel()
	entries := func(yield func(ctdblog.Entry, error) bool) {
		text := strings.Repeat("x", 1<<20)
		for i := range 3000 {
			message := fmt.Sprintf("Node 0 reached %d banning credits %s", i, text[:1+i%2*(1<<20-1)])
			if i == 2999 {
				message = "Banning node 0 for 300 seconds"
			}
			e := ctdblog.Entry{Form: ctdblog.FormISO, Program: "ctdb-recoverd", Message: []byte(message), Raw: []byte(message)}
			e.Time = time.Unix(int64(i/100), 0)
			if !yield(e, nil) {
				return
			}
		}
	}
	x, err := ctdblog.Explain(entries, ctdblog.BanOf(0))
	if err != nil || len(x.Chain) != 100 {
		t.Fatalf("%d links, error %v", len(x.Chain), err)
	}
	for _, link := range x.Chain {
		if len(link.Entry.Raw) > 4096 || len(link.Entry.Message) > 4096 {
			t.Errorf("an entry has %d bytes", len(link.Entry.Raw))
		}
	}
	if e := x.Chain[98].Entry; e.Truncated != 0 || x.Chain[97].Entry.Truncated == 0 {
		t.Errorf("left out are %d and %d bytes", x.Chain[97].Entry.Truncated, e.Truncated)
	}
}

// TestExplainLogs explains what happened in real clusters of all releases.
func TestExplainLogs(t *testing.T) {
	t.Parallel()
	found := map[string]int{}
	for _, path := range logs(t) {
		for what, subject := range map[string]ctdblog.Subject{
			"ban 0": ctdblog.BanOf(0), "ban 1": ctdblog.BanOf(1), "illness 1": ctdblog.IllnessOf(1),
		} {
			x, err := ctdblog.Explain(ctdblog.ScanFile(ctdblog.Options{Path: path, Location: time.UTC}), subject)
			if errors.Is(err, ctdblog.ErrNothing) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			found[what]++
			for i, link := range x.Chain[1:] {
				if before := x.Chain[i].Entry; link.Entry.Line <= before.Line || link.Entry.Time.Sub(before.Time) > 10*time.Minute {
					t.Errorf("%s, %s: line %d is behind line %d", path, what, link.Entry.Line, before.Line)
				}
			}
			if ill, ok := x.Event.(ctdblog.Unhealthy); ok && (len(x.Chain) < 3 || ill.Script == "") {
				t.Errorf("%s, %s: %+v is explained by\n%s", path, what, ill, strings.Join(chainOf(x), "\n"))
			}
		}
	}
	if len(found) != 3 {
		t.Errorf("explained: %v", found)
	}
}
