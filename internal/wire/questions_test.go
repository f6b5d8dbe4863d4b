package wire_test

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/status"
)

// asker sends requests to a daemon, a real one or one that was recorded.
type asker struct {
	t *testing.T
	// ask sends a packet and gives the one that answers it.
	ask func(request []byte) []byte
}

// control asks the node that the socket belongs to.
func (a asker) control(r wire.Request) wire.Reply {
	a.t.Helper()
	const id = 7 // there is only one request at a time
	reply, err := wire.ParseReply(a.ask(wire.AppendControl(nil, wire.Destination{}, id, r)))
	if err != nil {
		a.t.Fatal(err)
	}
	if reply.ID != id {
		a.t.Fatalf("the reply has id %d, want %d", reply.ID, id)
	}
	return reply
}

// made asks what a constructor of requests gives.
func (a asker) made(r wire.Request, err error) wire.Reply {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
	return a.control(r)
}

// event asks an event daemon.
func (a asker) event(packet []byte, err error) wire.EventReply {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
	reply, err := wire.ParseEventReply(a.ask(packet))
	if err != nil {
		a.t.Fatal(err)
	}
	return reply
}

// question is one that both a daemon and the ctdb tool can answer.
type question struct {
	name  string
	event bool     // of the event daemon
	args  []string // of the tool
	wire  func(a asker) (any, error)
	tool  func(toolAnswer) (any, error)
	// diff compares the answers; nil is all that both tell.
	compare func(tool, wire any) string
}

func (q question) diff(tool, wire any) string {
	if q.compare != nil {
		return q.compare(tool, wire)
	}
	return gocmp.Diff(tool, wire, toldByBoth)
}

// toldByBoth leaves out what only the tool can tell: in which form it printed.
var toldByBoth = gocmp.Options{
	byEqual,
	cmpopts.IgnoreFields(status.Cluster{}, "Form"),
	cmpopts.IgnoreFields(status.PublicIPs{}, "Form", "All", "PNN"),
	cmpopts.IgnoreFields(status.PublicIPInfo{}, "Form", "PNN"),
	cmpopts.IgnoreFields(status.Interfaces{}, "Form", "PNN"),
	cmpopts.IgnoreFields(status.Uptime{}, "Form", "PNN"),
	cmpopts.IgnoreFields(status.Statistics{}, "Form"),
	cmpopts.IgnoreFields(status.StatisticsHistory{}, "Form"),
	cmpopts.IgnoreFields(status.DatabaseMap{}, "Form"),
	cmpopts.IgnoreFields(status.DatabaseStatus{}, "Form"),
	cmpopts.IgnoreFields(status.DBStatistics{}, "Form"),
	cmpopts.IgnoreFields(status.Tunables{}, "Form"),
	cmpopts.IgnoreFields(status.Tickles{}, "Form"),
	cmpopts.IgnoreFields(status.Capabilities{}, "Form"),
	cmpopts.IgnoreFields(status.EventStatus{}, "Form"),
	cmpopts.IgnoreFields(status.NodeList{}, "Form"),
}

// What the questions are about.
var questionDBs = []string{"volatile.tdb", "persistent.tdb", "replicated.tdb"}

const failingEvent = "failing"

func findQuestion(name string) (question, bool) {
	i := slices.IndexFunc(questions, func(q question) bool { return q.name == name })
	if i < 0 {
		return question{}, false
	}
	return questions[i], true
}

// parse makes a question's tool function of a parser.
func parse[T any](parse func([]byte) (T, error)) func(toolAnswer) (any, error) {
	return func(a toolAnswer) (any, error) {
		if a.Code != 0 {
			return nil, fmt.Errorf("exit code %d: %s", a.Code, a.Err)
		}
		return parse([]byte(a.Out))
	}
}

// utc makes a parser of one that wants to know where the tool ran.
func utc[T any](parse func([]byte, *time.Location) (T, error)) func([]byte) (T, error) {
	return func(out []byte) (T, error) { return parse(out, time.UTC) }
}

// answer makes a question's wire function of a request and a decoder.
func answer[T any](request wire.Request, decode func(wire.Reply) (T, error)) func(asker) (any, error) {
	return func(a asker) (any, error) { return decode(a.control(request)) }
}

var questions = []question{
	{name: "pnn", args: []string{"pnn"}, wire: answer(wire.GetPNN(), wire.DecodePNN), tool: parse(status.ParsePNN)},
	{name: "pid", args: []string{"getpid"}, wire: answer(wire.GetPID(), wire.DecodePID), tool: parse(status.ParsePID)},
	{name: "nodes", args: []string{"nodestatus", "all"}, wire: askNodes, tool: parse(status.ParseNodeStatus)},
	{name: "nodes file", args: []string{"-X", "listnodes"}, wire: askNodesFile, tool: parse(status.ParseNodeList)},
	{
		name: "run state", args: []string{"runstate"}, wire: answer(wire.GetRunState(), wire.DecodeRunState),
		tool: parse(status.ParseRunState),
	},
	{
		name: "capabilities", args: []string{"getcapabilities"},
		wire: answer(wire.GetCapabilities(), wire.DecodeCapabilities), tool: parse(status.ParseCapabilities),
	},
	{name: "public IPs", args: []string{"ip"}, wire: askPublicIPs, tool: parse(status.ParsePublicIPs)},
	{name: "interfaces of IPs", args: []string{"-v", "ip"}, wire: askVerboseIPs, tool: parse(status.ParsePublicIPs)},
	{name: "public IP info", args: []string{"ipinfo", "ADDRESS"}, wire: askIPInfo, tool: parse(status.ParsePublicIPInfo)},
	{name: "interfaces", args: []string{"ifaces"}, wire: askInterfaces, tool: parse(status.ParseInterfaces)},
	{
		name: "uptime", args: []string{"uptime"}, wire: answer(wire.GetUptime(), wire.DecodeUptime),
		tool: parse(utc(status.ParseUptime)),
	},
	{
		name: "statistics", args: []string{"statistics"}, wire: answer(wire.GetStatistics(), wire.DecodeStatistics),
		tool: parse(utc(status.ParseStatistics)), compare: compareStatistics,
	},
	{
		name: "history", args: []string{"stats", "100"},
		wire: answer(wire.GetStatisticsHistory(), wire.DecodeStatisticsHistory), tool: parse(utc(status.ParseStats)),
	},
	{name: "databases", args: []string{"getdbmap"}, wire: askDatabases, tool: parse(status.ParseDatabaseMap)},
	{
		name: "database", args: []string{"getdbstatus", questionDBs[0]}, wire: askDatabase(questionDBs[0]),
		tool: parse(status.ParseDatabaseStatus),
	},
	{
		name: "database statistics", args: []string{"dbstatistics", questionDBs[0]},
		wire: askDBStatistics(questionDBs[0]), tool: parse(status.ParseDBStatistics),
	},
	{name: "tunables", args: []string{"listvars"}, wire: askTunables, tool: parse(status.ParseTunables)},
	{name: "tunable", args: []string{"getvar", "MonitorInterval"}, wire: askTunable, tool: parse(status.ParseTunable)},
	{
		name: "lock", args: []string{"getreclock"}, wire: answer(wire.GetClusterLock(), wire.DecodeClusterLock),
		tool: parse(status.ParseClusterLock),
	},
	{
		name: "log level", args: []string{"getdebug"}, wire: answer(wire.GetLogLevel(), wire.DecodeLogLevel),
		tool: parse(func(out []byte) (config.LogLevel, error) {
			word, err := status.ParseDebugLevel(out)
			if err != nil {
				return 0, err
			}
			return config.ParseLogLevel(word)
		}),
	},
	{name: "tickles", args: []string{"gettickles", "ADDRESS"}, wire: askTickles, tool: parse(status.ParseTickles)},
	{
		name: "event", event: true, args: []string{"event", "status", "legacy", "startup"}, wire: askEvent("startup"),
		tool: parseEvent, compare: compareEvents,
	},
	{
		name: "failed event", event: true, args: []string{"event", "status", "legacy", failingEvent},
		wire: askEvent(failingEvent), tool: parseEvent, compare: compareEvents,
	},
	{
		name: "event that never ran", event: true, args: []string{"event", "status", "legacy", "never"},
		wire: askEvent("never"), tool: parseEvent, compare: compareEvents,
	},
	{
		name: "component that is not there", event: true, args: []string{"event", "status", "none", "monitor"},
		wire: func(a asker) (any, error) {
			return wire.DecodeEventStatus(a.event(wire.AppendEventStatus(nil, 5, "none", "monitor")), "none", "monitor")
		},
		tool: parseEvent, compare: compareEvents,
	},
}

// askNodes makes of a node map what nodestatus tells.
func askNodes(a asker) (any, error) {
	var light wire.Light
	var err error
	if light.PNN, err = wire.DecodePNN(a.control(wire.GetPNN())); err != nil {
		return nil, err
	}
	if light.Nodes, err = wire.DecodeNodeMap(a.control(wire.GetNodeMap()), nil); err != nil {
		return nil, err
	}
	full := light.Cluster()
	return &status.Cluster{Nodes: full.Nodes, NodeCount: full.NodeCount, DeletedCount: full.DeletedCount}, nil
}

func askNodesFile(a asker) (any, error) {
	all, err := wire.DecodeNodesFile(a.control(wire.GetNodesFile()), nil)
	list := &status.NodeList{}
	for _, n := range all {
		if n.Flags == 0 {
			list.Nodes = append(list.Nodes, status.ListedNode{PNN: status.Known(n.PNN), Address: n.Address})
		}
	}
	return list, err
}

func askPublicIPs(a asker) (any, error) {
	ips, err := wire.DecodePublicIPs(a.control(wire.GetPublicIPs(false)), nil)
	return &status.PublicIPs{IPs: ips}, err
}

// askVerboseIPs asks for each address what the tool's -v asks for, and tells what it tells.
func askVerboseIPs(a asker) (any, error) {
	ips, err := wire.DecodePublicIPs(a.control(wire.GetPublicIPs(false)), nil)
	if err != nil {
		return nil, err
	}
	for i := range ips {
		info, err := wire.DecodePublicIPInfo(a.made(wire.GetPublicIPInfo(ips[i].Address)))
		if err != nil {
			return nil, err
		}
		ips[i].ActiveInterface = info.ActiveInterface
		for _, iface := range info.Interfaces {
			ips[i].ConfiguredInterfaces = append(ips[i].ConfiguredInterfaces, iface.Name)
			if iface.Up {
				ips[i].AvailableInterfaces = append(ips[i].AvailableInterfaces, iface.Name)
			}
		}
	}
	return &status.PublicIPs{IPs: ips, Verbose: true}, nil
}

// hosted finds the public address of the questions among those of the cluster.
func hosted(a asker) (netip.Addr, error) {
	ips, err := wire.DecodePublicIPs(a.control(wire.GetPublicIPs(false)), nil)
	if err != nil || len(ips) == 0 {
		return netip.Addr{}, fmt.Errorf("%d addresses: %w", len(ips), err)
	}
	return ips[0].Address, nil
}

func askIPInfo(a asker) (any, error) {
	addr, err := hosted(a)
	if err != nil {
		return nil, err
	}
	return wire.DecodePublicIPInfo(a.made(wire.GetPublicIPInfo(addr)))
}

func askInterfaces(a asker) (any, error) {
	all, err := wire.DecodeInterfaces(a.control(wire.GetInterfaces()), nil)
	return &status.Interfaces{Interfaces: all}, err
}

func askTickles(a asker) (any, error) {
	addr, err := hosted(a)
	if err != nil {
		return nil, err
	}
	return wire.DecodeTickles(a.made(wire.GetTickles(addr)))
}

// askDatabases asks for what getdbmap tells, name by name.
func askDatabases(a asker) (any, error) {
	dbs, err := wire.DecodeDatabaseMap(a.control(wire.GetDatabaseMap()))
	if err != nil {
		return nil, err
	}
	for i := range dbs.Databases {
		d := &dbs.Databases[i]
		var health string
		d.Name, err = wire.DecodeDatabaseName(a.control(wire.GetDatabaseName(d.ID)))
		if err == nil {
			d.Path, err = wire.DecodeDatabasePath(a.control(wire.GetDatabasePath(d.ID)))
		}
		if err == nil {
			health, err = wire.DecodeDatabaseHealth(a.control(wire.GetDatabaseHealth(d.ID)))
		}
		if err != nil {
			return nil, err
		}
		d.Unhealthy = health != ""
	}
	return dbs, nil
}

func askDatabase(name string) func(a asker) (any, error) {
	return func(a asker) (any, error) {
		d, err := findDatabase(a, name)
		if err != nil {
			return nil, err
		}
		health, err := wire.DecodeDatabaseHealth(a.control(wire.GetDatabaseHealth(d.ID)))
		return &status.DatabaseStatus{Database: d, Health: cmp.Or(health, "OK")}, err
	}
}

func findDatabase(a asker, name string) (status.Database, error) {
	dbs, err := askDatabases(a)
	if err != nil {
		return status.Database{}, err
	}
	d, ok := dbs.(*status.DatabaseMap).Database(name)
	if !ok {
		return d, fmt.Errorf("there is no database %s", name)
	}
	return d, nil
}

func askDBStatistics(name string) func(a asker) (any, error) {
	return func(a asker) (any, error) {
		d, err := findDatabase(a, name)
		if err != nil {
			return nil, err
		}
		s, err := wire.DecodeDatabaseStatistics(a.control(wire.GetDatabaseStatistics(d.ID)))
		if err != nil {
			return nil, err
		}
		s.Name = d.Name
		return s, nil
	}
}

func askTunables(a asker) (any, error) {
	names, err := wire.DecodeTunableNames(a.control(wire.GetTunableNames()))
	if err != nil {
		return nil, err
	}
	return wire.DecodeAllTunables(a.control(wire.GetAllTunables()), names)
}

func askTunable(a asker) (any, error) {
	value, err := wire.DecodeTunable(a.made(wire.GetTunable("MonitorInterval")))
	return status.Tunable{Name: "MonitorInterval", Value: value}, err
}

func askEvent(event string) func(a asker) (any, error) {
	return func(a asker) (any, error) {
		return wire.DecodeEventStatus(a.event(wire.AppendEventStatus(nil, 5, "legacy", event)), "legacy", event)
	}
}

func parseEvent(a toolAnswer) (any, error) {
	return status.ParseEventStatus([]byte(a.Out), []byte(a.Err), a.Code, time.UTC)
}

// compareEvents leaves out the output of scripts that did not fail, if the tool does not print it.
func compareEvents(tool, wire any) string {
	of := wire.(*status.EventStatus)
	for i, s := range tool.(*status.EventStatus).Scripts {
		if i < len(of.Scripts) && !s.State.IsFailure() && s.Output == "" {
			of.Scripts[i].Output = ""
		}
	}
	return gocmp.Diff(tool, wire, toldByBoth)
}

// compareStatistics compares all that the questions themselves do not change, and the rest within what they can.
func compareStatistics(tool, wire any) string {
	const most = 1000
	a, b := *tool.(*status.Statistics), *wire.(*status.Statistics)
	for name, moving := range map[string][2]*uint64{
		"clients":                 {&a.Clients, &b.Clients},
		"client packets sent":     {&a.ClientPacketsSent, &b.ClientPacketsSent},
		"client packets received": {&a.ClientPacketsRecv, &b.ClientPacketsRecv},
		"node packets sent":       {&a.NodePacketsSent, &b.NodePacketsSent},
		"node packets received":   {&a.NodePacketsRecv, &b.NodePacketsRecv},
		"keepalives sent":         {&a.KeepalivesSent, &b.KeepalivesSent},
		"keepalives received":     {&a.KeepalivesReceived, &b.KeepalivesReceived},
		"node req_message":        {&a.Node.ReqMessage, &b.Node.ReqMessage},
		"node req_control":        {&a.Node.ReqControl, &b.Node.ReqControl},
		"node reply_control":      {&a.Node.ReplyControl, &b.Node.ReplyControl},
		"client req_message":      {&a.Client.ReqMessage, &b.Client.ReqMessage},
		"client req_control":      {&a.Client.ReqControl, &b.Client.ReqControl},
	} {
		if *moving[0] < *moving[1] || *moving[0] > *moving[1]+most {
			return fmt.Sprintf("%s: tool %d, wire %d\n", name, *moving[0], *moving[1])
		}
		*moving[1] = *moving[0]
	}
	if d := a.Current.Sub(b.Current); d < 0 || d > time.Minute || a.Collected-b.Collected != d {
		return fmt.Sprintf("times: tool %v, wire %v\n", a.Current, b.Current)
	}
	if a.MemoryUsed < b.MemoryUsed/2 || a.MemoryUsed > 2*b.MemoryUsed {
		return fmt.Sprintf("memory: tool %d, wire %d\n", a.MemoryUsed, b.MemoryUsed)
	}
	b.Current, b.Collected, b.MemoryUsed = a.Current, a.Collected, a.MemoryUsed
	return gocmp.Diff(a, b, toldByBoth)
}
