package ctdb

import (
	"errors"
	"fmt"
	"net/netip"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ErrArgument is about an argument that the ctdb tool must not be given, such as a name that it would take for an
// option or for a path. Nothing was run.
var ErrArgument = errors.New("not a possible argument")

func refuse(command, what, value, reason string) error {
	return fmt.Errorf("ctdb %s: %w: %s %q: %s", command, ErrArgument, what, shorten(value, 60), reason)
}

// maxName bounds names. CTDB's own are much shorter, and a database's becomes a file name.
const maxName = 200

// checkText refuses what no argument may be: an option, nothing, or text that would garble a log.
func checkText(command, what, text string, most int) error {
	reason := ""
	switch {
	case text == "":
		reason = "it is empty"
	case len(text) > most:
		reason = fmt.Sprintf("it is longer than %d bytes", most)
	case text[0] == '-':
		reason = "it begins with - like an option"
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		reason = "it has characters that can't be printed"
	default:
		return nil
	}
	return refuse(command, what, text, reason)
}

// checkName is for names of databases and tunables. ctdbd makes a file name of a database's as it is: "../x" is a file
// outside of its directory.
func checkName(command, what, name string) error {
	if err := checkText(command, what, name, maxName); err != nil {
		return err
	}
	if strings.Contains(name, "/") {
		return refuse(command, what, name, "it has a slash")
	}
	return nil
}

// checkWord is for arguments that CTDB joins with blanks and takes apart again.
func checkWord(command, what, word string) error {
	if err := checkText(command, what, word, maxWords); err != nil {
		return err
	}
	if strings.ContainsFunc(word, unicode.IsSpace) {
		return refuse(command, what, word, "it has a blank")
	}
	return nil
}

// maxInterface is Linux's IFNAMSIZ without the zero byte.
const maxInterface = 15

func checkInterface(command, name string) error {
	const what = "interface"
	if err := checkWord(command, what, name); err != nil {
		return err
	}
	switch {
	case len(name) > maxInterface:
		return refuse(command, what, name, "it is longer than an interface's name can be")
	case strings.ContainsAny(name, "/,"):
		return refuse(command, what, name, "no interface's name has a slash or a comma")
	}
	return nil
}

// checkFile is for files on the machine that the tool runs on, which need not be this one.
func checkFile(command, name string) error {
	const what, most = "file", 4095 // Linux's PATH_MAX
	if err := checkText(command, what, name, most); err != nil {
		return err
	}
	if !path.IsAbs(name) {
		return refuse(command, what, name, "it is not absolute")
	}
	return nil
}

// checkAddress gives an address as the tool prints it. The tool knows no zones.
func checkAddress(command string, addr netip.Addr) (netip.Addr, error) {
	switch {
	case !addr.IsValid():
		return addr, refuse(command, "address", addr.String(), "there is none")
	case addr.Zone() != "":
		return addr, refuse(command, "address", addr.String(), "it has a zone")
	}
	return addr.Unmap(), nil
}

// maxSeconds is the most that the tool's type for seconds holds.
const maxSeconds = 1<<31 - 1

// wholeSeconds rounds up. The tool takes 0 for an error or for a default.
func wholeSeconds(command, what string, d time.Duration) (int, error) {
	seconds := d / time.Second
	if d%time.Second > 0 {
		seconds++
	}
	if seconds < 1 || seconds > maxSeconds {
		return 0, refuse(command, what, d.String(), "want more than nothing and less than 68 years")
	}
	return int(seconds), nil
}
