package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/afero"
)

// resolve follows the symbolic links at the end of name by their texts. What is absolute is so within the Fs.
func (s *aferoStore) resolve(name string) (string, error) {
	const maxLinks = 40
	at := name
	for range maxLinks {
		isLink, err := s.isLink(at)
		if err != nil || !isLink {
			return at, err
		}
		target, err := s.readlink(at)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(at), target)
		}
		at = target
	}
	return "", fail("readlink", name, errors.New("too many symbolic links"))
}

// isLink says whether name is a symbolic link, as far as the Fs can tell.
func (s *aferoStore) isLink(name string) (bool, error) {
	if _, ok := s.fsys.(afero.Lstater); !ok {
		return false, nil
	}
	info, err := s.lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	}
	return info.Mode()&fs.ModeSymlink != 0, nil
}

// lstat does not follow a symbolic link, as far as the Fs can tell that there is one.
func (s *aferoStore) lstat(name string) (info fs.FileInfo, err error) {
	if lstater, ok := s.fsys.(afero.Lstater); ok {
		info, _, err = lstater.LstatIfPossible(name)
	} else {
		info, err = s.fsys.Stat(name)
	}
	if err != nil {
		return nil, failed("lstat", name, err)
	}
	return info, nil
}

func (s *aferoStore) readlink(name string) (string, error) {
	reader, ok := s.fsys.(afero.LinkReader)
	if !ok {
		return "", fail("readlink", name, ErrUnsupported)
	}
	target, err := reader.ReadlinkIfPossible(name)
	switch {
	case errors.Is(err, afero.ErrNoReadlink):
		return "", fail("readlink", name, because(ErrUnsupported, err))
	case err != nil:
		return "", failed("readlink", name, err)
	}
	return target, nil
}

// Link needs an Fs that can make and read symbolic links and does not change their targets.
func (s *aferoStore) Link(
	ctx context.Context, target, name string, options LinkOptions,
) (result LinkResult, err error) {
	unlock, err := s.lock(ctx, name)
	if err != nil {
		return LinkResult{}, err
	}
	defer func() { err = also(err, unlock()) }()
	if err := s.needDir(name); err != nil {
		return LinkResult{}, err
	}
	isLink, err := s.isLink(name)
	if err != nil {
		return LinkResult{}, err
	}
	if isLink {
		if now, err := s.readlink(name); err != nil || now == target {
			return LinkResult{}, err
		}
		if options.New {
			return LinkResult{}, fail("link", name, because(ErrConflict, fs.ErrExist))
		}
	}
	dir, base := filepath.Split(name)
	temporary := filepath.Join(dir, linkName(base))
	if err := s.symlink(target, temporary); err != nil {
		return LinkResult{}, err
	}
	result = LinkResult{Changed: true}
	if !isLink {
		result.Aside, err = s.moveAside(name, filepath.Join(dir, asideName(base)), options)
	}
	if err == nil {
		err = s.rename(temporary, name)
	}
	if err != nil {
		_ = s.fsys.Remove(temporary)
		return LinkResult{Aside: result.Aside}, err
	}
	return result, nil
}

// moveAside makes room for a link.
func (s *aferoStore) moveAside(name, aside string, options LinkOptions) (string, error) {
	info, err := s.fsys.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", failed("stat", name, err)
	case !info.Mode().IsRegular() || !options.MoveAside:
		return "", fail("link", name, because(ErrNotLink, fs.ErrExist))
	}
	return aside, s.rename(name, aside)
}

// symlink makes a link and looks whether it has the target that it should have: afero.BasePathFs writes another.
func (s *aferoStore) symlink(target, name string) error {
	linker, ok := s.fsys.(afero.Linker)
	if !ok {
		return fail("symlink", name, ErrUnsupported)
	}
	err := linker.SymlinkIfPossible(target, name)
	if errors.Is(err, afero.ErrNoSymlink) {
		return fail("symlink", name, because(ErrUnsupported, err))
	}
	if err != nil {
		return failed("symlink", name, withoutLink(err))
	}
	got, err := s.readlink(name)
	if err == nil && got != target {
		err = fail("symlink", name, ErrUnsupported)
	}
	if err != nil {
		_ = s.fsys.Remove(name)
	}
	return err
}

func (s *aferoStore) rename(from, to string) error {
	if err := s.fsys.Rename(from, to); err != nil {
		return failed("rename", to, withoutLink(err))
	}
	return nil
}

// withoutLink gives the cause of an *os.LinkError, which is no path error.
func withoutLink(err error) error {
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Err
	}
	return err
}

// Detach is not for tests and dry runs.
func (s *aferoStore) Detach(_ context.Context, name string) error {
	return fail("detach", name, ErrUnsupported)
}
