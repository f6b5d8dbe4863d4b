package config

import "fmt"

// Rule is what a value must be beyond its [Type], for CTDB to take it or to work with it.
type Rule uint8

// The rules. The zero value is none: any text will do.
const (
	IsLogLevel  Rule = iota + 1 // see ParseLogLevel
	IsLocation                  // see ParseLocation; the directory of a file must be there
	IsTransport                 // tcp
	IsAddress                   // a numeric IPv4 or IPv6 address, without a port or a zone
	IsLock                      // see ParseLock
	IsNodesList                 // see ParseNodesList
	IsPositive                  // a number above 0
	IsDirectory                 // a directory that is there
	IsScript                    // the name of an executable file beside ctdb.conf
)

var rules = [...]string{
	"any value", "a log level", "a place to log to", "tcp", "a numeric address", "a cluster lock", "a list of nodes",
	"a number above 0", "a directory", "a script beside ctdb.conf",
}

// String describes the rule: "a log level".
func (r Rule) String() string {
	if int(r) < len(rules) {
		return rules[r]
	}
	return fmt.Sprintf("Rule(%d)", uint8(r))
}
