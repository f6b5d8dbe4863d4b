package ctdb

import (
	"bytes"
	"context"
	"strings"
	"sync/atomic"
)

// way is one way to ask or tell the tool something.
type way struct {
	needs feature
	words []string
}

// ways gives the one way that all tools know.
func ways(words ...string) []way { return []way{{anyTool, words}} }

// machineWays gives the ways to ask for a table: as such, or, of a tool that has none, for people.
func machineWays(words ...string) []way {
	return []way{{machineForm, append([]string{"-X"}, words...)}, {anyTool, words}}
}

// feature is something that the tool of one release has and that of another lacks.
type feature uint8

// The features.
const (
	anyTool     feature = iota // no feature: all have it
	jsonForm                   // --json, since 4.25, and only where it was built with it
	machineForm                // -X, since 4.2
	leaderWord                 // leader, since 4.16; recmaster before
	leaderRole                 // setleaderrole, since 4.16; setrecmasterrole before
	natgwLeader                // natgw leader, since 4.14; natgw master before
	lvsLeader                  // lvs leader, since 4.14; lvs master before
	features                   // how many there are
)

// refusals has how a tool says that it lacks a feature: what a line of an output begins or ends with.
var refusals = [features]struct {
	stderr []string // beginnings
	stdout string   // an end
}{
	jsonForm:    {stderr: []string{"Invalid option --json: unknown option", "--json not supported by ", "JSON support not available"}},
	machineForm: {stderr: []string{"Invalid option -X: unknown option"}},
	leaderWord:  {stderr: []string{"Unknown command 'leader'"}},
	leaderRole:  {stderr: []string{"Unknown command 'setleaderrole'"}},
	natgwLeader: {stdout: "/ctdb_natgw <option>"},
	lvsLeader:   {stdout: "/ctdb_lvs <option>"},
}

// refusedBy tells whether an answer says that the tool lacks the feature. Any other failure may have another reason.
func (f feature) refusedBy(result Result) bool {
	if result.ExitCode == 0 {
		return false
	}
	for line := range firstLines(result.Stderr) {
		for _, start := range refusals[f].stderr {
			if strings.HasPrefix(line, start) {
				return true
			}
		}
	}
	first, _, _ := bytes.Cut(result.Stdout, []byte("\n"))
	end := refusals[f].stdout
	return end != "" && bytes.HasSuffix(first, []byte(end))
}

// learned is what a client has learned of its tool: the features that it said it lacks. A tool that gained one, as after
// an update, is still asked in the older way, whose answer is right as well. One that lost it says so again.
type learned struct{ lacks [features]atomic.Bool }

// try runs the tool in the first way that it is not known to lack, and, if it says that it lacks that, in the next.
// The last way must be for any tool. Results and errors are those of run.
func (c *Client) try(ctx context.Context, ways []way) (Command, Result, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	for _, w := range ways[:len(ways)-1] {
		if c.learned.lacks[w.needs].Load() {
			continue
		}
		cmd, result, err := c.run(ctx, w.words...)
		if err != nil || !w.needs.refusedBy(result) {
			return cmd, result, err
		}
		c.learned.lacks[w.needs].Store(true)
	}
	return c.run(ctx, ways[len(ways)-1].words...)
}
