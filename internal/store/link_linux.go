package store

import (
	"context"
	"errors"

	"golang.org/x/sys/unix"
)

// Link makes the new link under a name of its own and exchanges that with what is there, so that it can be seen what
// was replaced.
func (s *realStore) Link(ctx context.Context, target, name string, options LinkOptions) (LinkResult, error) {
	at, err := s.openPlace(unix.AT_FDCWD, "", name)
	if err != nil {
		return LinkResult{}, err
	}
	unlock, err := s.acquire(ctx, at)
	if err != nil {
		return LinkResult{}, err
	}
	defer func() { _ = unlock() }() // the link counts; and closing the directory unlocks it too
	(&change{realStore: s, at: at}).sweep()
	return s.relink(at, target, options)
}

func (s *realStore) relink(at place, target string, options LinkOptions) (LinkResult, error) {
	var st unix.Stat_t
	err := again(func() error { return s.sys.fstatat(at.dir, at.base, &st, unix.AT_SYMLINK_NOFOLLOW) })
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return LinkResult{}, fail("fstatat", at.path, err)
	}
	kind := st.Mode & unix.S_IFMT
	switch {
	case err != nil:
		return s.newLink(at, target)
	case kind == unix.S_IFREG && options.MoveAside:
		return s.exchangeLink(at, target, asideName(at.base), kind)
	case kind != unix.S_IFLNK:
		return LinkResult{}, fail("link", at.path, because(ErrNotLink, unix.EEXIST))
	}
	if now, err := s.readlink(&at); err != nil || now == target {
		return LinkResult{}, err
	}
	if options.New {
		return LinkResult{}, fail("link", at.path, because(ErrConflict, unix.EEXIST))
	}
	return s.exchangeLink(at, target, linkName(at.base), kind)
}

func (s *realStore) newLink(at place, target string) (LinkResult, error) {
	if err := s.sys.symlinkat(target, at.dir, at.base); err != nil {
		return LinkResult{}, fail("symlinkat", at.path, err)
	}
	return LinkResult{Changed: true}, notDurable(s.syncDir(at))
}

// exchangeLink puts a link in the place of something of a kind: another link, which goes, or a file, which keeps the
// name that the link had before.
func (s *realStore) exchangeLink(at place, target, temporary string, kind uint32) (LinkResult, error) {
	if err := s.sys.symlinkat(target, at.dir, temporary); err != nil {
		return LinkResult{}, fail("symlinkat", at.in(temporary), err)
	}
	err := s.rename(at, temporary, at.base, unix.RENAME_EXCHANGE)
	if err != nil {
		s.removeLink(at, temporary)
		if isUnsupported(err) {
			return s.renameLink(at, target, kind)
		}
		return LinkResult{}, fail("renameat2", at.path, err)
	}
	err = s.checkLinked(at, temporary, kind)
	if err == nil {
		err = s.syncDir(at)
	}
	if err != nil {
		if undo := s.rename(at, temporary, at.base, unix.RENAME_EXCHANGE); undo != nil {
			err = also(err, fail("renameat2", at.path, undo))
			return LinkResult{Changed: true, Aside: at.in(temporary)}, because(ErrNotDurable, err)
		}
		s.removeLink(at, temporary)
		return LinkResult{}, err
	}
	if kind == unix.S_IFREG {
		return LinkResult{Changed: true, Aside: at.in(temporary)}, nil
	}
	s.removeLink(at, temporary)
	return LinkResult{Changed: true}, nil
}

// checkLinked wants what was replaced to be of the kind that it was a moment before.
func (s *realStore) checkLinked(at place, displaced string, kind uint32) error {
	var st unix.Stat_t
	if err := s.sys.fstatat(at.dir, displaced, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return fail("fstatat", at.in(displaced), err)
	}
	if st.Mode&unix.S_IFMT != kind {
		return fail("link", at.path, because(ErrConflict, because(ErrNotLink, unix.EEXIST)))
	}
	return nil
}

// renameLink is for kernels and file systems without an exchange. What somebody puts in the place of the link or file
// between the last look and the rename is lost. A file that is to be kept gets a second name first, which is left
// behind when the disk dies at that moment.
func (s *realStore) renameLink(at place, target string, kind uint32) (LinkResult, error) {
	result, aside := LinkResult{Changed: true}, asideName(at.base)
	if kind == unix.S_IFREG {
		if err := s.sys.linkat(at.dir, at.base, at.dir, aside, 0); err != nil {
			return LinkResult{}, fail("linkat", at.in(aside), err)
		}
		result.Aside = at.in(aside)
	}
	temporary := linkName(at.base)
	err := s.sys.symlinkat(target, at.dir, temporary)
	if err == nil {
		err = s.rename(at, temporary, at.base, 0)
	}
	if err != nil {
		s.removeLink(at, temporary)
		if kind == unix.S_IFREG {
			_ = s.sys.unlinkat(at.dir, aside, 0)
		}
		return LinkResult{}, fail("renameat2", at.path, err)
	}
	return result, notDurable(s.syncDir(at))
}

// removeLink removes a name if it is a symbolic link.
func (s *realStore) removeLink(at place, name string) {
	var st unix.Stat_t
	err := s.sys.fstatat(at.dir, name, &st, unix.AT_SYMLINK_NOFOLLOW)
	if err == nil && st.Mode&unix.S_IFMT == unix.S_IFLNK {
		_ = s.sys.unlinkat(at.dir, name, 0)
	}
}
