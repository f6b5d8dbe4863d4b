package config

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// ErrLogLevel is the error about a text that ctdbd does not take for a log level.
var ErrLogLevel = errors.New("want ERROR, WARNING, NOTICE, INFO or DEBUG, the beginning of one, or a number up to 10")

// LogLevel says how much CTDB logs: messages of that level and of those before it. The zero value is ERROR, the least.
//
// Similar to: "LOG LEVELS" in ctdb(7), ctdb getdebug.
type LogLevel uint8

// The levels, in CTDB's order.
const (
	LevelError LogLevel = iota
	LevelWarning
	LevelNotice
	LevelInfo
	LevelDebug
)

var levelNames = [...]string{"ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"}

// levelNumbers gives the level for each number that ctdbd takes for one.
var levelNumbers = [...]LogLevel{
	LevelError, LevelWarning, LevelWarning, LevelNotice, LevelNotice,
	LevelInfo, LevelInfo, LevelInfo, LevelInfo, LevelInfo, LevelDebug,
}

// ParseLogLevel reads a level as ctdbd does: the beginning of a name in any case, of which an empty text is one of
// ERROR, or a number from 0 to 10. Text behind a number is ignored; behind a name it is an error. The error wraps
// [ErrLogLevel].
//
// Similar to: ctdb setdebug.
func ParseLogLevel(s string) (LogLevel, error) {
	level, err := readLogLevel(s)
	if err != nil {
		return 0, fmt.Errorf("%w, got %q", err, finding.Clip(s))
	}
	return level, nil
}

func readLogLevel(s string) (LogLevel, error) {
	if s != "" && digit(s[0]) < 10 {
		return numberedLevel(s)
	}
	for level, levelName := range levelNames {
		if len(s) <= len(levelName) && strings.HasPrefix(lower(levelName), lower(s)) {
			return LogLevel(level), nil //nolint:gosec // there are few
		}
	}
	return 0, ErrLogLevel
}

// numberedLevel reads a number as C's atoi does where long has 64 bits: of a large number the lower 32 bits count.
func numberedLevel(s string) (LogLevel, error) {
	var n int64
	for i := 0; i < len(s) && digit(s[i]) < 10; i++ {
		if next := digit(s[i]); n > (math.MaxInt64-next)/10 {
			n = math.MaxInt64
		} else {
			n = n*10 + next
		}
	}
	if low := int32(n); low >= 0 && int(low) < len(levelNumbers) { //nolint:gosec // C drops the rest too
		return levelNumbers[low], nil
	}
	return 0, ErrLogLevel
}

// String gives the name: "NOTICE".
func (l LogLevel) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return fmt.Sprintf("LogLevel(%d)", uint8(l))
}

// text gives the name of a level that is one.
func (l LogLevel) text() (string, error) {
	if int(l) < len(levelNames) {
		return levelNames[l], nil
	}
	return "", fmt.Errorf("%w, got %v", ErrLogLevel, l)
}

// MarshalText gives what String gives. For what is no level, the error wraps [ErrLogLevel].
func (l LogLevel) MarshalText() ([]byte, error) {
	text, err := l.text()
	return []byte(text), err
}

// UnmarshalText reads what MarshalText writes, and nothing else. On error, which wraps [ErrLogLevel], l stays as it
// was.
func (l *LogLevel) UnmarshalText(text []byte) error {
	for level, levelName := range levelNames {
		if levelName == string(text) {
			*l = LogLevel(level) //nolint:gosec // there are few
			return nil
		}
	}
	return fmt.Errorf("%w, got %q", ErrLogLevel, text[:min(len(text), 60)])
}
