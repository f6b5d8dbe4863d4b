package ctdb_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

var partTime = time.Date(2026, 11, 21, 22, 0, 0, 5e8, time.UTC)

func TestPartStates(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		part           ctdb.Part[int]
		reported, zero bool
		age            time.Duration
	}{
		"reported":     {ctdb.Part[int]{Value: 7, At: partTime}, true, false, time.Hour},
		"failed":       {ctdb.Part[int]{Err: errors.New("no"), At: partTime}, false, false, time.Hour},
		"not reported": {ctdb.Part[int]{}, false, true, 0},
	} {
		value, ok := test.part.Get()
		if ok != test.reported || value != test.part.Value || test.part.IsReported() != ok ||
			test.part.IsZero() != test.zero {
			t.Errorf("%s: %v, %v, zero is %v", name, value, ok, test.part.IsZero())
		}
		if age := test.part.Age(partTime.Add(time.Hour)); age != test.age {
			t.Errorf("%s: it is %v old", name, age)
		}
	}
}

// TestSnapshotJSON holds the form of snapshots in JSON, and reads it back.
func TestSnapshotJSON(t *testing.T) {
	t.Parallel()
	snapshot := &ctdb.ClusterSnapshot{
		At: partTime.Add(-time.Second), Took: 3 * time.Second,
		Nodes: []*ctdb.NodeSnapshot{{
			PNN:      2,
			RunState: ctdb.Part[status.RunState]{Value: status.RunStateRunning, At: partTime, Took: 20 * time.Millisecond},
			Leader:   ctdb.Part[status.Value[nodes.PNN]]{Value: status.Unknown[nodes.PNN](), At: partTime, Took: time.Second},
			Lock:     ctdb.Part[config.Lock]{Value: config.Lock{Command: "/bin/x y"}, At: partTime},
			Uptime:   ctdb.Part[*status.Uptime]{Err: errors.New("timed out"), At: partTime, Took: 2 * time.Second},
			Databases: ctdb.Part[*status.DatabaseMap]{
				Value: &status.DatabaseMap{Form: status.FormText, Databases: []status.Database{}}, At: partTime,
			},
		}},
	}
	const want = `{
  "at": "2026-11-21T21:59:59.5Z",
  "took_ns": 3000000000,
  "nodes": [
    {
      "pnn": 2,
      "run_state": {
        "value": "RUNNING",
        "at": "2026-11-21T22:00:00.5Z",
        "took_ns": 20000000
      },
      "leader": {
        "value": null,
        "at": "2026-11-21T22:00:00.5Z",
        "took_ns": 1000000000
      },
      "lock": {
        "value": "!/bin/x y",
        "at": "2026-11-21T22:00:00.5Z",
        "took_ns": 0
      },
      "databases": {
        "value": {
          "form": "text",
          "databases": []
        },
        "at": "2026-11-21T22:00:00.5Z",
        "took_ns": 0
      },
      "uptime": {
        "error": "timed out",
        "at": "2026-11-21T22:00:00.5Z",
        "took_ns": 2000000000
      }
    }
  ]
}`
	got, err := json.MarshalIndent(snapshot, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	var read ctdb.ClusterSnapshot
	if err := json.Unmarshal(got, &read); err != nil {
		t.Fatal(err)
	}
	again, err := json.MarshalIndent(read, "", "  ")
	if diff := cmp.Diff(string(got), string(again)); err != nil || diff != "" {
		t.Errorf("read and written again: %v, (-want +got):\n%s", err, diff)
	}
	n := read.Nodes[0]
	if !n.Leader.Value.IsUnknown() || fmt.Sprint(n.Err()) != "node 2: timed out" || !n.Status.IsZero() {
		t.Errorf("read back: %+v", n)
	}
}

// TestSnapshotJSONWhole: each part of a snapshot can be written and read.
func TestSnapshotJSONWhole(t *testing.T) {
	t.Parallel()
	fake := newFake(3)
	want, err := json.Marshal(snapshotAll(t, fake.Client(0), ctdb.SnapshotOptions{Runner: fake.On}))
	if err != nil {
		t.Fatal(err)
	}
	var read ctdb.ClusterSnapshot
	if err := json.Unmarshal(want, &read); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(&read)
	if diff := cmp.Diff(string(want), string(got)); err != nil || diff != "" {
		t.Errorf("%v, (-want +got):\n%s", err, diff)
	}
	wantParts(t, node(t, &read, 1), noGroups, nil)
	wantFindings(t, &read)
}

func TestPartJSONRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`7`, `{}`, `{"value":7}`, `{"at":"2026-11-21T22:00:00Z"}`, `{"value":7,"error":"x","at":"2026-11-21T22:00:00Z"}`,
		`{"value":"x","at":"2026-11-21T22:00:00Z"}`, `{"value":7,"at":"yesterday"}`, `{"value":7,"took_ns":"x"}`,
	} {
		part := ctdb.Part[int]{Value: 3, At: partTime}
		if err := json.Unmarshal([]byte(text), &part); err == nil || part.Value != 3 {
			t.Errorf("%s is read as %+v, %v", text, part, err)
		}
	}
	var part ctdb.Part[int]
	if err := json.Unmarshal([]byte(`null`), &part); err != nil || !part.IsZero() {
		t.Errorf("null is read as %+v, %v", part, err)
	}
	if text, err := json.Marshal(part); err != nil || string(text) != "null" {
		t.Errorf("a part that was not asked for is written as %s, %v", text, err)
	}
	if _, err := json.Marshal(ctdb.Part[func()]{At: partTime}); err == nil {
		t.Error("a value that can't be written is no error")
	}
}
