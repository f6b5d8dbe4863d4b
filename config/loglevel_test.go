package config_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/config"
)

func TestParseLogLevel(t *testing.T) {
	t.Parallel()
	for want, texts := range map[config.LogLevel][]string{
		config.LevelError:   {"ERROR", "error", "E", "er", "0", "00", "0x5", "4294967296", "0 x", ""},
		config.LevelWarning: {"WARNING", "W", "warn", "1", "2", "1x", "1.9", "4294967297"},
		config.LevelNotice:  {"NOTICE", "n", "Not", "3", "4", "3 "},
		config.LevelInfo:    {"INFO", "i", "5", "6", "7", "8", "9", "7abc", "5 "},
		config.LevelDebug:   {"DEBUG", "D", "dEBUG", "10", "010", "4294967306"},
	} {
		for _, text := range texts {
			if got, err := config.ParseLogLevel(text); got != want || err != nil {
				t.Errorf("%q: %v, %v, want %v", text, got, err, want)
			}
		}
	}
	for _, text := range []string{
		"11", "-1", "+1", "-0", "2147483648", "4294967295", "4294967307", "9999999999", "18446744073709551617",
		"99999999999999999999", "DEBUG junk", "debugx", "ERRORS", "WARNINGS", "EMERG", "CRIT", " E", "x", `"DEBUG"`,
		"\xb5",
	} {
		if got, err := config.ParseLogLevel(text); !errors.Is(err, config.ErrLogLevel) {
			t.Errorf("%q: %v, error %v, want ErrLogLevel", text, got, err)
		}
	}
}

func TestLogLevelText(t *testing.T) {
	t.Parallel()
	names := []string{"ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"}
	for i, name := range names {
		level := config.LogLevel(i)
		text, err := level.MarshalText()
		if string(text) != name || level.String() != name || err != nil {
			t.Errorf("level %d is %q, %v, %v, want %q", i, text, level, err, name)
		}
		read := config.LogLevel(9)
		if err := read.UnmarshalText(text); err != nil || read != level {
			t.Errorf("%q is read as %v, %v", text, read, err)
		}
	}
	bad := config.LogLevel(len(names))
	if text, err := bad.MarshalText(); !errors.Is(err, config.ErrLogLevel) || bad.String() != "LogLevel(5)" {
		t.Errorf("level 5 is %q, %v, error %v", text, bad, err)
	}
	for _, text := range []string{"", "error", "E", "0", "LogLevel(5)", "ERROR "} {
		level := config.LevelInfo
		if err := level.UnmarshalText([]byte(text)); !errors.Is(err, config.ErrLogLevel) || level != config.LevelInfo {
			t.Errorf("%q is read as %v, error %v", text, level, err)
		}
	}
}

// FuzzParseLogLevel compares with a reader for which each level is a list.
func FuzzParseLogLevel(f *testing.F) {
	f.Add("warn")
	f.Fuzz(func(t *testing.T, text string) {
		want := naiveLevel(text)
		got, err := config.ParseLogLevel(text)
		if (err != nil) != (want == "") || err == nil && got.String() != want {
			t.Fatalf("%q: %v, %v, want %q", text, got, err, want)
		}
		if err != nil {
			return
		}
		if again, err := config.ParseLogLevel(got.String()); again != got || err != nil {
			t.Errorf("%q is %v, and that is %v, %v", text, got, again, err)
		}
	})
}

func naiveLevel(text string) string {
	digits := text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
	if digits == "" {
		for _, name := range []string{"ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"} {
			for n := range len(name) + 1 {
				if asciiUpper(text) == name[:n] {
					return name
				}
			}
		}
		return ""
	}
	n, _ := new(big.Int).SetString(digits, 10)
	if largest := big.NewInt(math.MaxInt64); n.Cmp(largest) > 0 {
		n = largest
	}
	switch n.Mod(n, big.NewInt(1<<32)).Int64() {
	case 0:
		return "ERROR"
	case 1, 2:
		return "WARNING"
	case 3, 4:
		return "NOTICE"
	case 5, 6, 7, 8, 9:
		return "INFO"
	case 10:
		return "DEBUG"
	}
	return ""
}

func asciiUpper(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}
