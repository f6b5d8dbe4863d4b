package ctdbtest

import (
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/status"
)

// command is a command of the tool.
type command struct {
	offline bool // it needs no daemon, and takes no -n
	local   bool // it takes no other node's number
	json    bool // it has a JSON form, in releases that have any
	nodemap bool // it asks which nodes there are, which a cluster of banned nodes does not tell
	min     int  // how many arguments it takes at least
	max     int  // and at most; -1: it does not look
	run     run
}

// run does what a command does. The caller holds the lock.
type run func(c *Cluster, q *query) ctdb.Result

// wrong tells whether a command is given too few arguments or too many.
func (command command) wrong(q *query) bool {
	args := len(q.words) - 1
	return args < command.min || command.max >= 0 && args > command.max
}

// knows tells whether the release has a command that not all have.
func (c *Cluster) knows(name string) bool {
	switch name {
	case "setleaderrole", "leader":
		return c.release.HasLeader()
	case "setrecmasterrole", "recmaster":
		return !c.release.HasLeader()
	}
	return true
}

var commands = map[string]command{
	"continue": {nodemap: true, run: flagCommand{
		status.FlagStopped, false, "stopped", "CONTINUE_NODE", "Failed to continue stopped node %d",
	}.run},
	"disable": {nodemap: true, run: flagCommand{
		status.FlagDisabled, true, "disabled", "DISABLE_NODE", "Failed to disable node %d",
	}.run},
	"enable": {nodemap: true, run: flagCommand{
		status.FlagDisabled, false, "disabled", "ENABLE_NODE", "Failed to enable node %d",
	}.run},
	"stop": {nodemap: true, run: flagCommand{
		status.FlagStopped, true, "stopped", "STOP_NODE", "Failed to stop node %d",
	}.run},
	"unban": {nodemap: true, run: flagCommand{
		status.FlagBanned, false, "banned", "SET_BAN_STATE", "Failed to unban node %d",
	}.run},
	"ban":              {nodemap: true, min: 1, max: 1, run: (*Cluster).runBan},
	"shutdown":         {run: (*Cluster).runShutdown},
	"recover":          {run: (*Cluster).runRecover},
	"ipreallocate":     {run: (*Cluster).runTakeover},
	"sync":             {run: (*Cluster).runTakeover},
	"reloadnodes":      {local: true, nodemap: true, max: -1, run: (*Cluster).runReloadNodes},
	"setleaderrole":    {min: 1, max: 1, run: (*Cluster).runSetLeader},
	"setrecmasterrole": {min: 1, max: 1, run: (*Cluster).runSetLeader},
	"setlmasterrole":   {min: 1, max: 1, run: (*Cluster).runSetLMaster},

	"status":          {json: true, nodemap: true, run: (*Cluster).runStatus},
	"nodestatus":      {nodemap: true, max: 1, run: (*Cluster).runNodeStatus},
	"listnodes":       {offline: true, run: (*Cluster).runListNodes},
	"version":         {offline: true, json: true, max: -1, run: (*Cluster).runVersion},
	"pnn":             {local: true, max: -1, run: (*Cluster).runPNN},
	"uptime":          {max: -1, run: asking("UPTIME", (*Cluster).runUptime)},
	"ping":            {max: -1, run: asking("PING", (*Cluster).runPing)},
	"runstate":        {max: -1, run: asking("GET_RUNSTATE", (*Cluster).runRunState)},
	"getpid":          {max: -1, run: asking("GET_PID", (*Cluster).runGetPID)},
	"leader":          {max: -1, run: (*Cluster).runLeader},
	"recmaster":       {max: -1, run: asking("GET_RECMASTER", (*Cluster).runRecMaster)},
	"getreclock":      {run: asking("GET_RECLOCK_FILE", (*Cluster).runGetRecLock)},
	"getcapabilities": {run: asking("GET_CAPABILITIES", (*Cluster).runGetCapabilities)},

	"setvar":   {min: 2, max: 2, run: asking("LIST_TUNABLES", (*Cluster).runSetVar, wordsNoVariables)},
	"getvar":   {min: 1, max: 1, run: asking("LIST_TUNABLES", (*Cluster).runGetVar, wordsNoVariables)},
	"listvars": {run: asking("LIST_TUNABLES", (*Cluster).runListVars)},
	"setdebug": {min: 1, max: 1, run: (*Cluster).runSetDebug},
	"getdebug": {run: asking("GET_DEBUG", (*Cluster).runGetDebug)},

	"ip":           {max: 1, run: (*Cluster).runIP},
	"ipinfo":       {min: 1, max: 1, run: (*Cluster).runIPInfo},
	"ifaces":       {run: asking("GET_IFACES", (*Cluster).runIfaces)},
	"moveip":       {local: true, min: 2, max: 2, run: (*Cluster).runMoveIP},
	"addip":        {min: 2, max: 2, run: (*Cluster).runAddIP},
	"delip":        {min: 1, max: 1, run: (*Cluster).runDelIP},
	"reloadips":    {local: true, nodemap: true, max: 1, run: (*Cluster).runReloadIPs},
	"setifacelink": {min: 2, max: 2, run: (*Cluster).runSetIfaceLink},
	"gratarp":      {min: 2, max: 2, run: (*Cluster).runGratARP},
	"tickle":       {offline: true, max: 2, run: (*Cluster).runTickle},
	"addtickle":    {max: 2, run: (*Cluster).runAddTickle},
	"deltickle":    {max: 2, run: (*Cluster).runDelTickle},
	"gettickles":   {min: 1, max: 2, run: (*Cluster).runGetTickles},

	"getdbmap":        {run: asking("GET_DBMAP", (*Cluster).runGetDBMap)},
	"getdbstatus":     {min: 1, max: 1, run: (*Cluster).runGetDBStatus},
	"attach":          {local: true, min: 1, max: 2, run: (*Cluster).runAttach},
	"detach":          {local: true, min: 1, max: -1, run: (*Cluster).runDetach},
	"backupdb":        {local: true, min: 2, max: 2, run: (*Cluster).runBackupDB},
	"restoredb":       {local: true, min: 1, max: 2, run: (*Cluster).runRestoreDB},
	"wipedb":          {local: true, min: 1, max: 1, run: (*Cluster).runWipeDB},
	"setdbreadonly":   {min: 1, max: 1, run: databaseFlag{"READONLY", "SET_DB_READONY", setReadOnly}.run},
	"setdbsticky":     {min: 1, max: 1, run: databaseFlag{"STICKY", "SET_DB_STICKY", setSticky}.run},
	"statistics":      {run: asking("STATISTICS", (*Cluster).runStatistics)},
	"statisticsreset": {run: asking("STATISTICS_RESET", (*Cluster).runStatisticsReset)},
	"stats":           {max: 1, run: asking("GET_STAT_HISTORY", (*Cluster).runStats)},
	"dbstatistics":    {min: 1, max: 1, run: (*Cluster).runDBStatistics},

	"event":        {offline: true, max: -1, run: (*Cluster).runEventCommand},
	"scriptstatus": {offline: true, max: 1, run: (*Cluster).runScriptStatus},
	"natgw":        {local: true, min: 1, max: 1, run: (*Cluster).runNATGW},
	"lvs":          {local: true, min: 1, max: 1, run: (*Cluster).runLVS},
}

const wordsNoVariables = "Failed to get list of variables from node %d"
