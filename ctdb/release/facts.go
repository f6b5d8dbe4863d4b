package release

// HasLeader reports whether the release calls the node that leads the cluster its leader: the commands `ctdb leader`
// and `ctdb setleaderrole`, the line "Leader:" of `ctdb status`, the ctdb.conf options "cluster lock", "leader timeout"
// and "leader capability". That is so since 4.16. Before, the words are recmaster, `ctdb recmaster`,
// `ctdb setrecmasterrole`, "Recovery master:", "recovery lock" and "recmaster capability", and each release knows only
// its own.
//
// The NAT gateway and LVS changed their words earlier, in 4.14.
func (r Release) HasLeader() bool { return r.AtLeast(4, 16, 0) }

// HasUnknownFlag reports whether the release has the node flag UNKNOWN, and so the column "Unknown" in the middle of
// `ctdb -X status`. That is so since 4.17.
func (r Release) HasUnknownFlag() bool { return r.AtLeast(4, 17, 0) }

// HasJSON reports whether `ctdb --json` exists. It does since 4.25, for `status` and `version` only, and in builds
// with the JSON library.
func (r Release) HasJSON() bool { return r.AtLeast(4, 25, 0) }

// MachineSeparator gives what separates the fields of `ctdb -Y` output: "|" since 4.5, ":" before. With ":", IPv6
// addresses are ambiguous. The option -X, which exists since 4.2, always gives "|".
func (r Release) MachineSeparator() string {
	if r.AtLeast(4, 5, 0) {
		return "|"
	}
	return ":"
}

// ReadsBracketedIPv6 reports whether an address may be written as "[fd00::1]" in nodes and public_addresses. It may
// since 4.16; before, one such line makes ctdbd refuse the file.
func (r Release) ReadsBracketedIPv6() bool { return r.AtLeast(4, 16, 0) }

// HasNodesList reports whether ctdb.conf has the option "nodes list" in section "cluster", which names another nodes
// file or a "!command" that prints it. It has since 4.22; before, the option is ignored and the file in the
// configuration directory is read.
func (r Release) HasNodesList() bool { return r.AtLeast(4, 22, 0) }

// ToolReadsConf reports whether the ctdb program itself reads ctdb.conf, so that an error in the file makes every
// command fail. It does since 4.22.
func (r Release) ToolReadsConf() bool { return r.AtLeast(4, 22, 0) }

// HasShutdownTimeouts reports whether ctdb.conf has the options "shutdown extra timeout" and "shutdown failover
// timeout" in section "failover". It has since 4.23.0, 4.22.2 and 4.21.6: 4.22.0 and 4.22.1 do not have them.
func (r Release) HasShutdownTimeouts() bool {
	if r.Major == 4 && r.Minor == 21 {
		return r.Patch >= 6
	}
	return r.AtLeast(4, 22, 2)
}
