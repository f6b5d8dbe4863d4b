package ctdblog

import (
	"cmp"
	"os"
	"slices"
)

// siblings are the rotated files of a log at one instant, oldest first.
type siblings struct {
	paths []string
	infos []os.FileInfo
}

// siblingsOf looks at the rotated files. While names change it gives false.
func siblingsOf(path string) (s siblings, ok bool) {
	var err error
	if s.paths, err = Rotated(path); err != nil {
		return s, false
	}
	for _, name := range s.paths {
		info, err := os.Stat(name)
		if err != nil {
			return s, false
		}
		s.infos = append(s.infos, info)
	}
	return s, s.hold(path)
}

// hold tells whether the names are still those of the same files.
func (s siblings) hold(path string) bool {
	paths, err := Rotated(path)
	if err != nil || !slices.Equal(paths, s.paths) {
		return false
	}
	for i, name := range s.paths {
		if info, err := os.Stat(name); err != nil || !os.SameFile(info, s.infos[i]) {
			return false
		}
	}
	return true
}

// place gives the place of a file among them, or -1.
func (s siblings) place(file *followed) int {
	return slices.IndexFunc(s.infos, func(info os.FileInfo) bool { return os.SameFile(info, file.info) })
}

// filesBetween opens the files that had the log's name after old had it and before next, if there is one, oldest first.
// It tells whether these are all.
func filesBetween(path string, old, next *followed, o Options) (between []*followed, complete bool) {
	s, ok := siblingsOf(path)
	if !ok {
		return nil, false
	}
	first := s.place(old) + 1
	if first == 0 {
		return nil, false
	}
	last := len(s.paths)
	if next != nil {
		if place := s.place(next); place >= 0 {
			last = place
		}
	}
	complete = true
	for i := first; i < last; i++ {
		file, err := followPlain(s.paths[i], o)
		if err != nil {
			complete = false
			continue
		}
		between = append(between, file)
		complete = complete && os.SameFile(file.info, s.infos[i])
	}
	return between, complete
}

// followPlain follows a file that must not be compressed.
func followPlain(name string, o Options) (*followed, error) {
	s := openSource(name)
	if s.err != nil {
		return nil, s.err
	}
	if _, compressed, err := s.content(); compressed || err != nil {
		s.close()
		return nil, cmp.Or(err, ErrCompression)
	}
	return newFollowed(s.file, name, o)
}

// rotatedSince tells whether there is a rotated file that was written to after old was.
func rotatedSince(path string, old, next *followed) bool {
	s, _ := siblingsOf(path)
	return slices.ContainsFunc(s.infos, func(info os.FileInfo) bool {
		return !os.SameFile(info, next.info) && !os.SameFile(info, old.info) && info.ModTime().After(old.info.ModTime())
	})
}
