package publicaddr_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

func TestValidate(t *testing.T) {
	private, err := nodes.Parse("nodes", []byte("192.168.1.1\n#192.168.1.2\n"))
	if err != nil {
		t.Fatal(err)
	}
	const script = "10.interface takes its words for interfaces, and the node becomes unhealthy"
	tests := []struct {
		name, text string
		want       []string
	}{
		{"fine", "# head\n\n10.0.0.1/24 eth0,eth1\nfd00::1/64 eth0\n10.0.0.0/31 eth0\n10.0.0.2/32 eth0\n#", nil},
		{"empty", "", nil},
		{"refused", "10.0.0.1 eth0\n10.0.0.2/24\n", []string{
			`1:1: error: want a mask length behind the address, such as 10.0.0.1/24, got "10.0.0.1" (public_addresses/malformed)`,
			`2:1: error: want the names of interfaces behind the address, got "10.0.0.2/24" (public_addresses/malformed)`,
		}},
		{"duplicate", "10.0.0.1/24 a\n10.0.0.1/25 b\n", []string{
			`2:1: error: the address is there already, got "10.0.0.1/25" (public_addresses/duplicate)`,
		}},
		{"masks", "10.0.0.1/33 a\n10.0.0.2/0 a\nfd00::1/129 a\n10.0.0.3/280 a\n10.0.0.4/+024 a\n", []string{
			"1:1: error: the mask length of 10.0.0.1 is at most 32: ctdbd loads this, and can't put the address on an interface (public_addresses/mask)",
			"2:1: warning: with a mask length of 0, every address is in the network of 10.0.0.2 (public_addresses/mask)",
			"3:1: error: the mask length of fd00::1 is at most 128: ctdbd loads this, and can't put the address on an interface (public_addresses/mask)",
			`4:1: warning: ctdbd takes the mask length "280" for 24 (public_addresses/mask-text)`,
			`5:1: warning: ctdbd takes the mask length "+024" for 24 (public_addresses/mask-text)`,
		}},
		{"networks", "10.0.0.0/24 a\n10.0.0.255/24 a\n10.0.0.3/30 a\nfd00::/64 a\nfd00::ffff:ffff:ffff:ffff/64 a\n255.255.255.255/8 a\n", []string{
			"1:1: warning: 10.0.0.0 is the address of the network 10.0.0.0/24 itself (public_addresses/network)",
			"2:1: warning: 10.0.0.255 is the broadcast address of the network 10.0.0.0/24 (public_addresses/network)",
			"3:1: warning: 10.0.0.3 is the broadcast address of the network 10.0.0.0/30 (public_addresses/network)",
			"4:1: warning: fd00:: is the address of the network fd00::/64 itself (public_addresses/network)",
			"6:1: warning: 255.255.255.255 is the broadcast address of the network 255.0.0.0/8 (public_addresses/network)",
		}},
		{"addresses", "0.0.0.0/32 a\n224.0.0.1/32 a\n127.0.0.1/32 a\nfe80::1/64 a\n192.168.1.1/24 a\n", []string{
			"1:1: error: no client can reach the address 0.0.0.0 (public_addresses/unspecified)",
			"2:1: error: 224.0.0.1 is a multicast address (public_addresses/multicast)",
			"3:1: warning: clients can't reach the loopback address 127.0.0.1 (public_addresses/loopback)",
			"4:1: warning: clients need a zone to reach the link-local address fe80::1 (public_addresses/link-local)",
			"5:1: error: 192.168.1.1 is the private address of node 0 (public_addresses/private)",
		}},
		{"names", "10.0.0.1/24 eth0,abcdefghijklmnop,eth0:1,eth0,eth0\n10.0.0.2/24 ,,\n10.0.0.3/24 ,eth0\n", []string{
			`1:18: error: no interface can have the name "abcdefghijklmnop", and ctdbd refuses the file (public_addresses/interface-name)`,
			`1:35: error: no interface can have the name "eth0:1", and ctdbd refuses the file (public_addresses/interface-name)`,
			`1:42: note: the interface "eth0" is in the list already (public_addresses/interface-twice)`,
			"2:13: error: there is no interface between the commas: the address can't be hosted, and ctdb reloadips crashes (public_addresses/no-interfaces)",
			`3:13: note: there is a comma too many in ",eth0" (public_addresses/empty-name)`,
		}},
		{"blanks around commas", "10.0.0.1/24 eth0, eth1\n10.0.0.2/24 eth0 ,eth1\n", []string{
			`1:19: warning: ctdbd ignores what follows a blank, so this interface is none: "eth1"; write the list without blanks (public_addresses/comma)`,
			`2:18: warning: ctdbd ignores what follows a blank, so this interface is none: ",eth1"; write the list without blanks (public_addresses/comma)`,
		}},
		{"what the script reads", "10.0.0.1/24 eth0 # web\n 10.0.0.2/24 eth0\n\t# c\n", []string{
			`1:18: warning: ctdbd ignores "# web", but the event script ` + script + " (public_addresses/ignored-text)",
			"2:1: warning: a line that starts with blanks: the event script " + script + " (public_addresses/indented)",
			"3:1: warning: a line that starts with blanks: the event script " + script + " (public_addresses/indented)",
		}},
		{"line ends", "# c\r\n\r\n10.0.0.1/24 eth0\r\n10.0.0.2/24 eth0\rx\n10.0.0.3/24 eth0\x00y\n", []string{
			"3:17: warning: a carriage return: the event script 10.interface takes it for a part of a name, and the node becomes unhealthy (public_addresses/carriage-return)",
			`4:17: warning: ctdbd ignores what follows a carriage return or a NUL: "\rx" (public_addresses/ignored-text)`,
			`5:17: warning: ctdbd ignores what follows a carriage return or a NUL: "\x00y" (public_addresses/ignored-text)`,
		}},
		{"last line", "10.0.0.1/24 eth0", []string{
			"1:1: warning: the last line does not end with a newline: event scripts that drop all addresses do not see it (public_addresses/no-newline)",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, _ := publicaddr.Parse("f", []byte(test.text))
			var got []string
			for _, f := range file.Validate(private) {
				got = append(got, strings.TrimPrefix(f.String(), "f:"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValidateTooLarge(t *testing.T) {
	file, _ := publicaddr.Parse("f", make([]byte, publicaddr.MaxSize+1))
	found := file.Validate(nil)
	if len(found) != 1 || found[0].ID != publicaddr.FindingTooLarge {
		t.Errorf("findings %v", found)
	}
}

func hasID(id string) func(finding.Finding) bool {
	return func(f finding.Finding) bool { return f.ID == id }
}
