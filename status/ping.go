package status

import (
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// Ping is the answer of a node's ctdbd. Similar to: ctdb ping.
type Ping struct {
	// PNN is the node that answered.
	PNN nodes.PNN `json:"pnn"`
	// RoundTrip is what the answer took, by the tool's clock, without the start of the tool, or by this process's over the socket.
	RoundTrip time.Duration `json:"round_trip"`
	// Clients counts the programs that are connected to that ctdbd, the tool itself among them if it asked its own
	// node.
	Clients int `json:"clients"`
}

// ParsePing reads the output of "ctdb ping", which has only a text form. Anything else is a [*ParseError]; then there
// is no Ping.
func ParsePing(out []byte) (*Ping, error) {
	const (
		from, after, unit, end = "response from ", " time=", " sec  (", " clients)"
		want                   = `"response from NODE time=SECONDS sec  (N clients)"`
	)
	var s scanner
	if err := s.answer(cmdPing, out, want); err != nil {
		return nil, err
	}
	rest, ok := strings.CutPrefix(s.line, from)
	node, rest, ok2 := strings.Cut(rest, after)
	span, rest, ok3 := strings.Cut(rest, unit)
	clients, ok4 := strings.CutSuffix(rest, end)
	if !ok || !ok2 || !ok3 || !ok4 {
		return nil, s.errAt(0, "want "+want+", got "+clip(s.line))
	}
	offset := len(from)
	pnn, err := s.pnn(node, offset)
	if err != nil {
		return nil, err
	}
	offset += len(node) + len(after)
	roundTrip, err := s.seconds(span, offset)
	if err != nil {
		return nil, err
	}
	n, err := s.count(clients, offset+len(span)+len(unit))
	if err != nil {
		return nil, err
	}
	return &Ping{PNN: pnn, RoundTrip: roundTrip, Clients: n}, nil
}
