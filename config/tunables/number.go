package tunables

import "math"

// number is what the C library's strtoul makes of a text with base 0, on a machine with longs of 64 bits.
type number struct {
	value    uint64 // without its sign
	negative bool
	overflow bool // the value is the largest
	end      int  // of what was read; 0 is nothing
}

// parseNumber reads blanks, a sign and digits: hexadecimal ones behind 0x, octal ones behind another 0, else decimal
// ones. A few builds of CTDB also read binary digits behind 0b, since newer C libraries do: that depends on the
// build, not on the release, so it is not read here.
func parseNumber(text string) number {
	n, i := number{}, 0
	for i < len(text) && isBlank(text[i]) {
		i++
	}
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		n.negative = text[i] == '-'
		i++
	}
	base := uint64(10)
	if i < len(text) && text[i] == '0' {
		base = 8
		if i+2 < len(text) && lower(text[i+1]) == 'x' && digit(text[i+2]) < 16 {
			base = 16
			i += 2
		}
	}
	for ; i < len(text) && digit(text[i]) < base; i++ {
		n.add(base, digit(text[i]))
		n.end = i + 1
	}
	return n
}

func (n *number) add(base, digit uint64) {
	if n.overflow || n.value > (math.MaxUint64-digit)/base {
		n.value, n.overflow = math.MaxUint64, true
		return
	}
	n.value = n.value*base + digit
}

// digit gives the value of a digit, and a large one for what is none.
func digit(c byte) uint64 {
	switch c = lower(c); {
	case '0' <= c && c <= '9':
		return uint64(c - '0')
	case 'a' <= c && c <= 'f':
		return uint64(c-'a') + 10
	}
	return 99
}

// isBlank tells what C takes for white space.
func isBlank(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// low32 is what CTDB keeps of a number.
func (n number) low32() uint32 {
	value := n.value
	if n.negative && !n.overflow {
		value = -value
	}
	return uint32(value) //nolint:gosec // this is what CTDB does
}
