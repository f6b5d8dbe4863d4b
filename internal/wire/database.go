package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/go-ctdb/go-ctdb/status"
)

// databaseSize is the size of a database in the map: its number, its flags and padding.
const databaseSize = 8

// GetDatabaseMap asks for the databases that the node has attached. Similar to: ctdb getdbmap.
func GetDatabaseMap() Request { return Request{opcode: OpDatabaseMap} }

// DecodeDatabaseMap reads the answer to [GetDatabaseMap], in the node's order, with numbers and flags. For names,
// paths and health there are more requests. A flag that is not known, of a newer release, has its hexadecimal number
// for a name.
func DecodeDatabaseMap(reply Reply) (*status.DatabaseMap, error) {
	r := reply.reader(OpDatabaseMap)
	n := r.count(databaseSize, "databases")
	dbs := &status.DatabaseMap{Databases: make([]status.Database, n)}
	for i := range dbs.Databases {
		d := &dbs.Databases[i]
		d.ID = status.DatabaseID(r.uint32())
		if flags := r.bytes(4); flags != nil {
			setDatabaseFlags(d, flags[0])
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	return dbs, nil
}

func setDatabaseFlags(d *status.Database, flags byte) {
	for _, f := range []struct {
		bit byte
		to  *bool
	}{{1, &d.Persistent}, {2, &d.ReadOnly}, {4, &d.Sticky}, {8, &d.Replicated}} {
		*f.to = flags&f.bit != 0
		flags &^= f.bit
	}
	for ; flags != 0; flags &= flags - 1 {
		d.OtherFlags = append(d.OtherFlags, fmt.Sprintf("0x%x", flags&-flags))
	}
}

// GetDatabaseName asks for the name of a database.
func GetDatabaseName(id status.DatabaseID) Request { return words(OpDatabaseName, uint32(id)) }

// DecodeDatabaseName reads the answer to [GetDatabaseName].
func DecodeDatabaseName(reply Reply) (string, error) { return reply.text(OpDatabaseName) }

// GetDatabasePath asks for the file of a database on the node.
func GetDatabasePath(id status.DatabaseID) Request { return words(OpDatabasePath, uint32(id)) }

// DecodeDatabasePath reads the answer to [GetDatabasePath].
func DecodeDatabasePath(reply Reply) (string, error) { return reply.text(OpDatabasePath) }

// GetDatabaseHealth asks whether the node lets clients use a database. Similar to: ctdb getdbstatus.
func GetDatabaseHealth(id status.DatabaseID) Request { return words(OpDatabaseHealth, uint32(id)) }

// DecodeDatabaseHealth reads the answer to [GetDatabaseHealth]: the reason why the database is not healthy, "" if it
// is. For that, [status.DatabaseStatus.Health] has "OK".
func DecodeDatabaseHealth(reply Reply) (string, error) { return reply.text(OpDatabaseHealth) }

// GetDatabaseSeqnum asks for the sequence number of a database, which grows with each change of a persistent one.
func GetDatabaseSeqnum(id status.DatabaseID) Request { return words(OpDatabaseSeqnum, uint32(id), 0) }

// DecodeDatabaseSeqnum reads the answer to [GetDatabaseSeqnum].
func DecodeDatabaseSeqnum(reply Reply) (uint64, error) {
	r := reply.reader(OpDatabaseSeqnum)
	r.size(8)
	n := r.uint64()
	return n, r.err
}

// GetDatabaseOpenFlags asks for the flags that clients are to open the file of a database with.
func GetDatabaseOpenFlags(id status.DatabaseID) Request {
	return words(OpDatabaseOpenFlags, uint32(id))
}

// DecodeDatabaseOpenFlags reads the answer to [GetDatabaseOpenFlags]: those of tdb_open(3).
func DecodeDatabaseOpenFlags(reply Reply) (int32, error) {
	n, err := reply.word(OpDatabaseOpenFlags)
	return int32(n), err
}

// GetDatabaseStatistics asks for what the node counted about a database. Similar to: ctdb dbstatistics.
func GetDatabaseStatistics(id status.DatabaseID) Request {
	return words(OpDatabaseStatistics, uint32(id))
}

const (
	maxHotKeys = 10
	hotKeySize = 24
)

// DecodeDatabaseStatistics reads the answer to [GetDatabaseStatistics]. [status.DBStatistics.Name] is not told: the
// caller knows it, or asks with [GetDatabaseName].
func DecodeDatabaseStatistics(reply Reply) (*status.DBStatistics, error) {
	r := reply.reader(OpDatabaseStatistics)
	s := new(status.DBStatistics)
	r.locks(&s.Locks)
	s.LockLatency = r.latency()
	s.LockTimes = r.buckets()
	s.VacuumLatency = r.latency()
	s.ReadOnlyDelegations, s.ReadOnlyRevokes = r.counter(), r.counter()
	s.HopCounts = r.buckets()
	s.HotKeys = r.hotKeys()
	if r.err != nil {
		return nil, r.err
	}
	return s, nil
}

// hotKeys reads the places for hot keys, of which those that are not used have no key, and then the keys, back to back.
func (r *reader) hotKeys() []status.HotKey {
	at := r.at
	n := r.uint32()
	r.padding()
	if n > maxHotKeys {
		r.fail(at, fmt.Sprintf("at most %d hot keys", maxHotKeys), fmt.Sprint(n))
		return nil
	}
	places := r.bytes(maxHotKeys * hotKeySize)
	if places == nil {
		return nil
	}
	keys := make([]status.HotKey, n)
	for i := range keys {
		place := places[i*hotKeySize:]
		keys[i].Count = uint64(binary.NativeEndian.Uint32(place))
		length := binary.NativeEndian.Uint64(place[16:]) // before it is a pointer of the daemon's
		if length > uint64(r.left()) {
			r.fail(at+8+i*hotKeySize+16, fmt.Sprintf("a key of at most %d bytes", r.left()), fmt.Sprint(length))
			return nil
		}
		if length > 0 {
			keys[i].Key = append([]byte(nil), r.bytes(int(length))...)
		}
	}
	r.end()
	return keys
}
