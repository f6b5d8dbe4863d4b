//go:build linux

package ctdb_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
	"github.com/go-ctdb/go-ctdb/status"
)

// groups asks for a NAT gateway and an LVS group, which consist of files and the states of the nodes that they list.
func (q queries) groups() {
	q.t.Helper()
	ctx := q.t.Context()
	for _, err := range []error{
		errorOf(q.client.NATGWLeader(ctx)), errorOf(q.client.NATGWList(ctx)), errorOf(q.client.NATGWStatus(ctx)),
		errorOf(q.client.LVSLeader(ctx)), errorOf(q.client.LVSList(ctx)), errorOf(q.client.LVSStatus(ctx)),
	} {
		if !errors.Is(err, ctdb.ErrNoGroup) {
			q.t.Errorf("without a group: %v", err)
		}
	}
	for _, file := range []string{"natgw_nodes", "lvs_nodes"} {
		text := fmt.Sprintf("%v\tslave-only\n%v\n", q.cluster.Address(0), q.cluster.Address(2))
		if q.cluster.Release().Compare(release.Release{Major: 4, Minor: 14}) >= 0 {
			text = strings.Replace(text, "slave-only", "follower-only", 1)
		}
		if err := os.WriteFile(filepath.Join(q.cluster.Dir(0), file), []byte(text), 0o600); err != nil {
			q.t.Fatal(err)
		}
	}
	leader := must[*status.GroupLeader](q, "NATGWLeader")(q.client.NATGWLeader(ctx))
	want(q, "the gateway", leader.PNN, status.Known[nodes.PNN](2))
	want(q, "its address", leader.Address, status.Known(q.cluster.Address(2)))
	lvs := must[*status.GroupLeader](q, "LVSLeader")(q.client.LVSLeader(ctx))
	want(q, "the LVS leader", lvs.PNN, status.Known[nodes.PNN](2))
	natgw := must[*status.NATGWGroup](q, "NATGWList")(q.client.NATGWList(ctx))
	want(q, "the NAT gateway group", natgw.String(),
		fmt.Sprintf("%v\tfollower-only\n%v\tLEADER\n", q.cluster.Address(0), q.cluster.Address(2)))
	list := must[*status.LVSGroup](q, "LVSList")(q.client.LVSList(ctx))
	want(q, "the LVS group", list.String(), fmt.Sprintf("0 %v\n2 %v\n", q.cluster.Address(0), q.cluster.Address(2)))
	want(q, "nodes of the gateway", len(must[*status.Cluster](q, "NATGWStatus")(q.client.NATGWStatus(ctx)).Nodes), 2)
	want(q, "nodes of LVS", len(must[*status.Cluster](q, "LVSStatus")(q.client.LVSStatus(ctx)).Nodes), 2)
	if _, err := q.client.On(2).NATGWList(ctx); !errors.Is(err, ctdb.ErrUsage) {
		q.t.Errorf("the gateway of another node: %v", err)
	}
}

// history asks for past statistics.
func (q queries) history() {
	q.t.Helper()
	h := must[*status.StatisticsHistory](q, "StatisticsHistory")(q.client.StatisticsHistory(q.t.Context(), 2))
	want(q, "the number of records", len(h.Records), 2)
	all := must[*status.StatisticsHistory](q, "StatisticsHistory")(q.client.StatisticsHistory(q.t.Context(), 0))
	want(q, "that there are more", len(all.Records) > 2, true)
}

// form looks at the form that the best answer is in.
func (q queries) form() {
	q.t.Helper()
	form := status.FormText
	if q.cluster.Release().Compare(release.Release{Major: 4, Minor: 25}) >= 0 {
		form = status.FormJSON
	}
	want(q, "the form of the status", must[*status.Cluster](q, "Status")(q.client.Status(q.t.Context())).Form, form)
}

// joined compares the node's file with its daemon, before and after an edit.
func (q queries) joined() {
	q.t.Helper()
	file := must[*publicaddr.File](q, "Load")(publicaddr.Load(
		publicaddr.Options{Path: filepath.Join(q.cluster.Dir(0), "public_addresses")}))
	drifts := func() string {
		all := must[[]ctdb.Address](q, "Addresses")(q.client.Addresses(q.t.Context(), file))
		var lines []string
		for _, a := range all {
			lines = append(lines, a.Address.String()+" "+a.Drift().String())
		}
		return strings.Join(lines, ", ")
	}
	addr := q.cluster.PublicAddress(101)
	want(q, "the addresses", drifts(), addr.String()+" none")
	other := q.cluster.PublicAddress(102)
	if err := errors.Join(
		file.SetInterfaces(addr, "lo", "eth9"),
		file.Add(publicaddr.Entry{Address: other, Mask: 32, Interfaces: []string{"lo"}}),
	); err != nil {
		q.t.Fatal(err)
	}
	want(q, "the addresses after an edit", drifts(), fmt.Sprintf("%v other interfaces, %v not loaded", addr, other))
	if err := file.Remove(addr); err != nil {
		q.t.Fatal(err)
	}
	want(q, "the addresses after a removal", drifts(), fmt.Sprintf("%v not in the file, %v not loaded", addr, other))
}
