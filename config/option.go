package config

import (
	"fmt"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// Type is what ctdbd makes of an option's value.
type Type uint8

// The types.
const (
	String  Type = iota // the text as it stands, which some options look at more closely
	Bool                // true, yes, false or no, in any case
	Integer             // a number from 0 to 2147483647
)

// String gives "string", "boolean" or "integer".
func (t Type) String() string {
	switch t {
	case String:
		return "string"
	case Bool:
		return "boolean"
	case Integer:
		return "integer"
	default:
		return fmt.Sprintf("Type(%d)", uint8(t))
	}
}

// OptionName is the name of an option: its section in small letters, and its key. The zero value is none.
type OptionName struct{ Section, Key string }

// Option is an option of ctdb.conf as a release has it. It is a plain value and compares with ==.
//
// Similar to: ctdb.conf(5).
type Option struct {
	// Section is the section in small letters. ctdbd does not tell its case.
	Section string
	// Key is the option's name within the section. Its case matters.
	Key string
	// Type is what ctdbd makes of the value.
	Type Type
	// Rule is what the value must be beyond its type.
	Rule Rule
	// Default is the value without a setting, as ctdb-config dump prints it; "" is none. It is "" too if HostDefault is
	// set.
	Default string
	// HostDefault says that the default is a path that was fixed when CTDB was compiled, so that it is not the same on
	// all hosts. See [Paths].
	HostDefault bool
	// Since is the first release with the option; the zero release is 4.9, the first with a ctdb.conf. Of the options
	// that later came to older series too, it is the oldest release with them: [Option.In] knows the gaps.
	Since release.Release
	// Until is the first release without the option; the zero release means that it is still there.
	Until release.Release
	// Deprecated is the first release that warns of the option, zero if none does.
	Deprecated release.Release
	// Successor is the option that replaces this one, zero if there is none.
	Successor OptionName
}

// In reports whether a release has the option. The zero release is the newest. Releases before 4.9 have no ctdb.conf
// and so no options.
func (o Option) In(r release.Release) bool {
	switch {
	case !r.AtLeast(4, 9, 0):
		return false
	case o.name() == shutdownExtraTimeoutName || o.name() == shutdownFailoverTimeoutName:
		return r.HasShutdownTimeouts() // came to several series at once, which Since can't say
	case !r.AtLeast(o.Since.Major, o.Since.Minor, o.Since.Patch):
		return false
	}
	return o.Until.IsZero() || !r.AtLeast(o.Until.Major, o.Until.Minor, o.Until.Patch)
}

// String gives the section and the key: "[cluster] leader timeout".
func (o Option) String() string { return "[" + o.Section + "] " + o.Key }

func (o Option) name() name { return nameOf(o.Section, o.Key) }

// as gives the option as a release has it.
func (o Option) as(r release.Release) Option {
	if o.name() == logLevelName && !r.AtLeast(4, 19, 0) {
		o.Default = LevelError.String()
	}
	return o
}
