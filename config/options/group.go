package options

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"path"
	"strings"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes/group"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// The identifiers of what the Validate methods of [NATGateway], [LVS] and [PerIPRouting] find.
const (
	FindingMissing   = "options/missing"   // a variable that the others need is not set
	FindingUnused    = "options/unused"    // a variable is set, and the one that turns all on is not
	FindingNotKnown  = "options/not-known" // only a shell can tell the value, which was not looked at
	FindingFile      = "options/file"      // the file that is named is missing, or the scripts refuse it
	FindingPath      = "options/path"      // the path of a file is not absolute
	FindingAddress   = "options/address"   // no IPv4 address, or not written as the script needs it
	FindingPublic    = "options/public"    // it is one of the public addresses
	FindingInterface = "options/interface" // no interface can have such a name
	FindingRoute     = "options/route"     // no network, or no gateway of one
	FindingRulePref  = "options/rule-pref" // not between those of the kernel's own rules
	FindingTableIDs  = "options/table-ids" // no range, or one with tables of the kernel
	FindingTables    = "options/tables"    // too few for the public addresses
)

// Host is what is known of the node whose options are validated. The zero value is enough.
type Host struct {
	// FS is the node's file system; nil is that of this machine.
	FS afero.Fs
	// Release is that of the node's CTDB; zero is the newest.
	Release release.Release
	// Node is the node's private address. A node that is follower-only in a group needs less. The zero Addr may be any
	// node, which needs all.
	Node netip.Addr
	// Public is the node's public_addresses file; nil leaves that out.
	Public *publicaddr.File
}

// checker validates a group of variables.
type checker struct {
	Host
	files string // to name in findings about what is not there
	found []finding.Finding
}

// add adds a finding about a setting.
func (c *checker) add(id string, severity finding.Severity, s Setting, format string, args ...any) {
	f := finding.Finding{
		ID: id, Severity: severity, File: s.File, Line: s.Line, Col: s.Col, Message: fmt.Sprintf(format, args...),
	}
	if f.File == "" {
		f.File = c.files
	}
	c.found = append(c.found, f)
}

// on tells whether the variable that turns all on does so. If it does not, the others should not be there.
func (c *checker) on(first Setting, others ...Setting) bool {
	for _, s := range append([]Setting{first}, others...) {
		if s.State == Unknown {
			c.add(FindingNotKnown, finding.Note, s, "only a shell can tell %s, so it was not looked at", s.Name)
		}
	}
	if first.State == Unknown || first.Or("") != "" {
		return true
	}
	for _, s := range others {
		if s.Or("") != "" {
			c.add(FindingUnused, finding.Warning, s, "%s does nothing, since %s is not set", s.Name, first.Name)
		}
	}
	return false
}

// value gives a value to check. There is none if it is not known, or if it is not set; then that is an error if it is
// needed.
func (c *checker) value(s Setting, needed bool) (string, bool) {
	value := s.Or("")
	if value == "" && s.State != Unknown && needed {
		c.add(FindingMissing, finding.Error, s, "%s is not set", s.Name)
	}
	return value, value != ""
}

// path looks at the path of a file.
func (c *checker) path(s Setting) {
	if value := s.Or(""); value != "" && !path.IsAbs(value) {
		c.add(FindingPath, finding.Warning, s, "the path %q is not absolute, so it depends on who runs the script what it is",
			finding.Clip(value))
	}
}

// nodes looks at the file of a group, and tells whether this node is one that never leads.
func (c *checker) nodes(s Setting) (follower bool) {
	value, ok := c.value(s, true)
	if !ok {
		return false
	}
	c.path(s)
	f, err := group.Load(group.Options{Path: value, FS: c.FS})
	if err == nil {
		err = f.CheckFor(c.Release)
	}
	if err != nil {
		c.file(s, err)
		return false
	}
	m, ok := f.Lookup(c.Node)
	if c.Node.IsValid() && !ok {
		c.add(FindingFile, finding.Note, s, "%v is not in %s", c.Node, finding.Clip(value))
	}
	return ok && m.FollowerOnly
}

// file is about a file that can't be used.
func (c *checker) file(s Setting, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		c.add(FindingFile, finding.Error, s, "%s names %q, which does not exist", s.Name, finding.Clip(s.Value))
		return
	}
	c.add(FindingFile, finding.Error, s, "%s names a file that can't be used: %v", s.Name, err)
}

// iface looks at the name of an interface.
func (c *checker) iface(s Setting, needed bool) {
	if value, ok := c.value(s, needed); ok && !isInterface(value) {
		c.add(FindingInterface, finding.Error, s, "no interface can have the name %q", finding.Clip(value))
	}
}

// maxInterface is the longest name of an interface that Linux has, in bytes.
const maxInterface = 15

func isInterface(name string) bool {
	return name != "." && name != ".." && len(name) <= maxInterface && name[0] != '-' &&
		!strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == '/' || r == ':' })
}

// isUsable tells whether a host can have an IPv4 address.
func isUsable(addr netip.Addr) bool {
	return addr.Is4() && !addr.IsUnspecified() && !addr.IsMulticast() && !addr.IsLoopback()
}

func (c *checker) done() []finding.Finding {
	finding.Sort(c.found)
	return c.found
}
