package eventscript_test

import (
	"os"
	"path/filepath"
	"strings"
)

// names are those of scripts in random directories, good and bad.
var names = []string{
	"00.a.script", "10.b.script", "10.c.script", "50.d.script", "50.d-e.script", "50.d.e.script", "82..script",
	"83.a b.script",
	"5.x.script", "001.x.script", "84.x", "85.x.script~", "x.script", "README", "86.\xff.script", "50.d.options",
}

// targets are where links lead in them. {} is the name of the link.
var targets = []string{
	"{packaged}/{}", "{relative}/{}", "{packaged}//{}",
	"{packaged}/./{}", "/nonexistent", "{}", "{opt}/foreign", "{opt}/plain", "{packaged}/50.d.script",
	"/etc", "50.d.script", "/bin/sh/x",
}

// build makes what bytes say of a host: three for each thing, the name, what it is and where. It gives the names that
// it used.
func build(i image, data []byte) (used []string) {
	const most = 40
	i.put(i.opt+"/foreign", "#!/bin/sh\n", 0o755)
	i.put(i.opt+"/plain", "#!/bin/sh\n", 0o644)
	for ; len(data) >= 3 && len(used) < most; data = data[3:] {
		name := names[int(data[0])%len(names)]
		used = append(used, name)
		dir := i.dir()
		if data[2]&1 == 0 {
			dir = filepath.Join(i.root, i.packaged)
		}
		path := filepath.Join(dir, name)
		_ = os.RemoveAll(path)
		switch kind := int(data[1]); kind % 5 {
		case 0, 1:
			text := []string{"#!/bin/sh\n", "", "#!/nonexistent\n", "\x7fELF"}[kind/5%4]
			create(path, text, []os.FileMode{0o755, 0o644, 0o100, 0o611, 0o500, 0o6755}[kind/20%6])
		case 2:
			must(os.Mkdir(path, 0o755))
		default:
			target := targets[kind/5%len(targets)]
			must(os.Symlink(i.expand(strings.ReplaceAll(target, "{}", name)), path))
		}
	}
	return used
}
