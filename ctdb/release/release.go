package release

import (
	"cmp"
	"strconv"
)

// Release is a release of CTDB. It is a plain value: it works with ==, as a map key, and can be written as a literal,
// Release{Major: 4, Minor: 17, Patch: 12}. Releases have had Samba's numbers since 4.2; before that CTDB was on its own
// and had 1.0 to 2.5.
//
// A vendor's suffix, a fourth number ("1.0.114.5"), "rc2" and "pre1" are not part of it: a release candidate counts as
// the release that it leads to, and a build from git as the release that it was made before.
//
// The zero value means that the release is unknown. The facts and [Release.AtLeast] treat it as the newest release.
type Release struct {
	// Major, Minor and Patch are the three numbers of the release: 4, 17 and 12 in 4.17.12.
	Major, Minor, Patch int
}

// IsZero reports whether the release is unknown.
func (r Release) IsZero() bool { return r == Release{} }

// Compare orders releases by number: negative when r is older than other, 0 when they are equal, positive when r is
// newer. It fits slices.SortFunc. As a total order of the values it puts the unknown release before all others; use
// [Release.AtLeast] or a named fact to decide what a release can do.
func (r Release) Compare(other Release) int {
	return cmp.Or(cmp.Compare(r.Major, other.Major), cmp.Compare(r.Minor, other.Minor), cmp.Compare(r.Patch, other.Patch))
}

// AtLeast reports whether r is the release major.minor.patch or a newer one. The unknown release is.
//
// The patch matters because changes are also brought to older series: see [Release.HasShutdownTimeouts].
func (r Release) AtLeast(major, minor, patch int) bool {
	return r.IsZero() || r.Compare(Release{major, minor, patch}) >= 0
}

// String gives the three numbers, "4.17.12", or "unknown" for the zero value.
func (r Release) String() string {
	if r.IsZero() {
		return "unknown"
	}
	return string(r.appendNumbers(nil))
}

// AppendText appends what [Release.MarshalText] gives. It never fails.
func (r Release) AppendText(b []byte) ([]byte, error) {
	if r.IsZero() {
		return b, nil
	}
	return r.appendNumbers(b), nil
}

// MarshalText gives the three numbers, "4.17.12", and nothing for the unknown release. It never fails.
func (r Release) MarshalText() ([]byte, error) { return r.AppendText([]byte{}) }

// UnmarshalText reads what [Parse] reads. An empty text is the unknown release. On error, a *[ParseError], r stays as
// it was.
func (r *Release) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*r = Release{}
		return nil
	}
	parsed, err := parse(text)
	if err != nil {
		return err
	}
	*r = parsed
	return nil
}

func (r Release) appendNumbers(b []byte) []byte {
	b = strconv.AppendInt(b, int64(r.Major), 10)
	b = append(b, '.')
	b = strconv.AppendInt(b, int64(r.Minor), 10)
	b = append(b, '.')
	return strconv.AppendInt(b, int64(r.Patch), 10)
}
