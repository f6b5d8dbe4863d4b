package ctdb

import (
	"context"
	"io"
	"strings"
)

// Command is one run of a program. There is no shell: each argument reaches the program as it stands. New fields may be
// added; build it with field names.
type Command struct {
	// Name is the program, looked up in PATH unless it contains a slash.
	Name string
	// Args are the arguments after the name.
	Args []string
	// Stdin is what the program reads. Without it, it reads end of file.
	Stdin []byte
	// Env is added to the runner's environment, each as "KEY=value". The last one of a key wins.
	Env []string
	// Stdout, if set, receives the standard output as it comes, for output that is too long to hold or that never
	// ends. Result.Stdout stays empty then and no limit applies. It gets no write after Run has returned. A write
	// that blocks delays Run; a write that fails ends the program, and Run returns the writer's error.
	Stdout io.Writer
}

// String gives the command as a person would type it, for messages: words with special characters are quoted as a POSIX
// shell would need it. Stdin and Env are left out, since they may hold secrets.
func (c Command) String() string {
	words := make([]string, 0, 1+len(c.Args))
	words = append(words, shellWord(c.Name))
	for _, arg := range c.Args {
		words = append(words, shellWord(arg))
	}
	return strings.Join(words, " ")
}

// brief gives the command for a message, cut if it is long.
func (c Command) brief() string { return shorten(c.String(), 200) }

// Result is what a program that finished left behind.
type Result struct {
	// Stdout and Stderr are what it wrote, kept apart. Stdout is empty when Command.Stdout took it.
	Stdout, Stderr []byte
	// ExitCode is its exit status, or -N when signal N ended it (-11 is a segmentation fault).
	ExitCode int
}

// Runner runs programs: on this machine ([ExecRunner]), through another program ([Prefix]), in a simulated cluster
// (package ctdbtest), or wherever an implementation likes. It is the only way in which this module starts a program.
//
// Run returns when the program has finished. A non-zero exit code is data for the caller, not an error. An error means
// that the program did not finish: it was not found, could not be started, ran past the context's end (then
// errors.Is finds context.DeadlineExceeded or context.Canceled), or wrote more than the runner keeps (then errors.Is
// finds [ErrOutputTooLarge]). With an error, the Result holds what had been read by then, and its ExitCode means nothing.
//
// Implementations must be safe for concurrent use and must not keep cmd or change what it refers to.
type Runner interface {
	Run(ctx context.Context, cmd Command) (Result, error)
}

// RunnerFunc lets a function be a [Runner].
type RunnerFunc func(ctx context.Context, cmd Command) (Result, error)

// Run calls f.
func (f RunnerFunc) Run(ctx context.Context, cmd Command) (Result, error) { return f(ctx, cmd) }
