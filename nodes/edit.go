package nodes

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// Why an edit of a [File] is refused. errors.Is finds them.
var (
	// ErrNoSuchNode: the file has no node of that number.
	ErrNoSuchNode = errors.New("no such node")
	// ErrDuplicate: a node that is not deleted has that address already.
	ErrDuplicate = errors.New("the address is another node's")
	// ErrNotDeleted: the node is not deleted. Its address can't be changed: delete it, let the cluster reload its nodes,
	// and restore it with another.
	ErrNotDeleted = errors.New("the node is not deleted")
	// ErrUnusable: no node can have that address. It is none, has a zone, is link-local IPv6, which needs a zone, or is
	// an unspecified, multicast or broadcast address.
	ErrUnusable = errors.New("want an address that a node can have")
)

// Append adds a node, and gives its number: the first that was never used. Deleted nodes keep theirs; [File.Restore]
// uses them again. The new line goes behind the last node's, before blank lines at the end of the file.
//
// The errors are [ErrUnusable] and [ErrDuplicate], [ErrTooLarge] if the file has no room, and that of [Parse] for a file
// that ctdbd refuses as it is. After an error the file is as it was, and the number is [NoPNN].
func (f *File) Append(addr netip.Addr) (PNN, error) {
	pnn := PNN(len(f.nodes))
	if err := f.appendNode(addr.Unmap()); err != nil {
		return NoPNN, fmt.Errorf("append a node: %w", err)
	}
	return pnn, nil
}

func (f *File) appendNode(addr netip.Addr) error {
	if err := f.refused(); err != nil {
		return err
	}
	if err := f.checkNew(addr); err != nil {
		return err
	}
	behind := 0
	if last := len(f.nodes) - 1; last >= 0 {
		behind = f.nodes[last].Line
	}
	var edit text.Edits
	edit.InsertLine(f.source(), behind, addr.String())
	return f.apply(&edit)
}

// Delete comments a node's line out, so that the nodes behind it keep their numbers. Its address stays there, for people
// and for [File.Restore]. A node that is deleted already stays as it is.
//
// ctdb reloadnodes accepts that only of a node that is disconnected: stop ctdbd there first.
//
// The errors are [ErrNoSuchNode], [ErrTooLarge], and that of [Parse] for a file that ctdbd refuses as it is. After an
// error the file is as it was.
func (f *File) Delete(pnn PNN) error {
	if err := f.deleteNode(pnn); err != nil {
		return fmt.Errorf("delete node %v: %w", pnn, err)
	}
	return nil
}

func (f *File) deleteNode(pnn PNN) error {
	node, err := f.editable(pnn)
	if err != nil || node.Deleted {
		return err
	}
	var edit text.Edits
	edit.Insert(f.contentOf(node).Start, "#")
	return f.apply(&edit)
}

// Restore makes a deleted node a node again, with that address: the one that it had, or another. The zero address means
// the first word behind the #, the address that the node had; it comes back as it was written. A node that is not
// deleted, and is not to have another address, stays as it is.
//
// That is the only way to give a node another address. The cluster has to reload its nodes between Delete and Restore:
// both in one [Edit] are a change in place, which is forbidden.
//
// The errors are [ErrNoSuchNode]; [ErrNotDeleted] for another address of a node that is not deleted; [ErrUnusable], also
// for the zero address when there is none behind the #; [ErrDuplicate], [ErrTooLarge], and that of [Parse] for a file
// that ctdbd refuses as it is. After an error the file is as it was.
func (f *File) Restore(pnn PNN, addr netip.Addr) error {
	if err := f.restoreNode(pnn, addr.Unmap()); err != nil {
		return fmt.Errorf("restore node %v: %w", pnn, err)
	}
	return nil
}

func (f *File) restoreNode(pnn PNN, addr netip.Addr) error {
	node, err := f.editable(pnn)
	switch {
	case err != nil:
		return err
	case !node.Deleted && addr.IsValid() && addr != node.Address:
		return ErrNotDeleted
	case !node.Deleted:
		return nil
	}
	former, written, ok := node.former()
	if ok && !addr.IsValid() {
		addr = former
	}
	if err := f.checkNew(addr); err != nil {
		return err
	}
	if addr != former {
		written = addr.String()
	}
	var edit text.Edits
	edit.Replace(f.contentOf(node), written)
	return f.apply(&edit)
}

// SetBytes gives the file other bytes altogether. If ctdbd would refuse them, the file stays as it is and the error is
// that of [Parse]. Nothing keeps this from renumbering nodes but [Edit], which compares the file before and after.
func (f *File) SetBytes(data []byte) error {
	next, err := Parse(f.source().Name(), data)
	if err != nil {
		return err
	}
	*f = *next
	return nil
}

// refused is the error about a file that ctdbd refuses as it is, where only SetBytes helps.
func (f *File) refused() error {
	if f.err != nil {
		return fmt.Errorf("ctdbd refuses the file as it is: %w", f.err)
	}
	return nil
}

// editable gives the node of that number.
func (f *File) editable(pnn PNN) (Node, error) {
	if err := f.refused(); err != nil {
		return Node{}, err
	}
	node, ok := f.Node(pnn)
	if !ok {
		return Node{}, ErrNoSuchNode
	}
	return node, nil
}

// checkNew refuses an address that no node can have, or that one has.
func (f *File) checkNew(addr netip.Addr) error {
	if reason := unusable(addr); reason != "" {
		return fmt.Errorf("%w: %s", ErrUnusable, reason)
	}
	if node, ok := f.Lookup(addr); ok {
		return fmt.Errorf("%v: %w, node %v", addr, ErrDuplicate, node.PNN)
	}
	return nil
}

// contentOf is the span of a node's text.
func (f *File) contentOf(node Node) text.Span { return content(f.source(), node.Line-1) }

// apply makes an edit, and reads the result again: what ctdbd would refuse is no result.
func (f *File) apply(edit *text.Edits) error {
	data, err := edit.Apply(f.source())
	if err != nil {
		return err
	}
	return f.SetBytes(data)
}
