//go:build !linux

package wire

import "fmt"

// errnoText gives a text for an error number of Linux, which has other numbers here.
func errnoText(n int) string { return fmt.Sprintf("Error %d", n) }
