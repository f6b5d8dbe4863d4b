package publicaddr_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// partitioned is the sample of ctdb(7): four nodes in two groups.
func partitioned(t *testing.T) map[nodes.PNN]*publicaddr.File {
	t.Helper()
	files := map[nodes.PNN]*publicaddr.File{}
	for pnn := range nodes.PNN(4) {
		text := "10.1.1.1/24 eth1\n10.1.1.2/24 eth1\n"
		if pnn >= 2 {
			text = "10.1.2.1/24 eth2\n10.1.2.2/24 eth2\n"
		}
		file, err := publicaddr.Parse(fmt.Sprint("node", pnn), []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		files[pnn] = file
	}
	return files
}

func TestCluster(t *testing.T) {
	var got []string
	for _, place := range publicaddr.Cluster(partitioned(t)) {
		if place.Single() || !place.SameMask() || !place.SameInterfaces() {
			t.Errorf("%v: single %v, same mask %v, same interfaces %v", place, place.Single(), place.SameMask(), place.SameInterfaces())
		}
		got = append(got, place.String())
	}
	want := []string{
		"10.1.1.1 on nodes 0, 1", "10.1.1.2 on nodes 0, 1", "10.1.2.1 on nodes 2, 3", "10.1.2.2 on nodes 2, 3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	if found := publicaddr.ValidateCluster(partitioned(t)); len(found) != 0 {
		t.Errorf("findings: %v", found)
	}
}

func TestClusterOfUnlikeNodes(t *testing.T) {
	files := partitioned(t)
	for pnn, text := range map[nodes.PNN]string{
		1: "# head\n10.1.1.1/16 eth1\n10.1.1.2/24 eth1,eth3\n",
		2: "10.1.2.1/24 eth2\n x\n",
		5: "10.1.1.9/24 eth1\n10.1.1.1/24 eth1\n",
	} {
		files[pnn], _ = publicaddr.Parse(fmt.Sprint("node", pnn), []byte(text))
	}
	files[7] = nil
	var got []string
	for _, place := range publicaddr.Cluster(files) {
		got = append(got, fmt.Sprint(place, " ", place.Single(), place.SameMask(), place.SameInterfaces()))
	}
	want := []string{
		"10.1.1.1 on nodes 0, 1, 5 false false true",
		"10.1.1.2 on nodes 0, 1 false true false",
		"10.1.1.9 on node 5 true true true",
		"10.1.2.1 on node 3 true true true",
		"10.1.2.2 on node 3 true true true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	got = nil
	for _, f := range publicaddr.ValidateCluster(files) {
		got = append(got, f.String())
	}
	want = []string{
		"node1:2:1: error: 10.1.1.1 has the mask length 16 on node 1, and 24 on node 0 (public_addresses/other-mask)",
		"node1:3:1: note: 10.1.1.2 has the interfaces eth1,eth3 on node 1, and eth1 on node 0 (public_addresses/other-interfaces)",
		"node3:1:1: warning: only node 3 can host 10.1.2.1, and nobody takes it over (public_addresses/one-node)",
		"node3:2:1: warning: only node 3 can host 10.1.2.2, and nobody takes it over (public_addresses/one-node)",
		"node5:1:1: warning: only node 5 can host 10.1.1.9, and nobody takes it over (public_addresses/one-node)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestClusterOfOne(t *testing.T) {
	files := map[nodes.PNN]*publicaddr.File{0: mustParse(t, "10.0.0.1/24 eth0\n")}
	data, err := json.Marshal(publicaddr.Cluster(files))
	want := `[{"address":"10.0.0.1","hosts":[{"pnn":0,"mask":24,"interfaces":["eth0"]}]}]`
	if diff := cmp.Diff(want, string(data)); err != nil || diff != "" {
		t.Errorf("JSON: %v (-want +got):\n%s", err, diff)
	}
	if found := publicaddr.ValidateCluster(files); len(found) != 0 {
		t.Errorf("a cluster of one node: %v", found)
	}
	if places := publicaddr.Cluster(nil); len(places) != 0 {
		t.Errorf("no cluster: %v", places)
	}
}
