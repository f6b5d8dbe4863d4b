package ctdb

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// takeoverAddresses are where a connection gets the answers to takeover runs. ctdbd goes on sending to an address as long
// as the connection lasts, so that they are used again.
type takeoverAddresses struct {
	mu   sync.Mutex
	idle []*takeoverAddress
}

// takeoverAddress is one of them.
type takeoverAddress struct {
	srvid   wire.Srvid
	answers chan bool // whether a takeover run succeeded
}

// takeAddress gives an address that nobody else uses.
func (c *connection) takeAddress(ctx context.Context) (*takeoverAddress, error) {
	all := &c.takeover
	all.mu.Lock()
	if n := len(all.idle); n > 0 {
		address := all.idle[n-1]
		all.idle = all.idle[:n-1]
		all.mu.Unlock()
		return address, nil
	}
	all.mu.Unlock()
	address := &takeoverAddress{wire.ClientSrvid(rand.Uint64()), make(chan bool, 1)}
	_, err := c.Listen(ctx, address.srvid, func(message wire.Message) {
		if _, ok, err := wire.DecodeTakeoverRun(message); err == nil {
			select {
			case address.answers <- ok:
			default:
			}
		}
	})
	return address, err
}

// giveAddress gives an address back. One that more answers can come to, of requests that were sent again, must not be.
func (c *connection) giveAddress(address *takeoverAddress) {
	c.takeover.mu.Lock()
	defer c.takeover.mu.Unlock()
	c.takeover.idle = append(c.takeover.idle, address)
}

// callTakeover is what a SocketError calls a takeover run.
const callTakeover = "TAKEOVER_RUN"

// takeoverRun asks the leader for a takeover run, again and again, until one is over. A leader that there is not does not
// answer.
func (a asker) takeoverRun(ctx context.Context) error {
	local, err := one(ctx, a, wire.GetPNN(), func(reply wire.Reply) (nodes.PNN, error) { // and finds whether the node is there
		return reply.Source, nil
	})
	if err != nil {
		return err
	}
	address, err := a.conn.takeAddress(ctx)
	if err != nil {
		return a.failure(ctx, callTakeover, err)
	}
	const soonest = time.Second
	pause := time.NewTicker(max(thirdOf(ctx), soonest))
	defer pause.Stop()
	for sent := 1; ; sent++ {
		err := a.conn.Send(ctx, func(out []byte) []byte { return wire.AppendTakeoverRun(out, local, address.srvid) })
		if err != nil {
			return a.failure(ctx, callTakeover, err)
		}
		select {
		case ok := <-address.answers:
			if sent == 1 {
				a.conn.giveAddress(address)
			}
			if !ok {
				return a.refused(callTakeover, ErrTakeover)
			}
			return nil
		case <-pause.C:
		case <-ctx.Done():
			return a.failure(ctx, callTakeover, ctx.Err())
		case <-a.conn.Done():
			return a.failure(ctx, callTakeover, a.conn.Err())
		}
	}
}

// reloadIPs has the node read its file again, which takes it until that is done, and the addresses distributed anew.
func (a asker) reloadIPs(ctx context.Context) (struct{}, error) {
	if err := a.tell(ctx, wire.ReloadPublicIPs()); err != nil {
		return struct{}{}, err
	}
	return struct{}{}, a.takeoverRun(ctx)
}
