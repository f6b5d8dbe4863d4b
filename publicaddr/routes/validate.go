package routes

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// The identifiers of what [File.Validate] and [StaticFile.Validate] find.
const (
	FindingBackslash   = "routes/backslash"   // the shell gives it a meaning
	FindingTooLarge    = "routes/too-large"   // the file was not read
	FindingNoNewline   = "routes/no-newline"  // scripts do not see the last line
	FindingIgnored     = "routes/ignored"     // the first word is no address, and no # either
	FindingIPv6        = "routes/ipv6"        // policy routing is for IPv4 only
	FindingNotPublic   = "routes/not-public"  // no public address of this node
	FindingDestination = "routes/destination" // missing, or none that the ip command takes
	FindingGateway     = "routes/gateway"     // missing, or none that the ip command takes
	FindingDuplicate   = "routes/duplicate"   // the ip command refuses the second
	FindingInterface   = "routes/interface"   // no interface has such a name
)

// Validate reports what this package refuses, and what the scripts ignore or the ip command refuses. public is the
// public_addresses file of a node; nil leaves that out. The findings are in the order of the file; none is good news.
func (f *File) Validate(public *publicaddr.File) []finding.Finding {
	v := newValidator(&f.core)
	seen := map[string]int{}
	for _, l := range f.lines {
		r, ok := f.route(l)
		if !ok {
			v.ignored(l)
			continue
		}
		at := l.first.Start
		if !r.Address.Is4() {
			v.add(FindingIPv6, finding.Warning, at, "policy routing is for IPv4 only, so CTDB does nothing for %v", r.Address)
			continue
		}
		if public != nil {
			if _, ok := public.Lookup(r.Address); !ok {
				v.add(FindingNotPublic, finding.Warning, at, "%v is no public address of this node, so the line is ignored", r.Address)
			}
		}
		v.destination(l, r.Destination, true)
		if r.Gateway != "" {
			v.gateway(l, r.Gateway, true)
		}
		v.duplicate(l, r.Address.String(), r.Destination, seen, finding.Error)
	}
	return v.done()
}

// Validate reports what this package refuses, and what the script does not see or the ip command refuses, of which CTDB
// says nothing. The findings are in the order of the file; none is good news.
func (f *StaticFile) Validate() []finding.Finding {
	v := newValidator(&f.core)
	seen := map[string]int{}
	for _, l := range f.lines {
		first, destination, gateway := f.words(l)
		if first[0] == '#' {
			continue
		}
		ipv4 := !strings.Contains(destination+gateway, ":")
		if !isInterface(first) {
			v.add(FindingInterface, finding.Error, l.first.Start, "no interface can have the name %q", finding.Clip(first))
		}
		v.destination(l, destination, ipv4)
		v.gateway(l, gateway, ipv4)
		v.duplicate(l, "", destination, seen, finding.Warning)
	}
	return v.done()
}

type validator struct {
	*core
	found []finding.Finding
}

func newValidator(c *core) *validator {
	v := &validator{core: c}
	for _, err := range finding.Refusals(c.err) {
		id := FindingBackslash
		if errors.Is(err, ErrTooLarge) {
			id = FindingTooLarge
		}
		v.found = append(v.found, finding.Finding{
			ID: id, Severity: finding.Error, File: err.Name, Line: err.Line, Col: err.Col, Message: err.Message(),
		})
	}
	if src := c.source(); !src.Terminated() && src.Len() <= MaxSize {
		last := splitLine(src, src.Lines()-1).first
		if word := src.Text(last); word != "" && word[0] != '#' {
			v.add(FindingNoNewline, finding.Error, last.Start, "CTDB does not see the last line, which does not end with a newline")
		}
	}
	return v
}

// add adds a finding at an offset of the text.
func (v *validator) add(id string, severity finding.Severity, offset int, format string, args ...any) {
	at := v.source().Position(offset)
	v.found = append(v.found, finding.Finding{
		ID: id, Severity: severity, File: at.File, Line: at.Line, Col: at.Col, Message: fmt.Sprintf(format, args...),
	})
}

func (v *validator) done() []finding.Finding {
	finding.Sort(v.found)
	return v.found
}

// ignored is about a line of policy routing whose first word is no address as CTDB prints it.
func (v *validator) ignored(l line) {
	word := v.source().Text(l.first)
	if word[0] == '#' {
		return
	}
	if addr, err := netip.ParseAddr(word); err == nil {
		v.add(FindingIgnored, finding.Warning, l.first.Start, "CTDB ignores the line: it writes the address as %v", addr.Unmap())
		return
	}
	v.add(FindingIgnored, finding.Warning, l.first.Start, "CTDB ignores the line: %q is no public address", finding.Clip(word))
}

func (v *validator) destination(l line, written string, ipv4 bool) {
	switch {
	case written == "":
		v.add(FindingDestination, finding.Error, l.first.Start, "there is no destination")
	case !isDestination(written, ipv4):
		v.add(FindingDestination, finding.Error, l.second.Start, "want a network without bits of a host, an address or default, got %q", finding.Clip(written))
	}
}

func (v *validator) gateway(l line, written string, ipv4 bool) {
	switch {
	case written == "":
		v.add(FindingGateway, finding.Error, l.first.Start, "there is no gateway")
	case !isGateway(written, ipv4):
		v.add(FindingGateway, finding.Error, l.rest.Start, "want the address of a gateway, got %q", finding.Clip(written))
	}
}

// duplicate remembers a line, and looks for one like it in its table of routes.
func (v *validator) duplicate(l line, table, destination string, seen map[string]int, severity finding.Severity) {
	if prefix, ok := parseDestination(destination, !strings.Contains(destination, ":")); ok {
		destination = prefix.String()
	}
	key := table + " " + destination
	if other, ok := seen[key]; ok {
		v.add(FindingDuplicate, severity, l.first.Start, "line %d has a route to this destination already, and the ip command refuses another", other)
		return
	}
	seen[key] = l.number + 1
}
