package ctdblog

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"slices"
	"time"
)

const (
	// DefaultPoll is [Options.Poll] where it is 0.
	DefaultPoll = 250 * time.Millisecond
	// DefaultSettle is [Options.Settle] where it is 0.
	DefaultSettle = 20 * time.Millisecond

	// mostOld bounds how many files that were rotated away are still read: daemons go on writing to them until they are
	// told to open their log anew, which those before 4.16 never are.
	mostOld = 16
	// linger is how long one that was removed is read when nothing more comes.
	linger = time.Minute
)

// Follow gives the entries that are written to a log file from now on, as they come, and before them
// [Options.Backlog] of those that are there. It goes on until ctx is over or the loop ends, and then ends without an
// error. It starts no goroutine that outlives it.
//
// An entry comes when the next one begins, or when nothing has continued it for [Options.Settle]; lines that continue
// it later are entries of their own, in FormNone. A last line without its newline waits for that, and is lost if the
// file is truncated before.
//
// The file may be missing, at first or later, and so may its directory; once it is there, it is read from its start. It
// may be renamed, as logrotate does: no entry is lost then, and none comes twice. The renamed file is read on beside
// the new one, since daemons write to it until they open the new one; after several rotations at once the files in
// between are found by their names (see [Rotated]). Up to 16 renamed files are kept open, one that was removed until
// nothing has come for a minute. The file may be truncated in place, which also shows when it has outgrown what was
// read before, since the bytes before that have changed: then none comes twice, and what may be lost is reported as a
// *[GapError].
//
// Such an error and the file system's, each of which comes once, do not end the iteration.
//
// On Linux the kernel tells when to look at the file, and Poll is for what it does not tell: changes by other hosts on
// a shared file system. Elsewhere Follow looks every Poll.
//
// Similar to: tail -F.
func Follow(ctx context.Context, o Options) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		f := newFollower(ctx, o, yield)
		defer f.close()
		for ctx.Err() == nil && f.look() && f.alarm.wait(ctx, f.pause()) {
		}
	}
}

// follower follows a log.
type follower struct {
	ctx          context.Context
	options      Options
	path         string
	wanted       *Filter
	yield        func(Entry, error) bool
	poll, settle time.Duration
	alarm        *alarm

	begin    bool        // the file has not been looked for yet
	files    []*followed // that are read: the newest last, and before it those that it has displaced
	attempts int         // to find where the newest has gone
	failure  string      // the last that was reported
}

func newFollower(ctx context.Context, o Options, yield func(Entry, error) bool) *follower {
	path := cmp.Or(o.Path, DefaultPath)
	return &follower{
		ctx: ctx, options: o, path: path, wanted: o.Filter.orNil(), yield: yield, begin: true,
		poll: cmp.Or(o.Poll, DefaultPoll), settle: cmp.Or(o.Settle, DefaultSettle), alarm: newAlarm(ctx, path),
	}
}

func (f *follower) close() {
	f.alarm.close()
	for _, file := range f.files {
		file.close()
	}
}

// look reads all that is there. It tells whether to go on.
func (f *follower) look() bool {
	if !f.findFile() {
		return false
	}
	for i, file := range f.files {
		if !file.read(f) {
			return false
		}
		if i+1 < len(f.files) && !file.settle(f, 0) {
			return false
		}
	}
	return f.dropOld() && f.settleNewest()
}

// newest gives the file that has the log's name, or had it last.
func (f *follower) newest() *followed {
	if len(f.files) == 0 {
		return nil
	}
	return f.files[len(f.files)-1]
}

// settleNewest gives the last entry if nothing continues it.
func (f *follower) settleNewest() bool {
	file := f.newest()
	return file == nil || file.settle(f, f.settle)
}

// pause is how long nothing needs to be done.
func (f *follower) pause() time.Duration {
	if f.attempts > 0 {
		return min(10*time.Millisecond, f.poll)
	}
	if file := f.newest(); file != nil && file.pending() {
		return min(f.poll, max(time.Millisecond, f.settle-time.Since(file.grown)))
	}
	return f.poll
}

// findFile sees whether the log's name is that of another file now. It tells whether to go on.
func (f *follower) findFile() bool {
	newest := f.newest()
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) && newest != nil {
		between, _ := filesBetween(f.path, newest, nil, f.options) // those it had before it was gone
		f.files = append(f.files, between...)
	}
	if err != nil {
		return f.report(err)
	}
	if newest != nil && os.SameFile(info, newest.info) {
		f.attempts = 0
		return true
	}
	file, err := os.Open(f.path)
	if err != nil {
		return f.report(err)
	}
	next, err := newFollowed(file, f.path, f.options)
	if err != nil {
		return f.report(err)
	}
	f.failure = ""
	if f.begin {
		f.begin = false
		next.seekEnd(f.options)
	}
	if newest == nil {
		f.files = append(f.files, next)
		return true
	}
	return f.replace(newest, next)
}

// report reports an error of the file system unless it is the one before. A missing file is none.
func (f *follower) report(err error) bool {
	if errors.Is(err, fs.ErrNotExist) {
		f.failure, f.begin = "", false
		return true
	}
	if text := err.Error(); text != f.failure {
		f.failure = text
		return f.yield(Entry{File: f.path}, err)
	}
	return true
}

// replace follows another file from now on, and those that had the log's name in between. What has been written to the
// old one until now comes before.
func (f *follower) replace(old, next *followed) bool {
	if os.SameFile(old.info, next.info) { // opened just when it was renamed
		next.close()
		return true
	}
	between, complete := filesBetween(f.path, old, next, f.options)
	const attempts = 10 // names may be changing just now
	if f.attempts++; !complete && f.attempts < attempts {
		for _, file := range append(between, next) {
			file.close()
		}
		return true
	}
	f.attempts = 0
	ok := old.read(f)
	if ok && !complete && rotatedSince(f.path, old, next) {
		ok = f.yield(Entry{File: f.path}, &GapError{File: f.path, Offset: old.offset, Reason: GapRotated})
	}
	f.files = append(append(f.files, between...), next)
	return ok
}

// dropOld lets go of files that nobody can write to any more.
func (f *follower) dropOld() bool {
	for i := 0; i < len(f.files)-1; {
		old := f.files[i]
		if i >= len(f.files)-1-mostOld && !f.isOver(old) {
			i++
			continue
		}
		f.files = slices.Delete(f.files, i, i+1)
		ok := old.end(f)
		old.close()
		if !ok {
			return false
		}
	}
	return true
}

// isOver tells whether a file was removed and nothing has come for a while.
func (f *follower) isOver(old *followed) bool {
	if time.Since(old.quiet) < linger || f.newest().offset == 0 {
		return false
	}
	old.quiet = time.Now() // not to look all the time
	s, ok := siblingsOf(f.path)
	return ok && s.place(old) < 0
}
