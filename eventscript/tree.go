package eventscript

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/afero"
)

// tree is the file system of a host, or of an image of one. Names in it are those of the host: they are absolute, and
// symbolic links lead to places in it, wherever its root is for this process.
type tree struct {
	fsys afero.Fs
	root string // of the host, for fsys; "" is "/"
}

// maxLinks is how many symbolic links lead to a file at most, as in Linux.
const maxLinks = 40

// actual gives the name that a place of the host has for the file system. No part of it may be a symbolic link.
func (t tree) actual(name string) string {
	if t.root == "" {
		return name
	}
	return filepath.Join(t.root, name)
}

// resolve gives the place that a name leads to: there is something, and no part of its name is a symbolic link.
func (t tree) resolve(name string) (string, fs.FileInfo, error) {
	w := walk{tree: t, at: "/", rest: name}
	for w.rest != "" {
		if err := w.step(); err != nil {
			return "", nil, &fs.PathError{Op: "open", Path: name, Err: bare(err)}
		}
	}
	if w.info == nil {
		var err error
		if w.info, err = t.lstat(w.at); err != nil {
			return "", nil, err
		}
	}
	return w.at, w.info, nil
}

// walk is on the way to a place.
type walk struct {
	tree
	at    string      // where it has got to, without links
	info  fs.FileInfo // of that, if it is known
	rest  string      // the way from there
	links int
}

// step goes on by one name.
func (w *walk) step() error {
	name, rest, _ := strings.Cut(w.rest, "/")
	w.rest = rest
	switch name {
	case "", ".":
		return nil
	case "..":
		w.at, w.info = path.Dir(w.at), nil
		return nil
	}
	next := path.Join(w.at, name)
	info, err := w.lstat(next)
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink == 0:
		if rest != "" && !info.IsDir() {
			return syscall.ENOTDIR
		}
		w.at, w.info = next, info
		return nil
	}
	return w.follow(next)
}

// follow goes the way of a link first.
func (w *walk) follow(link string) error {
	if w.links++; w.links > maxLinks {
		return syscall.ELOOP
	}
	target, err := w.readlink(link)
	if err != nil {
		return err
	}
	if path.IsAbs(target) {
		w.at = "/"
	}
	w.info = nil
	if w.rest != "" {
		target += "/" + w.rest
	}
	w.rest = target
	return nil
}

// bare gives the reason of an error about another name than that which was asked for.
func bare(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// lstat looks at a place itself. A file system that can't tell links from files has none.
func (t tree) lstat(name string) (info fs.FileInfo, err error) {
	if lstater, ok := t.fsys.(afero.Lstater); ok {
		info, _, err = lstater.LstatIfPossible(t.actual(name))
	} else {
		info, err = t.fsys.Stat(t.actual(name))
	}
	return info, t.as("lstat", name, err)
}

func (t tree) readlink(name string) (string, error) {
	reader, ok := t.fsys.(afero.LinkReader)
	if !ok {
		return "", t.as("readlink", name, errors.ErrUnsupported)
	}
	target, err := reader.ReadlinkIfPossible(t.actual(name))
	if errors.Is(err, afero.ErrNoReadlink) {
		err = because(errors.ErrUnsupported, afero.ErrNoReadlink)
	}
	if err == nil && target == "" {
		err = fs.ErrNotExist
	}
	return target, t.as("readlink", name, err)
}

// names gives the names in a directory, in no order, up to a number of them.
func (t tree) names(dir string, most int) (names []string, err error) {
	file, err := t.fsys.Open(t.actual(dir))
	if err != nil {
		return nil, t.as("open", dir, err)
	}
	defer func() { _ = file.Close() }()
	const some = 1000
	for {
		more, err := file.Readdirnames(some)
		names = append(names, more...)
		switch {
		case len(names) > most:
			return nil, t.as("readdir", dir, fmt.Errorf("%w: the limit is %d", ErrTooMany, most))
		case errors.Is(err, io.EOF), err == nil && len(more) == 0:
			return names, nil
		case err != nil:
			return nil, t.as("readdir", dir, err)
		}
	}
}

// as is the error of a call about a place of the host.
func (t tree) as(call, name string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: call, Path: name, Err: bare(err)}
}
