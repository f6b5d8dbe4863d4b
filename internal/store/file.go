package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/afero"
)

// File is a file that a package reads and edits as a whole.
type File struct {
	Path string
	// FS is the file system; nil is the real one.
	FS afero.Fs
	// Options are those of the store. With CreateTarget, a file that is not there is edited as one without bytes.
	Options
	// TooLarge is the package's own error about a file of more than MaxSize bytes. It comes together with ErrTooLarge.
	TooLarge error
}

// Read gives the bytes of the file. A missing one is fs.ErrNotExist.
func (f File) Read() ([]byte, error) {
	data, _, err := For(f.FS, f.Options).Read(f.Path)
	if err != nil {
		return nil, f.explain(err)
	}
	return data, nil
}

// Edit changes the file under its lock: it reads it, lets change make new bytes of what is there, and replaces it with
// them. A new file can be read by all. A missing file is fs.ErrNotExist, but for CreateTarget. An error of change leaves the
// file as it is.
func (f File) Edit(ctx context.Context, change func(data []byte) ([]byte, error)) error {
	return f.explain(f.edit(ctx, change))
}

func (f File) edit(ctx context.Context, change func(data []byte) ([]byte, error)) (err error) {
	s := For(f.FS, f.Options)
	unlock, err := s.Lock(ctx, f.Path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	data, stamp, err := s.Read(f.Path)
	missing := errors.Is(err, fs.ErrNotExist) && f.CreateTarget
	if err != nil && !missing {
		return err
	}
	next, err := change(data)
	if err != nil {
		return err
	}
	const perm = 0o644
	_, err = s.Replace(ctx, f.Path, next, perm, stamp)
	return err
}

// explain adds the package's own error.
func (f File) explain(err error) error {
	if errors.Is(err, ErrTooLarge) {
		return fmt.Errorf("%w: %w", f.TooLarge, err)
	}
	return err
}
