package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"sync/atomic"

	"github.com/spf13/afero"
)

// aferoStore does what an afero.Fs lets it do. It is neither atomic nor durable.
type aferoStore struct {
	fsys    afero.Fs
	options Options
}

func newAferoStore(fsys afero.Fs, options Options) Store { return &aferoStore{fsys, options} }

// aferoKey identifies a file of an afero.Fs in this process.
type aferoKey struct {
	fsys any
	name string
}

func (s *aferoStore) Lock(ctx context.Context, name string) (func() error, error) {
	at, err := s.resolve(name)
	if err != nil {
		return nil, err
	}
	if err := s.needDir(at); err != nil {
		return nil, err
	}
	return s.lock(ctx, at)
}

func (s *aferoStore) lock(ctx context.Context, at string) (func() error, error) {
	leave, err := inProcess.lock(ctx, aferoKey{s.identity(), filepath.Clean(at)})
	if err != nil {
		return nil, fail("lock", at, err)
	}
	var unlocked atomic.Bool
	return func() error {
		if unlocked.Swap(true) {
			return fail("unlock", at, fs.ErrClosed)
		}
		leave()
		return nil
	}, nil
}

// identity is the Fs, or this store if its type can't be a key.
func (s *aferoStore) identity() any {
	if reflect.ValueOf(s.fsys).Comparable() {
		return s.fsys
	}
	return s
}

func (s *aferoStore) Read(name string) ([]byte, Stamp, error) {
	at, err := s.resolve(name)
	if err != nil {
		return nil, Stamp{}, err
	}
	data, _, err := s.read(at)
	if err != nil {
		return nil, Stamp{}, err
	}
	return data, StampOf(data), nil
}

func (s *aferoStore) read(at string) ([]byte, fs.FileMode, error) {
	info, err := s.fsys.Stat(at)
	if err != nil {
		return nil, 0, failed("stat", at, err)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fail("open", at, irregular(info.Mode()))
	}
	limit := s.options.maxSize()
	if info.Size() > limit {
		return nil, 0, fail("read", at, tooLarge(limit))
	}
	file, err := s.fsys.Open(at)
	if err != nil {
		return nil, 0, failed("open", at, err)
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, 0, failed("read", at, err)
	}
	if int64(len(data)) > limit {
		return nil, 0, fail("read", at, tooLarge(limit))
	}
	return data, info.Mode(), nil
}

func (s *aferoStore) Replace(
	ctx context.Context, name string, data []byte, perm fs.FileMode, base Stamp,
) (Stamp, error) {
	if int64(len(data)) > s.options.maxSize() {
		return Stamp{}, fail("replace", name, tooLarge(s.options.maxSize()))
	}
	if err := ctx.Err(); err != nil {
		return Stamp{}, fail("replace", name, err)
	}
	at, err := s.resolve(name)
	if err != nil {
		return Stamp{}, err
	}
	old, mode, err := s.read(at)
	current := StampOf(old)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		current, mode = Stamp{}, perm
		if err := s.needDir(at); err != nil {
			return Stamp{}, err
		}
	case err != nil:
		return Stamp{}, err
	}
	if current != base {
		return Stamp{}, &ConflictError{
			Path: at, Base: base, Current: old, CurrentStamp: current, Data: bytes.Clone(data),
		}
	}
	if !current.Exists() && filepath.Clean(at) != filepath.Clean(name) && !s.options.CreateTarget {
		return Stamp{}, fail("replace", name, because(ErrDangling, fs.ErrNotExist))
	}
	if current.Exists() && bytes.Equal(old, data) {
		return current, nil
	}
	if err := s.write(at, data, mode, current); err != nil {
		return Stamp{}, err
	}
	return StampOf(data), nil
}

// needDir refuses a file whose directory is missing: some kinds of afero.Fs would make it.
func (s *aferoStore) needDir(at string) error {
	dir := filepath.Dir(at)
	info, err := s.fsys.Stat(dir)
	if err != nil {
		return failed("stat", dir, err)
	}
	if !info.IsDir() {
		return fail("stat", dir, errors.New("not a directory"))
	}
	return nil
}

// write stages the data beside the target and renames it.
func (s *aferoStore) write(at string, data []byte, mode fs.FileMode, from Stamp) error {
	dir, base := filepath.Split(at)
	temporary := filepath.Join(dir, "."+stagedName(base, from, StampOf(data))+randomDigits())
	err := s.stage(temporary, data, mode)
	if err == nil {
		err = s.rename(temporary, at)
	}
	if err != nil {
		_ = s.fsys.Remove(temporary)
	}
	return err
}

func (s *aferoStore) stage(temporary string, data []byte, mode fs.FileMode) error {
	file, err := s.fsys.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return failed("open", temporary, err)
	}
	n, err := file.Write(data)
	if err == nil && n < len(data) {
		err = io.ErrShortWrite
	}
	for _, step := range []func() error{file.Sync, file.Close} {
		if stepErr := step(); err == nil {
			err = stepErr
		}
	}
	if err != nil {
		return failed("write", temporary, err)
	}
	const kept = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky
	if err := s.fsys.Chmod(temporary, mode&kept); err != nil {
		return failed("chmod", temporary, err)
	}
	return nil
}
