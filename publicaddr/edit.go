package publicaddr

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// Why an edit of a [File] is refused, besides [ErrDuplicate]. errors.Is finds them.
var (
	// ErrNoSuchAddress: the file does not have the address.
	ErrNoSuchAddress = errors.New("no such public address")
	// ErrUnusable: no client can be served there. The address has a zone, or is unspecified or a multicast address.
	ErrUnusable = errors.New("want an address for clients")
	// ErrPrefix: the mask is longer than the address, or negative.
	ErrPrefix = errors.New("want a mask length of the address")
	// ErrInterface: Linux has no interface of such a name, or there is none at all.
	ErrInterface = errors.New("want the name of an interface, of 1 to 15 bytes without blanks, slashes, colons and commas")
)

// Add adds an address. Its line goes behind that of the last address, or to the end of a file that has none, and ends
// with a newline; it is one that all releases read. The entry's Line and Text are not used: words behind the interfaces
// would make the node unhealthy, as the package comment says.
//
// The address must be usable, its mask one of the address, and there must be at least one interface. Whether the
// interfaces exist is for the caller to know: ctdbd refuses a file with one that does not.
//
// A running ctdbd takes it up at ctdb reloadips. Similar to: ctdb addip, which lasts until ctdbd ends.
func (f *File) Add(entry Entry) error {
	entry.Address = entry.Address.Unmap()
	if err := entry.check(); err != nil {
		return fmt.Errorf("add public address %v: %w", entry.Address, err)
	}
	if at, ok := f.lookup(entry.Address); ok {
		return fmt.Errorf("add public address %v: %w, in line %d", entry.Address, ErrDuplicate, at.Line)
	}
	src := f.source()
	behind := src.Lines()
	if last := len(f.entries) - 1; last >= 0 {
		behind = f.entries[last].Line
	}
	written := entry.String() + "\n"
	if behind == src.Lines() && !src.Terminated() {
		written = "\n" + written
	}
	var edit text.Edits
	edit.Insert(src.FullLine(behind).Start, written)
	return f.apply(&edit)
}

// Remove removes an address: its whole line, with the text behind the interfaces.
//
// A running ctdbd drops it at ctdb reloadips. Similar to: ctdb delip, which lasts until ctdbd ends.
func (f *File) Remove(addr netip.Addr) error {
	entry, ok := f.lookup(addr)
	if !ok {
		return fmt.Errorf("remove public address %v: %w", addr, ErrNoSuchAddress)
	}
	var edit text.Edits
	edit.DeleteLine(f.source(), entry.Line-1)
	return f.apply(&edit)
}

// SetInterfaces gives an address other interfaces, in the place of those that it has. The rest of its line stays. If
// these are its interfaces already, nothing changes.
//
// A running ctdbd does not take that up at ctdb reloadips: see [ChangeKind.Reloads].
func (f *File) SetInterfaces(addr netip.Addr, interfaces ...string) error {
	entry, ok := f.lookup(addr)
	if !ok {
		return fmt.Errorf("set the interfaces of %v: %w", addr, ErrNoSuchAddress)
	}
	if err := checkInterfaces(interfaces); err != nil {
		return fmt.Errorf("set the interfaces of %v: %w", addr, err)
	}
	if slices.Equal(entry.Interfaces, interfaces) {
		return nil
	}
	var edit text.Edits
	edit.Replace(splitLine(f.source(), entry.Line-1).names, strings.Join(interfaces, ","))
	return f.apply(&edit)
}

// SetBytes gives the file other bytes altogether. If ctdbd would refuse them, the file stays as it is and the error is
// that of [Parse].
func (f *File) SetBytes(data []byte) error {
	next, err := Parse(f.source().Name(), data)
	if err != nil {
		return err
	}
	*f = *next
	return nil
}

// apply makes an edit, and reads the result again: what ctdbd would refuse is no result.
func (f *File) apply(edit *text.Edits) error {
	if f.err != nil {
		return fmt.Errorf("ctdbd refuses the file as it is: %w", f.err)
	}
	data, err := edit.Apply(f.source())
	if err != nil {
		return err
	}
	return f.SetBytes(data)
}

// check says why an entry is none that can be written.
func (e Entry) check() error {
	switch addr := e.Address; {
	case !addr.IsValid() || addr.Zone() != "" || addr.IsUnspecified() || addr.IsMulticast():
		return ErrUnusable
	case e.Mask < 0 || e.Mask > addr.BitLen():
		return fmt.Errorf("%w, 0 to %d, got %d", ErrPrefix, addr.BitLen(), e.Mask)
	}
	return checkInterfaces(e.Interfaces)
}

func checkInterfaces(names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("%w, got none", ErrInterface)
	}
	for _, name := range names {
		if !isInterface(name) {
			return fmt.Errorf("%w, got %q", ErrInterface, finding.Clip(name))
		}
	}
	return nil
}

// maxInterface is the longest name of an interface that Linux has, in bytes.
const maxInterface = 15

// isInterface tells whether Linux can have an interface of that name, and the file name it.
func isInterface(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= maxInterface &&
		!strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == '/' || r == ':' || r == ',' })
}
