package store

import (
	"errors"
	"fmt"
	"io/fs"
)

var (
	// ErrConflict says that somebody else changed the file. It is what a *ConflictError and a *DisplacedError are.
	ErrConflict = errors.New("the file was changed by somebody else")
	// ErrNotReplaceable says that a new file can't take the place of the old one: the file is a mount point or
	// immutable, or its directory can't be written. The cause, such as EBUSY, is in the error too.
	ErrNotReplaceable = errors.New("the file can't be replaced as a whole")
	// ErrOwner says that this process may not give the new file the owner, the group or the security attributes of
	// the old one.
	ErrOwner = errors.New("owner or security attributes can't be kept")
	// ErrNotRegular says that the file is a directory, a device, a pipe or a socket.
	ErrNotRegular = errors.New("not a regular file")
	// ErrNotLink says that something that is no symbolic link is where Link is to make one.
	ErrNotLink = errors.New("not a symbolic link")
	// ErrTooLarge says that the file or the data is larger than Options.MaxSize.
	ErrTooLarge = errors.New("too large")
	// ErrDangling says that a symbolic link leads to a file that does not exist.
	ErrDangling = errors.New("the target of the symbolic link does not exist")
	// ErrNotDurable says that the change was made, but that it may be gone after a crash of the machine.
	ErrNotDurable = errors.New("the change was made, but may not survive a crash")
	// ErrHalfWritten says that a file that was written in place may have neither content as a whole: the write failed,
	// and so did writing the old content again.
	ErrHalfWritten = errors.New("the file may be neither old nor new")
	// ErrUnsupported says that the system or the file system can't do this. It is errors.ErrUnsupported too.
	ErrUnsupported = fmt.Errorf("not supported on this system: %w", errors.ErrUnsupported)
)

// ConflictError says that a file is not what the caller based its change on. The change was not made.
type ConflictError struct {
	// Path is the file, behind all symbolic links.
	Path string
	// Base is the stamp that the caller gave.
	Base Stamp
	// Current is what the file had instead, and CurrentStamp its stamp, which is the zero one for a missing file. If
	// Reason is set, what is there could not be read.
	Current      []byte
	CurrentStamp Stamp
	// Data is what the caller wanted to write.
	Data []byte
	// Reason is why Current is missing, or nil.
	Reason error
}

// Error gives the path and what is there now.
func (e *ConflictError) Error() string {
	if e.Reason != nil {
		return fmt.Sprintf("replace %s: %v: %v", e.Path, ErrConflict, e.Reason)
	}
	return fmt.Sprintf("replace %s: %v: expected %v, found %v", e.Path, ErrConflict, e.Base, e.CurrentStamp)
}

// Unwrap gives the same as an *fs.PathError with ErrConflict, and the reason.
func (e *ConflictError) Unwrap() []error {
	errs := []error{fail("replace", e.Path, ErrConflict)}
	if e.Reason != nil {
		errs = append(errs, e.Reason)
	}
	return errs
}

// DisplacedError says that the bytes of a foreign writer, which came at the very moment of a change, are in a file of
// their own now.
type DisplacedError struct {
	// Path is the file, behind all symbolic links.
	Path string
	// Kept is the file with the foreign bytes. No store ever removes it.
	Kept string
	// Written says whether Path has the caller's bytes now. Otherwise it has what somebody else put there.
	Written bool
	// Err is what went wrong besides, or nil.
	Err error
}

// Error gives both paths.
func (e *DisplacedError) Error() string {
	message := fmt.Sprintf("replace %s: %v: its bytes were kept in %s", e.Path, ErrConflict, e.Kept)
	if e.Err != nil {
		message += ": " + e.Err.Error()
	}
	return message
}

// Unwrap gives the same as an *fs.PathError with ErrConflict, and the other error.
func (e *DisplacedError) Unwrap() []error {
	errs := []error{fail("replace", e.Path, ErrConflict)}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

// irregular is the reason for refusing what is no regular file.
func irregular(mode fs.FileMode) error {
	kind := "a special file"
	switch {
	case mode.IsDir():
		kind = "a directory"
	case mode&fs.ModeSymlink != 0:
		kind = "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		kind = "a pipe"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	case mode&fs.ModeDevice != 0:
		kind = "a device"
	}
	return fmt.Errorf("%w but %s", ErrNotRegular, kind)
}

// tooLarge is the reason for refusing more than limit bytes.
func tooLarge(limit int64) error { return fmt.Errorf("%w: the limit is %d bytes", ErrTooLarge, limit) }
