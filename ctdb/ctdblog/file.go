package ctdblog

import (
	"cmp"
	"io"
	"iter"
	"os"
	"slices"
	"time"
)

// ScanFile reads a log file from its start, and with [Options.Rotated] the files that were rotated away before, oldest
// first: see [Rotated]. A file of gzip or bzip2 is decompressed. It allocates for each file, but not for each entry.
//
// Each iteration opens the files anew, all of them before it reads the first, so that a rotation meanwhile neither
// hides an entry nor shows one twice. With [Filter.Since], files are left out that are older than one which begins
// three hours before that.
//
// A file that can't be opened or read to its end is an error, with fs.ErrNotExist and the like, and the iteration goes
// on with the next file. An error in a file says where: it is a *[ParseError].
func ScanFile(o Options) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		sources, err := openAll(o)
		defer closeAll(sources)
		if err != nil && !yield(Entry{File: cmp.Or(o.Path, DefaultPath)}, err) {
			return
		}
		for _, source := range sources[firstWanted(sources, o):] {
			if !source.scan(o, yield) {
				return
			}
		}
	}
}

// scan gives the wanted entries of a file. It tells whether to go on.
func (s source) scan(o Options, yield func(Entry, error) bool) bool {
	if s.err != nil {
		return yield(Entry{File: s.name}, s.err)
	}
	r, _, err := s.content()
	if err != nil {
		return yield(Entry{File: s.name}, err)
	}
	scanner := newScanner(o)
	scanner.restart(s.name, 0, 0)
	return scanner.run(r, o.Filter.orNil(), yield)
}

// openAll opens a log file, and those rotated away if they are wanted, oldest first. What it can't open is among them.
func openAll(o Options) (sources []source, err error) {
	path := cmp.Or(o.Path, DefaultPath)
	if !o.Rotated {
		return []source{openSource(path)}, nil
	}
	const attempts = 5 // a rotation takes an instant
	for range attempts {
		closeAll(sources)
		sources = nil
		var paths []string
		paths, err = Rotated(path)
		for _, name := range append(paths, path) {
			sources = append(sources, openSource(name))
		}
		if !slices.ContainsFunc(sources, source.moved) {
			break
		}
	}
	if last := sources[len(sources)-1]; last.err != nil {
		err = nil // that one says it too
	}
	return sources, err
}

// moved tells whether the file has another name now.
func (s source) moved() bool {
	if s.err != nil {
		return os.IsNotExist(s.err)
	}
	ours, err := s.file.Stat()
	if err != nil {
		return false
	}
	now, err := os.Stat(s.name)
	return err != nil || !os.SameFile(ours, now)
}

func closeAll(sources []source) {
	for _, s := range sources {
		s.close()
	}
}

// firstWanted gives the first file that can have entries since o.Filter.Since.
func firstWanted(sources []source, o Options) int {
	if o.Filter.Since.IsZero() {
		return 0
	}
	const slack = 3 * time.Hour // clocks are put back by less
	for i := len(sources) - 1; i > 0; i-- {
		if begins := sources[i].begins(o); !begins.IsZero() && begins.Before(o.Filter.Since.Add(-slack)) {
			return i
		}
	}
	return 0
}

// begins gives the time of the first entry that has one, if it is among the first.
func (s source) begins(o Options) time.Time {
	if s.err != nil || !s.isRegular() {
		return time.Time{}
	}
	r, _, err := s.content()
	if err != nil {
		return time.Time{}
	}
	var first time.Time
	newScanner(o).run(io.LimitReader(r, firstPiece), nil, func(e Entry, err error) bool {
		first = e.Time
		return err == nil && first.IsZero()
	})
	return first
}
