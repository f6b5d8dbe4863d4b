package ctdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

const (
	defaultGrace     = 2 * time.Second
	defaultMaxOutput = 16 << 20

	killWait  = time.Second           // how long SIGKILL may take: a process that waits for a dead disk stays
	groupPoll = 10 * time.Millisecond // how often to look whether a group that was told to end is empty
)

// past is a time that is over on any clock.
var past = time.Unix(1, 0)

// ExecRunner runs programs on this machine. The zero value is ready for production, and safe for concurrent use; do not
// change the fields while it runs something.
//
// A program gets its arguments as they are, without a shell. Its environment is Env, then LC_ALL=C so that its messages
// are the ones that this module knows, then Command.Env, and the last one of a key wins. Name is looked up in the PATH
// of this process, not in that of Env. The program leads a process group of its own, so a Ctrl-C at the terminal does
// not reach it, and it must not ask anything on the terminal: use sudo -n, ssh -o BatchMode=yes.
//
// If the context is over beforehand, nothing starts. If it ends while the program runs, the whole process group gets
// SIGTERM and, after Grace, SIGKILL. The error then answers errors.Is for ctx.Err() and for context.Cause. A program
// that finished by itself before it was told to end has finished: there is no error. A program that writes more than
// MaxOutput is ended in the same way (the error is an [ErrOutputTooLarge]), and so is one whose Command.Stdout fails (the
// error is that writer's).
//
// Run returns soon after a program that was told to end did, and not later than about a second after Grace, whatever
// becomes of it. In particular:
//
//   - A process that was started by the program and holds its output open, as daemons do by mistake, does not hold Run.
//     When the program finishes by itself, Run waits up to Grace for the rest of the output and returns the program's
//     exit code with all that was written by then, without an error. The other process is left alone; a later write of
//     it fails, with SIGPIPE.
//   - A program that cannot be ended, since it runs as another user (sudo) or waits in the kernel for a dead disk, is
//     given up. The error says so. One goroutine stays, which touches nothing of the call, until the program ends, so
//     that it leaves no zombie. No other goroutine outlives Run.
//
// Run waits for two things without a limit: a Command.Stdout that blocks, and the start of a program whose file, or Dir,
// is on a file system that does not answer.
//
// Errors read "run COMMAND: ...", with a long command cut. A program that is not there answers errors.Is for
// exec.ErrNotFound (looked up in PATH) or fs.ErrNotExist, one that may not be run for fs.ErrPermission. A command that
// cannot be passed on is refused: an empty name, a NUL byte, an environment entry without "=".
//
// Where there are no Unix process groups, as on Windows, the program alone is ended, at once and without Grace.
type ExecRunner struct {
	// Dir is the working directory. Empty means that of this process.
	Dir string
	// Env is the environment to start from, each as "KEY=value". Nil means os.Environ(); empty and not nil means none.
	Env []string
	// Grace is the time from SIGTERM to SIGKILL, and the time that a finished program's output may be held open by
	// others. Zero or less means 2 seconds.
	Grace time.Duration
	// MaxOutput is how many bytes of standard output and, separately, of standard error are kept. Output of just that
	// size is accepted. It does not apply to what Command.Stdout receives. Zero or less means 16 MiB.
	MaxOutput int64
}

// Run runs one program and waits for it: see [Runner] and [ExecRunner].
func (r ExecRunner) Run(ctx context.Context, cmd Command) (Result, error) {
	res, err := r.run(ctx, cmd)
	if err != nil {
		return res, runError(cmd, err)
	}
	return res, nil
}

func (r ExecRunner) run(ctx context.Context, cmd Command) (Result, error) {
	if err := errors.Join(checkCommand(cmd), checkEnv("the runner's environment", r.Env)); err != nil {
		return Result{}, err
	}
	if ctx.Err() != nil {
		return Result{}, fmt.Errorf("not started: %w", contextError(ctx))
	}
	p, err := r.start(cmd)
	if err != nil {
		return Result{}, err
	}
	err = p.supervise(ctx, r.grace())
	p.closePipes()
	return p.result(), p.verdict(err)
}

func (r ExecRunner) grace() time.Duration {
	if r.Grace <= 0 {
		return defaultGrace
	}
	return r.Grace
}

func (r ExecRunner) maxOutput() int64 {
	if r.MaxOutput <= 0 {
		return defaultMaxOutput
	}
	return r.MaxOutput
}

// environ gives the environment for c, whose Dir is set and whose Env is not.
func (r ExecRunner) environ(c *exec.Cmd, own []string) []string {
	base := r.Env
	if base == nil {
		base = c.Environ() // os.Environ and, if there is a Dir, PWD
	}
	env := make([]string, 0, len(base)+1+len(own))
	env = append(env, base...)
	env = append(env, "LC_ALL=C")
	return append(env, own...)
}

// process is a program that was started. Its goroutines do not use it.
type process struct {
	os     *os.Process
	pid    int
	exited <-chan exit // gets one value when the program has been reaped
	exit   *exit       // that value, once received

	kept   [2]*capture // standard output, unless the caller takes it, and standard error
	pipes  [2]*output
	faults <-chan error    // why a stream was given up, at most one per stream
	copied <-chan struct{} // closed when both streams were copied

	stdin    *os.File        // the write end of a pipe; nil if there is nothing to write
	stdinEnd <-chan struct{} // closed when the writing is over
}

// exit is what is left of a process that was waited for.
type exit struct {
	state *os.ProcessState
	err   error
}

// start starts the program and the goroutines that wait for it and serve its pipes. The pipes are ours and not those of
// os/exec, which would wait for them for as long as the program lives.
func (r ExecRunner) start(cmd Command) (_ *process, err error) {
	c := exec.Command(cmd.Name, cmd.Args...)
	c.Dir = r.Dir
	c.Env = r.environ(c, cmd.Env)
	ownGroup(c)

	var theirs, ours []*os.File
	defer func() {
		closeAll(theirs)
		if err != nil {
			closeAll(ours)
		}
	}()
	pipe := func() (read, write *os.File) {
		if err == nil {
			read, write, err = os.Pipe()
		}
		return read, write
	}

	outRead, outWrite := pipe()
	errRead, errWrite := pipe()
	theirs, ours = append(theirs, outWrite, errWrite), append(ours, outRead, errRead)
	c.Stdout, c.Stderr = outWrite, errWrite
	var stdin *os.File
	if len(cmd.Stdin) > 0 {
		inRead, inWrite := pipe()
		theirs, ours = append(theirs, inRead), append(ours, inWrite)
		c.Stdin, stdin = inRead, inWrite
	}
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}

	p := &process{os: c.Process, pid: c.Process.Pid, exited: reap(c.Process), stdin: stdin}
	p.serveOutput(outRead, errRead, cmd.Stdout, r.maxOutput())
	p.serveInput(cmd.Stdin)
	return p, nil
}

// reap waits for a process in a goroutine that nobody needs to wait for.
func reap(p *os.Process) <-chan exit {
	exited := make(chan exit, 1)
	go func() {
		state, err := p.Wait()
		exited <- exit{state, err}
	}()
	return exited
}

// serveOutput starts to copy both streams. Standard output goes to w unless that is nil.
func (p *process) serveOutput(stdout, stderr *os.File, w io.Writer, limit int64) {
	p.kept = [2]*capture{{limit: limit}, {limit: limit}}
	if w == nil {
		w = p.kept[0]
	}
	p.pipes = [2]*output{{"standard output", stdout, w}, {"standard error", stderr, p.kept[1]}}

	faults, copied := make(chan error, len(p.pipes)), make(chan struct{})
	var copying sync.WaitGroup
	for _, o := range p.pipes {
		copying.Go(func() {
			if err := o.copy(); err != nil {
				faults <- err
			}
		})
	}
	go func() {
		copying.Wait()
		close(copied)
	}()
	p.faults, p.copied = faults, copied
}

// serveInput starts to write the program's input.
func (p *process) serveInput(data []byte) {
	if p.stdin == nil {
		return
	}
	end, stdin := make(chan struct{}), p.stdin
	go func() {
		defer close(end)
		_, _ = stdin.Write(data) // A program need not read its input.
		_ = stdin.Close()
	}()
	p.stdinEnd = end
}

// supervise returns when the program has finished or has been given up. An error says why it was told to end.
func (p *process) supervise(ctx context.Context, grace time.Duration) error {
	select {
	case e := <-p.exited:
		p.exit = &e
	case <-ctx.Done():
		if finished, err := p.end(contextError(ctx), grace); !finished {
			return err
		}
	case fault := <-p.faults:
		_, err := p.end(fault, grace)
		return err
	}
	return p.drain(ctx, grace)
}

// drain waits for the rest of the output of a program that finished by itself, as long as another process may hold it.
func (p *process) drain(ctx context.Context, grace time.Duration) error {
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.copied:
	case fault := <-p.faults:
		return fault
	case <-ctx.Done():
	case <-timer.C:
	}
	return nil
}

// end tells the program to end and sees to it. The error is the reason, with more if the program goes on. Finished means
// that no signal reached the program, and it finished by itself all the same.
func (p *process) end(reason error, grace time.Duration) (finished bool, err error) {
	over := time.After(grace)
	refused := askToEnd(p.os, p.pid)
	if errors.Is(refused, os.ErrProcessDone) {
		over = nil // The exit is about to arrive.
	}
	if p.awaitExit(over) {
		if refused != nil {
			return true, reason
		}
		if p.awaitGroup(over) {
			return false, reason
		}
	}
	refused = killGroup(p.os, p.pid)
	if p.exit != nil || refused == nil && p.awaitExit(time.After(killWait)) {
		return false, reason
	}
	if refused == nil {
		refused = errors.New("it does not react to SIGKILL")
	}
	// As text: what the system says about the signal would pass for an answer about the program.
	return false, fmt.Errorf("%w, and process %d could not be ended: %s", reason, p.pid, refused.Error())
}

// awaitExit waits for the program, and reports whether it exited before the time was over.
func (p *process) awaitExit(over <-chan time.Time) bool {
	select {
	case e := <-p.exited:
		p.exit = &e
		return true
	case <-over:
		return false
	}
}

// awaitGroup waits for the rest of the program's group, and reports whether it ended before the time was over.
func (p *process) awaitGroup(over <-chan time.Time) bool {
	poll := time.NewTicker(groupPoll)
	defer poll.Stop()
	for !groupGone(p.pid) {
		select {
		case <-poll.C:
		case <-over:
			return false
		}
	}
	return true
}

// closePipes ends the goroutines that serve the pipes. After it, nothing writes to what the caller gave or gets.
func (p *process) closePipes() {
	for _, o := range p.pipes {
		o.stop()
	}
	<-p.copied
	if p.stdin != nil {
		_ = p.stdin.Close()
		<-p.stdinEnd
	}
}

func (p *process) result() Result {
	res := Result{Stdout: p.kept[0].data, Stderr: p.kept[1].data}
	if p.exit != nil && p.exit.state != nil {
		res.ExitCode = exitCode(p.exit.state)
	}
	return res
}

// verdict gives the call's error: the reason why the program was told to end, or else what went wrong on the way.
func (p *process) verdict(reason error) error {
	if reason != nil {
		return reason
	}
	select {
	case fault := <-p.faults:
		return fault
	default:
	}
	if p.exit.err != nil {
		return fmt.Errorf("wait for the program: %w", p.exit.err)
	}
	return nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close() // Nil where opening failed: Close gives an error then, and does nothing.
	}
}

// contextError says why ctx ended. errors.Is finds ctx.Err() and the cause in it.
func contextError(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}

// runError wraps an error with the command it is about.
func runError(cmd Command, err error) error { return fmt.Errorf("run %s: %w", cmd.brief(), err) }

// checkCommand refuses what no program can be given.
func checkCommand(cmd Command) error {
	if cmd.Name == "" {
		return errors.New("the program has no name")
	}
	if strings.IndexByte(cmd.Name, 0) >= 0 {
		return errors.New("the program's name holds a NUL byte")
	}
	for i, arg := range cmd.Args {
		if strings.IndexByte(arg, 0) >= 0 {
			return fmt.Errorf("argument %d holds a NUL byte", i+1)
		}
	}
	return checkEnv("the command's environment", cmd.Env)
}

// checkEnv refuses environment entries that would be lost or misread. The error shows no values, which may be secret.
func checkEnv(what string, env []string) error {
	for i, entry := range env {
		key, _, found := strings.Cut(entry, "=")
		if !found {
			return fmt.Errorf("%s: entry %d has no \"=\"", what, i+1)
		}
		if strings.IndexByte(entry, 0) >= 0 {
			return fmt.Errorf("%s: entry %d (%q) holds a NUL byte", what, i+1, key)
		}
	}
	return nil
}
