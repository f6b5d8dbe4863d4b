package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// tokenVariable is the variable of the environment with the token.
const tokenVariable = "CTDB_API_TOKEN"

// maxToken is the most that is read of a file with a token.
const maxToken = 4096

// readToken gives the token. It takes the variable out of the environment, which the programs that it runs get.
func readToken(file string) (string, error) {
	text, ok := os.LookupEnv(tokenVariable)
	if err := os.Unsetenv(tokenVariable); err != nil {
		return "", err
	}
	switch {
	case file == "" && !ok:
		return "", fmt.Errorf("want a token: -token-file or $%s", tokenVariable)
	case file != "" && ok:
		return "", fmt.Errorf("want one token, got -token-file and $%s", tokenVariable)
	case ok:
		return text, nil
	}
	return readTokenFile(file)
}

// readTokenFile reads a file with a token and perhaps a newline. Others may not read it, nor write it.
func readTokenFile(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	const others = 0o007
	if info.Mode().Perm()&others != 0 {
		return "", fmt.Errorf("%s: everybody may use this file: chmod o= it, and make another token", file)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxToken+1))
	switch {
	case err != nil:
		return "", err
	case len(data) > maxToken:
		return "", errors.New(file + ": too long for a token")
	}
	return strings.TrimRight(string(data), "\r\n"), nil
}
