package eventscript

import (
	"fmt"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// MaxScripts is how many files there may be in a directory of scripts.
const MaxScripts = 10_000

// Script is a script that CTDB runs at events, or could, or that somebody may believe it does.
type Script struct {
	// Name is that of the script without ".script", such as "50.samba". Of a file that CTDB does not take for a script
	// (see FindingName) it is the name of the file.
	Name string `json:"name"`
	// Order is the number that the name begins with, in which CTDB runs the scripts; -1 if it has none.
	Order int `json:"order"`
	// Origin tells where the script comes from.
	Origin Origin `json:"origin"`
	// Installed: a script of that name came with CTDB. It need not be the one that runs: see Origin.
	Installed bool `json:"installed"`
	// Enabled: CTDB runs the script. It is right where "ctdb event script list" is blind: a script that is not executable
	// and a directory are not enabled. Through the ctdb tool it is what that says.
	Enabled bool `json:"enabled"`
	// Kind is what is in the directory of the scripts that run. Not known through the ctdb tool.
	Kind Kind `json:"kind,omitempty"`
	// Path is where the script is, or would be, in that directory. Not known through the ctdb tool.
	Path string `json:"path,omitempty"`
	// Target is the text of a symbolic link.
	Target string `json:"target,omitempty"`
	// Findings are what is wrong with it.
	Findings []finding.Finding `json:"findings,omitempty"`
}

// String gives the script's line as in "ctdb event script list", with its own idea of what is enabled.
func (s Script) String() string {
	if s.Enabled {
		return "* " + s.Name
	}
	return "  " + s.Name
}

// isOwn tells of a script that is enabled in place of the one that came with CTDB: by a copy, or a link of another
// text.
func (s Script) isOwn() bool { return s.Enabled && s.Installed && s.Origin == OriginLocal }

// Origin tells where a script comes from.
type Origin uint8

// The origins.
const (
	// OriginInstalled: it came with CTDB, and either is not enabled or is so by a link to it.
	OriginInstalled Origin = iota + 1
	// OriginLocal: it is in the directory of the scripts that run, as a file or as a link to somewhere else. Through the
	// ctdb tool, links to the installed script that do not have the right text count as local too. Before 4.9 all scripts
	// are local.
	OriginLocal
)

var origins = [...]string{OriginInstalled: "installed", OriginLocal: "local"}

// String gives "installed" or "local".
func (o Origin) String() string { return word(origins[:], o, "Origin") }

// MarshalText gives what String gives.
func (o Origin) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (o *Origin) UnmarshalText(text []byte) error { return unword(origins[:], o, text) }

// Kind is what has a script's name in a directory.
type Kind uint8

// The kinds.
const (
	KindNone  Kind = iota + 1 // nothing
	KindLink                  // a symbolic link
	KindFile                  // a regular file
	KindOther                 // a directory, a device or the like
)

var kinds = [...]string{KindNone: "none", KindLink: "link", KindFile: "file", KindOther: "other"}

// String gives "none", "link", "file" or "other".
func (k Kind) String() string { return word(kinds[:], k, "Kind") }

// MarshalText gives what String gives.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (k *Kind) UnmarshalText(text []byte) error { return unword(kinds[:], k, text) }

// word gives the word of a value, which counts from 1.
func word[T ~uint8](words []string, value T, kind string) string {
	if value > 0 && int(value) < len(words) {
		return words[value]
	}
	return fmt.Sprintf("%s(%d)", kind, uint8(value))
}

// unword finds the value of a word.
func unword[T ~uint8](words []string, value *T, text []byte) error {
	for i, word := range words {
		if i > 0 && word == string(text) {
			*value = T(i)
			return nil
		}
	}
	return fmt.Errorf("want one of %q, got %q", words[1:], clip(string(text)))
}
