package eventscript

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// suffix is what the files of scripts end in since 4.9. It is no part of a script's name.
const suffix = ".script"

// longest is the length of a file name at most, in bytes, on Linux.
const longest = 255

// rules are what a release takes for the file of an event script.
type rules uint8

const (
	anyRules    rules = iota // up to 4.5: all but backups
	dottedRules              // 4.6 to 4.8: NN.NAME without another dot
	suffixRules              // since 4.9: NN.NAME.script, whatever NAME is
)

func rulesOf(r release.Release) rules {
	switch {
	case r.AtLeast(4, 9, 0):
		return suffixRules
	case r.AtLeast(4, 6, 0):
		return dottedRules
	}
	return anyRules
}

// file gives the name of a script's file.
func (r rules) file(script string) string {
	if r == suffixRules {
		return script + suffix
	}
	return script
}

// script gives the name of the script that a file is, and whether the release takes it for one.
func (r rules) script(file string) (string, bool) {
	switch r {
	case suffixRules:
		name, ok := strings.CutSuffix(file, suffix)
		return name, ok && isNumbered(name)
	case dottedRules:
		return file, isNumbered(file) && !strings.ContainsAny(file[3:], ".~")
	default:
		return file, !strings.HasSuffix(file, "~") && !strings.HasPrefix(file, ".") && file != "README"
	}
}

// check gives the name of a script without ".script", if it can be one.
func (r rules) check(name string) (string, error) {
	script := strings.TrimSuffix(name, suffix)
	if _, ok := r.script(r.file(script)); !ok {
		return script, fmt.Errorf("%w, got %q", ErrName, clip(name))
	}
	return script, checkFileName(r.file(script), name)
}

// checkFileName refuses names that lead elsewhere, that programs take for an option, or that garble a list.
func checkFileName(file, name string) error {
	if file == "" || len(file) > longest || file[0] == '-' || file[0] == '.' || strings.ContainsAny(file, `/\`) ||
		!utf8.ValidString(file) || strings.ContainsFunc(file, isControl) {
		return fmt.Errorf("%w, got %q", ErrName, clip(name))
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' }

// isNumbered tells whether a name begins with two digits and a dot.
func isNumbered(name string) bool {
	return len(name) >= 3 && isDigit(name[0]) && isDigit(name[1]) && name[2] == '.'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// orderOf gives the number that a name begins with, -1 for one that has none.
func orderOf(name string) int {
	if !isNumbered(name) {
		return -1
	}
	return 10*int(name[0]-'0') + int(name[1]-'0')
}

// clip cuts a text for a message.
func clip(text string) string { return finding.Clip(text) }
