package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// children are what the test binary does when a test has started it again.
var children = map[string]func(args []string) error{}

const childVar = "GOCTDB_STORE_CHILD"

func TestMain(m *testing.M) {
	args := strings.Split(os.Getenv(childVar), "\x1f")
	if child := children[args[0]]; child != nil {
		if err := child(args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// checkError wants an error that errors.Is finds, with a call and a path.
func checkError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("the error is %v, want %v", err, want)
		return
	}
	pathError, ok := errors.AsType[*fs.PathError](err)
	if !ok || pathError.Op == "" || pathError.Path == "" || pathError.Err == nil {
		t.Errorf("the error %v (%T) does not say which call failed, and where", err, err)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("the error has several lines: %q", err)
	}
}

// version gives content that tells whether it is whole: a number, again and again.
func version(number, lines int) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "%d\n", number), max(lines, 1))
}

// versionOf gives the number of content that is whole.
func versionOf(data []byte) (int, error) {
	var number int
	lines := bytes.Count(data, []byte("\n"))
	if _, err := fmt.Sscanf(string(data), "%d\n", &number); err != nil {
		return 0, fmt.Errorf("content of %d bytes: %w", len(data), err)
	}
	if !bytes.Equal(data, version(number, lines)) {
		return 0, fmt.Errorf("content of %d bytes, %d lines, is not version %d alone", len(data), lines, number)
	}
	return number, nil
}
