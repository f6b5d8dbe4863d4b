package ctdbtest

import (
	"testing"

	"github.com/go-ctdb/go-ctdb/status"
)

// TestDatabaseID has numbers that real clusters gave.
func TestDatabaseID(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]status.DatabaseID{
		"ctdb.tdb": 0x6645c6c4, "g_lock.tdb": 0x4d2a432b, "pers1.tdb": 0x60369e52, "repl1.tdb": 0xb18304d9,
		"vol1.tdb": 0xb61698e1, "ro1.tdb": 0x3803e575, "sticky1.tdb": 0x39484c4d, "with space.tdb": 0x6cf8d035,
		"vol|pipe.tdb": 0x50b3e450, "st.tdb": 0x36fb8cdb, "ro.tdb": 0x1042392c, "new.tdb": 0xa011597d,
	} {
		if got := databaseID(name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}
