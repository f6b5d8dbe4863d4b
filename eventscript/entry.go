package eventscript

import (
	"errors"
	"io/fs"
	"path"
	"syscall"
)

// entry is what has a name in a directory, and what it leads to.
type entry struct {
	file   string // the name
	kind   Kind
	target string      // of a link
	at     string      // where it leads, without symbolic links; empty if nowhere
	mode   fs.FileMode // of what it leads to
	lost   error       // why it leads nowhere
}

// look finds out what has a name in a directory whose own name has no links.
func (t tree) look(dir, file string) (entry, error) {
	e := entry{file: file, at: path.Join(dir, file)}
	info, err := t.lstat(e.at)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if e.target, err = t.readlink(e.at); errors.Is(err, syscall.EINVAL) { // no link any more
			info, err = t.lstat(e.at)
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.kind, e.at, e.lost = KindNone, "", bare(err)
		return e, nil
	case err != nil:
		return e, err
	case e.target != "":
		e.kind = KindLink
		return t.through(dir, e)
	case info.Mode().IsRegular():
		e.kind = KindFile
	default:
		e.kind = KindOther
	}
	e.mode = info.Mode()
	return e, nil
}

// through follows a link by its text, so that it does not matter what becomes of the link meanwhile.
func (t tree) through(dir string, e entry) (entry, error) {
	target := e.target
	if !path.IsAbs(target) {
		target = dir + "/" + target
	}
	at, info, err := t.resolve(target)
	switch {
	case err == nil:
		e.at, e.mode = at, info.Mode()
	case leadsNowhere(err):
		e.at, e.lost = "", bare(err)
		err = nil
	}
	return e, err
}

func leadsNowhere(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ELOOP) ||
		errors.Is(err, syscall.ENAMETOOLONG)
}

// runs tells whether CTDB runs it, by the reason why not.
func (e entry) runs() error {
	switch {
	case e.kind == KindNone:
		return ErrNoSuchScript
	case e.at == "":
		return ErrDangling
	case !e.mode.IsRegular():
		return ErrNotFile
	case !e.isMarked():
		return ErrNotExecutable
	}
	return nil
}

// isMarked tells whether its owner may execute it, whatever it is. That is what ctdb event script list shows of what is
// local.
func (e entry) isMarked() bool { return e.at != "" && e.mode&0o100 != 0 }
