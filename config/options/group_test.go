package options_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/config/options"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// host is a node with the files that groups need.
func host(t *testing.T) options.Host {
	t.Helper()
	h := options.Host{FS: afero.NewMemMapFs(), Release: v425}
	for name, text := range map[string]string{
		"/n/good": "10.0.0.1\n10.0.0.2 follower-only\n", "/n/old": "10.0.0.1 slave-only\n", "/n/bad": "10.0.0.1 x\n",
		"/n/routes": "10.9.0.1 10.0.0.0/8\n",
	} {
		if err := afero.WriteFile(h.FS, name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if h.Public, err = publicaddr.Parse("public_addresses", []byte("10.9.0.1/24 eth0\n10.9.0.2/24 eth0\n")); err != nil {
		t.Fatal(err)
	}
	return h
}

const (
	goodNATGW = "CTDB_NATGW_NODES=/n/good\nCTDB_NATGW_PUBLIC_IP=10.1.0.9/24\nCTDB_NATGW_PUBLIC_IFACE=eth0\n" +
		"CTDB_NATGW_PRIVATE_NETWORK=10.0.0.0/24\n"
	goodLVS   = "CTDB_LVS_NODES=/n/good\nCTDB_LVS_PUBLIC_IP=10.1.0.9\nCTDB_LVS_PUBLIC_IFACE=eth0\n"
	goodPerIP = "CTDB_PER_IP_ROUTING_CONF=/n/routes\nCTDB_PER_IP_ROUTING_RULE_PREF=100\n" +
		"CTDB_PER_IP_ROUTING_TABLE_ID_LOW=1000\nCTDB_PER_IP_ROUTING_TABLE_ID_HIGH=9000\n"
)

type groupCase struct {
	name, text string
	want       []string
}

func (c groupCase) check(t *testing.T, validate func(*options.Merged) []finding.Finding) {
	t.Helper()
	got := validate(options.Merge("", mustParse(t, c.text)))
	if diff := cmp.Diff(c.want, brief(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s\n%v", c.name, diff, got)
	}
}

func TestNATGateway(t *testing.T) {
	t.Parallel()
	h := host(t)
	for _, c := range []groupCase{
		{"off", "A=1\n", nil},
		{"empty", "CTDB_NATGW_NODES=\n", nil},
		{"good", goodNATGW + "CTDB_NATGW_DEFAULT_GATEWAY=10.1.0.1\nCTDB_NATGW_STATIC_ROUTES='10.3.0.0/16 10.4.0.1@10.1.0.2'\n", nil},
		{"unused", "CTDB_NATGW_PUBLIC_IFACE=eth0\n", []string{"1:1 warning unused"}},
		{"missing", "CTDB_NATGW_NODES=/n/good\n", []string{"0:0 error missing", "0:0 error missing", "0:0 error missing"}},
		{"no file", goodNATGW + "CTDB_NATGW_NODES=/n/none\n", []string{"5:1 error file"}},
		{"bad file", goodNATGW + "CTDB_NATGW_NODES=/n/bad\n", []string{"5:1 error file"}},
		{"file of an old release", goodNATGW + "CTDB_NATGW_NODES=/n/old\n", []string{"5:1 error file"}},
		{"relative", goodNATGW + "CTDB_NATGW_NODES=n/good\n", []string{"5:1 warning path", "5:1 error file"}},
		{"no mask", goodNATGW + "CTDB_NATGW_PUBLIC_IP=10.1.0.9\n", []string{"5:1 error address"}},
		{"IPv6", goodNATGW + "CTDB_NATGW_PUBLIC_IP=fd00::1/64 CTDB_NATGW_PRIVATE_NETWORK=fd00::/64\n", []string{
			"5:1 error address", "5:33 error address"}},
		{"public", goodNATGW + "CTDB_NATGW_PUBLIC_IP=10.9.0.2/24\n", []string{"5:1 error public"}},
		{"interface", goodNATGW + "CTDB_NATGW_PUBLIC_IFACE=a/b\n", []string{"5:1 error interface"}},
		{"gateway", goodNATGW + "CTDB_NATGW_DEFAULT_GATEWAY=10.1.0.1/24\n", []string{"5:1 error address"}},
		{"gateway elsewhere", goodNATGW + "CTDB_NATGW_DEFAULT_GATEWAY=10.2.0.1\n", []string{"5:1 warning route"}},
		{"routes", goodNATGW + "CTDB_NATGW_STATIC_ROUTES='10.0.0.1/8 x 10.0.0.0/8@ 0.0.0.0/0'\n", []string{
			"5:1 error route", "5:1 error route", "5:1 error route"}},
		{"not known", goodNATGW + "CTDB_NATGW_PUBLIC_IP=$x\n", []string{"5:1 note not-known"}},
		{"nothing known", goodNATGW + ". x\n", []string{
			"5:1 note not-known", "5:1 note not-known", "5:1 note not-known", "5:1 note not-known", "5:1 note not-known",
			"5:1 note not-known"}},
	} {
		c.check(t, func(m *options.Merged) []finding.Finding { return m.NATGateway().Validate(h) })
	}
	h.Node = netip.MustParseAddr("10.0.0.2")
	groupCase{"follower", "CTDB_NATGW_NODES=/n/good CTDB_NATGW_PRIVATE_NETWORK=10.0.0.0/24", nil}.check(t,
		func(m *options.Merged) []finding.Finding { return m.NATGateway().Validate(h) })
	h.Node = netip.MustParseAddr("10.0.0.3")
	groupCase{"not in the group", goodNATGW, []string{"1:1 note file"}}.check(t,
		func(m *options.Merged) []finding.Finding { return m.NATGateway().Validate(h) })
}

func TestLVS(t *testing.T) {
	t.Parallel()
	h := host(t)
	for _, c := range []groupCase{
		{"off", "", nil},
		{"good", goodLVS, nil},
		{"missing", "CTDB_LVS_NODES=/n/good\n", []string{"0:0 error missing", "0:0 error missing"}},
		{"mask", goodLVS + "CTDB_LVS_PUBLIC_IP=10.1.0.9/24\n", []string{"4:1 error address"}},
		{"public", goodLVS + "CTDB_LVS_PUBLIC_IP=10.9.0.1\n", []string{"4:1 error public"}},
		{"interface", goodLVS + "CTDB_LVS_PUBLIC_IFACE=a_name_that_is_too_long\n", []string{"4:1 error interface"}},
		{"unused", "CTDB_LVS_PUBLIC_IP=1.2.3.4", []string{"1:1 warning unused"}},
	} {
		c.check(t, func(m *options.Merged) []finding.Finding { return m.LVS().Validate(h) })
	}
	h.Node = netip.MustParseAddr("10.0.0.2")
	groupCase{"follower", "CTDB_LVS_NODES=/n/good", []string{"0:0 error missing"}}.check(t,
		func(m *options.Merged) []finding.Finding { return m.LVS().Validate(h) })
}

func TestPerIPRouting(t *testing.T) {
	t.Parallel()
	h := host(t)
	for _, c := range []groupCase{
		{"off", "", nil},
		{"good", goodPerIP, nil},
		{"automatic", goodPerIP + "CTDB_PER_IP_ROUTING_CONF=__auto_link_local__\n", nil},
		{"no file", goodPerIP + "CTDB_PER_IP_ROUTING_CONF=/n/none\n", []string{"5:1 error file"}},
		{"missing", "CTDB_PER_IP_ROUTING_CONF=/n/routes\n", []string{"0:0 error missing", "0:0 error missing", "0:0 error missing"}},
		{"preference", goodPerIP + "CTDB_PER_IP_ROUTING_RULE_PREF=32766\n", []string{"5:1 error rule-pref"}},
		{"range", goodPerIP + "CTDB_PER_IP_ROUTING_TABLE_ID_LOW=9000\n", []string{"5:1 error table-ids"}},
		{"tables of the kernel", goodPerIP + "CTDB_PER_IP_ROUTING_TABLE_ID_LOW=255\n", []string{"5:1 error table-ids"}},
		{"below those", goodPerIP + "CTDB_PER_IP_ROUTING_TABLE_ID_LOW=1 CTDB_PER_IP_ROUTING_TABLE_ID_HIGH=252\n", nil},
		{"unused", "CTDB_PER_IP_ROUTING_RULE_PREF=1\n", []string{"1:1 warning unused"}},
		{"not known", "CTDB_PER_IP_ROUTING_CONF=$x\n" + goodPerIP[35:], []string{"1:1 note not-known"}},
	} {
		c.check(t, func(m *options.Merged) []finding.Finding { return m.PerIPRouting().Validate(h) })
	}
	var err error
	h.Public, err = publicaddr.Parse("f", []byte("10.9.0.1/24 e\n10.9.0.2/24 e\n10.9.0.3/24 e\n"))
	if err != nil {
		t.Fatal(err)
	}
	groupCase{"too few", goodPerIP + "CTDB_PER_IP_ROUTING_TABLE_ID_HIGH=1001\n", []string{"3:1 warning tables"}}.check(t,
		func(m *options.Merged) []finding.Finding { return m.PerIPRouting().Validate(h) })
}

func TestMerge(t *testing.T) {
	t.Parallel()
	global := mustParse(t, "A=1\nB=2\nC=$x\n")
	own := mustParse(t, "B=3\nC=4\n")
	got := map[string]string{}
	for _, name := range []string{"A", "B", "C", "D"} {
		got[name] = show(options.Merge("11.natgw", global, nil, own).Lookup(name))
	}
	want := map[string]string{"A": `"1"`, "B": `"3"`, "C": `"4"`, "D": "not set"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	m := options.Merge("11.natgw", global, mustParse(t, ". x\n"))
	if s := m.Lookup("A"); s.State != options.Unknown || m.Script() != "11.natgw" {
		t.Errorf("behind a file that sources another: %+v of %s", s, m.Script())
	}
	bad, _ := options.Parse("bad", []byte("'"))
	if s := options.Merge("", bad, own).Lookup("B"); s.State != options.Unknown || s.File != "bad" {
		t.Errorf("behind a file that the shell refuses: %+v", s)
	}
	if s := options.Merge("").Lookup("A"); s.Or("x") != "x" {
		t.Errorf("without files: %+v", s)
	}
}
