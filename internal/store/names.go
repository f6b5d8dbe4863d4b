package store

import (
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
)

// marker is in the names of all files that a store makes beside a target.
const marker = ".goctdb-"

// stagedName is the name that a new version has until it takes the place of the old one. renameio puts a dot in front
// and a random number behind. The name tells both contents, so that a later writer can see whether a file that has it
// is worthless.
func stagedName(base string, from, to Stamp) string {
	return base + marker + from.tag() + "-" + to.tag() + "-"
}

var stagedTail = regexp.MustCompile(`^([0-9a-f]{16})-([0-9a-f]{16})-[0-9]{1,19}$`)

// parseStaged says whether name is a staged name of base, and between which contents.
func parseStaged(base, name string) (from, to string, ok bool) {
	tail, ok := strings.CutPrefix(name, "."+base+marker)
	if !ok {
		return "", "", false
	}
	match := stagedTail.FindStringSubmatch(tail)
	if match == nil {
		return "", "", false
	}
	return match[1], match[2], true
}

// linkName is the name of a symbolic link before it takes the place of another.
func linkName(base string) string { return "." + base + marker + "link-" + randomDigits() }

// asideName is the name of a file that was in the way of a symbolic link. The link has it before.
func asideName(base string) string { return base + marker + "aside-" + randomDigits() }

// displacedName is the name that keeps the bytes of a foreign writer. It is not hidden, so that people see it.
func displacedName(base string) string { return base + marker + "displaced-" + randomDigits() }

// isLinkName says whether a symbolic link of that name is one that never took its place.
func isLinkName(base, name string) bool {
	for _, prefix := range []string{"." + base + marker + "link-", base + marker + "aside-"} {
		digits, ok := strings.CutPrefix(name, prefix)
		if ok && digits != "" && strings.Trim(digits, "0123456789") == "" {
			return true
		}
	}
	return false
}

func randomDigits() string { return strconv.FormatInt(rand.Int64(), 10) }
