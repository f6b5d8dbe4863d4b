package store

import (
	"context"
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// Unlink gives the link another name and looks again before it removes it, so that nothing else is removed.
func (s *realStore) Unlink(ctx context.Context, target, name string) error {
	w := withdrawal{realStore: s, call: "unlink", temporary: linkName}
	w.check = func(at place) error {
		if err := w.wantKind(at, unix.S_IFLNK); err != nil {
			return err
		}
		if now, err := s.readlink(&at); err != nil || now == target {
			return err
		}
		return fail(w.call, at.path, ErrConflict)
	}
	return w.make(ctx, name)
}

// Remove gives the file another name and looks again before it removes it.
func (s *realStore) Remove(ctx context.Context, name string, base Stamp) error {
	w := withdrawal{realStore: s, call: "remove"}
	// The next writer removes what has such a name and this content.
	w.temporary = func(file string) string { return "." + stagedName(file, base, base) + randomDigits() }
	w.check = func(at place) error {
		if err := w.wantKind(at, unix.S_IFREG); err != nil {
			return err
		}
		found, err := (&change{realStore: s, at: at}).lookAgain(at.base)
		defer found.close()
		if err == nil && found.stamp() != base {
			err = conflict(at, base, found, nil)
		}
		return err
	}
	return w.make(ctx, name)
}

// withdrawal is one Unlink or Remove.
type withdrawal struct {
	*realStore
	call      string
	temporary func(base string) string
	check     func(at place) error // wants what is there to be what the caller knows
}

// wantKind wants a link, or a regular file.
func (w *withdrawal) wantKind(at place, kind uint32) error {
	var st unix.Stat_t
	if err := again(func() error { return w.sys.fstatat(at.dir, at.base, &st, unix.AT_SYMLINK_NOFOLLOW) }); err != nil {
		return fail("fstatat", at.path, err)
	}
	switch {
	case st.Mode&unix.S_IFMT == kind:
		return nil
	case kind == unix.S_IFLNK:
		return fail(w.call, at.path, ErrNotLink)
	}
	return fail(w.call, at.path, irregular(fileMode(st.Mode)))
}

func (w *withdrawal) make(ctx context.Context, name string) error {
	at, err := w.openPlace(unix.AT_FDCWD, "", name)
	if err != nil {
		return err
	}
	unlock, err := w.acquire(ctx, at)
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }() // the removal counts; and closing the directory unlocks it too
	(&change{realStore: w.realStore, at: at}).sweep()
	if err := w.check(at); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fail(w.call, at.path, err)
	}
	return w.withdraw(at)
}

// withdraw removes what was looked at. Until the directory was synced, everything can be undone.
func (w *withdrawal) withdraw(at place) error {
	away := at // its path is for messages
	away.base = w.temporary(at.base)
	err := w.rename(at, at.base, away.base, unix.RENAME_NOREPLACE)
	if isUnsupported(err) { // nobody else has a name with that number
		err = w.rename(at, at.base, away.base, 0)
	}
	if err != nil {
		return fail("renameat2", at.path, err)
	}
	isForeign := true
	if err = w.check(away); err == nil {
		isForeign, err = false, w.syncDir(at)
	}
	if err != nil {
		return w.putBack(at, away, isForeign, err)
	}
	_ = again(func() error { return w.sys.unlinkat(at.dir, away.base, 0) }) // else it is a leftover
	return nil
}

// putBack undoes a withdrawal and gives the cause. If there is something else in the place meanwhile, what is foreign
// gets a name that lasts.
func (w *withdrawal) putBack(at, away place, isForeign bool, cause error) error {
	err := w.renameNew(at, away.base, at.base)
	if err == nil {
		return w.asConflict(at, cause)
	}
	if isForeign && errors.Is(err, unix.EEXIST) {
		return (&change{realStore: w.realStore, at: at}).keepAside(away.base, false, cause)
	}
	return because(ErrNotDurable, also(cause, fail("renameat2", at.path, err)))
}

// asConflict makes a conflict of the second look's error about something of another kind.
func (w *withdrawal) asConflict(at place, cause error) error {
	reason, ok := errors.AsType[*fs.PathError](cause)
	if ok && (errors.Is(cause, ErrNotLink) || errors.Is(cause, ErrNotRegular)) && !errors.Is(cause, ErrConflict) {
		return fail(w.call, at.path, because(ErrConflict, reason.Err))
	}
	return cause
}
