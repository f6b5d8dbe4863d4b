package tunables

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

const (
	directoryName = "tunables.d"
	extension     = ".tunables"
	maxFiles      = 1000
)

// ErrTooManyFiles means that the directory tunables.d has more than 1000 files for CTDB. errors.Is finds it.
var ErrTooManyFiles = errors.New("want at most 1000 files in tunables.d")

// Files are all the tunables files of a node.
//
// What only reads them is safe for concurrent use, as long as nothing edits one of them.
type Files struct {
	// Main is ctdb.tunables; one that is missing is empty. It is never nil in what LoadAll gives.
	Main *File
	// Directory are the files of the directory tunables.d beside it, in the order in which ctdbd reads them since 4.23.
	Directory []*File
}

// LoadAll reads ctdb.tunables and what CTDB reads since 4.23 in the directory tunables.d beside it: the files whose
// names end with .tunables, also those that begin with a dot, in the order of the bytes of their names. Files and a
// directory that are missing are no errors, as they are none to ctdbd.
//
// Files that [Parse] refuses are in the result, and their errors joined beside it. With all other errors there is no
// result: those of the file system, [ErrTooManyFiles], and [ErrTooLarge] if the files together have more than
// [MaxSize] bytes.
func LoadAll(o Options) (*Files, error) {
	main, err := Load(o)
	switch {
	case main != nil: // err is about its text
	case errors.Is(err, fs.ErrNotExist):
		main, err = Parse(o.file().Path, nil)
	default:
		return nil, err
	}
	files := &Files{Main: main}
	names, listErr := o.list()
	if listErr != nil {
		return nil, listErr
	}
	size := main.source().Len()
	for _, name := range names {
		o.Path = name
		f, fileErr := Load(o)
		switch {
		case f != nil:
			files.Directory = append(files.Directory, f)
			err = errors.Join(err, fileErr)
			size += f.source().Len()
		case !errors.Is(fileErr, fs.ErrNotExist): // else it went away, or is a symbolic link that leads nowhere
			return nil, fileErr
		}
		if size > MaxSize {
			return nil, fmt.Errorf("%s and %s together: %w", main.source().Name(), directoryName, ErrTooLarge)
		}
	}
	return files, err
}

// list gives the paths of the files in the directory.
func (o Options) list() ([]string, error) {
	fsys, dir := o.FS, filepath.Join(filepath.Dir(o.file().Path), directoryName)
	if fsys == nil {
		fsys = afero.NewOsFs()
	}
	entries, err := afero.ReadDir(fsys, dir) // sorted by name
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var paths []string
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), extension) && !entry.IsDir() {
			paths = append(paths, filepath.Join(dir, entry.Name()))
		}
	}
	if len(paths) > maxFiles {
		return nil, fmt.Errorf("%s: %w, got %d", dir, ErrTooManyFiles, len(paths))
	}
	return paths, nil
}

// Effective gives what a node of that release takes from the files when it starts. Later files override earlier ones;
// before 4.23, those of the directory are not read. Values and errors are those of [File.Effective].
func (all *Files) Effective(r release.Release) (Values, error) {
	values, rules := Values{}, rulesFor(r)
	for _, f := range all.readBy(rules) {
		if err := f.effective(rules, values); err != nil {
			return values, err
		}
	}
	return values, nil
}

// readBy gives the files that a release reads.
func (all *Files) readBy(r rules) []*File {
	var files []*File
	if all.Main != nil {
		files = append(files, all.Main)
	}
	if !r.noDirectory {
		files = append(files, all.Directory...)
	}
	return files
}

// CheckFor joins the errors of [File.CheckFor] of all files that the release reads.
func (all *Files) CheckFor(r release.Release) error {
	var err error
	for _, f := range all.readBy(rulesFor(r)) {
		err = errors.Join(err, f.CheckFor(r))
	}
	return err
}

// Validate reports what [File.Validate] finds in each file that the release reads, files that are not read, and
// settings that override those of an earlier file. The findings are in the order of the files.
func (all *Files) Validate(r release.Release) []finding.Finding {
	var found []finding.Finding
	rules, set := rulesFor(r), map[int]string{}
	for _, f := range all.readBy(rules) {
		own := append(f.Validate(r), f.overrides(rules, set)...)
		finding.Sort(own)
		found = append(found, own...)
	}
	if rules.noDirectory {
		for _, f := range all.Directory {
			found = append(found, finding.Finding{
				ID: FindingNotRead, Severity: finding.Warning, File: f.source().Name(),
				Message: fmt.Sprintf("CTDB reads this file since 4.23, and not in %v", r),
			})
		}
	}
	return found
}

// overrides finds what files before this one set, and adds what this one sets.
func (f *File) overrides(r rules, set map[int]string) []finding.Finding {
	v := validator{src: f.source()}
	if v.src.Len() > MaxSize {
		return nil
	}
	own := map[int]bool{}
	for l := range r.view(v.src) {
		verdict := r.judge(l)
		if l.skip || verdict.err != nil || own[verdict.tunable] {
			continue
		}
		own[verdict.tunable] = true
		if file, ok := set[verdict.tunable]; ok {
			v.add(FindingOverride, finding.Note, l.nameAt.Start, "%s is set in %s too, where it does not count",
				table[verdict.tunable].Name, file)
		}
		set[verdict.tunable] = v.src.Name()
	}
	return v.found
}
