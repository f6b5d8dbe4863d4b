package config

import (
	"errors"
	"fmt"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// Messages gives what ctdb-config says of a file: validate tells of what is unknown too, and dump does not.
func Messages(data []byte, r release.Release, env Env) (validate, dump []string) {
	section := ""
	newLoader(r, env).load(text.NewSource("ctdb.conf", data), func(s step) {
		var message string
		switch s.outcome {
		case knownSection:
			section = lower(s.Name)
		case unknownSection:
			message = fmt.Sprintf("unknown section [%s]", s.Name)
		case homeless:
			message = fmt.Sprintf(`unknown section for option "%s"`, s.Name)
		case unknownOption:
			message = fmt.Sprintf(`unknown option [%s] -> "%s"`, section, s.Name)
		case refused:
			message = refusedMessage(s)
			dump = append(dump, message)
		case skipped, taken, dropped, noSetting:
		}
		if message != "" {
			validate = append(validate, message)
		}
	})
	return validate, dump
}

func refusedMessage(s step) string {
	switch {
	case errors.Is(s.err, ErrEmpty):
		return fmt.Sprintf(`empty value [%s] -> "%s"`, s.option.Section, s.Name)
	case errors.Is(s.err, ErrBool), errors.Is(s.err, ErrInteger):
		return fmt.Sprintf(`invalid value [%s] -> "%s" = "%s"`, s.option.Section, s.Name, s.Value)
	}
	return fmt.Sprintf(`validation for option "%s" failed`, s.Name)
}

// Set gives the lines of a dump that are no comments.
func (e *Effective) Set() []string {
	var set []string
	for v := range e.All() {
		if v.IsSet {
			set = append(set, fmt.Sprintf("[%s] %s = %s", v.Section, v.Key, v.Text))
		}
	}
	return set
}
