package wire_test

import (
	"fmt"
	"testing"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// TestErrnoText has the words of the C library; TestReal compares all with those of the ctdb tool.
func TestErrnoText(t *testing.T) {
	for n, want := range map[int]string{
		1: "Operation not permitted", 2: "No such file or directory", 8: "Exec format error",
		42: "No message of desired type", 61: "No data available", 110: "Connection timed out",
		133: "Memory page has hardware error", 190: "Unknown error 190", 41: "Unknown error 41",
	} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if got := wire.ErrnoText(n); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}
