package routes

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// StaticRoute is a line of static-routes. It is a plain value and compares with ==. What is missing in the line is empty;
// Validate finds that.
type StaticRoute struct {
	// Interface is the name of the interface that packets leave through.
	Interface string `json:"interface"`
	// Destination is where they go, as it is written: a network such as 10.0.0.0/8, an address, or "default".
	Destination string `json:"destination"`
	// Gateway is the node that they go through, as it is written.
	Gateway string `json:"gateway"`
	// Line is the number of the line in the file, counted from 1.
	Line int `json:"line,omitempty"`
}

// String gives the route as it is written in the file.
func (r StaticRoute) String() string { return r.Interface + " " + r.Destination + " " + r.Gateway }

// StaticFile is a static-routes file. The zero value is the empty file. It is as safe for concurrent use as a [File] is.
type StaticFile struct{ core }

// ParseStatic reads a static-routes file. Its errors are like those of [Parse].
func ParseStatic(name string, data []byte) (*StaticFile, error) {
	f := &StaticFile{parse(name, data)}
	return f, f.err
}

// LoadStatic reads a static-routes file. The errors are those of [ParseStatic] and of the file system: for CTDB, a file
// that is missing is one without routes. A file that ParseStatic refuses comes back beside the error.
func LoadStatic(o Options) (*StaticFile, error) {
	o = o.static()
	data, err := o.file().Read()
	if err != nil {
		return nil, err
	}
	return ParseStatic(o.Path, data)
}

// EditStatic changes a static-routes file as [Edit] changes a file of policy routing. The script adds routes only: those
// that are gone from the file stay on nodes that have them.
func EditStatic(ctx context.Context, o Options, edit func(*StaticFile) error) error {
	o = o.static()
	return o.file().Edit(ctx, func(data []byte) ([]byte, error) {
		f, _ := ParseStatic(o.Path, data) // the error is in f
		if err := edit(f); err != nil {
			return nil, err
		}
		return f.Bytes(), f.err
	})
}

// Bytes gives a copy of the file's bytes.
func (f *StaticFile) Bytes() []byte { return f.source().Bytes() }

// SetBytes gives the file other bytes altogether. If [ParseStatic] refuses them, the file stays as it is.
func (f *StaticFile) SetBytes(data []byte) error { return set(&f.core, data) }

// All gives the routes in the order of the file.
func (f *StaticFile) All() iter.Seq[StaticRoute] {
	return func(yield func(StaticRoute) bool) {
		for _, l := range f.lines {
			first, second, rest := f.words(l)
			if first[0] == '#' {
				continue
			}
			if !yield(StaticRoute{Interface: first, Destination: second, Gateway: rest, Line: l.number + 1}) {
				return
			}
		}
	}
}

// Len is the number of routes.
func (f *StaticFile) Len() int {
	count := 0
	for range f.All() {
		count++
	}
	return count
}

// Add adds a route, behind the last one. Its Line is not used. The destination must be a network without bits of a host,
// an address or "default", and the gateway an address of the same family.
func (f *StaticFile) Add(r StaticRoute) error {
	if err := r.check(); err != nil {
		return fmt.Errorf("add %s: %w", finding.Clip(r.String()), err)
	}
	last := -1
	for old := range f.All() {
		last = old.Line - 1
		if old.Interface == r.Interface && sameDestination(old.Destination, r.Destination) {
			return fmt.Errorf("add %v: %w, in line %d", r, ErrDuplicate, old.Line)
		}
	}
	return f.become(f.inserted(last, r.String()))
}

func (r StaticRoute) check() error {
	ipv4 := !strings.Contains(r.Gateway, ":")
	switch {
	case !isInterface(r.Interface):
		return fmt.Errorf("%w with the name of an interface", ErrRoute)
	case !isGateway(r.Gateway, ipv4):
		return fmt.Errorf("%w through an address", ErrRoute)
	case !isDestination(r.Destination, ipv4):
		return fmt.Errorf("%w to a network or an address like the gateway's, or default", ErrRoute)
	}
	return nil
}

// Remove removes the routes through an interface to a destination, whatever their gateways. An empty destination removes
// all routes through the interface.
func (f *StaticFile) Remove(name, destination string) error {
	var edit text.Edits
	for r := range f.All() {
		if r.Interface == name && (destination == "" || sameDestination(r.Destination, destination)) {
			edit.DeleteLine(f.source(), r.Line-1)
		}
	}
	if edit.Len() == 0 {
		return fmt.Errorf("remove %s %s: %w", finding.Clip(name), finding.Clip(destination), ErrNoSuchRoute)
	}
	return f.become(f.edited(&edit))
}
