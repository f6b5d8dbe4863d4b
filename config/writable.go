package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// Why an edit of a [File] is refused. errors.Is finds them.
var (
	// ErrUnwritable: the format of ctdb.conf has no way to write that. The error says what it can't hold.
	ErrUnwritable = errors.New("ctdb.conf can't hold that")
	// ErrNoSuchSection: the file does not have the section.
	ErrNoSuchSection = errors.New("no such section")
	// ErrSectionExists: the file has the section already.
	ErrSectionExists = errors.New("the section is there already")
	// ErrNotSet: the file does not set the option.
	ErrNotSet = errors.New("the file does not set that option")
)

// checkValue says why CTDB would not read back a value.
func checkValue(value string) error {
	switch {
	case value == "":
		return fmt.Errorf("%w: an empty value", ErrUnwritable)
	case strings.HasSuffix(value, `\`):
		return unwritable("a backslash at the end of a value, which joins the next line", value)
	}
	return checkBytes("value", value)
}

// checkKey says the same of a key.
func checkKey(key string) error {
	switch {
	case key == "":
		return fmt.Errorf("%w: an empty key", ErrUnwritable)
	case strings.ContainsRune(key, '='):
		return unwritable(`a key with a "=" in it`, key)
	case strings.IndexByte("#;[", key[0]) >= 0:
		return unwritable("a key that begins like a comment or a header", key)
	}
	return checkBytes("key", key)
}

// checkSection says the same of the name of a section.
func checkSection(section string) error {
	switch {
	case section == "":
		return fmt.Errorf("%w: an empty section", ErrUnwritable)
	case strings.ContainsRune(section, ']'):
		return unwritable(`a section with a "]" in it`, section)
	}
	return checkBytes("section", section)
}

// checkBytes looks for the bytes that CTDB reads as others, or not at all.
func checkBytes(what, s string) error {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\n' || c == '\r':
			return unwritable("a "+what+" with a line break in it", s)
		case c == 0:
			return unwritable("a "+what+" with a NUL in it", s)
		case tini.IsBlank(c) && (i == 0 || i == len(s)-1):
			return unwritable("blanks around a "+what, s)
		case tini.IsBlank(c) && tini.IsBlank(s[i+1]):
			return unwritable("blanks side by side, which become one", s)
		}
	}
	return nil
}

func unwritable(what, s string) error {
	return fmt.Errorf("%w: %s, got %q", ErrUnwritable, what, finding.Clip(s))
}
