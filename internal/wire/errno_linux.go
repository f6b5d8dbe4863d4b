package wire

import (
	"fmt"
	"strings"
	"syscall"
)

// errnoText gives the text of an error number in the words of the C library, which the ctdb tool prints.
func errnoText(n int) string {
	const hwPoison = 133 // EHWPOISON, which Go has no text for
	text := syscall.Errno(n).Error()
	switch {
	case n == hwPoison:
		return "Memory page has hardware error"
	case strings.HasPrefix(text, "errno "):
		return fmt.Sprintf("Unknown error %d", n)
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
