package config_test

import (
	"errors"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/config"
)

func TestParseBool(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"true": true, "yes": true, "TRUE": true, "Yes": true, "tRuE": true,
		"false": false, "no": false, "FALSE": false, "nO": false,
	} {
		if got, err := config.ParseBool(text); got != want || err != nil {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "1", "0", "on", "off", "t", "f", "y", "n", "tru", "truex", "true ", " true", `"true"`, "yeſ", "enabled",
	} {
		if _, err := config.ParseBool(text); !errors.Is(err, config.ErrBool) {
			t.Errorf("%q: error %v, want ErrBool", text, err)
		}
	}
}

func TestParseInteger(t *testing.T) {
	t.Parallel()
	const refused = -1
	tests := []struct {
		text  string
		want  int
		exact bool
	}{
		{"0", 0, true},
		{"7", 7, true},
		{"2147483647", math.MaxInt32, true},
		{"2147483648", refused, false},
		{"4294967297", refused, false},
		{"9223372036854775808", refused, false},
		{"18446744073709551617", refused, false},
		{strings.Repeat("9", 5000), refused, false},
		{"+7", 7, false},
		{"-7", refused, false},
		{"-7junk", refused, false},
		{"-0", 0, false},
		{"-9223372036854775809", refused, false},
		{"--7", 0, false},
		{"+-7", 0, false},
		{"- 7", 0, false},
		{"-", 0, false},
		{"\v7", 7, false},
		{"\f\r\n\t 7", 7, false},
		{"\u00a07", 0, false},
		{"7 8", 7, false},
		{"7.9", 7, false},
		{"1e3", 1, false},
		{"1_000", 1, false},
		{"10s", 10, false},
		{"2147483647x", math.MaxInt32, false},
		{"x", 0, false},
		{"٣", 0, false},
		{"00", 0, false},
		{"010", 8, false},
		{"018", 1, false},
		{"08", 0, false},
		{"017777777777", math.MaxInt32, false},
		{"020000000000", refused, false},
		{"0x1F", 31, false},
		{"0X1f", 31, false},
		{"+0x10", 16, false},
		{"0x1g", 1, false},
		{"0x", 0, false},
		{"0xg", 0, false},
		{"0x 5", 0, false},
		{"-0x", 0, false},
		{"-0x1", refused, false},
		{"0x7fffffff", math.MaxInt32, false},
		{"0x80000000", refused, false},
		{"0b101", 5, false},
		{"0B11", 3, false},
		{"0b2", 0, false},
		{"0b", 0, false},
		{"0o17", 0, false},
		{"", refused, false},
	}
	for _, test := range tests {
		got, exact, err := config.ParseInteger(test.text)
		switch {
		case test.want == refused && !errors.Is(err, config.ErrInteger):
			t.Errorf("%.30q: %d, error %v, want ErrInteger", test.text, got, err)
		case test.want != refused && (got != test.want || exact != test.exact || err != nil):
			t.Errorf("%.30q: %d, %v, %v, want %d, %v", test.text, got, exact, err, test.want, test.exact)
		}
	}
}

// number has what C's strtol reads, in four forms.
var number = regexp.MustCompile(`^[ \t\n\v\f\r]*([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|(0[0-7]*)|([1-9][0-9]*))?`)

// FuzzParseInteger compares with numbers of any size.
func FuzzParseInteger(f *testing.F) {
	f.Add("0x7fffffff junk")
	f.Fuzz(func(t *testing.T, text string) {
		want := new(big.Int)
		match := number.FindStringSubmatch(text)
		for i, base := range []int{16, 2, 8, 10} {
			if digits := match[i+2]; digits != "" {
				want.SetString(digits, base)
			}
		}
		if match[1] == "-" {
			want.Neg(want)
		}
		refused := text == "" || want.Sign() < 0 || want.Cmp(big.NewInt(math.MaxInt32)) > 0
		got, exact, err := config.ParseInteger(text)
		if (err != nil) != refused || err == nil && int64(got) != want.Int64() {
			t.Errorf("%q: %d, %v, want %v, refused: %v", text, got, err, want, refused)
		}
		if exact != (err == nil && text == strconv.Itoa(got)) {
			t.Errorf("%q: exact %v", text, exact)
		}
	})
}
