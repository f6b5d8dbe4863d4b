package config

import (
	"iter"
	"slices"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// The names of options that code has to know apart.
var (
	locationName                = name{"logging", "location"}
	logLevelName                = name{"logging", "log level"}
	clusterLockName             = name{"cluster", "cluster lock"}
	recoveryLockName            = name{"cluster", "recovery lock"}
	nodesListName               = name{"cluster", "nodes list"}
	leaderTimeoutName           = name{"cluster", "leader timeout"}
	leaderCapabilityName        = name{"cluster", "leader capability"}
	volatileDirectoryName       = name{"database", "volatile database directory"}
	persistentDirectoryName     = name{"database", "persistent database directory"}
	stateDirectoryName          = name{"database", "state database directory"}
	shutdownExtraTimeoutName    = name{"failover", "shutdown extra timeout"}
	shutdownFailoverTimeoutName = name{"failover", "shutdown failover timeout"}
	recmasterCapabilityName     = name{"legacy", "recmaster capability"}
)

// schema has all options of all releases, in the order of ctdb-config dump, with the defaults of the newest release. It
// is only read.
var schema = [...]Option{
	option(locationName).ofHost().rule(IsLocation),
	option(logLevelName).withDefault("NOTICE").rule(IsLogLevel), // ERROR up to 4.18, see Option.as
	option(name{"cluster", "transport"}).withDefault("tcp").rule(IsTransport),
	option(name{"cluster", "node address"}).rule(IsAddress),
	option(clusterLockName).rule(IsLock).since(v4(16, 0)),
	option(recoveryLockName).rule(IsLock).deprecated(v4(16, 0)).replacedBy(clusterLockName),
	option(nodesListName).rule(IsNodesList).since(v4(22, 0)),
	option(leaderTimeoutName).integer("5").rule(IsPositive).since(v4(16, 0)),
	option(leaderCapabilityName).boolean("true").since(v4(16, 0)),
	option(volatileDirectoryName).ofHost().rule(IsDirectory),
	option(persistentDirectoryName).ofHost().rule(IsDirectory),
	option(stateDirectoryName).ofHost().rule(IsDirectory),
	option(name{"database", "lock debug script"}).rule(IsScript),
	option(name{"database", "tdb mutexes"}).boolean("true"),
	option(name{"event", "debug script"}).rule(IsScript),
	option(name{"failover", "disabled"}).boolean("false"),
	option(shutdownExtraTimeoutName).integer("0").since(v4(21, 6)),
	option(shutdownFailoverTimeoutName).integer("10").since(v4(21, 6)),
	option(name{"legacy", "realtime scheduling"}).boolean("true"),
	option(recmasterCapabilityName).boolean("true").until(v4(16, 0)).replacedBy(leaderCapabilityName),
	option(name{"legacy", "lmaster capability"}).boolean("true"),
	option(name{"legacy", "start as stopped"}).boolean("false"),
	option(name{"legacy", "start as disabled"}).boolean("false"),
	option(name{"legacy", "script log level"}).withDefault("ERROR").rule(IsLogLevel),
}

func v4(minor, patch int) release.Release {
	return release.Release{Major: 4, Minor: minor, Patch: patch}
}

func option(n name) Option { return Option{Section: n.section, Key: n.key} }

func (o Option) ofHost() Option {
	o.HostDefault = true
	return o
}

func (o Option) withDefault(text string) Option {
	o.Default = text
	return o
}

func (o Option) rule(r Rule) Option {
	o.Rule = r
	return o
}

func (o Option) boolean(text string) Option {
	o.Type = Bool
	return o.withDefault(text)
}

func (o Option) integer(text string) Option {
	o.Type = Integer
	return o.withDefault(text)
}

func (o Option) since(r release.Release) Option {
	o.Since = r
	return o
}

func (o Option) until(r release.Release) Option {
	o.Until = r
	return o
}

func (o Option) deprecated(r release.Release) Option {
	o.Deprecated = r
	return o
}

func (o Option) replacedBy(n name) Option {
	o.Successor = OptionName{Section: n.section, Key: n.key}
	return o
}

// allOptions gives the options of all releases, those that are gone too, in the order of Known. The defaults are those
// of the newest release.
func allOptions() iter.Seq[Option] { return slices.Values(schema[:]) }

// Known gives the options that a release has, with its defaults. The zero release is the newest; before 4.9 there are
// none. The sequence is safe for concurrent use.
//
// Similar to: ctdb-config dump, whose order it has.
func Known(r release.Release) iter.Seq[Option] {
	return func(yield func(Option) bool) {
		for i := range schema {
			if schema[i].In(r) && !yield(schema[i].as(r)) {
				return
			}
		}
	}
}

// FindOption gives the option that a release takes a section and a key for, and whether there is one. As for ctdbd, the
// case of the section's ASCII letters does not matter, that of the key does, and so does each blank.
//
// Similar to: ctdb-config get, which says "not defined" of what is not there.
func FindOption(r release.Release, section, key string) (Option, bool) {
	for i := range schema {
		if o := &schema[i]; o.Key == key && o.Section == lower(section) && o.In(r) {
			return o.as(r), true
		}
	}
	return Option{}, false
}
