package store_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

// A change is Lock, Read, Replace, unlock. Somebody who does not lock is detected.
func Example() {
	ctx := context.Background()
	fsys := afero.NewMemMapFs() // nil is the real file system
	s := store.For(fsys, store.Options{})
	if _, err := s.Replace(ctx, "/nodes", []byte("10.0.0.1\n"), 0o644, store.Stamp{}); err != nil {
		fmt.Println(err)
		return
	}

	unlock, err := s.Lock(ctx, "/nodes")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = unlock() }()
	data, stamp, err := s.Read("/nodes")
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := afero.WriteFile(fsys, "/nodes", []byte("10.9.9.9\n"), 0o644); err != nil { // an editor
		fmt.Println(err)
		return
	}
	_, err = s.Replace(ctx, "/nodes", append(data, "10.0.0.2\n"...), 0o644, stamp)
	if conflict, ok := errors.AsType[*store.ConflictError](err); ok {
		fmt.Printf("now it has %q, and we wanted %q\n", conflict.Current, conflict.Data)
	}
	// Output:
	// now it has "10.9.9.9\n", and we wanted "10.0.0.1\n10.0.0.2\n"
}
