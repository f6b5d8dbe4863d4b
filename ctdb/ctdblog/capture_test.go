package ctdblog_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// capture is what a command of a real cluster said while the log was written.
type capture struct {
	Release string    `json:"release"`
	Log     string    `json:"log"`
	Node    nodes.PNN `json:"node"` // that was asked, whose log it is
	At      float64   `json:"at"`   // in seconds of Unix
	Argv    []string  `json:"argv"`
	Out     string    `json:"out"`
}

func captures(t *testing.T) []capture {
	t.Helper()
	file, err := os.Open("testdata/captures.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var all []capture
	for d := json.NewDecoder(file); ; {
		var c capture
		if err := d.Decode(&c); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
}

// told is an event and when it was.
type told struct {
	at    time.Time
	event ctdblog.Event
}

// story gives the events of a log.
func story(t *testing.T, path string) []told {
	t.Helper()
	var tracker ctdblog.Tracker
	var all []told
	for e, err := range ctdblog.ScanFile(ctdblog.Options{Path: path, Location: time.UTC}) {
		if err != nil {
			t.Fatal(err)
		}
		if event := tracker.Event(e); event != nil {
			all = append(all, told{e.Time, event})
		}
	}
	return all
}

// TestEventsAgree holds the events of logs against what commands said in the same clusters at that time.
func TestEventsAgree(t *testing.T) {
	t.Parallel()
	stories := map[string][]told{}
	checked := map[string]int{}
	for _, c := range captures(t) {
		path := filepath.Join("testdata", "logs", c.Release, c.Log+".gz")
		if stories[path] == nil {
			stories[path] = story(t, path)
		}
		when := time.UnixMicro(int64(c.At * 1e6))
		switch c.Argv[len(c.Argv)-1] {
		case "status":
			checked["flags"] += checkFlags(t, c, stories[path], when)
		case "ip":
			checked["addresses"] += checkAddresses(t, c, stories[path], when)
		case "leader", "recmaster":
			checked["leader"] += checkLeader(t, c, stories[path], when)
		}
	}
	t.Logf("compared: %v", checked)
	if checked["flags"] < 80 || checked["addresses"] < 8 || checked["leader"] < 4 {
		t.Errorf("only this was compared: %v", checked)
	}
}

// margin is how near an event may not be to a command, for which of them was first can't be known.
const margin = 1500 * time.Millisecond

// lastBefore gives the last event that is about something. It gives nil if there is one near the time.
func lastBefore(story []told, when time.Time, about func(ctdblog.Event) bool) ctdblog.Event {
	var last ctdblog.Event
	for _, s := range story {
		switch {
		case !about(s.event):
		case s.at.After(when.Add(-margin)) && s.at.Before(when.Add(margin)):
			return nil
		case s.at.Before(when):
			last = s.event
		}
	}
	return last
}

func checkFlags(t *testing.T, c capture, story []told, when time.Time) (checked int) {
	t.Helper()
	cluster, err := status.Parse([]byte(c.Out))
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range cluster.Nodes {
		last := lastBefore(story, when, func(event ctdblog.Event) bool {
			switch event := event.(type) {
			case ctdblog.NodeFlags:
				return event.Node == node.PNN
			case ctdblog.NodeDead, ctdblog.NodeConnected, ctdblog.RunState:
				return true // until flags are told again, they may be any
			}
			return false
		})
		flags, ok := last.(ctdblog.NodeFlags)
		if !ok || node.PNN == c.Node || node.Flags.Has(status.FlagUnknown) {
			continue
		}
		checked++
		if flags.New != node.Flags {
			t.Errorf("%s %s: at %v node %v is %v, and in the log %v", c.Release, c.Log, when, node.PNN, node.Flags, flags.New)
		}
	}
	return checked
}

func checkAddresses(t *testing.T, c capture, story []told, when time.Time) (checked int) {
	t.Helper()
	ips, err := status.ParsePublicIPs([]byte(c.Out))
	if err != nil {
		t.Fatal(err)
	}
	for _, ip := range ips.IPs {
		last := lastBefore(story, when, func(event ctdblog.Event) bool {
			switch event := event.(type) {
			case ctdblog.AddressTaken:
				return event.Address == ip.Address
			case ctdblog.AddressReleased:
				return event.Address == ip.Address
			case ctdblog.AddressFailed:
				return event.Address == ip.Address
			case ctdblog.AddressesDropped, ctdblog.Started:
				return true
			}
			return false
		})
		here := ip.Node.Is(c.Node)
		switch last.(type) {
		case ctdblog.AddressTaken:
			checked++
			if !here {
				t.Errorf("%s %s: at %v %v is on node %v, and was taken in the log", c.Release, c.Log, when, ip.Address, ip.Node)
			}
		case ctdblog.AddressReleased:
			checked++
			if here {
				t.Errorf("%s %s: at %v %v is here, and was released in the log", c.Release, c.Log, when, ip.Address)
			}
		}
	}
	return checked
}

func checkLeader(t *testing.T, c capture, story []told, when time.Time) (checked int) {
	t.Helper()
	leader, err := status.ParseLeader([]byte(c.Out))
	if err != nil {
		t.Fatal(err)
	}
	last := lastBefore(story, when, func(event ctdblog.Event) bool {
		return strings.HasPrefix(string(event.Kind()), "leader-") || event.Kind() == ctdblog.KindElectionStarted
	})
	elected, ok := last.(ctdblog.LeaderElected)
	if !ok {
		return 0
	}
	if !leader.Is(elected.Node) {
		t.Errorf("%s %s: at %v the leader is %v, and in the log %v", c.Release, c.Log, when, leader, elected.Node)
	}
	return 1
}
