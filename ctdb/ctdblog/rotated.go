package ctdblog

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Rotated gives the files that logrotate made of a log file, oldest first, without the file itself. Beside
// "log.ctdb" these are "log.ctdb.1" or, with dateext, "log.ctdb-20261121" and the like, and each may be compressed
// (".gz", ".bz2", ".xz", ".zst"). Of a file that is there twice, since it is being compressed, it is the uncompressed
// one. If the path is a symbolic link, they are beside its target. A path of "" is DefaultPath.
//
// The order is that of their numbers and dates, not that of times inside. If both numbers and dates are there, those
// come last which the newest file is of. The error is the file system's, about the directory.
func Rotated(path string) ([]string, error) {
	path = cmp.Or(path, DefaultPath)
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(cmp.Or(dir, "."))
	if err != nil {
		return nil, err
	}
	var siblings []sibling
	for _, entry := range entries {
		s, ok := newSibling(base, entry.Name())
		info, err := entry.Info()
		if !ok || err != nil || !info.Mode().IsRegular() {
			continue
		}
		s.path, s.modified = dir+entry.Name(), info.ModTime()
		siblings = append(siblings, s)
	}
	return order(siblings), nil
}

// sibling is a rotated file.
type sibling struct {
	path       string
	plain      string // the name without the compression's ending
	dated      bool
	age        string // sorts the files of one kind, oldest first
	compressed bool
	modified   time.Time
}

// newSibling tells whether a name is one that logrotate makes of base, and what it says.
func newSibling(base, name string) (sibling, bool) {
	suffix, ok := strings.CutPrefix(name, base)
	if !ok || len(suffix) < 2 || suffix[0] != '.' && suffix[0] != '-' || !isDigit(suffix[1]) {
		return sibling{}, false
	}
	s := sibling{plain: name}
	for _, ending := range []string{".gz", ".bz2", ".xz", ".zst"} {
		if rest, ok := strings.CutSuffix(suffix, ending); ok {
			suffix, s.compressed = rest, true
			s.plain = base + suffix
		}
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, suffix)
	if strings.Trim(suffix[1:], "0123456789-_:T") != "" ||
		strings.Trim(suffix[1:], "0123456789") != "" && len(digits) < 8 {
		return sibling{}, false
	}
	s.dated = len(digits) >= 8
	if s.age = digits; !s.dated {
		if suffix[0] != '.' {
			return sibling{}, false
		}
		s.age = inverse(digits)
	}
	return s, true
}

// inverse gives a text that sorts the larger a number is, the earlier.
func inverse(digits string) string {
	digits = strings.TrimLeft(digits, "0")
	b := []byte(strings.Repeat("0", 8-len(digits)) + digits)
	for i := range b {
		b[i] = '9' - (b[i] - '0')
	}
	return string(b)
}

// order gives the paths, oldest first.
func order(siblings []sibling) []string {
	var newest [2]time.Time
	plain := map[string]bool{}
	for _, s := range siblings {
		if kind := &newest[index(s.dated)]; s.modified.After(*kind) {
			*kind = s.modified
		}
		plain[s.plain] = plain[s.plain] || !s.compressed
	}
	slices.SortFunc(siblings, func(a, b sibling) int {
		return cmp.Or(
			newest[index(a.dated)].Compare(newest[index(b.dated)]), cmp.Compare(index(a.dated), index(b.dated)),
			cmp.Compare(a.age, b.age), cmp.Compare(a.path, b.path))
	})
	var paths []string
	for _, s := range siblings {
		if !s.compressed || !plain[s.plain] {
			paths = append(paths, s.path)
		}
	}
	return paths
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}
