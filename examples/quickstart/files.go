package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// edited is what became of a nodes file.
type edited struct {
	Before  string         `json:"before"`
	Changes []nodes.Change `json:"changes"`
	After   string         `json:"after"`
	Refused string         `json:"refused"` // the error about an edit that would have renumbered nodes
}

// editFiles edits a nodes file in a temporary directory: a node more, and one less. Then it tries what must not be.
func editFiles(ctx context.Context) (_ *edited, err error) {
	dir, err := os.MkdirTemp("", "quickstart")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := nodes.Options{Path: filepath.Join(dir, "nodes"), Create: true}

	before := "10.0.0.1\n10.0.0.2\n10.0.0.3\n"
	if err := nodes.Edit(ctx, file, func(f *nodes.File) error { return f.SetBytes([]byte(before)) }); err != nil {
		return nil, err
	}
	was, err := nodes.Load(file)
	if err != nil {
		return nil, err
	}
	err = nodes.Edit(ctx, file, func(f *nodes.File) error {
		_, err := f.Append(netip.MustParseAddr("10.0.0.4"))
		return errors.Join(err, f.Delete(1))
	})
	if err != nil {
		return nil, err
	}
	is, err := nodes.Load(file)
	if err != nil {
		return nil, err
	}
	refused := nodes.Edit(ctx, file, func(f *nodes.File) error { return f.SetBytes([]byte("10.0.0.1\n10.0.0.3\n10.0.0.4\n")) })
	if !errors.Is(refused, nodes.ErrForbidden) {
		return nil, fmt.Errorf("an edit that renumbers nodes was not refused: %w", refused)
	}
	forbidden, _ := errors.AsType[*nodes.ForbiddenError](refused)
	forbidden.Path = "nodes" // the directory is gone when this is read
	return &edited{before, nodes.Diff(was, is), string(is.Bytes()), forbidden.Error()}, nil
}

// print prints it for people.
func (e *edited) print(w io.Writer) {
	fmt.Fprintf(w, "\nA nodes file, edited: add 10.0.0.4, delete node 1.\n")
	for _, c := range e.Changes {
		fmt.Fprintf(w, "  %v\n", c)
	}
	fmt.Fprintf(w, "Its lines now, where node 1 keeps its place:\n")
	for line := range strings.Lines(e.After) {
		fmt.Fprintf(w, "  %s", line)
	}
	fmt.Fprintf(w, "Taking the line out would renumber nodes, and is refused:\n  %s\n", e.Refused)
}
