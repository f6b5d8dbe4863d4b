//go:build linux

package wire_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/status"
)

var update = flag.Bool("update", false, "write what real daemons answer into testdata")

// realTries is how often a question is asked until daemon and tool were asked at the same moment.
const realTries = 200

// realScript is an event script that fails if it is told to, and finds the node unhealthy if there is a file.
const realScript = `#!/bin/sh
[ "$1" != monitor ] || [ ! -e "$CTDB_BASE/sick" ] || exit 1
echo "$1 begins"
echo
echo '  and "ends"'
case $1 in
failing) exit $2 ;;
slow) sleep 20 ;;
esac
`

// TestReal asks real daemons of all releases, and compares with what the ctdb tool says of the same.
func TestReal(t *testing.T) {
	options := realctdb.Options{
		Nodes: 3, Deleted: []int{1},
		PublicAddresses: func(octet, pnn int) string {
			if pnn != 0 { // the nodes share lo: an address that moved would be there already
				return ""
			}
			return fmt.Sprintf("127.78.%d.101/32 lo\n127.78.%d.20/32 lo\n2001:db8:78:%d::1/128 lo\n", octet, octet, octet)
		},
		Scripts: map[string]string{"60.test": realScript, "70.next": "#!/bin/sh\nexit 0\n"},
	}
	realctdb.Each(t, options, func(t *testing.T, c *realctdb.Cluster) {
		r := newDaemons(t, c)
		r.prepare()
		t.Run("questions", r.questions)
		for _, test := range []struct {
			name string
			run  func(t *testing.T, r daemons)
		}{
			{"queries", realQueries},
			{"refusals", realRefusals},
			{"leader", realLeader},
			{"settings", realSettings},
			{"tickles", realTickles},
			{"events", realEvents},
			{"node states", realStates},
			{"addresses", realAddresses},
		} {
			t.Run(test.name, func(t *testing.T) {
				c.WaitHealthy(t)
				again := newDaemons(t, c)
				again.heard = r.heard
				test.run(t, again)
			})
		}
		if *update && !t.Failed() {
			writeLines(t, "testdata/messages-"+r.series()+".jsonl", *r.heard)
		}
	})
}

// daemons are a cluster, and connections to its first node.
type daemons struct {
	*realctdb.Cluster
	t      *testing.T
	ctdbd  *socket
	eventd *socket
	client *ctdb.Client
	heard  *[]delivered
}

func newDaemons(t *testing.T, c *realctdb.Cluster) daemons {
	t.Helper()
	run := c.Dir(0) + "/run/"
	return daemons{
		Cluster: c, t: t, client: c.Client(0), heard: new([]delivered),
		ctdbd:  dial(t, run+"ctdbd.socket", wire.Splitter.Next),
		eventd: dial(t, run+"eventd.socket", wire.Splitter.NextEvent),
	}
}

// series names the release in file names.
func (r daemons) series() string { return fmt.Sprintf("%d.%d", r.Release().Major, r.Release().Minor) }

// prepare makes the node have something to tell.
func (r daemons) prepare() {
	r.t.Helper()
	for i, kind := range []ctdb.DatabaseKind{ctdb.VolatileDatabase, ctdb.PersistentDatabase, ctdb.ReplicatedDatabase} {
		if err := r.client.Attach(r.t.Context(), questionDBs[i], kind); err != nil {
			r.t.Fatal(err)
		}
	}
	r.Tool(r.t, 0, "setdbsticky", questionDBs[0])
	r.Tool(r.t, 0, "setdbreadonly", questionDBs[0])
	for i := range 6 { // a record that migrates
		r.Tool(r.t, 2*(i%2), "writekey", questionDBs[0], "hot", "data")
	}
	r.waitAddresses()
	for port := range uint16(3) {
		r.does(good(r.t)(wire.AddTickle(r.connection(1000 + port))))
	}
	// The first run leaves results of the scripts behind the failing one.
	r.runEvent(failingEvent, "0")
	r.runEvent(failingEvent, "7")
}

// waitAddresses waits until all public addresses are on the node.
func (r daemons) waitAddresses() {
	r.t.Helper()
	r.WaitFor(r.t, "all public addresses on the node", func(context.Context) bool {
		ips, err := r.client.PublicIPs(r.t.Context())
		return err == nil && len(ips.IPs) == 3 && ips.IPs[0].Assigned() && ips.IPs[1].Assigned() && ips.IPs[2].Assigned()
	})
}

// connection is one to the public address of the questions.
func (r daemons) connection(port uint16) status.Connection {
	return status.Connection{
		Source:      netip.AddrPortFrom(netip.MustParseAddr("192.0.2.9"), port),
		Destination: netip.AddrPortFrom(r.PublicAddress(20), 445),
	}
}

// does sends an action to the node, which must succeed.
func (r daemons) does(request wire.Request) {
	r.t.Helper()
	if err := r.ctdbd.ask(request).Err(request.Opcode()); err != nil {
		r.t.Errorf("%v: %v", request.Opcode(), err)
	}
}

// runEvent runs an event, and gives what the daemon says.
func (r daemons) runEvent(event string, args ...string) error {
	r.t.Helper()
	return r.runEventOf(wire.EventRun{Component: "legacy", Event: event, Args: args, Timeout: time.Minute})
}

func (r daemons) runEventOf(run wire.EventRun) error {
	r.t.Helper()
	packet, err := wire.AppendEventRun(nil, 3, run)
	if err != nil {
		r.t.Fatal(err)
	}
	r.eventd.send(packet)
	reply, err := wire.ParseEventReply(r.eventd.receive())
	if err != nil || reply.ID != 3 {
		r.t.Fatalf("got %+v, error %v", reply, err)
	}
	return wire.DecodeEventRun(reply)
}

// questions asks all questions of both.
func (r daemons) questions(t *testing.T) {
	var captured []capture
	for _, q := range questions {
		t.Run(q.name, func(t *testing.T) {
			captured = append(captured, r.question(t, q))
		})
	}
	if *update && !t.Failed() {
		writeLines(t, "testdata/captures-"+r.series()+".jsonl", captured)
	}
}

// question asks until both tell the same, and gives what was said then.
func (r daemons) question(t *testing.T, q question) capture {
	t.Helper()
	diff := ""
	for range realTries {
		c := capture{Question: q.name}
		got, err := q.wire(asker{t: t, ask: func(request []byte) []byte {
			reply := r.exchange(t, q, request)
			c.Exchange = append(c.Exchange, exchange{request, reply})
			return reply
		}})
		if err != nil {
			t.Fatal(err)
		}
		c.Tool = r.toolAnswer(t, q)
		want, err := q.tool(c.Tool)
		if err != nil {
			t.Fatal(err)
		}
		if diff = q.diff(want, got); diff == "" {
			return c
		}
	}
	t.Errorf("mismatch (-tool +wire)\n%s", diff)
	return capture{}
}

// exchange sends a request and gives the answer.
func (r daemons) exchange(t *testing.T, q question, request []byte) []byte {
	t.Helper()
	s := r.ctdbd
	if q.event {
		s = r.eventd
	}
	s.send(request)
	return s.receive()
}

func (r daemons) toolAnswer(t *testing.T, q question) toolAnswer {
	t.Helper()
	args := append([]string{}, q.args...)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "ADDRESS", r.PublicAddress(20).String())
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	result, err := r.Runner(0).Run(ctx, ctdb.Command{Name: "ctdb", Args: args, Env: []string{"TZ=UTC"}})
	if err != nil {
		t.Fatal(err)
	}
	return toolAnswer{Out: string(result.Stdout), Err: string(result.Stderr), Code: result.ExitCode}
}

func writeLines[T any](t *testing.T, path string, all []T) {
	t.Helper()
	var out bytes.Buffer
	lines := json.NewEncoder(&out)
	lines.SetEscapeHTML(false)
	for _, v := range all {
		if err := lines.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
