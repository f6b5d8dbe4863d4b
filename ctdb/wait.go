package ctdb

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// WaitError says that a wait was given up.
type WaitError struct {
	// For is what was waited for.
	For string
	// Err is why it was given up. If time was up, errors.Is finds ErrTimeout, context.DeadlineExceeded and the
	// context's cause.
	Err error
	// Last is the state that was seen last; nil if there never was an answer.
	Last *status.Cluster
	// LastErr is why the last question had no answer; nil if it had. A question that was cut short by the end of the
	// wait does not count.
	LastErr error
}

// Error says what was waited for, why that was given up, and what was seen last.
func (e *WaitError) Error() string {
	text := fmt.Sprintf("waiting for %s: %v", e.For, e.Err)
	if e.Last != nil {
		text += "; last seen: " + brief(e.Last)
	}
	if e.LastErr != nil && !errors.Is(e.Err, e.LastErr) {
		text += "; last error: " + e.LastErr.Error()
	}
	return text
}

// Unwrap gives Err and LastErr.
func (e *WaitError) Unwrap() []error {
	if e.LastErr == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.LastErr}
}

// brief gives a state in one line.
func brief(cluster *status.Cluster) string {
	words := make([]string, 0, len(cluster.Nodes)+2)
	for _, n := range cluster.Nodes {
		words = append(words, fmt.Sprintf("node %v %s", n.PNN, n.State()))
	}
	if mode, ok := cluster.RecoveryMode.Get(); ok {
		words = append(words, "recovery mode "+mode.String())
	}
	return shorten(strings.Join(append(words, "leader "+cluster.Leader.String()), ", "), 400)
}

// WaitFor waits until a condition holds, as the node that is asked sees the cluster, and gives the state that fulfils
// it. It asks again and again, at first after a tenth of a second and then less and less often down to every two
// seconds, and over the socket also whenever something changes, as [Client.Watch] sees it. It bears failures meanwhile,
// such as a daemon that is not running. Only if there is no ctdb tool
// ([ErrToolMissing]) or it may not be used ([ErrPermission]) it gives up at once.
//
// It waits as long as its context lasts, or [Config.Timeout] if that has no deadline. No single question takes longer
// than Config.Timeout. The error is a [*WaitError], which has the last state.
func (c *Client) WaitFor(ctx context.Context, condition Condition) (*status.Cluster, error) {
	var seen *status.Cluster
	err := c.wait(ctx, condition.String(), func(ctx context.Context) (bool, *status.Cluster, error) {
		cluster, err := c.Status(ctx)
		seen = cluster
		return err == nil && condition.Holds(cluster), cluster, err
	})
	if err != nil {
		return nil, err
	}
	return seen, nil
}

// WaitForAddress waits until a public address is hosted by a node, or by none if that is [nodes.NoPNN], as all active
// nodes report it. All else is as in [Client.WaitFor]; the error has no last state.
func (c *Client) WaitForAddress(ctx context.Context, addr netip.Addr, on nodes.PNN) error {
	addr, err := checkAddress("ip", addr)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("address %v on node %v", addr, on)
	if on == nodes.NoPNN {
		what = fmt.Sprintf("address %v on no node", addr)
	}
	return c.wait(ctx, what, func(ctx context.Context) (bool, *status.Cluster, error) {
		all, err := c.AllPublicIPs(ctx)
		if err != nil {
			return false, nil, err
		}
		ip, ok := all.Find(addr)
		host, hosted := ip.Node.Get()
		return ok && (hosted && host == on || !hosted && on == nodes.NoPNN), nil, nil
	})
}

// look asks a cluster once: whether the wait is over, and what it saw.
type look func(ctx context.Context) (over bool, seen *status.Cluster, err error)

// wait asks until it is over. The error is a WaitError.
func (c *Client) wait(ctx context.Context, what string, ask look) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	failure := &WaitError{For: what}
	ears := newEars(c)
	defer ears.close()
	for pauses := (watchPauses{}); ; {
		over, err := c.lookOnce(ctx, ask, failure)
		if over {
			return nil
		}
		if errors.Is(err, ErrToolMissing) || errors.Is(err, ErrPermission) {
			failure.Err = err
			return failure
		}
		if !ears.wait(ctx, pauses.next(lastPause)) {
			failure.Err = ended(ctx)
			return failure
		}
	}
}

// lookOnce asks within the time for one question, and keeps what it saw.
func (c *Client) lookOnce(ctx context.Context, ask look, failure *WaitError) (over bool, err error) {
	once, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	over, seen, err := ask(once)
	switch {
	case err == nil:
		failure.Last, failure.LastErr = seen, nil
	case ctx.Err() == nil || failure.Last == nil && failure.LastErr == nil:
		failure.LastErr = err
	}
	return over, err
}

// ended says why a context ended.
func ended(ctx context.Context) error {
	err := contextError(ctx)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return causes{ErrTimeout, err}
	}
	return err
}
