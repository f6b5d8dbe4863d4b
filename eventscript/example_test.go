package eventscript_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/eventscript"
)

var debian12 = release.Release{Major: 4, Minor: 17, Patch: 12}

// An appliance lets CTDB manage Samba.
func ExampleFiles_EnableService() {
	image := newImage("48.netbios", "50.samba", "49.winbind")
	defer image.remove()

	scripts := eventscript.Files{Root: image.root, Release: debian12} // without Root: this machine
	change, err := scripts.EnableService(context.Background(), "samba")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("enabled", change.Changed)
	// Output:
	// enabled [48.netbios 50.samba]
}

// A site without NetBIOS has its own idea of what samba is.
func ExampleFiles_EnableService_ownSet() {
	image := newImage("48.netbios", "50.samba")
	defer image.remove()

	scripts := eventscript.Files{
		Root: image.root, Release: debian12,
		Services: []eventscript.Service{{Name: "samba", Scripts: []string{"50.samba"}}},
	}
	change, err := scripts.EnableService(context.Background(), "samba")
	fmt.Println(change.Changed, err)
	// Output:
	// [50.samba] <nil>
}

// What somebody enabled by hand stays.
func ExampleFiles_DisableService() {
	image := newImage("48.netbios", "50.samba")
	defer image.remove()
	image.link("48.netbios.script", "/usr/share/ctdb/events/legacy/48.netbios.script")

	change, err := eventscript.Files{Root: image.root, Release: debian12}.DisableService(context.Background(), "samba")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("disabled:", change.Changed)
	for _, left := range change.Left {
		fmt.Println("left", left)
	}
	// Output:
	// disabled: []
	// left 48.netbios: enabled by itself
}

// An image is built without CTDB and without root's privileges. The links are those that the host needs.
func ExampleFiles_Enable_image() {
	image := newImage("50.samba")
	defer image.remove()

	if err := (eventscript.Files{Root: image.root}).Enable(context.Background(), "50.samba"); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(os.Readlink(filepath.Join(image.root, "etc/ctdb/events/legacy/50.samba.script")))
	// Output:
	// /usr/share/ctdb/events/legacy/50.samba.script <nil>
}

// What the ctdb tool does not say: why a script does not run.
func ExampleFiles_List() {
	image := newImage("10.interface", "49.winbind", "50.samba")
	defer image.remove()
	image.link("10.interface.script", "../../../../usr/share/ctdb/events/legacy/10.interface.script")
	image.link("49.winbind.script", "/usr/share/ctdb/events/legacy/49.winbind.script")
	image.link("81.mine.script", "/opt/mine.sh")
	image.file("82.backup.script.bak", "#!/bin/sh\n")

	listing, err := eventscript.Files{Root: image.root, Release: debian12}.List(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, script := range listing.Scripts {
		fmt.Println(script)
		for _, found := range script.Findings {
			fmt.Println("     ", found.ID, found.Severity)
		}
	}
	fmt.Println("worst:", finding.Worst(listing.Findings()))
	// Output:
	// * 10.interface
	//       eventscript/relative-link warning
	// * 49.winbind
	//   50.samba
	//   81.mine
	//       eventscript/dangling error
	//   82.backup.script.bak
	//       eventscript/bad-name warning
	// worst: error
}

// A name that does not exist is an error, which the ctdb tool does not say.
func ExampleFiles_Disable() {
	image := newImage("50.samba")
	defer image.remove()

	err := eventscript.Files{Root: image.root}.Disable(context.Background(), "50.smaba")
	fmt.Println(err)
	fmt.Println(errors.Is(err, eventscript.ErrNoSuchScript), errors.Is(err, fs.ErrNotExist))
	// Output:
	// disable 50.smaba: /etc/ctdb/events/legacy/50.smaba.script: there is no such script: file does not exist
	// true true
}

// Before a service is enabled: what does the host lack for it?
func ExampleFiles_Dependencies() {
	image := newImage("11.natgw")
	defer image.remove()
	image.put("/usr/sbin/ip", "#!/bin/sh\n", 0o755)

	findings, err := eventscript.Files{Root: image.root}.Dependencies(context.Background(), "11.natgw")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, found := range findings {
		fmt.Println(found.ID+":", found.Message)
	}
	// Output:
	// eventscript/needs-program: it runs iptables, which is not there; Debian has it in the package iptables
	// eventscript/needs-option: CTDB_NATGW_NODES is not set: the script does nothing
}

// The same on another host, through its ctdb tool. The runner here stands for ssh, sudo or a container: see package
// ctdb.
func ExampleTool_Enable() {
	runner := ctdb.RunnerFunc(func(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
		words := strings.Join(cmd.Args[4:], " ") // behind -t and -T
		fmt.Println("ctdb", words)
		if words == "event script list legacy" {
			return ctdb.Result{Stdout: []byte("* 00.ctdb\n* 50.samba\n")}, nil
		}
		return ctdb.Result{}, nil
	})
	scripts := eventscript.Tool{Config: ctdb.Config{Runner: runner}}
	fmt.Println(scripts.Enable(context.Background(), "50.samba"))
	// Output:
	// ctdb event script enable legacy 50.samba
	// ctdb event script list legacy
	// <nil>
}

// A program that looks every minute for scripts that failed.
func ExampleHistory() {
	const monitor = "00.ctdb              OK         0.004 Sat Nov 21 21:49:40 2026\n" +
		"50.samba             ERROR      0.120 Sat Nov 21 21:49:40 2026\n  OUTPUT: smbd not listening on TCP port 445\n\n"
	runner := ctdb.RunnerFunc(func(context.Context, ctdb.Command) (ctdb.Result, error) {
		return ctdb.Result{Stdout: []byte(monitor), ExitCode: 1}, nil
	})
	scripts := eventscript.Tool{Config: ctdb.Config{Runner: runner}}

	var history eventscript.History
	for range 3 { // each minute
		results, err := scripts.Results(context.Background(), "monitor")
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, failure := range history.Add(results...) {
			fmt.Println(failure)
		}
	}
	fmt.Println("seen", history.Failures()[0].Seen, "times")
	// Output:
	// monitor: 50.samba ERROR at 2026-11-21 21:49:40: smbd not listening on TCP port 445
	// seen 3 times
}

func ExampleServices() {
	for _, service := range eventscript.Services(debian12) {
		fmt.Println(service.Name, service.Scripts)
	}
	// Output:
	// clamd [31.clamd]
	// httpd [41.httpd]
	// iscsi [70.iscsi]
	// lvs [91.lvs]
	// multipathd [20.multipathd]
	// natgw [11.natgw]
	// nfs [60.nfs 06.nfs]
	// per_ip_routing [13.per_ip_routing]
	// routing [11.routing]
	// samba [50.samba 48.netbios]
	// vsftpd [40.vsftpd]
	// winbind [49.winbind]
}

// webhook posts the health of the node. It has a limit of time, since the scripts behind it wait for it.
const webhook = `#!/bin/sh
# Tells the monitoring about the health of this node. CTDB runs it with what happened.
case "$1" in
healthy | unhealthy) ;;
*) exit 0 ;;
esac
exec curl --silent --show-error --fail --max-time 5 \
	--data-urlencode "node=$(hostname)" --data-urlencode "health=$1" \
	https://monitoring.example.com/ctdb
`

// A notification script that posts the health of the node to a webhook.
func ExampleNotifications_Install_webhook() {
	memory := afero.NewMemMapFs() // leave FS out for the real file system
	if err := memory.MkdirAll("/etc/ctdb/events/notification", 0o755); err != nil {
		fmt.Println(err)
		return
	}
	notifications := eventscript.Files{FS: memory}.Notifications()
	if _, err := notifications.Install(context.Background(), "webhook", []byte(webhook), 0o755); err != nil {
		fmt.Println(err)
		return
	}
	scripts, err := notifications.List(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, script := range scripts {
		fmt.Println(script.Name, script.Enabled, script.Mode, script.Path)
	}
	// Output:
	// webhook true -rwxr-xr-x /etc/ctdb/events/notification/webhook.script
}
