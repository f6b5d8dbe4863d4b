package eventscript

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/status"
)

// List gives the scripts that came with CTDB, those in the directory of the scripts that run, and files there that
// somebody may believe to be scripts, with what is wrong with each. Through the file system it knows all of [Script].
//
// Neither directory may be missing, which is fs.ErrNotExist; up to [MaxScripts] files are looked at in each, and more
// are [ErrTooMany]. Files that appear or vanish meanwhile may be there or not.
//
// Similar to: ctdb event script list legacy, which Listing.Tool has.
func (f Files) List(ctx context.Context) (*Listing, error) {
	p, err := f.place()
	if err != nil {
		return nil, err
	}
	l := lister{place: p, packaged: map[string]entry{}}
	if err := l.read(ctx); err != nil {
		return nil, err
	}
	return l.listing(), nil
}

// lister reads the directories.
type lister struct {
	*place
	packaged map[string]entry // what came with CTDB, by the name of the file
	entries  []entry          // all files, by name; those that only came with CTDB are of KindNone
}

func (l *lister) read(ctx context.Context) error {
	files, err := l.names(l.real, MaxScripts)
	if err != nil {
		return err
	}
	if l.rules == suffixRules {
		packaged, err := l.readPackaged(ctx)
		if err != nil {
			return err
		}
		files = append(files, packaged...)
	}
	slices.Sort(files)
	for _, file := range slices.Compact(files) {
		if !l.isLooked(file) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := l.look(l.real, file)
		if err != nil {
			return err
		}
		if _, ok := l.packaged[file]; ok || e.kind != KindNone {
			l.entries = append(l.entries, e)
		}
	}
	return nil
}

// readPackaged gives the files that came with CTDB.
func (l *lister) readPackaged(ctx context.Context) ([]string, error) {
	files, err := l.names(l.installed, MaxScripts)
	if err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(file string) bool { _, ok := l.rules.script(file); return !ok })
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if l.packaged[file], err = l.look(l.installed, file); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// isLooked tells whether somebody may believe a file to be a script.
func (l *lister) isLooked(file string) bool {
	if _, ok := l.rules.script(file); ok {
		return true
	}
	return !strings.HasPrefix(file, ".") && !strings.HasPrefix(file, "README") && !strings.HasSuffix(file, ".options")
}

// listing makes scripts of the files.
func (l *lister) listing() *Listing {
	all := &Listing{Scripts: make([]Script, 0, len(l.entries))}
	for _, e := range l.entries {
		all.Scripts = append(all.Scripts, l.script(e))
	}
	findOrders(all.Scripts)
	if l.rules == suffixRules {
		all.Tool = l.tool()
	}
	return all
}

func (l *lister) script(e entry) Script {
	name, ok := l.rules.script(e.file)
	if !ok {
		name = e.file
	}
	_, installed := l.packaged[e.file]
	s := Script{
		Name: name, Order: orderOf(name), Origin: OriginLocal, Installed: installed, Enabled: ok && e.runs() == nil,
		Kind: e.kind, Path: l.file(e.file), Target: e.target,
	}
	if installed && (e.kind == KindNone || l.isPackaged(e)) {
		s.Origin = OriginInstalled
	}
	j := judge{lister: l, entry: e, script: &s}
	if ok {
		j.judge()
	} else {
		j.badName()
	}
	return s
}

// isPackaged tells whether a link leads to the script of the same name that came with CTDB.
func (l *lister) isPackaged(e entry) bool {
	return e.kind == KindLink && (e.at != "" && e.at == l.packaged[e.file].at || e.target == l.listed(e.file))
}

// listed is the text of a link that ctdb event script list shows as enabled.
func (p *place) listed(file string) string {
	if !p.release.AtLeast(4, 10, 0) {
		return path.Join(p.paths.InstalledScriptDir(), file)
	}
	return path.Join(p.installed, file)
}

// tool gives what ctdb event script list prints. Its verdicts are those of another look at the same things: the text of
// a link in the first block, and in the second whether the owner may execute it, whatever it is.
//
// The tool goes through both directories at once, each in the order of its files, and compares names without their
// ".script": "50.d-e" is after "50.d", and its file is before it. So it can pass a script whose link comes later, and then
// shows that as disabled, and its link as local.
func (l *lister) tool() *status.EventScripts {
	all := &status.EventScripts{Form: status.FormText, Scripts: []status.EventScript{}}
	var local []status.EventScript
	packaged, present := l.listedFiles()
	for len(packaged) > 0 || len(present) > 0 {
		order := orderOfFirst(packaged, present)
		enabled := order == 0 && present[0].kind == KindLink && present[0].target == l.listed(present[0].file)
		if order <= 0 {
			all.Scripts = append(all.Scripts, status.EventScript{Name: packaged[0].bareName(), Enabled: enabled})
			packaged = packaged[1:]
		}
		if order < 0 {
			continue
		}
		if s := present[0]; !enabled {
			local = append(local, status.EventScript{Name: s.bareName(), Enabled: s.isMarked(), Local: true})
		}
		present = present[1:]
	}
	all.Scripts = append(all.Scripts, local...)
	return all
}

// listedFiles gives the scripts that came with CTDB, and those in the directory of the scripts that run.
func (l *lister) listedFiles() (packaged, present []entry) {
	for _, e := range l.entries {
		if _, ok := l.rules.script(e.file); !ok {
			continue
		}
		if _, ok := l.packaged[e.file]; ok {
			packaged = append(packaged, e)
		}
		if e.kind != KindNone {
			present = append(present, e)
		}
	}
	return packaged, present
}

// orderOfFirst compares the first names of two lists, of which one may be over.
func orderOfFirst(a, b []entry) int {
	switch {
	case len(b) == 0:
		return -1
	case len(a) == 0:
		return 1
	}
	return strings.Compare(a[0].bareName(), b[0].bareName())
}

func (e entry) bareName() string { return strings.TrimSuffix(e.file, suffix) }

// sortScripts puts scripts into the order in which CTDB runs them, which is that of their files.
func sortScripts(scripts []Script) {
	slices.SortStableFunc(scripts, func(a, b Script) int { return strings.Compare(a.Name+suffix, b.Name+suffix) })
}
