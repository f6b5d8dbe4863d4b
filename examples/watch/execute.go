package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// execute runs a command with an event on its standard input. That it fails is said, and no reason to end.
func execute(ctx context.Context, command []string, event []byte, stdout, stderr io.Writer) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin = bytes.NewReader(append(event, '\n'))
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil && ctx.Err() == nil {
		fmt.Fprintf(stderr, "watch: %s: %v\n", command[0], err)
	}
}
