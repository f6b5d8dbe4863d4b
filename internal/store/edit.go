package store

import (
	"context"
	"errors"
	"io/fs"
)

// Edit changes a file under its lock: it reads it, lets change make new bytes of what is there, and replaces it with
// them. A missing file comes as no bytes and the zero stamp, and perm is what a new one gets. An error of change leaves
// the file as it is.
func Edit(
	ctx context.Context, s Store, name string, perm fs.FileMode, change func(data []byte, stamp Stamp) ([]byte, error),
) (err error) {
	unlock, err := s.Lock(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	data, stamp, err := s.Read(name)
	if err != nil && (!errors.Is(err, fs.ErrNotExist) || stamp.Exists()) {
		return err
	}
	next, err := change(data, stamp)
	if err != nil {
		return err
	}
	_, err = s.Replace(ctx, name, next, perm, stamp)
	return err
}
