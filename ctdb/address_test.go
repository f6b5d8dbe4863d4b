package ctdb_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	const file = "10.0.0.9/24 eth0,eth1\n10.0.0.10/24 eth0\n10.0.0.11/24 eth0\n10.0.0.12/24 eth0\n"
	const ips = "|Public IP|Node|ActiveInterfaces|AvailableInterfaces|ConfiguredInterfaces|\n" +
		"|10.0.0.8|0|eth0|eth0|eth0|\n" +
		"|10.0.0.9|1|eth1|eth0,eth1|eth1,eth0|\n" +
		"|10.0.0.10|-1||||\n" +
		"|10.0.0.11|2|eth3|eth3|eth3|\n"
	f, err := publicaddr.Parse("public_addresses", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	runner := &script{answers: map[string]ctdb.Result{"-X -v ip": wrote(ips)}}
	got, err := ctdb.New(ctdb.Config{Runner: runner}).Addresses(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, a := range got {
		host, hosted := a.Host()
		lines = append(lines, fmt.Sprint(a.Address, " ", host, " ", hosted, " ", a.Drift()))
	}
	want := []string{
		"10.0.0.8 0 true not in the file",
		"10.0.0.9 1 true none",
		"10.0.0.10 0 false none",
		"10.0.0.11 2 true other interfaces",
		"10.0.0.12 0 false not loaded",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	text, err := json.Marshal(got[4])
	if err != nil || string(text) != `{"address":"10.0.0.12","configured":{"address":"10.0.0.12","mask":24,"interfaces":["eth0"],"line":4}}` {
		t.Errorf("JSON %s, %v", text, err)
	}
	if drift := (ctdb.Address{}).Drift(); drift != ctdb.NoDrift || ctdb.Drift(9).String() != "Drift(9)" {
		t.Errorf("of nothing: %v", drift)
	}
	_, err = ctdb.New(ctdb.Config{Runner: answers(failedWith(1, "connect() failed, errno=2\n"))}).Addresses(t.Context(), f)
	if !errors.Is(err, ctdb.ErrNotRunning) {
		t.Errorf("without a daemon: %v", err)
	}
}
