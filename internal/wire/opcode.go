package wire

import "fmt"

// Opcode is the number of a control: what a client asks of a ctdbd.
type Opcode uint32

// NoOpcode stands where something is not about a control.
const NoOpcode Opcode = 0xFFFFFFFF

// The controls that a [Request] can be made for. All releases from 4.9 to 4.25 have them, but for those that say
// otherwise; a release that does not have one answers status -1 without a text.
//
// Those that can hurt a cluster are not among them, and no Request can be made for them: changing node flags or the
// vnnmap by hand, recovery mode, freezing, takeover and release of addresses, and writing to databases.
const (
	OpProcessExists      Opcode = 0
	OpStatistics         Opcode = 1
	OpPing               Opcode = 3
	OpDatabasePath       Opcode = 4
	OpVNNMap             Opcode = 5
	OpGetDebug           Opcode = 7
	OpSetDebug           Opcode = 8
	OpDatabaseMap        Opcode = 9
	OpRecoveryMode       Opcode = 15
	OpStatisticsReset    Opcode = 17
	OpRegisterSrvid      Opcode = 23
	OpDeregisterSrvid    Opcode = 24
	OpDatabaseName       Opcode = 25
	OpPID                Opcode = 30
	OpRecmaster          Opcode = 31 // up to 4.15
	OpPNN                Opcode = 35
	OpRemoveTickle       Opcode = 46
	OpSetTunable         Opcode = 48
	OpGetTunable         Opcode = 49
	OpListTunables       Opcode = 50
	OpAllTunables        Opcode = 53
	OpTickles            Opcode = 55
	OpGratuitousARP      Opcode = 64
	OpUptime             Opcode = 69
	OpCapabilities       Opcode = 80
	OpPublicIPs          Opcode = 90
	OpNodeMap            Opcode = 91
	OpClusterLock        Opcode = 99
	OpStopNode           Opcode = 101
	OpContinueNode       Opcode = 102
	OpSetBanState        Opcode = 109
	OpBanState           Opcode = 110
	OpDatabaseSeqnum     Opcode = 120
	OpDatabaseHealth     Opcode = 122
	OpPublicIPInfo       Opcode = 123
	OpInterfaces         Opcode = 124
	OpAddTickle          Opcode = 126
	OpStatisticsHistory  Opcode = 127
	OpDatabaseStatistics Opcode = 132
	OpReloadPublicIPs    Opcode = 134
	OpRunState           Opcode = 138
	OpNodesFile          Opcode = 140
	OpDatabaseOpenFlags  Opcode = 149
	OpProcessSrvid       Opcode = 151
	OpEcho               Opcode = 156 // since 4.13
	OpDisableNode        Opcode = 157 // since 4.13.12, and 4.15; not in 4.14.0
	OpEnableNode         Opcode = 158 // since 4.13.12, and 4.15; not in 4.14.0
)

// String gives CTDB's name of the control, such as "GET_NODEMAP", or "control" and its number.
func (o Opcode) String() string {
	for _, known := range opcodeNames {
		if known.opcode == o {
			return known.name
		}
	}
	return fmt.Sprintf("control %d", uint32(o))
}

var opcodeNames = [...]struct {
	opcode Opcode
	name   string
}{
	{OpProcessExists, "PROCESS_EXISTS"},
	{OpStatistics, "STATISTICS"},
	{OpPing, "PING"},
	{OpDatabasePath, "GETDBPATH"},
	{OpVNNMap, "GETVNNMAP"},
	{OpGetDebug, "GET_DEBUG"},
	{OpSetDebug, "SET_DEBUG"},
	{OpDatabaseMap, "GET_DBMAP"},
	{OpRecoveryMode, "GET_RECMODE"},
	{OpStatisticsReset, "STATISTICS_RESET"},
	{OpRegisterSrvid, "REGISTER_SRVID"},
	{OpDeregisterSrvid, "DEREGISTER_SRVID"},
	{OpDatabaseName, "GET_DBNAME"},
	{OpPID, "GET_PID"},
	{OpRecmaster, "GET_RECMASTER"},
	{OpPNN, "GET_PNN"},
	{OpRemoveTickle, "TCP_REMOVE"},
	{OpSetTunable, "SET_TUNABLE"},
	{OpGetTunable, "GET_TUNABLE"},
	{OpListTunables, "LIST_TUNABLES"},
	{OpAllTunables, "GET_ALL_TUNABLES"},
	{OpTickles, "GET_TCP_TICKLE_LIST"},
	{OpGratuitousARP, "SEND_GRATUITOUS_ARP"},
	{OpUptime, "UPTIME"},
	{OpCapabilities, "GET_CAPABILITIES"},
	{OpPublicIPs, "GET_PUBLIC_IPS"},
	{OpNodeMap, "GET_NODEMAP"},
	{OpClusterLock, "GET_RECLOCK_FILE"},
	{OpStopNode, "STOP_NODE"},
	{OpContinueNode, "CONTINUE_NODE"},
	{OpSetBanState, "SET_BAN_STATE"},
	{OpBanState, "GET_BAN_STATE"},
	{OpDatabaseSeqnum, "GET_DB_SEQNUM"},
	{OpDatabaseHealth, "DB_GET_HEALTH"},
	{OpPublicIPInfo, "GET_PUBLIC_IP_INFO"},
	{OpInterfaces, "GET_IFACES"},
	{OpAddTickle, "TCP_ADD_DELAYED_UPDATE"},
	{OpStatisticsHistory, "GET_STAT_HISTORY"},
	{OpDatabaseStatistics, "GET_DB_STATISTICS"},
	{OpReloadPublicIPs, "RELOAD_PUBLIC_IPS"},
	{OpRunState, "GET_RUNSTATE"},
	{OpNodesFile, "GET_NODES_FILE"},
	{OpDatabaseOpenFlags, "DB_OPEN_FLAGS"},
	{OpProcessSrvid, "CHECK_PID_SRVID"},
	{OpEcho, "ECHO_DATA"},
	{OpDisableNode, "DISABLE_NODE"},
	{OpEnableNode, "ENABLE_NODE"},
}
