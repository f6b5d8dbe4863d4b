package status

import "strings"

// ParseDebugLevel reads the output of "ctdb getdebug": how much the node's ctdbd logs. That is ERROR, WARNING, NOTICE,
// INFO or DEBUG, or another word in capitals of a newer release; package config reads it with ParseLogLevel. Anything
// else is a [*ParseError].
//
// "Node 0 is at debug level NOTICE (2)", as up to 4.4, is read as well; that is from the documentation, not from real
// output.
func ParseDebugLevel(out []byte) (string, error) {
	const want = "a debug level such as NOTICE"
	var s scanner
	if err := s.answer(cmdDebugLevel, out, want); err != nil {
		return "", err
	}
	word, offset := s.line, 0
	if node, rest, ok := strings.Cut(word, " is at debug level "); ok && strings.HasPrefix(node, "Node ") {
		offset = len(word) - len(rest)
		word, _, _ = strings.Cut(rest, " (")
	}
	if !isWord(word) {
		return "", s.errAt(offset, "want "+want+", got "+clip(word))
	}
	return strings.Clone(word), nil
}
