package status

import (
	"slices"
	"strings"
)

// activeMark is behind the interface that has the address that ipinfo was asked for.
const activeMark = "(active)"

// interfaceWords reads "name:eth0 link:up references:2" at an offset of the current line, in which ipinfo has names
// with a capital and "(active)" behind.
func (s *scanner) interfaceWords(text string, offset int) (iface Interface, active bool, err error) {
	seen := [len(interfaceKeys)]bool{}
	for word := range strings.SplitSeq(text, " ") {
		key, value, ok := strings.Cut(word, ":")
		key = strings.ToLower(key)
		known := slices.Index(interfaceKeys[:], key)
		switch {
		case word == activeMark && !active:
			active = true
		case !ok && word != activeMark:
			err = s.errAt(offset, `want "NAME:VALUE", got `+clip(word))
		case !ok, known >= 0 && seen[known]:
			err = s.errAt(offset, "a second "+clip(key))
		default:
			err = s.interfaceValue(&iface, key, cell{value, offset + len(key) + 1})
		}
		if err != nil {
			return Interface{}, false, err
		}
		if known >= 0 {
			seen[known] = true
		}
		offset += len(word) + 1
	}
	for i, key := range interfaceKeys {
		if !seen[i] {
			return Interface{}, false, s.errAt(offset-1, `want "`+key+`:…"`)
		}
	}
	return iface, active, nil
}

// interfaceKeys has what is always told of an interface, in lower case.
var interfaceKeys = [...]string{"name", "link", "references"}

// interfaceValue reads a value of an interface, from a column of the machine form or behind a key of the text form. One
// that is not known is kept.
func (s *scanner) interfaceValue(iface *Interface, name string, c cell) (err error) {
	switch name {
	case columnIfaceName, "name":
		if c.text == "" {
			return s.errAt(c.offset, "want the name of an interface")
		}
		iface.Name = strings.Clone(c.text)
	case columnLinkStatus, "link":
		iface.Up, err = s.link(c)
	case columnReferences, "references":
		iface.References, err = s.count(c.text, c.offset)
	default:
		err = s.keepExtra(&iface.Extra, name, c)
	}
	return err
}

// link reads the state of a link: a word in text, a number in the machine form.
func (s *scanner) link(c cell) (up bool, err error) {
	switch c.text {
	case "up", "1":
		return true, nil
	case "down", "0":
		return false, nil
	}
	return false, s.errAt(c.offset, "want up or down, 1 or 0, got "+clip(c.text))
}
