package eventscript_test

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/go-ctdb/go-ctdb/eventscript"
)

// brief is a script in few words, for tables.
type brief struct {
	Origin   eventscript.Origin
	Kind     eventscript.Kind
	Enabled  bool
	Findings []string // "ID severity"
}

func briefOf(s eventscript.Script) brief {
	b := brief{Origin: s.Origin, Kind: s.Kind, Enabled: s.Enabled}
	for _, f := range s.Findings {
		b.Findings = append(b.Findings, strings.TrimPrefix(f.ID, "eventscript/")+" "+f.Severity.String())
	}
	return b
}

const (
	installed = eventscript.OriginInstalled
	local     = eventscript.OriginLocal
	none      = eventscript.KindNone
	link      = eventscript.KindLink
	file      = eventscript.KindFile
	other     = eventscript.KindOther
)

// state is something that can have the name of a script, 50.samba, which came with CTDB, or 81.mine, which did not.
type state struct {
	name   string // of the file
	make   func(i image)
	want   brief
	listed string // what the tool says: in the installed block and in the local block
}

func linkTo(name, target string) func(image) { return func(i image) { i.link(name, target) } }
func modeOf(name string, mode os.FileMode) func(image) {
	return func(i image) { i.mode(name, "#!/bin/sh\n", mode) }
}

// states are those of a release from 4.10 on and before 4.22.
func states() map[string]state {
	const samba, mine = "50.samba.script", "81.mine.script"
	return map[string]state{
		"nothing": {samba, func(image) {}, brief{installed, none, false, nil}, "  50.samba|"},
		"right":   {samba, linkTo(samba, "{packaged}/"+samba), brief{installed, link, true, nil}, "* 50.samba|"},
		"relative": {
			samba, linkTo(samba, "{relative}/50.samba.script"),
			brief{installed, link, true, []string{"relative-link warning"}}, "  50.samba|* 50.samba",
		},
		"another text": {
			samba, linkTo(samba, "{packaged}//50.samba.script"),
			brief{installed, link, true, []string{"link-text warning"}}, "  50.samba|* 50.samba",
		},
		"through a directory": {
			samba, func(i image) {
				must(os.Symlink(i.packaged, filepath.Join(i.root, i.opt, "dir")))
				i.link(samba, "{opt}/dir/50.samba.script")
			}, brief{installed, link, true, []string{"link-text warning"}}, "  50.samba|* 50.samba",
		},
		"copy": {
			samba, modeOf(samba, 0o755), brief{local, file, true, []string{"copy note"}}, "  50.samba|* 50.samba",
		},
		"disabled copy": {
			samba, modeOf(samba, 0o644), brief{local, file, false, []string{"copy note"}}, "  50.samba|  50.samba",
		},
		"foreign": {
			samba, func(i image) {
				i.put(i.opt+"/s.sh", "#!/bin/sh\n", 0o755)
				i.link(samba, "{opt}/s.sh")
			}, brief{local, link, true, []string{"wrong-target warning"}}, "  50.samba|* 50.samba",
		},
		"dangling": {
			samba, linkTo(samba, "/nonexistent"), brief{local, link, false, []string{"dangling error"}}, "  50.samba|  50.samba",
		},
		"loop": {
			samba, linkTo(samba, samba), brief{local, link, false, []string{"dangling error"}}, "  50.samba|  50.samba",
		},
		"below a file": {
			samba, linkTo(samba, "/bin/sh/x"), brief{local, link, false, []string{"dangling error"}}, "  50.samba|  50.samba",
		},
		"not executable": {
			samba, func(i image) {
				i.put(i.packaged+"/"+samba, "#!/bin/sh\n", 0o611)
				i.link(samba, "{packaged}/"+samba)
			}, brief{installed, link, false, []string{"not-executable warning"}}, "* 50.samba|",
		},
		"owner only":     {mine, modeOf(mine, 0o500), brief{local, file, true, nil}, "  50.samba|* 81.mine"},
		"local":          {mine, modeOf(mine, 0o755), brief{local, file, true, nil}, "  50.samba|* 81.mine"},
		"local disabled": {mine, modeOf(mine, 0o644), brief{local, file, false, nil}, "  50.samba|  81.mine"},
		"others only":    {mine, modeOf(mine, 0o611), brief{local, file, false, nil}, "  50.samba|  81.mine"},
		"local link": {
			mine, func(i image) {
				i.put(i.opt+"/m.sh", "#!/bin/sh\n", 0o755)
				i.link(mine, "{opt}/m.sh")
			}, brief{local, link, true, nil}, "  50.samba|* 81.mine",
		},
		"local link to what is not executable": {
			mine, func(i image) {
				i.put(i.opt+"/m.sh", "#!/bin/sh\n", 0o644)
				i.link(mine, "{opt}/m.sh")
			}, brief{local, link, false, []string{"not-executable warning"}}, "  50.samba|  81.mine",
		},
		"another name": {
			mine, linkTo(mine, "{packaged}/"+samba), brief{local, link, true, []string{"wrong-target warning"}},
			"  50.samba|* 81.mine",
		},
		"right text of a script that is gone": {
			mine, linkTo(mine, "{packaged}/"+mine), brief{local, link, false, []string{"dangling error"}},
			"  50.samba|  81.mine",
		},
		"directory": {
			mine, func(i image) { must(os.Mkdir(filepath.Join(i.dir(), mine), 0o755)) },
			brief{local, other, false, []string{"not-file warning"}}, "  50.samba|* 81.mine",
		},
		"link to a directory": {
			mine, linkTo(mine, "{opt}"), brief{local, link, false, []string{"not-file warning"}}, "  50.samba|* 81.mine",
		},
		"no interpreter line": {
			mine, func(i image) { i.file(mine, "echo\n") }, brief{local, file, true, []string{"interpreter warning"}},
			"  50.samba|* 81.mine",
		},
		"empty": {
			mine, func(i image) { i.file(mine, "") }, brief{local, file, true, []string{"interpreter warning"}},
			"  50.samba|* 81.mine",
		},
		"interpreter missing": {
			mine, func(i image) { i.file(mine, "#! /bin/bash -e\n") },
			brief{local, file, true, []string{"interpreter error"}}, "  50.samba|* 81.mine",
		},
		"carriage return": {
			mine, func(i image) { i.file(mine, "#!/bin/sh\r\n") },
			brief{local, file, true, []string{"interpreter error"}}, "  50.samba|* 81.mine",
		},
		"interpreter is a directory": {
			mine, func(i image) { i.file(mine, "#!/bin\n") },
			brief{local, file, true, []string{"interpreter error"}}, "  50.samba|* 81.mine",
		},
		"no interpreter at all": {
			mine, func(i image) { i.file(mine, "#!") }, brief{local, file, true, []string{"interpreter error"}},
			"  50.samba|* 81.mine",
		},
		"relative interpreter": {
			mine, func(i image) { i.file(mine, "#!sh\n") }, brief{local, file, true, nil}, "  50.samba|* 81.mine",
		},
		"program": {
			mine, func(i image) { i.file(mine, "\x7fELF") }, brief{local, file, true, nil}, "  50.samba|* 81.mine",
		},
		"disabled without interpreter": {
			mine, func(i image) { i.mode(mine, "", 0o644) }, brief{local, file, false, nil}, "  50.samba|  81.mine",
		},
		"no name": {"82..script", modeOf("82..script", 0o755), brief{local, file, true, nil}, "  50.samba|* 82."},
		"two dots": {
			"82.a.b.script", modeOf("82.a.b.script", 0o755), brief{local, file, true, nil}, "  50.samba|* 82.a.b",
		},
		"blanks": {
			"82.a b.script", modeOf("82.a b.script", 0o755), brief{local, file, true, nil}, "  50.samba|* 82.a b",
		},
		"one digit": {
			"5.x.script", modeOf("5.x.script", 0o755), brief{local, file, false, []string{"bad-name warning"}}, "  50.samba|",
		},
		"three": {
			"001.x.script", modeOf("001.x.script", 0o755), brief{local, file, false, []string{"bad-name warning"}},
			"  50.samba|",
		},
		"one dot": {
			"82.script", modeOf("82.script", 0o755), brief{local, file, false, []string{"bad-name warning"}}, "  50.samba|",
		},
		"backup": {
			"82.x.script~", modeOf("82.x.script~", 0o755), brief{local, file, false, []string{"bad-name warning"}},
			"  50.samba|",
		},
		"rpmnew": {
			"82.x.script.rpmnew", modeOf("82.x.script.rpmnew", 0o644), brief{local, file, false, []string{"bad-name warning"}},
			"  50.samba|",
		},
		"as in 4.8": {
			"82.x", modeOf("82.x", 0o755), brief{local, file, false, []string{"bad-name warning"}}, "  50.samba|",
		},
		"bad symlink": {
			"x.script", linkTo("x.script", "/nonexistent"), brief{local, link, false, []string{"bad-name warning"}},
			"  50.samba|",
		},
		"order": {
			"50.a.script", func(i image) {
				i.link(samba, "{packaged}/"+samba)
				i.file("50.a.script", "#!/bin/sh\n")
			}, brief{local, file, true, []string{"duplicate-order note"}}, "* 50.samba|* 50.a",
		},
	}
}

// passed are directories in which ctdb event script list may pass the link of a script, as the order of names is not
// that of files. All that is enabled is a right link.
var passed = []struct{ packaged, enabled, listed string }{
	{"50.d", "50.d 50.d-e", "  50.d||  50.d-e|* 50.d|"},
	{"50.d", "50.d 50.d_e", "* 50.d||  50.d_e|"},
	{"50.d 60.x", "50.d 50.d.e 60.x", "  50.d|* 60.x||  50.d.e|* 50.d|"},
	{"50.d-e 50.d 60.x", "50.d 60.x", "  50.d-e|  50.d|* 60.x||* 50.d|"},
	{"50.d-e 50.d", "50.d-e 50.d", "* 50.d-e|* 50.d|"},
	{"50.d 50.d-a 50.d-b", "50.d 50.d-b", "  50.d-a|* 50.d-b|* 50.d|"},
}

// makePassed makes one of them, and gives what the tool lists.
func (i image) makePassed(n int) (listed string) {
	for name := range strings.FieldsSeq(passed[n].packaged) {
		i.put(i.packaged+"/"+name+".script", "#!/bin/sh\n", 0o755)
	}
	for name := range strings.FieldsSeq(passed[n].enabled) {
		i.link(name+".script", "{packaged}/"+name+".script")
	}
	return strings.ReplaceAll(passed[n].listed, "|", "\n")
}
