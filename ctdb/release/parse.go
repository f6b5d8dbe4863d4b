package release

import (
	"strconv"
	"strings"
)

const (
	maxText   = 512 // bytes of a version that Parse looks at; real ones have up to some 60
	maxDigits = 6   // of one number, so that it fits into an int everywhere
)

// ParseError says that a text is not the version of a CTDB release.
type ParseError struct {
	// Text is the text, cut after its first bytes when it is long.
	Text string
	// Reason says what is wrong with it.
	Reason string
}

// Error gives the quoted text and the reason.
func (e *ParseError) Error() string {
	return strconv.Quote(e.Text) + " is not the version of a CTDB release: " + e.Reason
}

// Parse reads the release from what CTDB or a package manager says:
//
//	4.17.12-Debian                          ctdb version, and so on for other vendors
//	4.22.11-Debian-4.22.11+dfsg-0+deb13u1   ctdb version
//	CTDB version: 4.2.10                    ctdb version up to 4.4
//	4.25.0rc2, 4.23.0pre1-GIT-0123456789a   ctdb version of a release candidate and of a build from git
//	2:4.17.12+dfsg-0+deb12u4                dpkg-query, with the epoch
//	4.19.4-3.el9, 4.21.4+git.410.a3b-1.1    rpm
//	1.0.114                                 stand-alone CTDB
//
// Blanks and newlines around the version are left out. A missing third number is 0. The error is a *[ParseError]; texts
// of more than 512 bytes, several lines and the version 0.0.0 are errors too.
func Parse(version string) (Release, error) { return parse(version) }

func parse[T string | []byte](version T) (Release, error) {
	if len(version) > maxText {
		return Release{}, refuse(string(version[:clipAt+1]), "it is too long")
	}
	text := string(version)
	rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "CTDB version:"))
	release, suffix, reason := scanRelease(withoutEpoch(rest))
	switch {
	case reason != "":
		return Release{}, refuse(text, reason)
	case !isSuffix(suffix):
		return Release{}, refuse(text, "unexpected text after the numbers")
	case release.IsZero():
		return Release{}, refuse(text, "there is no release 0.0.0")
	}
	return release, nil
}

// withoutEpoch drops the "2:" before a dpkg or rpm version.
func withoutEpoch(version string) string {
	digits := countDigits(version)
	if digits == 0 || !strings.HasPrefix(version[digits:], ":") {
		return version
	}
	return version[digits+1:]
}

// scanRelease reads MAJOR.MINOR[.PATCH] and gives what follows it, or the reason why there is none.
func scanRelease(text string) (release Release, rest, reason string) {
	const want = "want MAJOR.MINOR.PATCH"
	major, rest, ok := scanNumber(text)
	if !ok || !strings.HasPrefix(rest, ".") {
		return Release{}, rest, want
	}
	minor, rest, ok := scanNumber(rest[1:])
	if !ok {
		return Release{}, rest, want
	}
	if !strings.HasPrefix(rest, ".") {
		return Release{Major: major, Minor: minor}, rest, ""
	}
	patch, rest, ok := scanNumber(rest[1:])
	if !ok {
		return Release{}, rest, want
	}
	return Release{Major: major, Minor: minor, Patch: patch}, rest, ""
}

func scanNumber(text string) (number int, rest string, ok bool) {
	digits := countDigits(text)
	if digits == 0 || digits > maxDigits {
		return 0, text, false
	}
	number, err := strconv.Atoi(text[:digits])
	return number, text[digits:], err == nil
}

func countDigits(text string) int {
	return len(text) - len(strings.TrimLeft(text, "0123456789"))
}

// isSuffix tells the suffix of a vendor or a package from text in which the numbers are something else.
func isSuffix(text string) bool {
	if text == "" {
		return true
	}
	if c := text[0]; !isLetter(c) && !strings.ContainsRune(".-+~^_ ", rune(c)) {
		return false
	}
	return strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

const clipAt = 64

func refuse(text, reason string) *ParseError {
	if len(text) > clipAt {
		text = text[:clipAt] + "..."
	}
	return &ParseError{Text: text, Reason: reason}
}
