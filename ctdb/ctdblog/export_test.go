package ctdblog

import "context"

// FollowStep makes Follow look at its file only when step is called, and gives what came since the step before.
func FollowStep(ctx context.Context, o Options) (step func() (entries []Entry, errs []error), end func()) {
	var got []Entry
	var errs []error
	f := newFollower(ctx, o, func(e Entry, err error) bool {
		if err != nil {
			errs = append(errs, err)
		} else {
			got = append(got, e.Clone())
		}
		return true
	})
	step = func() ([]Entry, []error) {
		got, errs = nil, nil
		f.look()
		return got, errs
	}
	return step, f.close
}
