package ctdblog

// banWordings are about bans.
var banWordings = []wording{
	{"Banning this node for ", func(rest text) Event {
		if d, ok := rest.seconds(); ok && string(rest) == " seconds" {
			return Banned{For: d}
		}
		return nil
	}},
	{"Banning node ", func(rest text) Event {
		n, ok := rest.node()
		if !ok || !rest.literal(" for ") {
			return nil
		}
		if d, ok := rest.seconds(); ok && string(rest) == " seconds" {
			return BanOrdered{Node: n, For: d}
		}
		return nil
	}},
	{"Banning timed out", exactly(BanEnded{Expired: true})},
	{"Banning timedout", exactly(BanEnded{Expired: true})}, // up to 4.5
	{"Unbanning this node", exactly(BanEnded{})},
}

// lockWordings are about the cluster lock, which is the recovery lock up to 4.15.
var lockWordings = []wording{
	{"Cluster lock taken successfully", exactly(LockTaken{})},
	{"Recovery lock taken successfully", exactly(LockTaken{})},
	{"Releasing cluster lock", exactly(LockReleased{})},
	{"Releasing recovery lock", exactly(LockReleased{})},
	{"Unable to take cluster lock - ", lockFailed},
	{"Unable to take recovery lock - ", lockFailed},
	{"Unable to take recover lock - ", lockFailed},
	{"Cluster lock helper terminated", always(LockLost{Reason: "Cluster lock helper terminated"})},
	{"Recovery lock helper terminated", always(LockLost{Reason: "Recovery lock helper terminated"})},
	{"Cluster lock not held - abort recovery, ban node", exactly(LockLost{Reason: "Cluster lock not held"})},
	{"Failed cluster lock sanity check", always(LockLost{Reason: "Failed cluster lock sanity check"})},
	{"Failed recovery lock sanity check", always(LockLost{Reason: "Failed recovery lock sanity check"})},
}

func lockFailed(rest text) Event {
	if string(rest) == "contention" {
		return LockContended{}
	}
	return LockFailed{Reason: reason(rest)}
}
