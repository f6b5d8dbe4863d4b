package ctdb_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// FuzzSnapshotJSON reads snapshots as another program may send them. Whatever is read can be judged, and if it can be
// written and read again, it is the same.
func FuzzSnapshotJSON(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		var snapshot ctdb.ClusterSnapshot
		if err := json.Unmarshal(data, &snapshot); err != nil {
			return
		}
		for _, found := range snapshot.Findings() {
			if found.ID == "" || found.Severity == 0 || found.Message == "" {
				t.Errorf("a finding without contents: %+v", found)
			}
		}
		_ = snapshot.Err()
		written, err := json.Marshal(&snapshot)
		if err != nil {
			return // a value that JSON can't express, such as a time in the year 10000
		}
		var again ctdb.ClusterSnapshot
		if err := json.Unmarshal(written, &again); err != nil {
			return // an answer that was without what each has, such as its form
		}
		rewritten, err := json.Marshal(&again)
		if diff := cmp.Diff(string(written), string(rewritten)); err != nil || diff != "" {
			t.Errorf("written again: %v, (-want +got):\n%s", err, diff)
		}
	})
}
