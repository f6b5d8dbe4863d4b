package eventscript_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/eventscript"
)

func TestDependencies(t *testing.T) {
	t.Parallel()
	programs := func(i image, names ...string) {
		for _, name := range names {
			i.put("/usr/sbin/"+name, "#!/bin/sh\n", 0o755)
		}
	}
	samba := func(i image) {
		programs(i, "smbd", "testparm", "killall")
		i.put("/usr/lib/systemd/system/smbd.service", "", 0o644)
	}
	options := func(i image, text string) { i.mode("../../script.options", text, 0o644) }
	tests := map[string]struct {
		minor  int
		script string
		make   func(i image)
		want   []string // "ID part of the message"
	}{
		"samba on an empty host": {17, "50.samba", func(image) {}, []string{
			"needs-program it runs smbd, which is not there; Debian has it in the package samba",
			"needs-program it runs testparm", "needs-program it runs killall",
			"needs-service it starts the service smbd or smb", "option-hint CTDB_SAMBA_CHECK_PORTS is not set",
		}},
		"samba with all": {
			17, "50.samba.script", func(i image) { samba(i); options(i, "CTDB_SAMBA_CHECK_PORTS=445\n") }, nil,
		},
		"samba's own options": {17, "50.samba", func(i image) {
			samba(i)
			i.mode("50.samba.options", "CTDB_SAMBA_CHECK_PORTS=445\nCTDB_SERVICE_SMB=sambad\n", 0o644)
		}, []string{"needs-service it starts the service sambad,"}},
		"a service that a shell knows": {17, "50.samba", func(i image) {
			samba(i)
			options(i, "CTDB_SAMBA_CHECK_PORTS=445\nCTDB_SERVICE_SMB=$(cat /etc/service)\n")
		}, nil},
		"a service with a bad name": {17, "50.samba", func(i image) {
			samba(i)
			options(i, "CTDB_SAMBA_CHECK_PORTS=445\nCTDB_SERVICE_SMB=../smbd\n")
		}, []string{"needs-service it starts the service ../smbd,"}},
		"options that a shell refuses": {17, "50.samba", func(i image) { samba(i); options(i, "X='\n") }, []string{
			"options-unknown its options are not known",
		}},
		"samba with addresses": {17, "50.samba", func(i image) {
			samba(i)
			options(i, "CTDB_SAMBA_CHECK_PORTS=445\n")
			i.mode("../../public_addresses", "10.0.0.1/24 eth0\n", 0o644)
		}, []string{"needs-script clients come to the addresses in /etc/ctdb/public_addresses"}},
		"samba with addresses that are served": {17, "50.samba", func(i image) {
			samba(i)
			options(i, "CTDB_SAMBA_CHECK_PORTS=445\n")
			i.mode("../../public_addresses", "10.0.0.1/24 eth0\n", 0o644)
			i.link("10.interface.script", packagedDir+"10.interface.script")
		}, nil},
		"samba with no addresses": {17, "50.samba", func(i image) {
			samba(i)
			options(i, "CTDB_SAMBA_CHECK_PORTS=445\n")
			i.mode("../../public_addresses", "# none\n", 0o644)
		}, nil},
		"nfs": {17, "60.nfs", func(i image) { programs(i, "rpcinfo") }, []string{
			"needs-file it runs /etc/ctdb/nfs-linux-kernel-callout", "needs-script it needs the script 06.nfs",
		}},
		"nfs, later": {25, "60.nfs", func(i image) {
			programs(i, "rpcinfo")
			i.file("../../nfs-linux-kernel-callout", "#!/bin/sh\n")
		}, nil},
		"nfs with a callout": {17, "60.nfs", func(i image) {
			programs(i, "rpcinfo")
			i.link("06.nfs.script", packagedDir+"06.nfs.script")
			i.put("/opt/callout", "", 0o644)
			options(i, `CTDB_NFS_CALLOUT="/opt/callout with words"`+"\n")
		}, []string{"needs-file it runs /opt/callout for"}},
		"natgw": {17, "11.natgw", func(i image) {
			programs(i, "ip", "iptables")
			options(i, "CTDB_NATGW_NODES=\n")
		}, []string{"needs-option CTDB_NATGW_NODES is not set: the script does nothing"}},
		"natgw with its option": {17, "11.natgw", func(i image) {
			programs(i, "ip", "iptables")
			options(i, "CTDB_NATGW_NODES=/etc/ctdb/natgw_nodes\n")
		}, nil},
		"routing": {17, "11.routing", func(i image) { programs(i, "ip") }, []string{
			"needs-file there is no file /etc/ctdb/static-routes",
		}},
		"a program that is no program": {17, "11.routing", func(i image) {
			i.put("/usr/sbin/ip", "", 0o644)
			i.mode("../../static-routes", "", 0o644)
		}, []string{"needs-program it runs ip,"}},
		"a service behind a link": {25, "40.vsftpd", func(i image) {
			must(os.MkdirAll(filepath.Join(i.root, "etc/systemd/system"), 0o755))
			must(os.Symlink("/usr/lib/systemd/system/ftp.service", filepath.Join(i.root, "etc/systemd/system/vsftpd.service")))
			i.put("/usr/lib/systemd/system/ftp.service", "", 0o644)
		}, nil},
		"samba-dcerpcd, which no distribution has as a service": {25, "47.samba-dcerpcd",
			func(i image) { programs(i, "killall") }, []string{
				"needs-service it starts the service samba-dcerpcd, which the system does not know",
			}},
		"a script of somebody else": {25, "81.mine", func(image) {}, nil},
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			i := newImage(catalogueOf(v(test.minor))...)
			defer i.remove()
			test.make(i)
			found, err := eventscript.Files{Root: i.root, Release: v(test.minor)}.Dependencies(t.Context(), test.script)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for n, f := range found {
				line := strings.TrimPrefix(f.ID, "eventscript/") + " " + f.Message
				if n < len(test.want) && strings.HasPrefix(line, test.want[n]) {
					line = test.want[n]
				}
				got = append(got, line)
				if want := "/etc/ctdb/events/legacy/" + strings.TrimSuffix(test.script, ".script") + ".script"; f.File != want {
					t.Errorf("it is about %s", f.File)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDependenciesOfAll has those of what is enabled, without names.
func TestDependenciesOfAll(t *testing.T) {
	t.Parallel()
	i := newImage("11.natgw", "49.winbind", "50.samba")
	defer i.remove()
	i.link("49.winbind.script", packagedDir+"49.winbind.script")
	i.file("81.mine.script", "#!/bin/sh\n")
	f := eventscript.Files{Root: i.root}
	found, err := f.Dependencies(t.Context())
	if err != nil || len(found) != 4 {
		t.Errorf("%v (%v)", found, err)
	}
	if _, err := f.Dependencies(t.Context(), "../x"); !errors.Is(err, eventscript.ErrName) {
		t.Errorf("a bad name: %v", err)
	}
	must(os.RemoveAll(i.dir()))
	if _, err := f.Dependencies(t.Context()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without the directory: %v", err)
	}
}

// TestDependenciesOld has a release without script.options.
func TestDependenciesOld(t *testing.T) {
	t.Parallel()
	i := newOldImage()
	defer i.remove()
	found, err := eventscript.Files{Root: i.root, Release: v(8)}.Dependencies(t.Context(), "50.samba")
	if err != nil || len(found) != 5 {
		t.Fatalf("%v (%v)", found, err)
	}
	const want = "before CTDB 4.9 it does nothing unless CTDB's configuration has CTDB_MANAGES_SAMBA=yes"
	if found[3].Message != want || found[3].File != "/etc/ctdb/events.d/50.samba" {
		t.Errorf("%v", found[3])
	}
}
