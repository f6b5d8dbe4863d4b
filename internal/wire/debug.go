package wire

import (
	"fmt"

	"github.com/go-ctdb/go-ctdb/config"
)

// GetLogLevel asks how much the node's ctdbd logs. Similar to: ctdb getdebug.
func GetLogLevel() Request { return Request{opcode: OpGetDebug} }

// levelNumbers has the number from which on a level is that one.
var levelNumbers = [...]struct {
	level  config.LogLevel
	number int32
}{
	{config.LevelError, 0},
	{config.LevelWarning, 1},
	{config.LevelNotice, 3},
	{config.LevelInfo, 5},
	{config.LevelDebug, 10},
}

// DecodeLogLevel reads the answer to [GetLogLevel].
func DecodeLogLevel(reply Reply) (config.LogLevel, error) {
	n, err := reply.word(OpGetDebug)
	level := config.LevelError
	for _, l := range levelNumbers {
		if int32(n) >= l.number {
			level = l.level
		}
	}
	return level, err
}

// SetLogLevel sets how much the node's ctdbd logs, until its restart. What is no level is an [*Error]. Similar to: ctdb
// setdebug.
func SetLogLevel(level config.LogLevel) (Request, error) {
	for _, l := range levelNumbers {
		if l.level == level {
			return words(OpSetDebug, uint32(l.number)), nil
		}
	}
	return Request{}, requestError(OpSetDebug, "a level", fmt.Sprint(uint8(level)))
}
