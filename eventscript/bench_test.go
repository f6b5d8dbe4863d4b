package eventscript_test

import (
	"fmt"
	"testing"

	"github.com/go-ctdb/go-ctdb/eventscript"
)

// BenchmarkList lists a host as Debian installs it.
func BenchmarkList(b *testing.B) {
	i := newImage(catalogueOf(v(25))...)
	defer i.remove()
	for _, script := range []string{"00.ctdb", "01.reclock", "05.system", "10.interface", "95.database"} {
		i.link(script+".script", packagedDir+script+".script")
	}
	f := eventscript.Files{Root: i.root}
	for b.Loop() {
		if _, err := f.List(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkListMany lists a directory with a thousand scripts of the same number.
func BenchmarkListMany(b *testing.B) {
	i := newImage()
	defer i.remove()
	for n := range 1000 {
		i.file(fmt.Sprintf("50.%d.script", n), "#!/bin/sh\n")
	}
	f := eventscript.Files{Root: i.root}
	for b.Loop() {
		if _, err := f.List(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSwitch enables and disables a script.
func BenchmarkSwitch(b *testing.B) {
	i := newImage("50.samba")
	defer i.remove()
	f := eventscript.Files{Root: i.root}
	for b.Loop() {
		if err := f.Enable(b.Context(), "50.samba"); err != nil {
			b.Fatal(err)
		}
		if err := f.Disable(b.Context(), "50.samba"); err != nil {
			b.Fatal(err)
		}
	}
}
