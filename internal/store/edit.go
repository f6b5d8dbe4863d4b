package store

import (
	"context"
	"errors"
	"io/fs"
)

// Edit changes a file under its lock: it reads it, lets change make new bytes of what is there, and replaces it with
// them. A missing file is fs.ErrNotExist; with create it comes as no bytes, and perm is what the new one gets. An error of
// change leaves the file as it is.
func Edit(
	ctx context.Context, s Store, name string, create bool, perm fs.FileMode, change func(data []byte) ([]byte, error),
) (err error) {
	unlock, err := s.Lock(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	data, stamp, err := s.Read(name)
	missing := errors.Is(err, fs.ErrNotExist) && create
	if err != nil && !missing {
		return err
	}
	next, err := change(data)
	if err != nil {
		return err
	}
	_, err = s.Replace(ctx, name, next, perm, stamp)
	return err
}
