package routes

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/netip"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// Route is a line of the file of policy routing that is for an address. It is a plain value and compares with ==.
type Route struct {
	// Address is the public address that packets must come from, never IPv4-mapped.
	Address netip.Addr `json:"address"`
	// Destination is where they go, as it is written: a network such as 10.0.0.0/8, an address, or "default". It may be
	// missing, which Validate finds.
	Destination string `json:"destination"`
	// Gateway is the node that they go through, as it is written. Empty is none: the destination is on the link.
	Gateway string `json:"gateway,omitempty"`
	// Line is the number of the line in the file, counted from 1.
	Line int `json:"line,omitempty"`
}

// String gives the route as it is written in the file.
func (r Route) String() string {
	line := r.Address.String() + " " + r.Destination
	if r.Gateway != "" {
		line += " " + r.Gateway
	}
	return line
}

// Why an edit is refused. errors.Is finds them.
var (
	// ErrNoSuchRoute: the file does not have the route.
	ErrNoSuchRoute = errors.New("no such route")
	// ErrDuplicate: the file has a route of that address, or interface, to that destination.
	ErrDuplicate = errors.New("the route is there already")
	// ErrRoute: a part of the route is missing, or is not what it should be.
	ErrRoute = errors.New("want a route")
)

// File is a file of policy routing. The zero value is the empty file.
//
// A File shares no memory with what it was made from. What only reads it, and the sequences that it returns, are safe for
// concurrent use, as long as nothing edits it. Each edit takes time in proportion to the size of the file.
type File struct{ core }

// Parse reads a file of policy routing. It does no I/O: name is for messages only. CTDB refuses no file; the errors are
// about backslashes ([ErrBackslash]) and the size ([ErrTooLarge]), and are a *[ParseError] or a *[ParseErrors]. On error
// the File has no routes and can't be edited, and is there for its bytes and findings.
func Parse(name string, data []byte) (*File, error) {
	f := &File{parse(name, data)}
	return f, f.err
}

// Load reads a file of policy routing. The errors are those of [Parse] and of the file system, and [ErrNoPath]. A file
// that Parse refuses comes back beside the error.
func Load(o Options) (*File, error) {
	o, err := o.perIP()
	if err != nil {
		return nil, err
	}
	data, err := o.file().Read()
	if err != nil {
		return nil, err
	}
	return Parse(o.Path, data)
}

// Edit changes a file of policy routing: it locks it, reads it, lets edit change it, and puts the result in its place in
// one step that survives a crash. If edit changes nothing, nothing is written; if it returns an error, nothing is written
// and errors.Is finds that error in the one of Edit. A file that [Parse] refuses can be mended with [File.SetBytes].
//
// Callers of Edit, in this process and others, wait for each other until ctx is over; then nothing is written. If an
// editor changed the file meanwhile, the error is [ErrConflict] and its bytes stay. Do not call Edit from within edit.
// Edit is safe for concurrent use.
//
// The scripts read the file when an address comes to a node. For those that are there, see the event "reconfigure" of
// 13.per_ip_routing.
func Edit(ctx context.Context, o Options, edit func(*File) error) error {
	o, err := o.perIP()
	if err != nil {
		return err
	}
	return o.file().Edit(ctx, func(data []byte) ([]byte, error) {
		f, _ := Parse(o.Path, data) // the error is in f
		if err := edit(f); err != nil {
			return nil, err
		}
		return f.Bytes(), f.err
	})
}

// Bytes gives a copy of the file's bytes: those that Parse was given, for every input, valid or not, and what edits made
// of them.
func (f *File) Bytes() []byte { return f.source().Bytes() }

// SetBytes gives the file other bytes altogether. If [Parse] refuses them, the file stays as it is.
func (f *File) SetBytes(data []byte) error { return set(&f.core, data) }

// set replaces a file's bytes.
func set(c *core, data []byte) error {
	next, err := c.with(data)
	if err == nil {
		*c = next
	}
	return err
}

// All gives the routes in the order of the file.
func (f *File) All() iter.Seq[Route] {
	return func(yield func(Route) bool) {
		for _, l := range f.lines {
			if r, ok := f.route(l); ok && !yield(r) {
				return
			}
		}
	}
}

// For gives the routes of an address, in the order of the file.
func (f *File) For(addr netip.Addr) iter.Seq[Route] {
	addr = addr.Unmap()
	return func(yield func(Route) bool) {
		for r := range f.All() {
			if r.Address == addr && !yield(r) {
				return
			}
		}
	}
}

// Len is the number of routes.
func (f *File) Len() int {
	count := 0
	for range f.All() {
		count++
	}
	return count
}

// route reads a line, and tells whether it is for an address.
func (f *File) route(l line) (Route, bool) {
	first, destination, gateway := f.words(l)
	addr, err := netip.ParseAddr(first)
	if err != nil || addr.Zone() != "" || addr.Is4In6() || addr.String() != first {
		return Route{}, false
	}
	return Route{Address: addr, Destination: destination, Gateway: gateway, Line: l.number + 1}, true
}

// Add adds a route, behind the last one of its address, or else of the file. Its Line is not used. It must be for an IPv4
// address; the destination must be a network without bits of a host, an address or "default", and the gateway an address
// or missing.
func (f *File) Add(r Route) error {
	r.Address = r.Address.Unmap()
	if err := r.check(); err != nil {
		return fmt.Errorf("add %v: %w", r, err)
	}
	last, behind := -1, -1
	for old := range f.All() {
		last = old.Line - 1
		if old.Address == r.Address {
			behind = last
			if sameDestination(old.Destination, r.Destination) {
				return fmt.Errorf("add %v: %w, in line %d", r, ErrDuplicate, old.Line)
			}
		}
	}
	if behind < 0 {
		behind = last
	}
	return f.become(f.inserted(behind, r.String()))
}

func (r Route) check() error {
	switch {
	case !r.Address.Is4():
		return fmt.Errorf("%w of an IPv4 address", ErrRoute)
	case !isDestination(r.Destination, true):
		return fmt.Errorf("%w to a network, an address or default", ErrRoute)
	case r.Gateway != "" && !isGateway(r.Gateway, true):
		return fmt.Errorf("%w through an address", ErrRoute)
	}
	return nil
}

// Remove removes the routes of an address to a destination, whatever their gateways. An empty destination removes all
// routes of the address.
func (f *File) Remove(addr netip.Addr, destination string) error {
	addr = addr.Unmap()
	var edit text.Edits
	for r := range f.For(addr) {
		if destination == "" || sameDestination(r.Destination, destination) {
			edit.DeleteLine(f.source(), r.Line-1)
		}
	}
	if edit.Len() == 0 {
		return fmt.Errorf("remove %v %s: %w", addr, finding.Clip(destination), ErrNoSuchRoute)
	}
	return f.become(f.edited(&edit))
}

// become takes over the result of an edit, if there is one.
func (c *core) become(next core, err error) error {
	if err == nil {
		*c = next
	}
	return err
}

// AutoRoutes gives the routes of [AutoLinkLocal]: for each public IPv4 address one to its own network, on the link.
// Addresses whose mask is none have none.
func AutoRoutes(public *publicaddr.File) []Route {
	var all []Route
	for entry := range public.All() {
		if prefix, ok := entry.Prefix(); ok && entry.Address.Is4() {
			all = append(all, Route{Address: entry.Address, Destination: prefix.Masked().String()})
		}
	}
	return all
}
