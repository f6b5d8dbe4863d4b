package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// rawSample and parsedSample are the status of the documentation.
const (
	rawSample = "Number of nodes:2\npnn:0 192.168.6.79     OK (THIS NODE)\npnn:1 192.168.6.77     UNHEALTHY\n" +
		"Generation:1919983054\nSize:2\nhash:0 lmaster:0\nhash:1 lmaster:1\nRecovery mode:NORMAL (0)\nRecovery master:0\n"
	parsedSample = `{"numOfNodes":"2","nodes":[{"pnn":"0","address":"192.168.6.79","status":"OK"},` +
		`{"pnn":"1","address":"192.168.6.77","status":"UNHEALTHY"}],"generation":"1919983054","size":"2",` +
		`"recoveryMode":["NORMAL","0"],"recoveryMaster":"0","unparsable":[],"hash":"1"}`
)

// old is a release that says "Recovery master".
var old = release.Release{Major: 4, Minor: 13, Patch: 13}

// saying makes the tool of a release print a status.
func saying(r release.Release, out string) func(*site) {
	return func(s *site) {
		answering(func(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
			if strings.Contains(cmd.String(), "--json") {
				return ctdb.Result{ExitCode: 1, Stderr: []byte("Invalid option --json: unknown option\n")}, nil
			}
			return ctdb.Result{Stdout: []byte(out)}, nil
		})(s)
		s.config.Release = r
	}
}

func TestStatusOfDocumentation(t *testing.T) {
	t.Parallel()
	newSite(t, saying(old, rawSample)).get("status").wants(t, http.StatusOK, `{"raw":`+quoted(rawSample)+`,"parsed":`+parsedSample+`}`)
}

func TestStatusForms(t *testing.T) {
	t.Parallel()
	recent := release.Release{Major: 4, Minor: 22}
	tests := []struct {
		name, raw, parsed string
		release           release.Release
	}{
		{
			"a newer release", strings.ReplaceAll(rawSample, "Recovery master:0", "Leader:0"), parsedSample, recent,
		},
		{
			"deleted nodes, an inactive one, no leader",
			"Number of nodes:4 (including 1 deleted nodes)\npnn:0 10.0.0.1         OK (THIS NODE)\n" +
				"pnn:1 10.0.0.2         DISCONNECTED|UNHEALTHY|INACTIVE\npnn:3 10.0.0.4         BANNED|INACTIVE\n" +
				"Generation:INVALID\nSize:1\nhash:0 lmaster:0\nRecovery mode:RECOVERY (1)\nLeader:UNKNOWN\n",
			`{"numOfNodes":"4","deletedNodes":"1","nodes":[{"pnn":"0","address":"10.0.0.1","status":"OK"},` +
				`{"pnn":"1","address":"10.0.0.2","status":"DISCONNECTED|UNHEALTHY|INACTIVE"},` +
				`{"pnn":"3","address":"10.0.0.4","status":"BANNED|INACTIVE"}],"generation":"INVALID","size":"1",` +
				`"recoveryMode":["RECOVERY","1"],"recoveryMaster":"UNKNOWN","unparsable":[],"hash":"0"}`,
			recent,
		},
		{
			"no recovery master in an old release",
			strings.ReplaceAll(rawSample, "Recovery master:0\n", "Recovery master:-1\n"),
			strings.ReplaceAll(parsedSample, `"recoveryMaster":"0"`, `"recoveryMaster":"UNKNOWN"`), old,
		},
		{
			"a flag of the future",
			strings.ReplaceAll(strings.ReplaceAll(rawSample, "UNHEALTHY", "UNHEALTHY|SLEEPY"), "Recovery master:0", "Leader:0"),
			strings.ReplaceAll(parsedSample, "UNHEALTHY", "UNHEALTHY|SLEEPY"), recent,
		},
		{
			"no hashes",
			"Number of nodes:1\npnn:0 10.0.0.1         OK (THIS NODE)\nGeneration:5\nSize:0\nRecovery mode:NORMAL (0)\nLeader:0\n",
			`{"numOfNodes":"1","nodes":[{"pnn":"0","address":"10.0.0.1","status":"OK"}],"generation":"5","size":"0",` +
				`"recoveryMode":["NORMAL","0"],"recoveryMaster":"0","unparsable":[],"hash":""}`,
			recent,
		},
		{
			"a line of the future",
			strings.ReplaceAll(rawSample, "Recovery master:0", "Leader:0") + "Mood:fine\n",
			strings.ReplaceAll(parsedSample, `"unparsable":[]`, `"unparsable":["Mood:fine"]`), recent,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, saying(test.release, test.raw))
			s.get("status").wants(t, http.StatusOK, `{"raw":`+quoted(test.raw)+`,"parsed":`+test.parsed+`}`)
		})
	}
}

// TestStatusOfReleases compares raw with what the tool of each release prints.
func TestStatusOfReleases(t *testing.T) {
	t.Parallel()
	for _, minor := range []int{13, 17, 22, 25} {
		s := newSite(t, ofRelease(release.Release{Major: 4, Minor: minor}))
		printed, err := s.cluster.Run(t.Context(), ctdb.Command{Name: "ctdb", Args: []string{"status"}})
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Raw string }
		if err := json.Unmarshal([]byte(s.get("status").body), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(printed.Stdout), got.Raw); diff != "" {
			t.Errorf("4.%d: mismatch (-tool +raw)\n%s", minor, diff)
		}
	}
}

func TestStatusWarnings(t *testing.T) {
	t.Parallel()
	s := newSite(t, answering(func(context.Context, ctdb.Command) (ctdb.Result, error) {
		return ctdb.Result{Stdout: []byte(rawSample), Stderr: []byte("Control GET_IFACES failed to node 1, ret=110\n")}, nil
	}))
	var got struct{ Warnings []string }
	if err := json.Unmarshal([]byte(s.get("status").body), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Control GET_IFACES failed to node 1, ret=110"}, got.Warnings); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
}

// TestStatusFails has each way in which a cluster is out of reach. Files are served all the same.
func TestStatusFails(t *testing.T) {
	t.Parallel()
	missing := answering(func(context.Context, ctdb.Command) (ctdb.Result, error) { return ctdb.Result{}, exec.ErrNotFound })
	crashed := answering(func(context.Context, ctdb.Command) (ctdb.Result, error) { return ctdb.Result{ExitCode: -11}, nil })
	nonsense := answering(func(context.Context, ctdb.Command) (ctdb.Result, error) {
		return ctdb.Result{Stdout: []byte("the moon is full\n")}, nil
	})
	hung := answering(func(context.Context, ctdb.Command) (ctdb.Result, error) {
		return ctdb.Result{}, context.DeadlineExceeded
	})
	tests := []struct {
		name   string
		tool   func(*site)
		status int
		code   api.Code
	}{
		{"not installed", missing, 503, api.CodeToolMissing},
		{"not running", failing(down), 503, api.CodeNotRunning},
		{"no permission", failing("connect() failed, errno=13"), 503, api.CodePermission},
		{"bad configuration", failing("Failed to load configuration"), 503, api.CodeBadConfig},
		{"crashed", crashed, 502, api.CodeTool},
		{"nonsense", nonsense, 502, api.CodeTool},
		{"too late", hung, 504, api.CodeNoAnswer},
		{"other words", failing("the moon is full"), 502, api.CodeTool},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, test.tool)
			s.get("status").fails(t, test.status, test.code)
			for _, path := range []string{"conf", "nodes", "addresses", "log"} {
				if got := s.get(path); got.status != http.StatusOK {
					t.Errorf("%s: got %d %s", path, got.status, got.body)
				}
			}
		})
	}
}

func TestStatusSeveralReasons(t *testing.T) {
	t.Parallel()
	e := newSite(t, failing(down+"\nFailed to load configuration")).get("status").fails(t, 503, api.CodeNotRunning)
	if diff := cmp.Diff([]api.Code{api.CodeNotRunning, api.CodeBadConfig}, e.Reasons); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
}
