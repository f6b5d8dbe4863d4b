package config

import (
	"strconv"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// outcome is what a release makes of a line.
type outcome uint8

const (
	unknownSection outcome = iota + 1 // a header; what follows is ignored
	knownSection                      // a header
	homeless                          // a setting before the first header, or in an unknown section
	unknownOption                     // a setting that is ignored
	refused                           // a setting whose value makes the release refuse the file
	skipped                           // a setting to the default, which changes nothing
	taken                             // a setting that counts, unless a later one is taken too
	dropped                           // a line that makes the release drop the file
	noSetting                         // a comment, a blank line, or one that is ignored for having no "="
)

// step is what a release makes of a line.
type step struct {
	tini.Line
	outcome outcome
	option  Option // of a setting that the release knows
	text    string // of its value, in the release's own form
	err     error  // why it is refused
}

// loader reads a ctdb.conf as a release does.
type loader struct {
	release release.Release
	env     Env
	options map[name]Option
	section string // the known one that the lines are in, in small letters; "" for none

	unchecked bool // directories and scripts are not looked for
}

func newLoader(r release.Release, env Env) *loader {
	l := &loader{release: r, env: env.with(r), options: map[name]Option{}}
	for o := range Known(r) {
		o.Default = defaultText(o, l.env.Paths)
		l.options[o.name()] = o
	}
	return l
}

// load gives each line of a file to see, up to one that makes the release drop the file.
func (l *loader) load(src *text.Source, see func(step)) {
	for line := range tini.Lines(src) {
		s := l.line(line)
		see(s)
		if s.outcome == dropped {
			return
		}
	}
}

func (l *loader) line(line tini.Line) step {
	s := step{Line: line, outcome: noSetting}
	switch line.Kind {
	case tini.Section:
		s.outcome, l.section = unknownSection, ""
		if isSection(lower(line.Name), l.release) {
			s.outcome, l.section = knownSection, lower(line.Name)
		}
	case tini.Setting:
		l.setting(&s)
	case tini.Unclosed, tini.Unnamed:
		s.outcome = dropped
	case tini.Blank, tini.Comment, tini.Word:
	}
	return s
}

// setting finds out what the release makes of a setting. A value that is its default is not looked at any further, and
// does not replace one that was set before.
func (l *loader) setting(s *step) {
	if l.section == "" {
		s.outcome = homeless
		return
	}
	option, ok := l.options[name{l.section, s.Name}]
	if !ok {
		s.outcome = unknownOption
		return
	}
	s.option = option
	s.text, s.err = l.read(option, s.Value)
	switch {
	case s.err != nil:
		s.outcome = refused
		return
	case s.text == option.Default && (s.text != "" || option.Type != String):
		s.outcome = skipped
		return
	}
	s.outcome = taken
	s.err = checkText(option, s.text)
	if s.err == nil && !l.unchecked {
		s.err = l.env.check(option, s.text)
	}
	if s.err != nil {
		s.outcome = refused
	}
}

// read gives a value in the release's own form.
func (l *loader) read(o Option, value string) (string, error) {
	if value == "" && (l.release.AtLeast(4, 12, 0) || o.Type != String) {
		return "", ErrEmpty
	}
	switch o.Type {
	case Bool:
		b, err := parseBool(value)
		return strconv.FormatBool(b), err
	case Integer:
		n, _, err := parseInteger(value)
		return strconv.Itoa(n), err
	case String:
	}
	return value, nil
}
