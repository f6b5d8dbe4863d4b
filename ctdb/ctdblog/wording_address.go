package ctdblog

// addressWordings are about public addresses and takeover runs.
var addressWordings = []wording{
	{"Takeover run starting", exactly(TakeoverStarted{})},
	{"Takeover run completed successfully", exactly(TakeoverFinished{})},
	{"Takeover run unsuccessful", exactly(TakeoverFailed{})},
	{"Takeover of IP ", addressTaken},
	{"Release of IP ", addressReleased},
	{"Dropping all public IP addresses", exactly(AddressesDropped{})},
	{"Failed to takeover IP ", func(rest text) Event { return addressFailed(rest, false) }},
	{"Failed to release IP ", func(rest text) Event { return addressFailed(rest, true) }},
	{"TAKEOVER_IP ", func(rest text) Event { return addressFailedOn(rest, false) }},
	{"RELEASE_IP ", func(rest text) Event { return addressFailedOn(rest, true) }},
	{"Failed to find node to cover ip ", func(rest text) Event {
		if a, ok := rest.address(); ok && rest.done() {
			return AddressUnhosted{Address: a}
		}
		return nil
	}},
}

// addressTaken reads "10.0.0.1/24 on interface eth0". What goes on otherwise was rejected.
func addressTaken(rest text) Event {
	a, mask, ok := rest.prefix()
	if !ok || !rest.literal(" on interface ") {
		return nil
	}
	name, ok := rest.word()
	if !ok || !rest.done() {
		return nil
	}
	return AddressTaken{Address: a, Mask: mask, Interface: name}
}

// addressReleased reads "10.0.0.1/24 on interface eth0  node:1".
func addressReleased(rest text) Event {
	a, mask, ok := rest.prefix()
	if !ok || !rest.literal(" on interface ") {
		return nil
	}
	name, ok := rest.word()
	if !ok || !rest.literal("  node:") && !rest.literal(" node:") {
		return nil
	}
	node, ok := rest.nodeOrNone()
	if !ok || !rest.done() {
		return nil
	}
	return AddressReleased{Address: a, Mask: mask, Interface: name, Node: node}
}

// addressFailed reads "10.0.0.1 on interface eth0".
func addressFailed(rest text, release bool) Event {
	a, ok := rest.address()
	if !ok || !rest.literal(" on interface ") {
		return nil
	}
	name, ok := rest.word()
	if !ok || !rest.done() {
		return nil
	}
	return AddressFailed{Address: a, Interface: name, Release: release}
}

// addressFailedOn reads "10.0.0.1 failed on node 2, ret=-1".
func addressFailedOn(rest text, release bool) Event {
	a, ok := rest.address()
	if !ok || !rest.literal(" failed on node ") {
		return nil
	}
	node, ok := rest.nodeOrNone()
	if !ok || !rest.literal(", ret=") {
		return nil
	}
	return AddressFailed{Address: a, Release: release, Node: node}
}
