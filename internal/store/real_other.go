//go:build !linux

package store

import (
	"context"
	"io/fs"
)

// noStore refuses everything: no other system than Linux was tried, and none has CTDB.
type noStore struct{}

func newReal(Options) Store { return noStore{} }

func (noStore) Read(name string) ([]byte, Stamp, error) {
	return nil, Stamp{}, fail("read", name, ErrUnsupported)
}

func (noStore) Lock(_ context.Context, name string) (func() error, error) {
	return nil, fail("lock", name, ErrUnsupported)
}

func (noStore) Replace(_ context.Context, name string, _ []byte, _ fs.FileMode, _ Stamp) (Stamp, error) {
	return Stamp{}, fail("replace", name, ErrUnsupported)
}

func (noStore) Link(_ context.Context, _, name string, _ LinkOptions) (LinkResult, error) {
	return LinkResult{}, fail("link", name, ErrUnsupported)
}

func (noStore) Detach(_ context.Context, name string) error {
	return fail("detach", name, ErrUnsupported)
}

func (noStore) Unlink(_ context.Context, _, name string) error {
	return fail("unlink", name, ErrUnsupported)
}

func (noStore) Remove(_ context.Context, name string, _ Stamp) error {
	return fail("remove", name, ErrUnsupported)
}

func (noStore) Chmod(_ context.Context, name string, _, _ fs.FileMode) (bool, error) {
	return false, fail("chmod", name, ErrUnsupported)
}
