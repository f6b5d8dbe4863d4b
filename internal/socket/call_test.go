package socket_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestCall has requests answered in all kinds of ways.
func TestCall(t *testing.T) {
	noise := [][]byte{
		messagePacket(wire.SrvidLeader, words(1)), replyPacket(1<<31, 0, words(9)), refusal(0, -1, "nobody asked"),
	}
	for _, test := range []struct {
		name   string
		answer func(d *daemon, replies [][]byte)
	}{
		{"at once", func(d *daemon, replies [][]byte) { d.send(replies...) }},
		{"one by one", func(d *daemon, replies [][]byte) {
			for _, r := range replies {
				d.send(r)
			}
		}},
		{"the last one first", func(d *daemon, replies [][]byte) {
			slices.Reverse(replies)
			d.send(replies...)
		}},
		{"byte by byte", func(d *daemon, replies [][]byte) {
			for _, b := range bytes.Join(replies, nil) {
				d.send([]byte{b})
			}
		}},
		{"in pieces that are no packets", func(d *daemon, replies [][]byte) {
			for piece := range slices.Chunk(bytes.Join(replies, nil), 37) {
				d.send(piece)
			}
		}},
		{"each twice, the second time with a refusal", func(d *daemon, replies [][]byte) {
			for i, r := range replies {
				again := bytes.Clone(r)
				put(again, 32, 0xFFFFFFFF)
				if i == len(replies)-1 { // for the last one nobody waits then
					d.send(r, again)
				} else {
					d.send(r, again, noise[0])
				}
			}
		}},
		{"with noise", func(d *daemon, replies [][]byte) {
			for _, r := range replies {
				d.send(slices.Concat(noise, [][]byte{r}, noise)...)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, d := dial(t)
			want := []string{"one", "", "three", string(make([]byte, 40_000)), "five"}
			go func() {
				var replies [][]byte
				for _, r := range d.all(len(want)) {
					replies = append(replies, echoed(r))
				}
				test.answer(d, replies)
			}()
			got, err := ask(soon(t), t, conn, want...)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("error %v, mismatch (-want +got)\n%s", err, diff)
			}
			works(t, conn, d)
		})
	}
}

func TestLight(t *testing.T) {
	conn, d := dial(t)
	var light wire.Light
	for _, n := range []int{3, 1000, 1} {
		go func() {
			replies := lightReplies(n, d.all(wire.LightRequests)[0].id)
			slices.Reverse(replies)
			d.send(replies...)
		}()
		if err := conn.Light(soon(t), wire.Destination{}, &light); err != nil {
			t.Fatal(err)
		}
		cluster := light.Cluster()
		if len(cluster.Nodes) != n || len(cluster.LMasters) != n || light.PNN != 1 ||
			cluster.Generation != status.Known(status.Generation(5)) {
			t.Errorf("%d nodes: got %+v", n, light)
		}
	}
	works(t, conn, d)
}

// TestRefusal gets the status and the text of a refusal to where it was asked for.
func TestRefusal(t *testing.T) {
	conn, d := dial(t)
	go func() { d.send(refusal(d.next().id, -1, "ctdb_control timed out")) }()
	_, err := ask(soon(t), t, conn, "x")
	if e, ok := errors.AsType[*wire.StatusError](err); !ok || e.Status != -1 || !errors.Is(err, wire.ErrTimedOut) {
		t.Errorf("error %v", err)
	}
	works(t, conn, d)
}

// TestCallStops ends a call with the first error of its function.
func TestCallStops(t *testing.T) {
	conn, d := dial(t)
	go func() {
		for _, r := range d.all(3) {
			d.send(echoed(r))
		}
	}()
	var got []int
	err := conn.Call(soon(t), wire.Destination{}, make([]wire.Request, 3), func(i int, _ wire.Reply) error {
		got = append(got, i)
		if i == 1 {
			return context.Canceled
		}
		return nil
	})
	if diff := cmp.Diff([]int{0, 1}, got); diff != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, mismatch (-want +got)\n%s", err, diff)
	}
	works(t, conn, d)
}

func TestCallWithoutRequests(t *testing.T) {
	conn, d := dial(t)
	if got, err := ask(soon(t), t, conn); err != nil || got != nil {
		t.Errorf("got %v, error %v", got, err)
	}
	works(t, conn, d)
	d.nothing(conn)
	isOver(t, conn, socket.ErrClosed)
	if _, err := ask(soon(t), t, conn); !errors.Is(err, socket.ErrClosed) {
		t.Errorf("error %v of a connection that was closed", err)
	}
}

// TestDestination sends requests to the node that was asked for.
func TestDestination(t *testing.T) {
	conn, d := dial(t)
	to, err := wire.ToNode(7)
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range []func(ctx context.Context) error{
		func(ctx context.Context) error { return conn.Light(ctx, to, &wire.Light{}) },
		func(ctx context.Context) error { return conn.Call(ctx, to, make([]wire.Request, 4), nil) },
	} {
		ctx, cancel := context.WithCancel(soon(t))
		go func() {
			defer cancel()
			for range 4 {
				if r := d.next(); r.to != 7 {
					t.Errorf("got request %+v", r)
				}
			}
		}()
		if err := call(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

// TestDeadline ends calls to a daemon that is silent.
func TestDeadline(t *testing.T) {
	conn, _ := dial(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := ask(short(t), t, conn, "one", "two"); !gaveUp(err, context.DeadlineExceeded) {
				t.Errorf("error %v", err)
			}
		})
	}
	all.Wait()
	if n := conn.Waiting(); n != 0 || conn.Err() != nil {
		t.Errorf("%d requests are left on the list, error %v", n, conn.Err())
	}
}

// TestLate drops replies to calls that gave up.
func TestLate(t *testing.T) {
	conn, d := dial(t)
	for i := range 4 {
		late := givesUp(t, conn, 0, func(cancel func()) []request {
			late := d.all(3)
			d.send(echoed(late[1]))
			answered(t, conn, d, "so that the one before was read")
			cancel()
			return late
		})
		works(t, conn, d)
		for _, r := range late[:i] {
			d.send(echoed(r))
		}
		works(t, conn, d)
	}
}

// givesUp has a call give up when the daemon says so, and gives what that got. So many requests of others are left.
func givesUp(t *testing.T, conn *socket.Conn, left int, daemon func(cancel func()) []request) []request {
	t.Helper()
	ctx, cancel := context.WithCancel(soon(t))
	got := make(chan []request, 1)
	go func() { got <- daemon(cancel) }()
	if _, err := ask(ctx, t, conn, "one", "two", "three"); !gaveUp(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n := conn.Waiting(); n != left {
		t.Errorf("%d requests are left on the list", n)
	}
	return <-got
}

// TestCancelled sends nothing for a context that is over.
func TestCancelled(t *testing.T) {
	conn, d := dial(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, call := ask(ctx, t, conn, "x")
	_, listening := conn.Listen(ctx, wire.SrvidLeader, func(wire.Message) {})
	for name, err := range map[string]error{
		"Call": call, "Listen": listening, "Light": conn.Light(ctx, wire.Destination{}, &wire.Light{}),
		"Send": conn.Send(ctx, func(out []byte) []byte { return append(out, "x"...) }),
	} {
		if !gaveUp(err, context.Canceled) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	works(t, conn, d)
	d.nothing(conn)
}

// TestReplyAndCancel has both happen at the same moment. Either may win; what comes next must not be harmed.
func TestReplyAndCancel(t *testing.T) {
	conn, d := dial(t)
	go func() {
		for {
			r, err := readRequest(d.conn)
			if err != nil {
				return
			}
			if _, err := d.conn.Write(echoed(r)); err != nil {
				return
			}
		}
	}()
	answers := 0
	for i := range 3000 {
		ctx, cancel := context.WithCancel(t.Context())
		var ended sync.WaitGroup
		ended.Go(func() {
			for range rand.IntN(20_000) { // about as long as a reply takes
				_ = ctx.Err()
			}
			cancel()
		})
		text := fmt.Sprint(i)
		got, err := ask(ctx, t, conn, text, text+"b")
		switch {
		case err == nil && slices.Equal(got, []string{text, text + "b"}):
			answers++
		case err == nil || !errors.Is(err, context.Canceled) || len(got) > 0:
			t.Fatalf("got %q, error %v", got, err)
		}
		ended.Wait()
	}
	t.Logf("%d of 3000 were answered", answers)
	if n := conn.Waiting(); n != 0 || conn.Err() != nil {
		t.Errorf("%d requests are left on the list; error %v", n, conn.Err())
	}
}

// TestReplyCounts takes replies that are there also when there is no more time.
func TestReplyCounts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 {
		if err := socket.WaitForNone(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestManyCalls has 64 goroutines ask at once, some of which give up, and replies that come in any order, some never.
func TestManyCalls(t *testing.T) {
	conn, d := dial(t)
	go shuffle(d)
	var all sync.WaitGroup
	answers := make([]int, 64)
	for g := range answers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(g), 1))
			for i := range 100 {
				if askSome(t, conn, random, fmt.Sprintf("%d.%d", g, i)) {
					answers[g]++
				}
			}
		})
	}
	all.Wait()
	if n := conn.Waiting(); n != 0 || slices.Max(answers) == 0 || slices.Min(answers) == 100 || conn.Err() != nil {
		t.Errorf("answers: %d; %d requests are left on the list; error %v", answers, n, conn.Err())
	}
}

// askSome asks for up to five echoes, and says whether they came. It gives up at a random time.
func askSome(t *testing.T, conn *socket.Conn, random *rand.Rand, text string) bool {
	texts := make([]string, 1+random.IntN(5))
	for i := range texts {
		texts[i] = fmt.Sprintf("%s.%d", text, i)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if random.IntN(3) == 0 {
		timer := time.AfterFunc(time.Duration(random.IntN(500))*time.Microsecond, cancel)
		defer timer.Stop()
	}
	got, err := ask(ctx, t, conn, texts...)
	if err == nil && slices.Equal(got, texts) {
		return true
	}
	if err == nil || len(got) > 0 || !errors.Is(err, ctx.Err()) {
		t.Errorf("asked for %q, got %q, error %v", texts, got, err)
	}
	return false
}

// shuffle answers in another order than asked, not everything, and with messages in between.
func shuffle(d *daemon) {
	var held [][]byte
	for {
		r, err := readRequest(d.conn)
		if err != nil {
			return
		}
		held = append(held, echoed(r))
		if len(held) < 40 && rand.IntN(10) > 0 {
			continue
		}
		rand.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
		if rand.IntN(50) == 0 {
			held = held[1:] // that call will have to give up
		}
		held = append(held, messagePacket(wire.SrvidLeader, words(1)))
		if _, err := d.conn.Write(bytes.Join(held, nil)); err != nil {
			return
		}
		held = nil
	}
}

// TestNumbers has the numbers of requests begin anew, without those that are waited for.
func TestNumbers(t *testing.T) {
	conn, d := dial(t)
	conn.SetNext(0xFFFFFFFE)
	var held []request
	var all sync.WaitGroup
	for i, texts := range [][]string{{"a"}, {"b", "c", "d"}, {"e"}} { // 0xFFFFFFFE; 0xFFFFFFFF, 0, 1; 2
		all.Go(func() {
			if got, err := ask(soon(t), t, conn, texts...); err != nil || !slices.Equal(got, texts) {
				t.Errorf("call %d: got %q, error %v", i, got, err)
			}
		})
		held = append(held, d.all(len(texts))...)
	}
	// All of these are taken now, and those before them are too few.
	conn.SetNext(0xFFFFFFFC)
	all.Go(func() {
		if got, err := ask(soon(t), t, conn, "1", "2", "3", "4"); err != nil || len(got) != 4 {
			t.Errorf("the last call: got %q, error %v", got, err)
		}
	})
	held = append(held, d.all(4)...)
	var ids []uint32
	for _, r := range held {
		ids = append(ids, r.id)
		defer d.send(echoed(r))
	}
	want := []uint32{0xFFFFFFFE, 0xFFFFFFFF, 0, 1, 2, 3, 4, 5, 6}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	for _, r := range held {
		d.send(echoed(r))
	}
	all.Wait()
	works(t, conn, d)
}

// TestNumbersOfOthers has a call give up when one of its numbers is another call's already.
func TestNumbersOfOthers(t *testing.T) {
	conn, d := dial(t)
	result := make(chan error)
	late := givesUp(t, conn, 1, func(cancel func()) []request {
		late := d.all(3)
		d.send(echoed(late[0]))
		answered(t, conn, d, "so that the one before was read")
		conn.SetNext(late[0].id)
		go func() { _, err := ask(soon(t), t, conn, "x"); result <- err }()
		late = append(late, d.next())
		cancel()
		return late
	})
	if late[3].id != late[0].id {
		t.Errorf("the other call has number %d, want %d", late[3].id, late[0].id)
	}
	d.send(echoed(late[3]))
	if err := <-result; err != nil {
		t.Error(err)
	}
	works(t, conn, d)
}
