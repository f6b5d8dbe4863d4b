package main

import (
	"fmt"
	"strings"
	"time"
)

// simulatedLog gives the log of a node that sees another one come and go.
func simulatedLog() string {
	at := time.Now().Add(-time.Hour).UTC()
	var b strings.Builder
	line := func(after time.Duration, program string, format string, args ...any) {
		at = at.Add(after)
		stamp := at.Format("2006-01-02T15:04:05.000000-07:00")
		fmt.Fprintf(&b, "%s mother %s: %s\n", stamp, program, fmt.Sprintf(format, args...))
	}
	flags := func(is, was string) {
		line(7*time.Minute, "ctdb-recoverd[5035]", "Node 1 has changed flags - now 0x%s  was 0x%s", is, was)
		line(300*time.Millisecond, "ctdb-recoverd[5035]", "Takeover run starting")
	}
	for range 3 {
		flags("0", "2")
		line(6*time.Millisecond, "ctdbd[4709]", "Release of IP 192.168.6.85/24 on interface mother_ctdb0  node:1")
		line(400*time.Millisecond, "ctdb-recoverd[5035]", "Takeover run completed successfully")
		flags("2", "0")
		line(100*time.Millisecond, "ctdbd[4709]", "Takeover of IP 192.168.6.85/24 on interface mother_ctdb0")
		line(200*time.Millisecond, "ctdb-recoverd[5035]", "Takeover run completed successfully")
	}
	line(time.Minute, "ctdb-eventd[4711]", "05.system: WARNING: Filesystem / utilization 91%% >= threshold 90%%")
	return b.String()
}
