package ctdb

import "strings"

// plainBytes are the bytes that no POSIX shell treats specially, wherever in a word they stand.
const plainBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./:,@"

// shellWord quotes s so that a POSIX shell reads it back as one word with the same bytes.
func shellWord(s string) string {
	if isPlain(s) {
		return s
	}
	// Within single quotes every byte but the single quote itself stands for itself, a newline too.
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// isPlain reports whether s means itself to a shell without quotes.
func isPlain(s string) bool {
	if s == "" || isReserved(s) {
		return false
	}
	for i := range len(s) {
		if strings.IndexByte(plainBytes, s[i]) < 0 {
			return false
		}
	}
	return true
}

// isReserved reports whether a shell takes s for a part of its grammar where a command may begin. The words are those of
// POSIX and of bash, ksh and zsh; "!", "{" and the like are not plain anyway.
func isReserved(s string) bool {
	switch s {
	case "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then", "until", "while",
		"coproc", "end", "foreach", "function", "namespace", "nocorrect", "repeat", "select", "time":
		return true
	}
	return false
}
