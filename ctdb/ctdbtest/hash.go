package ctdbtest

import (
	"encoding/binary"
	"math/bits"

	"github.com/go-ctdb/go-ctdb/status"
)

// databaseID gives the number that CTDB knows a database by: Bob Jenkins' hash of 2006 (lookup3, hashlittle) of its name
// with the zero byte behind it.
func databaseID(name string) status.DatabaseID {
	data := append([]byte(name), 0)
	const start, block = 0xdeadbeef, 12
	a := start + uint32(len(data)) //nolint:gosec // names are short
	b, c := a, a
	for ; len(data) > block; data = data[block:] {
		a += binary.LittleEndian.Uint32(data)
		b += binary.LittleEndian.Uint32(data[4:])
		c += binary.LittleEndian.Uint32(data[8:])
		a, b, c = mix(a, b, c)
	}
	var last [block]byte
	copy(last[:], data)
	a += binary.LittleEndian.Uint32(last[:])
	b += binary.LittleEndian.Uint32(last[4:])
	c += binary.LittleEndian.Uint32(last[8:])
	return status.DatabaseID(final(a, b, c))
}

func mix(a, b, c uint32) (uint32, uint32, uint32) {
	for _, r := range [2][3]int{{4, 6, 8}, {16, 19, 4}} {
		a = (a - c) ^ bits.RotateLeft32(c, r[0])
		c += b
		b = (b - a) ^ bits.RotateLeft32(a, r[1])
		a += c
		c = (c - b) ^ bits.RotateLeft32(b, r[2])
		b += a
	}
	return a, b, c
}

func final(a, b, c uint32) uint32 {
	c = (c ^ b) - bits.RotateLeft32(b, 14)
	a = (a ^ c) - bits.RotateLeft32(c, 11)
	b = (b ^ a) - bits.RotateLeft32(a, 25)
	c = (c ^ b) - bits.RotateLeft32(b, 16)
	a = (a ^ c) - bits.RotateLeft32(c, 4)
	b = (b ^ a) - bits.RotateLeft32(a, 14)
	return (c ^ b) - bits.RotateLeft32(b, 24)
}
