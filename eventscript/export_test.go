package eventscript

import "github.com/go-ctdb/go-ctdb/ctdb/release"

// Needed is what a script needs, for tests that read the scripts.
type Needed struct{ Programs, Services, Options []string }

// NeededBy gives what a script needs, and whether anything is known of it.
func NeededBy(script string, r release.Release) (Needed, bool) {
	n, ok := needed[script]
	all := Needed{Services: n.service.names}
	for _, p := range n.programs {
		if p.in(r) {
			all.Programs = append(all.Programs, p.names...)
		}
	}
	for _, option := range []string{n.option, n.hint, n.service.option} {
		if option != "" {
			all.Options = append(all.Options, option)
		}
	}
	if n.callout {
		all.Options = append(all.Options, "CTDB_NFS_CALLOUT")
	}
	return all, ok
}
