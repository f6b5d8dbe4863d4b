package config_test

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// fuzzedReleases are those between which options or defaults changed, and the newest.
var fuzzedReleases = []release.Release{
	{}, {Major: 4, Minor: 11}, {Major: 4, Minor: 13}, {Major: 4, Minor: 15}, {Major: 4, Minor: 16}, {Major: 4, Minor: 17},
	{Major: 4, Minor: 18}, {Major: 4, Minor: 19}, {Major: 4, Minor: 21, Patch: 6}, {Major: 4, Minor: 22},
	{Major: 4, Minor: 25},
}

func fuzzedRelease(n uint8) release.Release { return fuzzedReleases[int(n)%len(fuzzedReleases)] }

// fullFS is a file system in which each name is a directory and a script at once, so that nothing is refused for not
// being there.
type fullFS struct{ afero.Fs }

func (fullFS) Stat(name string) (fs.FileInfo, error) { return everything(name), nil }

// everything is the file of that name.
type everything string

func (e everything) Name() string     { return string(e) }
func (everything) Size() int64        { return 0 }
func (everything) Mode() fs.FileMode  { return 0o755 }
func (everything) ModTime() time.Time { return time.Time{} }
func (everything) IsDir() bool        { return true }
func (everything) Sys() any           { return nil }

// FuzzValidate wants findings in the order of the file, few for each line, each at a place that is there, and as many
// of those that ctdb-config reports as it has messages.
func FuzzValidate(f *testing.F) {
	for i, c := range readRecorded(f, "cases.jsonl") {
		f.Add(c.data("/etc/ctdb"), uint8(i), i%2 == 0) //nolint:gosec // any will do
	}
	f.Fuzz(checkValidate)
}

func checkValidate(t *testing.T, data []byte, n uint8, full bool) {
	r, env := fuzzedRelease(n), config.Env{FS: afero.NewMemMapFs()}
	if full {
		env.FS = fullFS{env.FS}
	}
	file, err := config.Parse("f", data)
	found := file.Validate(r, env)
	checkPlaces(t, data, found)
	messages, _ := config.Messages(data, r, env)
	count := 0
	for _, f := range found {
		if reported[f.ID] {
			count++
		}
	}
	if count != len(messages) {
		t.Errorf("%d findings for the messages %q of ctdb-config", count, messages)
	}
	dropped := slices.ContainsFunc(found, func(f finding.Finding) bool { return f.ID == config.FindingDropped })
	if dropped != (err != nil) {
		t.Errorf("Parse gives %v, and Validate %v", err, found)
	}
}

// checkPlaces looks at the findings of a file one by one.
func checkPlaces(t *testing.T, data []byte, found []finding.Finding) {
	t.Helper()
	sorted := slices.Clone(found)
	finding.Sort(sorted)
	if diff := cmp.Diff(sorted, found); diff != "" {
		t.Errorf("order (-sorted +got):\n%s", diff)
	}
	const most = 8 // for a line that is as bad as can be
	lines := strings.Split(string(data), "\n")
	if len(found) > 1+most*len(lines) {
		t.Errorf("%d findings in %d lines", len(found), len(lines))
	}
	for _, f := range found {
		switch {
		case f.Line == 0:
			if f.ID != config.FindingNoLock {
				t.Errorf("no place: %v", f)
			}
		case f.Line > len(lines) || f.Col < 1 || f.Col > len(lines[f.Line-1])+1:
			t.Errorf("a place that is not there: %v", f)
		case !startsRight(f, lines[f.Line-1][f.Col-1:]):
			t.Errorf("%v stands at %q", f, lines[f.Line-1][f.Col-1:])
		}
		if len(f.Message) > 1000 || strings.ContainsAny(f.Message, "\n\r\x00\x1b") {
			t.Errorf("a message of %d bytes: %q", len(f.Message), f.Message)
		}
	}
}

// startsRight looks at what stands at the place of a finding.
func startsRight(f finding.Finding, at string) bool {
	begins := map[string]string{
		config.FindingNUL: "\x00", config.FindingReturn: "\r", config.FindingInlineComment: "#;", config.FindingQuotes: `"'`,
	}[f.ID]
	return begins == "" || at != "" && strings.Contains(begins, at[:1])
}

// FuzzUpgrade wants what an upgrade does not call lost or awoken to be for the other release what it was for the first,
// other lines to stay, and the plan to be what is done.
func FuzzUpgrade(f *testing.F) {
	for i, c := range readRecorded(f, "cases.jsonl") {
		f.Add(c.data("/etc/ctdb"), uint8(i), uint8(i>>3)) //nolint:gosec // any will do
	}
	for _, test := range upgrades {
		f.Add([]byte(test.data), fuzzedNumber(f, test.from), fuzzedNumber(f, test.to))
	}
	f.Fuzz(checkUpgrade)
}

// fuzzedNumber gives the number of a release, or that of the newest.
func fuzzedNumber(t testing.TB, text string) uint8 {
	t.Helper()
	return uint8(max(slices.Index(fuzzedReleases, releaseOf(t, text)), 0)) //nolint:gosec // there are few
}

func checkUpgrade(t *testing.T, data []byte, first, other uint8) {
	from, to := fuzzedRelease(first), fuzzedRelease(other)
	file, _ := config.Parse("f", data)
	plan, planErr := file.PlanUpgrade(from, to)
	before := file.Bytes()
	upgraded, _ := config.Parse("f", data)
	err := upgraded.Upgrade(from, to)
	switch {
	case string(before) != string(data):
		t.Fatalf("PlanUpgrade makes %q of it", before)
	case planErr != nil && (err == nil || err.Error() != planErr.Error()):
		t.Fatalf("PlanUpgrade gives %v, and Upgrade %v", planErr, err)
	case err != nil:
		if diff := cmp.Diff(string(data), string(upgraded.Bytes())); diff != "" {
			t.Errorf("Upgrade gives %v and changes (-want +got):\n%s", err, diff)
		}
		return
	}
	checkCarried(t, upgraded, from, to)
	checkValues(t, file, upgraded, from, to, plan)
	checkOtherLines(t, string(data), string(upgraded.Bytes()), plan)
}

// checkValues compares what two releases take from a file before and after an upgrade.
func checkValues(t *testing.T, old, now *config.File, from, to release.Release, plan []config.Change) {
	t.Helper()
	env := config.Env{FS: fullFS{}}
	before, err := old.Effective(from, env)
	if errors.Is(err, config.ErrNoDirectory) {
		return // 4.11 takes an empty name for what it is, and there is no such directory
	}
	if err != nil {
		t.Fatal(err)
	}
	after, err := now.Effective(to, env)
	if err != nil {
		t.Fatal(err)
	}
	moved, left := map[string]string{}, map[string]bool{"cluster/cluster lock": true, "cluster/recovery lock": true}
	for _, c := range plan {
		source, target := place(c.Option.Section, c.Option.Key), place(c.To.Section, c.To.Key)
		switch c.Kind {
		case config.Renamed:
			moved[source] = target
		case config.Removed, config.Lost, config.Awoken:
			left[source] = true
		case config.Pinned:
		}
	}
	for v := range before.All() {
		source := place(v.Section, v.Key)
		target, ok := moved[source]
		if !ok {
			target = otherName(source, to)
		}
		section, key, _ := strings.Cut(target, "/")
		got, known := after.Lookup(section, key)
		if (ok || !left[source] && !left[target]) && (known && got.Text != v.Text || !known && v.IsSet) {
			t.Errorf("%s is %q, and then %s is %q, after %v", source, v.Text, target, got.Text, plan)
		}
	}
	awoken := slices.ContainsFunc(plan, func(c config.Change) bool {
		return c.Kind == config.Awoken && strings.HasSuffix(c.Option.Key, "lock")
	})
	if was, is := lockOf(before), lockOf(after); was != is && !awoken {
		t.Errorf("the lock is %q, and then %q, after %v", was, is, plan)
	}
}

// lockOf gives the lock that is in force.
func lockOf(e *config.Effective) string {
	v, _ := e.Lookup("cluster", "cluster lock")
	if !v.IsSet {
		v, _ = e.Lookup("cluster", "recovery lock")
	}
	return v.Text
}

// otherName is what a release calls an option that it may not know.
func otherName(source string, r release.Release) string {
	names := []string{
		"cluster/cluster lock", "cluster/recovery lock", "cluster/leader capability", "legacy/recmaster capability",
	}
	i := slices.Index(names, source)
	section, key, _ := strings.Cut(source, "/")
	if _, ok := config.FindOption(r, section, key); ok || i < 0 {
		return source
	}
	return names[i^1]
}

func place(section, key string) string { return section + "/" + key }

// checkOtherLines wants the lines that no change is about to be there in their order.
func checkOtherLines(t *testing.T, before, after string, plan []config.Change) {
	t.Helper()
	if strings.Contains(before, "\\") {
		return // a key may be in several lines
	}
	about := func(line string) bool {
		return slices.ContainsFunc(plan, func(c config.Change) bool {
			to := c.To.Key != "" && strings.Contains(line, c.To.Key)
			return c.Kind != config.Awoken && (to || strings.Contains(line, c.Option.Key))
		})
	}
	left := strings.Split(after, "\n")
	for line := range strings.SplitSeq(before, "\n") {
		if about(strings.Join(strings.Fields(line), " ")) {
			continue
		}
		line = strings.TrimRight(line, "\r")
		i := slices.IndexFunc(left, func(other string) bool { return strings.TrimRight(other, "\r") == line })
		if i < 0 {
			t.Fatalf("the line %q is gone, after %v:\n%q\n%q", line, plan, before, after)
		}
		left = left[i+1:]
	}
}
