package config

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// Why ctdbd refuses a value that does not fit its option. errors.Is finds them.
var (
	// ErrBool: the value of a boolean option is not one.
	ErrBool = errors.New("want true, yes, false or no")
	// ErrInteger: the value of an integer option is negative or too large.
	ErrInteger = errors.New("want a number from 0 to 2147483647")
	// ErrLeaderTimeout: the leader timeout is 0, as it is too when the value begins with no digit.
	ErrLeaderTimeout = errors.New("want a number of seconds above 0")
	// ErrTransport: the transport is not the only one there is.
	ErrTransport = errors.New("want tcp, the only transport")
	// ErrNodeAddress: the node address is not one, or has a port, a zone, brackets or leading zeros.
	ErrNodeAddress = errors.New("want a numeric IPv4 or IPv6 address, without a port or a zone")
)

// parseBool reads a boolean as ctdbd does.
func parseBool(s string) (bool, error) {
	switch lower(s) {
	case "true", "yes":
		return true, nil
	case "false", "no":
		return false, nil
	}
	return false, ErrBool
}

// parseInteger reads an integer as ctdbd does, with C's strtol in base 0: blanks, a sign, a number that is hexadecimal
// behind 0x, binary behind 0b and octal behind 0, and then any text, which it ignores. Without digits it is 0. exact
// says that the text is the number as people write it, and nothing else.
//
// Whether 0b is known depends on the C library that CTDB was compiled with, not on the release: before glibc 2.38 it is
// 0.
func parseInteger(s string) (value int, exact bool, err error) {
	if s == "" {
		return 0, false, ErrInteger
	}
	rest := strings.TrimLeft(s, tini.Blanks+"\n")
	negative := strings.HasPrefix(rest, "-")
	if negative || strings.HasPrefix(rest, "+") {
		rest = rest[1:]
	}
	base, digits := radix(rest)
	var n int64
	for i := 0; i < len(digits) && digit(digits[i]) < base; i++ {
		n = min(n*base+digit(digits[i]), math.MaxInt32+1) // is refused, however many digits follow
	}
	if n > math.MaxInt32 || negative && n > 0 {
		return 0, false, ErrInteger
	}
	return int(n), strconv.FormatInt(n, 10) == s, nil
}

// radix gives the base of a number without its sign, and its digits with whatever follows them.
func radix(s string) (base int64, digits string) {
	if len(s) > 2 && s[0] == '0' {
		switch prefix, first := s[1]|0x20, digit(s[2]); {
		case prefix == 'x' && first < 16:
			return 16, s[2:]
		case prefix == 'b' && first < 2:
			return 2, s[2:]
		}
	}
	if strings.HasPrefix(s, "0") {
		return 8, s
	}
	return 10, s
}

// digit gives the value of a digit, and a large one for what is none in any base.
func digit(c byte) int64 {
	switch {
	case '0' <= c && c <= '9':
		return int64(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'z':
		return int64(c|0x20-'a') + 10
	}
	return math.MaxInt8
}
