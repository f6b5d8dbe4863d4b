package finding

import (
	"iter"
	"strings"
)

// longest is the length of a word, in bytes, up to which Nearest looks for misspellings.
const longest = 64

// Nearest gives the known word that another was probably meant to be, for a message, and whether there is one: one that
// differs only in case and blanks, or else the first of those with the fewest wrong, missing, additional or exchanged
// letters, if these are few. A word is near itself. It is for validation.
func Nearest(word string, known iter.Seq[string]) (string, bool) {
	if len(word) > longest {
		return "", false
	}
	best, fewest := "", 1+min(len(word)/4, 2)
	for candidate := range known {
		wrong := 0
		if plain(candidate) != plain(word) {
			wrong = max(distance(plain(word), plain(candidate)), 1)
		}
		if wrong < fewest {
			best, fewest = candidate, wrong
		}
	}
	return best, best != ""
}

// plain leaves out what people do not see as a difference.
func plain(word string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '_' || r == '-' || r == '\t' {
			return -1
		}
		return r
	}, strings.ToLower(word))
}

// distance counts the edits between two words, where an exchange of neighbours is one.
func distance(a, b string) int {
	if len(b) > longest {
		return len(b)
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
