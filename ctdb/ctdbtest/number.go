package ctdbtest

import "strings"

// number is what C's strtoul makes of a text.
type number struct {
	value uint64
	rest  string // what follows the digits
	none  bool   // it does not begin with a number, or with a negative one
	over  bool   // it is more than 64 bits
}

// blanks are those of C's isspace.
const blanks = " \t\n\v\f\r"

// readNumber reads a number of a base. Base 0 is that of the number's own prefix.
func readNumber(text string, base uint64) number {
	digits := strings.TrimPrefix(strings.TrimLeft(text, blanks), "+")
	if base == 0 {
		digits, base = cutBase(digits)
	}
	n := number{none: true}
	for digits != "" {
		digit := digitOf(digits[0])
		if digit >= base {
			break
		}
		next := n.value*base + digit
		n.over = n.over || n.value > (1<<64-1-digit)/base
		n.value, n.none, digits = next, false, digits[1:]
	}
	n.rest = digits
	return n
}

// cutBase finds out which base the prefix of a number stands for. A prefix that no digit follows is a zero.
func cutBase(text string) (digits string, base uint64) {
	switch {
	case len(text) > 2 && text[0] == '0' && text[1]|0x20 == 'x' && digitOf(text[2]) < 16:
		return text[2:], 16
	case strings.HasPrefix(text, "0"):
		return text, 8
	}
	return text, 10
}

// digitOf gives the value of a digit, or more than any base.
func digitOf(c byte) uint64 {
	const no = 99
	switch {
	case '0' <= c && c <= '9':
		return uint64(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return uint64(c|0x20-'a') + 10
	}
	return no
}
