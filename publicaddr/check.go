package publicaddr

import (
	"errors"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// CheckFor tells whether that release of ctdbd reads the file. The error is that of [Parse], or is made like it, for
// lines that only newer releases read: an IPv6 address in brackets ([ErrBrackets]) before 4.16. A release that is zero is
// the newest.
//
// Up to 4.8 a line may lack its interfaces, if the configuration names a default (CTDB_PUBLIC_INTERFACE); CheckFor takes
// it that it does.
func (f *File) CheckFor(r release.Release) error {
	if f.err != nil && errors.Is(f.err, ErrTooLarge) {
		return f.err
	}
	_, _, err := rules{noBrackets: !r.ReadsBracketedIPv6(), defaultInterface: !r.AtLeast(4, 9, 0)}.parse(f.source())
	return err
}
