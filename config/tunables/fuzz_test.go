package tunables_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/config/tunables"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func addSeeds(add func(data []byte)) {
	for _, test := range readings {
		add([]byte(test.text))
	}
	for seed := range uint64(20) {
		add([]byte(generator{rand.New(rand.NewPCG(seed, 1)), seed%2 == 0}.file()))
	}
}

// FuzzParse holds the laws of reading: the bytes stay, errors and findings are in the file, Get is what the newest
// release takes, and where CheckFor has no errors there is nothing but good lines.
func FuzzParse(f *testing.F) {
	addSeeds(func(data []byte) { f.Add(data) })
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := tunables.Parse("f", bytes.Clone(data))
		if !bytes.Equal(file.Bytes(), data) {
			t.Fatalf("Bytes() = %q, want %q", file.Bytes(), data)
		}
		lines := bytes.SplitAfter(data, []byte("\n"))
		inside := func(line, col int) bool {
			return line >= 1 && line <= len(lines) && col >= 1 && col <= len(lines[line-1])+1
		}
		for _, r := range releases {
			for _, found := range file.Validate(r) {
				if !inside(found.Line, found.Col) {
					t.Errorf("%v: the finding %v is not in the file", r, found)
				}
			}
			refused := file.CheckFor(r)
			for _, e := range append(finding.Refusals(refused), finding.Refusals(err)...) {
				text, _ := strings.CutSuffix(e.Text, "...")
				if !inside(e.Line, e.Col) || !bytes.HasPrefix(bytes.Join(lines[e.Line-1:], nil)[e.Col-1:], []byte(text)) {
					t.Errorf("%v: the error %v does not point at its text", r, e)
				}
			}
			if _, err := file.Effective(r); (err != nil) != (refused != nil && !r.AtLeast(4, 17, 0)) {
				t.Errorf("%v: Effective says %v, CheckFor %v", r, err, refused)
			}
		}
		if newest := file.CheckFor(release.Release{}); err != nil && newest == nil {
			t.Errorf("Parse says %v, CheckFor nothing", err)
		}
		checkGet(t, file)
		line := 0
		for s := range file.All() {
			if s.Line <= line || s.Text == "" {
				t.Errorf("setting %+v behind line %d", s, line)
			}
			line = s.Line
		}
	})
}

// effective gives what all releases take from a file, nil for those that do not take it.
func effective(file *tunables.File) (all []tunables.Values) {
	for _, r := range releases {
		values, err := file.Effective(r)
		if err != nil {
			values = nil
		}
		all = append(all, values)
	}
	return all
}

// FuzzEdit holds the laws of edits: what was set has its value in every release that takes the file, nothing else
// changes, an edit that is refused changes nothing, and what was added goes without a trace.
func FuzzEdit(f *testing.F) {
	addSeeds(func(data []byte) { f.Add(data, "RecoverTimeout", uint32(42)) })
	f.Add([]byte("# RecoverTimeout=1\n"), "recovertimeout", uint32(1))
	f.Fuzz(func(t *testing.T, data []byte, name string, value uint32) {
		file, err := tunables.Parse("f", data)
		if err != nil {
			return
		}
		before := effective(file)
		_, there := file.Lookup(name)
		if err := file.Set(name, value); err != nil {
			if !bytes.Equal(file.Bytes(), data) {
				t.Fatalf("a refused Set made %q of %q", file.Bytes(), data)
			}
		} else {
			tunable, _ := tunables.Lookup(release.Release{}, name)
			checkSet(t, before, effective(file), tunable.Name, value, data, file)
			again := file.Bytes()
			if err := file.Set(name, value); err != nil || !bytes.Equal(file.Bytes(), again) {
				t.Errorf("Set again: %v, %q, was %q", err, file.Bytes(), again)
			}
		}
		commented := *file
		if err := commented.CommentOut(name); err == nil {
			if _, ok := commented.Lookup(name); ok {
				t.Errorf("commented out, and there: %q", commented.Bytes())
			}
			checkGone(t, effective(file), effective(&commented), name)
		}
		set := effective(file)
		if err := file.Unset(name); err != nil {
			if !errors.Is(err, tunables.ErrNotSet) && !errors.Is(err, tunables.ErrContinued) {
				t.Errorf("Unset: %v", err)
			}
			return
		}
		if _, ok := file.Lookup(name); ok {
			t.Errorf("unset, and there: %q", file.Bytes())
		}
		checkGone(t, set, effective(file), name)
		if got := file.Bytes(); !there && !bytes.Equal(got, data) {
			t.Errorf("set and unset, %q is %q", data, got)
		}
	})
}

func checkSet(t *testing.T, before, after []tunables.Values, name string, value uint32, data []byte, file *tunables.File) {
	t.Helper()
	for i, r := range releases {
		switch {
		case !r.AtLeast(4, 9, 0) || before[i] == nil:
		case after[i] == nil:
			t.Errorf("%v does not take %q any more: %q", r, data, file.Bytes())
		case after[i][name] != value:
			t.Errorf("%v takes %d from %q, which was %q", r, after[i][name], file.Bytes(), data)
		}
	}
	checkGone(t, before, after, name)
}

// checkGone wants all but one value to be what they were.
func checkGone(t *testing.T, before, after []tunables.Values, name string) {
	t.Helper()
	tunable, _ := tunables.Lookup(release.Release{}, name)
	for i, r := range releases {
		if before[i] == nil || after[i] == nil {
			continue
		}
		delete(before[i], tunable.Name)
		others := tunables.Values{}
		for other, value := range after[i] {
			if other != tunable.Name {
				others[other] = value
			}
		}
		if diff := cmp.Diff(before[i], others); diff != "" {
			t.Errorf("%v: other values (-before +after):\n%s", r, diff)
		}
	}
}

// FuzzUpgrade holds the law of Upgrade: if a release takes the file, the other one takes the same values afterwards.
func FuzzUpgrade(f *testing.F) {
	addSeeds(func(data []byte) { f.Add(data, uint8(1), uint8(5)); f.Add(data, uint8(6), uint8(4)) })
	f.Fuzz(func(t *testing.T, data []byte, i, j uint8) {
		from, to := releases[1:][int(i)%7], releases[1:][int(j)%7]
		file, _ := tunables.Parse("f", data) // the law is about CheckFor
		taken := file.CheckFor(from) == nil
		want, _ := file.Effective(from)
		plan := file.PlanUpgrade(from, to)
		changes, err := file.Upgrade(from, to)
		if err != nil {
			if taken && to.AtLeast(4, 17, 0) || !bytes.Equal(file.Bytes(), data) {
				t.Errorf("%v to %v of %q: %v, %q", from, to, data, err, file.Bytes())
			}
			return
		}
		if diff := cmp.Diff(plan, changes); diff != "" {
			t.Errorf("changes (-planned +made):\n%s", diff)
		}
		if !taken {
			return
		}
		for tunable := range tunables.Known(to) {
			if tunable.Obsolete {
				delete(want, tunable.Name)
			}
		}
		got, err := file.Effective(to)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v to %v of %q: %q (-before +after):\n%s%v", from, to, data, file.Bytes(), diff, err)
		}
		if err := file.CheckFor(to); err != nil {
			t.Errorf("%v to %v of %q: %q: %v", from, to, data, file.Bytes(), err)
		}
		if more := file.PlanUpgrade(to, to); len(more) > 0 {
			t.Errorf("%v to %v of %q: %q, and then %v", from, to, data, file.Bytes(), more)
		}
	})
}
