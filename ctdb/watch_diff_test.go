package ctdb

import (
	"encoding/json"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

var comparedViews = cmp.Options{cmpopts.EquateComparable(netip.Addr{}), cmpopts.EquateEmpty()}

// viewOf makes a view of any bytes: each node takes three of them, each address two.
func viewOf(data []byte) View {
	next := func() byte {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return b
	}
	v := View{Connected: next()&1 != 0}
	v.Leader = valueOf(next(), func(b byte) nodes.PNN { return nodes.PNN(b) })
	v.Generation = valueOf(next(), func(b byte) status.Generation { return status.Generation(b) })
	v.RecoveryMode = valueOf(next(), func(b byte) status.RecoveryMode { return status.RecoveryMode(b % 2) })
	v.RunState = valueOf(next(), func(b byte) status.RunState { return status.RunState([]byte{'A' + b%26}) })
	others := []string{"", "", "", "NEW", "NEW|NEWER"}
	for range next() % 8 {
		pnn, flags, address := next(), next(), next()
		n := NodeView{
			nodes.PNN(pnn % 16), netip.AddrFrom4([4]byte{10, 0, 0, address % 4}), status.Flags(flags) &^ status.FlagDeleted,
			others[int(address)%len(others)],
		}
		if at, found := findNode(v.Nodes, n.PNN); !found {
			v.Nodes = slices.Insert(v.Nodes, at, n)
		}
	}
	for range next() % 8 {
		last, on := next(), next()
		a := AddressView{netip.AddrFrom4([4]byte{10, 1, 0, last % 16}), status.Unknown[nodes.PNN]()}
		if on%4 != 0 {
			a.Node = status.Known(nodes.PNN(on % 8))
		}
		if at, found := findAddress(v.Addresses, a.Address); !found {
			v.Addresses = slices.Insert(v.Addresses, at, a)
		}
	}
	return v
}

func valueOf[T comparable](b byte, of func(byte) T) status.Value[T] {
	switch b % 4 {
	case 0:
		return status.Value[T]{}
	case 1:
		return status.Unknown[T]()
	default:
		return status.Known(of(b))
	}
}

// FuzzDiff holds differences to their law: applied to the one view they give the other, whatever the order of the
// nodes and addresses that they are about, also on top of the other, and after a way through JSON.
func FuzzDiff(f *testing.F) {
	f.Add([]byte{}, []byte{})
	f.Add([]byte{1, 2, 3, 4, 5, 2, 0, 0, 0, 1, 1, 1, 1, 7, 3}, []byte{0, 3, 2, 6, 9, 3, 0, 1, 0, 1, 4, 0, 7, 7, 7, 2, 7, 0, 8, 1})
	f.Add([]byte{1, 0, 0, 0, 0, 1, 5, 0, 0}, []byte{1, 0, 0, 0, 0, 1, 5, 0, 1}) // another address
	f.Fuzz(func(t *testing.T, before, after []byte) {
		from, to := viewOf(before), viewOf(after)
		changes := diff(nil, &from, &to)
		got, again := from.Clone(), to.Clone()
		for _, change := range changes {
			got.Apply(throughJSON(t, change))
			again.Apply(change)
		}
		if diff := cmp.Diff(to, got, comparedViews); diff != "" {
			t.Errorf("%v\nmismatch (-want +got)\n%s", changes, diff)
		}
		if diff := cmp.Diff(to, again, comparedViews); diff != "" {
			t.Errorf("applied to the result: %v\nmismatch (-want +got)\n%s", changes, diff)
		}
		if same := diff(nil, &to, &got); same != nil {
			t.Errorf("between equal views: %v", same)
		}
		if len(changes) == 0 && !cmp.Equal(from, to, comparedViews) {
			t.Error("no changes between different views")
		}
		view, ok := throughJSON(t, FullView{View: to}).(FullView)
		if diff := cmp.Diff(to, view.View, comparedViews); diff != "" || !ok {
			t.Errorf("a view through JSON: mismatch (-want +got)\n%s", diff)
		}
	})
}

// throughJSON gives a change as a program reads it that is told of it in JSON.
func throughJSON(t *testing.T, change Change) Change {
	t.Helper()
	data, err := json.Marshal(Event{Cause: CausePoll | CauseTakeIP, Change: change})
	if err != nil {
		t.Fatal(err)
	}
	var event Event
	if err := json.Unmarshal(data, &event); err != nil {
		t.Fatalf("%v of %s", err, data)
	}
	if event.Cause != CausePoll|CauseTakeIP || event.Change.String() != change.String() {
		t.Errorf("%v became %v as %s", change, event, data)
	}
	return event.Change
}

// FuzzEventJSON reads anything: what it takes it writes so that it reads the same again.
func FuzzEventJSON(f *testing.F) {
	f.Add([]byte(`{"time":"2026-01-02T03:04:05Z","type":"node-flags","cause":"poll","pnn":1,"old":"OK","new":"BANNED|INACTIVE"}`))
	f.Add([]byte(`{"time":"2026-01-02T03:04:05Z","type":"connection-regained","cause":"start"}`))
	f.Add([]byte(`{"time":"2026-01-02T03:04:05Z","type":"address","cause":"TAKE_IP|poll","address":"10.0.0.1","old":null,"new":2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var event Event
		if json.Unmarshal(data, &event) != nil {
			return
		}
		written, err := json.Marshal(event)
		if err != nil {
			return // a time before Christ
		}
		var again Event
		if err := json.Unmarshal(written, &again); err != nil {
			t.Fatalf("%v of %s", err, written)
		}
		if event.String() != again.String() || !event.Time.Equal(again.Time) {
			t.Errorf("%v became %v as %s", event, again, written)
		}
	})
}

func TestPollAllocates(t *testing.T) {
	v := viewOf([]byte{1, 2, 3, 4, 5, 3, 0, 0, 0, 1, 1, 1, 2, 1, 1, 1, 1, 7, 3})
	w := v.Clone()
	if n := testing.AllocsPerRun(100, func() { diff(nil, &v, &w) }); n > 0 {
		t.Errorf("no difference costs %v allocations", n)
	}
}
