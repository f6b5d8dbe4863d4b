package ctdb

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Prefix gives a runner that runs each command through another program, whose name and arguments are argv: the command's
// name and arguments are put after them, and r runs the whole. A nil r is an [ExecRunner]. Without argv, Prefix gives r
// itself.
//
//	Prefix(r, "sudo", "-n")                                   as root
//	Prefix(r, "ip", "netns", "exec", "ns1")                   in a network namespace
//	Prefix(r, "nsenter", "-t", "4711", "-m", "-n")            in the namespaces of a container
//	Prefix(r, "chroot", "/srv/node1")                         in another root directory
//	Prefix(r, "ssh", "-o", "BatchMode=yes", "node2", "--")    on another machine
//
// Hops compose by nesting, the one nearest to this machine innermost. This goes to host a, from there to host b, and
// runs commands there as root:
//
//	Prefix(Prefix(Prefix(r, "ssh", "a", "--"), "ssh", "b", "--"), "sudo", "-n")
//
// Command.Env has to cross programs that drop their environment, as sudo and ssh do. So if it is not empty, the command
// becomes "env KEY=value... name args...", where the values can be seen in the process list. If it is empty there is no
// env, since a sudoers rule may allow the program alone. LC_ALL=C, which ExecRunner sets, crosses if argv's program
// passes it on; put it into Command.Env to be sure.
//
// The program in argv may use exit codes of its own, such as 255 of ssh for a failed connection, and 1 of sudo.
//
// # ssh
//
// If the last part of argv's first element is "ssh", the far side's shell splits the command into words again. So name
// and arguments, and env and its assignments, are quoted for a POSIX shell; the login shell there must be one. That rule
// looks at nothing else: give ssh a Prefix of its own rather than Prefix(r, "sudo", "ssh", "host"). The elements of argv
// are never quoted, and those after the host are the far shell's to read. A command that is named like something built
// into that shell, such as "test" or "eval", is the shell's.
//
// When the context ends, ssh is ended here, but the program on the far side is not told. What bounds it is its own time
// limit, such as that of ctdb -T.
//
// A host name that starts with "-" would be an option to ssh, and an option can run any program. Check a name that comes
// from outside, or put "--" before it: Prefix(r, "ssh", "--", host). The same goes for any element of argv.
//
// # What is refused
//
// A name that starts with "-" could pass for an option of argv's program, and one with a "=" for an assignment of env or
// sudo. Neither is run, and nor is an empty name, a NUL byte, or an environment entry without a key. The error reads as
// those of ExecRunner do. Arguments may be anything else.
//
// The runner is safe for concurrent use if r is. It keeps a copy of argv.
func Prefix(r Runner, argv ...string) Runner {
	if r == nil {
		r = ExecRunner{}
	}
	if len(argv) == 0 {
		return r
	}
	return prefixRunner{runner: r, argv: slices.Clone(argv), remote: filepath.Base(argv[0]) == "ssh"}
}

type prefixRunner struct {
	runner Runner
	argv   []string
	remote bool // The words after argv are read by a shell.
}

func (p prefixRunner) Run(ctx context.Context, cmd Command) (Result, error) {
	if err := checkPrefixed(cmd); err != nil {
		return Result{}, runError(cmd, err)
	}
	return p.runner.Run(ctx, p.wrap(cmd))
}

// wrap gives the command that runs cmd.
func (p prefixRunner) wrap(cmd Command) Command {
	var words []string
	if len(cmd.Env) > 0 {
		words = append(words, "env")
		words = append(words, cmd.Env...)
	}
	words = append(words, cmd.Name)
	words = append(words, cmd.Args...)
	if p.remote {
		for i, word := range words {
			words[i] = shellWord(word)
		}
	}
	// What is not about words stays: Stdin, Stdout and what may be added to Command.
	cmd.Name, cmd.Args, cmd.Env = p.argv[0], slices.Concat(p.argv[1:], words), nil
	return cmd
}

// checkPrefixed refuses what a program that gets the command as its arguments would misread.
func checkPrefixed(cmd Command) error {
	if err := checkCommand(cmd); err != nil {
		return err
	}
	if strings.HasPrefix(cmd.Name, "-") {
		return errors.New(`the program's name starts with "-" and would be taken for an option`)
	}
	if strings.Contains(cmd.Name, "=") {
		return errors.New(`the program's name has a "=" and would be taken for an assignment`)
	}
	for i, entry := range cmd.Env {
		if entry[0] == '-' || entry[0] == '=' {
			return fmt.Errorf("the command's environment: entry %d starts with %q and cannot be given to env", i+1, entry[:1])
		}
	}
	return nil
}
