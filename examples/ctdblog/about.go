package main

import (
	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// nodeOf gives the node that an event is about, if it says that.
func nodeOf(event ctdblog.Event) (nodes.PNN, bool) {
	switch e := event.(type) {
	case ctdblog.NodeFlags:
		return e.Node, true
	case ctdblog.NodeUnresponsive:
		return e.Node, true
	case ctdblog.RecoveryInitiated:
		return e.Node, true
	case ctdblog.LeaderElected:
		return e.Node, true
	case ctdblog.BanOrdered:
		return e.Node, true
	}
	return valueOf(event).Get()
}

// valueOf is for events that may not know it.
func valueOf(event ctdblog.Event) status.Value[nodes.PNN] {
	switch e := event.(type) {
	case ctdblog.NodeConnected:
		return e.Node
	case ctdblog.NodeDead:
		return e.Node
	case ctdblog.LeaderLost:
		return e.Node
	case ctdblog.ElectionEnded:
		return e.Node
	case ctdblog.Banned:
		return e.Node
	case ctdblog.BanEnded:
		return e.Node
	case ctdblog.Healthy:
		return e.Node
	case ctdblog.Unhealthy:
		return e.Node
	case ctdblog.AddressTaken:
		return e.Node
	case ctdblog.AddressReleased:
		return e.Node
	case ctdblog.AddressFailed:
		return e.Node
	}
	return status.Value[nodes.PNN]{}
}
