package ctdblog

import "encoding/binary"

// Numbers in fixed places are read without loops and without copies.

// load gives eight bytes as a number, for comparing them at once.
func load(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// twoDigits reads two decimal digits; what is no digit makes it 100 or more.
func twoDigits(b []byte) int {
	tens, ones := b[0]-'0', b[1]-'0'
	if tens > 9 || ones > 9 {
		return 100
	}
	return int(tens)*10 + int(ones)
}

// sixDigits reads six decimal digits from the first eight bytes of b.
func sixDigits(b []byte) (number int, ok bool) {
	const (
		six     = 1<<48 - 1
		zeros   = 0x303030303030
		nibbles = 0xF0F0F0F0F0F0
		carries = 0x060606060606
	)
	x := load(b) & six
	if (x&nibbles)|((x+carries)&nibbles) != zeros {
		return 0, false
	}
	x -= zeros
	x = x*10 + x>>8 // each second byte is now a number of two digits
	return int(x&0xFF)*10_000 + int(x>>16&0xFF)*100 + int(x>>32&0xFF), true
}

// number reads the decimal number at the start of b, and says how many digits it has: 0 if there is none or if it has
// more than limit.
func number(b []byte, limit int) (value, digits int) {
	for digits < len(b) && isDigit(b[digits]) {
		if digits == limit {
			return 0, 0
		}
		value = value*10 + int(b[digits]-'0')
		digits++
	}
	return value, digits
}
