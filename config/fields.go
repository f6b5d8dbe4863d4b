package config

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"time"
)

// field converts between the text of an option and its place in the Settings.
type field struct {
	read  func(s *Settings, text string) error
	write func(s *Settings) (string, error)
}

// fields has one field for each option of the schema. Options that replace each other share a place. It is only read.
var fields = map[name]field{
	locationName: at(func(s *Settings) *Location { return &s.Logging.Location }, readLocation, Location.text),
	logLevelName: level(func(s *Settings) *LogLevel { return &s.Logging.LogLevel }),

	{"cluster", "transport"}:    at(transportPlace, readTransport, writeTransport),
	{"cluster", "node address"}: at(nodeAddressPlace, readNodeAddress, writeNodeAddress),
	clusterLockName:             at(lockPlace, ParseLock, Lock.text),
	recoveryLockName:            at(lockPlace, ParseLock, Lock.text),
	nodesListName:               at(nodesListPlace, ParseNodesList, NodesList.text),
	leaderTimeoutName:           at(leaderTimeoutPlace, readLeaderTimeout, writeLeaderTimeout),
	leaderCapabilityName:        boolean(leaderCapabilityPlace),

	volatileDirectoryName:             plain(func(s *Settings) *string { return &s.Database.VolatileDirectory }),
	persistentDirectoryName:           plain(func(s *Settings) *string { return &s.Database.PersistentDirectory }),
	stateDirectoryName:                plain(func(s *Settings) *string { return &s.Database.StateDirectory }),
	{"database", "lock debug script"}: plain(func(s *Settings) *string { return &s.Database.LockDebugScript }),
	{"database", "tdb mutexes"}:       boolean(func(s *Settings) *bool { return &s.Database.TDBMutexes }),

	{"event", "debug script"}: plain(func(s *Settings) *string { return &s.Event.DebugScript }),

	{"failover", "disabled"}:    boolean(func(s *Settings) *bool { return &s.Failover.Disabled }),
	shutdownExtraTimeoutName:    timeout(func(s *Settings) *time.Duration { return &s.Failover.ShutdownExtraTimeout }),
	shutdownFailoverTimeoutName: timeout(func(s *Settings) *time.Duration { return &s.Failover.ShutdownFailoverTimeout }),

	{"legacy", "realtime scheduling"}: boolean(func(s *Settings) *bool { return &s.Legacy.RealtimeScheduling }),
	recmasterCapabilityName:           boolean(leaderCapabilityPlace),
	{"legacy", "lmaster capability"}:  boolean(func(s *Settings) *bool { return &s.Legacy.LmasterCapability }),
	{"legacy", "start as stopped"}:    boolean(func(s *Settings) *bool { return &s.Legacy.StartAsStopped }),
	{"legacy", "start as disabled"}:   boolean(func(s *Settings) *bool { return &s.Legacy.StartAsDisabled }),
	{"legacy", "script log level"}:    level(func(s *Settings) *LogLevel { return &s.Legacy.ScriptLogLevel }),
}

func transportPlace(s *Settings) *string            { return &s.Cluster.Transport }
func nodeAddressPlace(s *Settings) *netip.Addr      { return &s.Cluster.NodeAddress }
func lockPlace(s *Settings) *Lock                   { return &s.Cluster.Lock }
func nodesListPlace(s *Settings) *NodesList         { return &s.Cluster.NodesList }
func leaderTimeoutPlace(s *Settings) *time.Duration { return &s.Cluster.LeaderTimeout }
func leaderCapabilityPlace(s *Settings) *bool       { return &s.Cluster.LeaderCapability }

// at makes the field of a place from what reads and writes its type.
func at[T any](place func(*Settings) *T, read func(string) (T, error), write func(T) (string, error)) field {
	return field{
		read: func(s *Settings, text string) error {
			value, err := read(text)
			if err == nil {
				*place(s) = value
			}
			return err
		},
		write: func(s *Settings) (string, error) { return write(*place(s)) },
	}
}

func boolean(place func(*Settings) *bool) field {
	return at(place, parseBool, func(b bool) (string, error) { return strconv.FormatBool(b), nil })
}

func timeout(place func(*Settings) *time.Duration) field { return at(place, readSeconds, writeSeconds) }

func level(place func(*Settings) *LogLevel) field { return at(place, readLogLevel, LogLevel.text) }

func plain(place func(*Settings) *string) field {
	same := func(text string) (string, error) { return text, nil }
	return at(place, same, same)
}

var errNoField = errors.New("no release has that option")

// set reads the text of an option, as a file has it, into its place. The error says why ctdbd refuses the text, without
// the text; then s stays as it was. Whether files and directories exist is not looked at. A cluster lock and a nodes
// list of "!" are errors here, [ErrNoHelper] and nodes.ErrNoCommand, though ctdbd loads them and only then does not
// work.
//
// Call it in the order of [Known], once for each option: a recovery lock does not replace a cluster lock.
func (s *Settings) set(o Option, text string) error {
	f, ok := fields[o.name()]
	if !ok {
		return fmt.Errorf("%v: %w", o, errNoField)
	}
	if o.name() == recoveryLockName && s.Cluster.Lock != (Lock{}) {
		return nil
	}
	return f.read(s, text)
}

// text writes what is in the place of an option as a file has it; "" means that nothing is, so that the option is best
// not set. The error says why ctdb.conf can't hold the value.
//
// An option and the one that replaces it have the same text: write the one that the release has, or of two the
// successor.
func (s Settings) text(o Option) (string, error) {
	f, ok := fields[o.name()]
	if !ok {
		return "", fmt.Errorf("%v: %w", o, errNoField)
	}
	text, err := f.write(&s)
	if err != nil {
		return "", fmt.Errorf("%v: %w", o, err)
	}
	return text, nil
}

func readTransport(text string) (string, error) {
	if text != "tcp" {
		return "", ErrTransport
	}
	return text, nil
}

func writeTransport(transport string) (string, error) {
	if transport == "" {
		return "", nil
	}
	return readTransport(transport)
}

func readNodeAddress(text string) (netip.Addr, error) {
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		return netip.Addr{}, ErrNodeAddress
	}
	return addr, nil
}

func writeNodeAddress(addr netip.Addr) (string, error) {
	switch {
	case !addr.IsValid():
		return "", nil
	case addr.Zone() != "":
		return "", ErrNodeAddress
	}
	return addr.String(), nil
}

func readSeconds(text string) (time.Duration, error) {
	value, _, err := parseInteger(text)
	return time.Duration(value) * time.Second, err
}

func writeSeconds(d time.Duration) (string, error) {
	switch {
	case d < 0 || d > math.MaxInt32*time.Second:
		return "", ErrInteger
	case d%time.Second != 0:
		return "", unwritable("a fraction of a second", d.String())
	}
	return strconv.FormatInt(int64(d/time.Second), 10), nil
}

func readLeaderTimeout(text string) (time.Duration, error) { return positive(readSeconds(text)) }

func writeLeaderTimeout(d time.Duration) (string, error) {
	if _, err := positive(d, nil); err != nil {
		return "", err
	}
	return writeSeconds(d)
}

func positive(d time.Duration, err error) (time.Duration, error) {
	if err == nil && d == 0 {
		err = ErrLeaderTimeout
	}
	return d, err
}
