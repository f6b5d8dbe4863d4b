package eventscript

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/config/options"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// The identifiers of what Dependencies finds.
const (
	FindingNeedsProgram   = "eventscript/needs-program"   // it runs a program that is not there
	FindingNeedsService   = "eventscript/needs-service"   // it starts a service that the system does not know
	FindingNeedsOption    = "eventscript/needs-option"    // it does nothing, or less, without an option that is not set
	FindingNeedsScript    = "eventscript/needs-script"    // another script must be enabled too
	FindingNeedsFile      = "eventscript/needs-file"      // it does nothing without a file that is not there
	FindingOptionsUnknown = "eventscript/options-unknown" // a file with options can't be read, so that nobody knows
	FindingOptionHint     = "eventscript/option-hint"     // an option is worth a thought
)

// Dependencies tells what scripts that come with CTDB need and do not find on the host: programs, services that the
// system must know, options, files, and other scripts, such as 10.interface for the addresses that clients come to. The
// names may have ".script" at their end; without names, it is all scripts that are enabled. Of scripts that do not come
// with CTDB it knows nothing. The findings are in the order of the scripts; none is good news.
//
// A program is looked for where scripts look, below [Files.Root] only. What a service or a program needs in turn is not
// looked at, nor is the value of an option: see package options for that. Before 4.9 options can't be looked at.
//
// The errors are those of List, and a [*ScriptError] with [ErrName]. Options files that can't be read are a finding.
func (f Files) Dependencies(ctx context.Context, names ...string) ([]finding.Finding, error) {
	p, err := f.place()
	if err != nil {
		return nil, err
	}
	listing, err := f.List(ctx)
	if err != nil {
		return nil, err
	}
	scripts := make([]string, 0, len(names))
	for _, name := range names {
		script, err := p.rules.check(name)
		if err != nil {
			return nil, &ScriptError{Op: "dependencies", Script: script, Err: err}
		}
		scripts = append(scripts, script)
	}
	for _, s := range listing.Scripts {
		if len(names) == 0 && s.Enabled {
			scripts = append(scripts, s.Name)
		}
	}
	var found []finding.Finding
	for _, script := range scripts {
		n, ok := needed[script]
		if !ok {
			continue
		}
		d := dependent{place: p, listing: listing, script: script, needs: n}
		d.look()
		found = append(found, d.found...)
	}
	return found, nil
}

// dependent looks for what one script needs.
type dependent struct {
	*place
	listing *Listing
	script  string
	needs   needs
	options *options.Merged // nil if they are not known
	found   []finding.Finding
}

func (d *dependent) add(id string, severity finding.Severity, format string, args ...any) {
	d.found = append(d.found, finding.Finding{
		ID: id, Severity: severity, File: d.file(d.rules.file(d.script)), Message: fmt.Sprintf(format, args...),
	})
}

func (d *dependent) look() {
	for _, p := range d.needs.programs {
		if p.in(d.release) && !d.hasProgram(p.names) {
			d.add(FindingNeedsProgram, finding.Warning, "it runs %s, which is not there; Debian has it in the package %s",
				orList(p.names), p.debian)
		}
	}
	if d.rules == suffixRules {
		d.readOptions()
	} else if d.needs.manages != "" {
		d.add(FindingOptionHint, finding.Note,
			"before CTDB 4.9 it does nothing unless CTDB's configuration has %s=yes", d.needs.manages)
	}
	d.lookService()
	d.lookOptions()
	d.lookFiles()
	d.lookScripts()
}

// readOptions reads script.options and the script's own file.
func (d *dependent) readOptions() {
	var files []*options.File
	for _, name := range []string{d.paths.ScriptOptionsFile(), d.paths.OptionsFile(d.script)} {
		at, _, err := d.resolve(name)
		if err == nil {
			var file *options.File
			file, err = options.Load(options.Options{Path: d.actual(at), FS: d.fsys})
			files = append(files, file)
		}
		if err != nil && !leadsNowhere(err) {
			d.add(FindingOptionsUnknown, finding.Warning, "its options are not known: %v", err)
			return
		}
	}
	d.options = options.Merge(d.script, files...)
}

// option gives the value of an option, and whether it is certain.
func (d *dependent) option(name string) (value string, certain bool) {
	if d.options == nil || name == "" {
		return "", false
	}
	s := d.options.Lookup(name)
	return s.Value, s.State != options.Unknown
}

func (d *dependent) lookOptions() {
	if value, certain := d.option(d.needs.option); certain && value == "" {
		d.add(FindingNeedsOption, finding.Warning, "%s is not set: %s", d.needs.option, d.needs.without)
	}
	if value, certain := d.option(d.needs.hint); certain && value == "" {
		d.add(FindingOptionHint, finding.Note, "%s is not set: %s", d.needs.hint, d.needs.why)
	}
}

// lookService looks for a service by the name that an option gives, or else its usual ones.
func (d *dependent) lookService() {
	names := d.needs.service.names
	if len(names) == 0 {
		return
	}
	if option := d.needs.service.option; option != "" {
		switch value, certain := d.option(option); {
		case !certain && d.rules == suffixRules:
			return
		case value != "":
			names = []string{value}
		}
	}
	if !slices.ContainsFunc(names, d.hasService) {
		d.add(FindingNeedsService, finding.Warning, "it starts the service %s, which the system does not know", orList(names))
	}
}

// lookFiles looks for files in CTDB's directory.
func (d *dependent) lookFiles() {
	if file := d.needs.file; file != "" && !d.isThere(path.Join(d.paths.EtcDir, file), isFile) {
		d.add(FindingNeedsFile, finding.Note, "there is no file %s: %s", path.Join(d.paths.EtcDir, file), doesNothing)
	}
	if !d.needs.callout || d.options == nil {
		return
	}
	value, certain := d.option("CTDB_NFS_CALLOUT")
	callout, _, _ := strings.Cut(value, " ") // arguments may follow
	if callout == "" {
		callout = path.Join(d.paths.EtcDir, "nfs-linux-kernel-callout")
	}
	if certain && path.IsAbs(callout) && !d.isThere(callout, isProgram) {
		d.add(FindingNeedsFile, finding.Warning,
			"it runs %s for what depends on the NFS server, which is no program", clip(callout))
	}
}

// lookScripts looks for other scripts that must be enabled.
func (d *dependent) lookScripts() {
	if other := d.needs.script; other != "" {
		if s, ok := d.listing.Script(other); ok && !s.Enabled {
			d.add(FindingNeedsScript, finding.Warning, "it needs the script %s, which is not enabled", other)
		}
	}
	const addresses = "10.interface"
	if !d.needs.clients || d.listing.Enabled(addresses) {
		return
	}
	at, _, err := d.resolve(d.paths.PublicAddressesFile())
	if err != nil {
		return // no addresses
	}
	file, err := publicaddr.Load(publicaddr.Options{Path: d.actual(at), FS: d.fsys})
	if err == nil && file.Len() > 0 {
		d.add(FindingNeedsScript, finding.Warning,
			"clients come to the addresses in %s, which %s puts on interfaces: it is not enabled",
			d.paths.PublicAddressesFile(), addresses)
	}
}

// programDirs are where scripts look for programs, and serviceFiles where systems look for services.
var (
	programDirs  = []string{"/bin", "/usr/bin", "/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/local/bin"}
	serviceFiles = []string{
		"/etc/systemd/system/%s.service", "/run/systemd/system/%s.service", "/usr/local/lib/systemd/system/%s.service",
		"/usr/lib/systemd/system/%s.service", "/lib/systemd/system/%s.service", "/etc/init.d/%s", "/etc/rc.d/init.d/%s",
	}
)

func (d *dependent) hasProgram(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return slices.ContainsFunc(programDirs, func(dir string) bool { return d.isThere(path.Join(dir, name), isProgram) })
	})
}

func (d *dependent) hasService(name string) bool {
	if checkFileName(name, name) != nil {
		return false
	}
	return slices.ContainsFunc(serviceFiles, func(file string) bool { return d.isThere(fmt.Sprintf(file, name), isFile) })
}

// isThere tells whether there is something of a kind. What can't be looked at may be there.
func (d *dependent) isThere(name string, is func(fs.FileInfo) bool) bool {
	_, info, err := d.resolve(name)
	if err != nil {
		return !leadsNowhere(err)
	}
	return is(info)
}

func isFile(info fs.FileInfo) bool    { return info.Mode().IsRegular() }
func isProgram(info fs.FileInfo) bool { return isFile(info) && info.Mode()&executable != 0 }

func orList(names []string) string { return strings.Join(names, " or ") }
