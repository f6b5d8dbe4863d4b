package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/status"
)

// Usage texts of the helpers, which old and new words bring up.
const (
	natgwUsage = "/usr/libexec/ctdb/ctdb_natgw <option>\n\n<option> is one of:\n"
	lvsUsage   = "/usr/libexec/ctdb/ctdb_lvs <option>\n\n<option> is one of:\n"
)

func TestGroups(t *testing.T) {
	t.Parallel()
	usage := func(text string) ctdb.Result { return ctdb.Result{ExitCode: 1, Stdout: []byte(text)} }
	type answersTo map[string]ctdb.Result
	tests := map[string]struct {
		ask     func(c *ctdb.Client) (any, error)
		answers answersTo
		ran     []string
		want    string
		err     error
	}{
		"natgw leader": {natgwLeader, answersTo{"natgw leader": wrote("1 10.0.0.2\n")}, []string{"natgw leader"}, "1", nil},
		"natgw master": {
			natgwLeader, answersTo{"natgw leader": usage(natgwUsage), "natgw master": wrote("1 10.0.0.2\n")},
			[]string{"natgw leader", "natgw master"}, "1", nil,
		},
		"natgw without a leader": {natgwLeader, answersTo{"natgw leader": failedWith(2, "")}, []string{"natgw leader"}, "unknown", nil},
		"no natgw": {
			natgwLeader, answersTo{"natgw leader": failedWith(1, "ctdb_natgw: NAT gateway nodes file \"/x\" not found\n")},
			[]string{"natgw leader"}, "", ctdb.ErrNoGroup,
		},
		"natgw without a word":   {natgwLeader, answersTo{"natgw leader": failedWith(1, "")}, []string{"natgw leader"}, "", ctdb.ErrNotReady},
		"natgw in other words":   {natgwLeader, answersTo{"natgw leader": wrote("no\n")}, []string{"natgw leader"}, "", ctdb.ErrOutput},
		"natgw without a daemon": {natgwLeader, answersTo{"natgw leader": failedWith(1, "connect() failed, errno=2\n")}, []string{"natgw leader"}, "", ctdb.ErrNotRunning},
		"lvs leader":             {lvsLeader, answersTo{"lvs leader": wrote("2\n")}, []string{"lvs leader"}, "2", nil},
		"lvs master": {
			lvsLeader, answersTo{"lvs leader": usage(lvsUsage), "lvs master": wrote("2\n")},
			[]string{"lvs leader", "lvs master"}, "2", nil,
		},
		"lvs without a leader": {lvsLeader, answersTo{"lvs leader": failedWith(255, "")}, []string{"lvs leader"}, "unknown", nil},
		"no lvs": {
			func(c *ctdb.Client) (any, error) { return c.LVSList(t.Context()) },
			answersTo{"lvs list": failedWith(1, "ctdb_lvs: LVS nodes file \"/x\" not found\n")}, []string{"lvs list"}, "", ctdb.ErrNoGroup,
		},
		"natgw list": {
			func(c *ctdb.Client) (any, error) { return c.NATGWList(t.Context()) },
			answersTo{"natgw list": wrote("10.0.0.1\n10.0.0.2\tLEADER\n")}, []string{"natgw list"}, "10.0.0.1\n10.0.0.2\tLEADER\n", nil,
		},
		"lvs list": {
			func(c *ctdb.Client) (any, error) { return c.LVSList(t.Context()) },
			answersTo{"lvs list": wrote("0 10.0.0.1\n")}, []string{"lvs list"}, "0 10.0.0.1\n", nil,
		},
		"natgw status": {
			func(c *ctdb.Client) (any, error) { return statesOf(c.NATGWStatus(t.Context())) },
			answersTo{"natgw status": wrote("pnn:1 10.0.0.2         BANNED|INACTIVE\n")}, []string{"natgw status"}, "[BANNED|INACTIVE]", nil,
		},
		"lvs status": {
			func(c *ctdb.Client) (any, error) { return statesOf(c.LVSStatus(t.Context())) },
			answersTo{"lvs status": wrote("pnn:1 10.0.0.2         OK\n")}, []string{"lvs status"}, "[OK]", nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runner := &script{answers: test.answers}
			got, err := test.ask(ctdb.New(ctdb.Config{Runner: runner}))
			if !errors.Is(err, test.err) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			if err == nil && fmt.Sprint(got) != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if diff := cmp.Diff(test.ran, runner.ran); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
		})
	}
}

func natgwLeader(c *ctdb.Client) (any, error) { return leaderOf(c.NATGWLeader(context.Background())) }
func lvsLeader(c *ctdb.Client) (any, error)   { return leaderOf(c.LVSLeader(context.Background())) }

func leaderOf(leader *status.GroupLeader, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return leader.PNN, nil
}

func statesOf(cluster *status.Cluster, err error) (all []string, _ error) {
	if err != nil {
		return nil, err
	}
	for _, node := range cluster.Nodes {
		all = append(all, node.State())
	}
	return all, nil
}

// TestStatisticsHistory: the tool gives one record more than it was asked for.
func TestStatisticsHistory(t *testing.T) {
	t.Parallel()
	one := (&status.Statistics{}).String()
	runner := &script{answers: map[string]ctdb.Result{"stats 2": wrote(one + one + one), "stats": wrote(one + one + one)}}
	client := ctdb.New(ctdb.Config{Runner: runner})
	for most, want := range map[int]int{2: 2, 0: 3, -1: 3} {
		h, err := client.StatisticsHistory(t.Context(), most)
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Records) != want {
			t.Errorf("%d records of %d", len(h.Records), most)
		}
	}
}
