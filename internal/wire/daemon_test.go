package wire_test

import (
	"encoding/binary"
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/status"
)

// The daemons' side of the protocols, by the offsets of each field, which the package itself reads one after the other.

// image is the memory of something; writing behind its end makes it longer.
type image []byte

func (m *image) at(offset, size int) []byte {
	if short := offset + size - len(*m); short > 0 {
		*m = append(*m, make([]byte, short)...)
	}
	return (*m)[offset : offset+size]
}

func (m *image) u16(offset int, v uint16)  { binary.NativeEndian.PutUint16(m.at(offset, 2), v) }
func (m *image) u32(offset int, v uint32)  { binary.NativeEndian.PutUint32(m.at(offset, 4), v) }
func (m *image) u64(offset int, v uint64)  { binary.NativeEndian.PutUint64(m.at(offset, 8), v) }
func (m *image) f64(offset int, v float64) { m.u64(offset, math.Float64bits(v)) }
func (m *image) bytes(offset int, v []byte) {
	copy(m.at(offset, len(v)), v)
}

func (m *image) sockaddr(offset int, a netip.AddrPort) {
	family := map[bool]uint16{true: 2, false: 10}[a.Addr().Is4()]
	if !a.Addr().IsValid() {
		family = 0
	}
	m.u16(offset, family)
	binary.BigEndian.PutUint16(m.at(offset+2, 2), a.Port())
	m.at(offset, 28)
	switch family {
	case 2:
		m.bytes(offset+4, a.Addr().AsSlice())
	case 10:
		m.bytes(offset+8, a.Addr().AsSlice())
	}
}

func (m *image) addr(offset int, a netip.Addr) { m.sockaddr(offset, netip.AddrPortFrom(a, 0)) }

func (m *image) timeval(offset int, t time.Time) {
	m.u64(offset, uint64(t.Unix()))
	m.u64(offset+8, uint64(t.Nanosecond()/1000))
}

// nodeNumber is that of a node, or of none.
func nodeNumber[T ~uint32](v status.Value[T]) uint32 {
	if pnn, ok := v.Get(); ok {
		return uint32(pnn)
	}
	return 0xFFFFFFFF
}

func nodesImage(all []status.Node) []byte {
	var m image
	m.u32(0, uint32(len(all)))
	for i, n := range all {
		at := 4 + 36*i
		m.u32(at, uint32(n.PNN))
		m.u32(at+4, uint32(n.Flags))
		m.sockaddr(at+8, netip.AddrPortFrom(n.Address, 4379))
	}
	return m
}

func vnnImage(v wire.VNNMap) []byte {
	generation, ok := v.Generation.Get()
	if !ok {
		generation = 1
	}
	var m image
	m.u32(0, uint32(generation))
	m.u32(4, uint32(len(v.LMasters)))
	for i, pnn := range v.LMasters {
		m.u32(8+4*i, uint32(pnn))
	}
	return m
}

func publicIPsImage(all []status.PublicIP) []byte {
	var m image
	m.u32(0, uint32(len(all)))
	for i, ip := range all {
		m.u32(4+32*i, nodeNumber(ip.Node))
		m.addr(8+32*i, ip.Address)
	}
	return m
}

func (m *image) interfaces(at int, all []status.Interface) {
	for i, iface := range all {
		at := at + 24*i
		m.at(at, 24)
		m.bytes(at, []byte(iface.Name))
		m.u16(at+18, map[bool]uint16{true: 1}[iface.Up])
		m.u32(at+20, uint32(iface.References))
	}
}

func publicIPInfoImage(info *status.PublicIPInfo) []byte {
	var m image
	m.u32(0, nodeNumber(info.Node))
	m.addr(4, info.Address)
	active := slices.IndexFunc(info.Interfaces, func(i status.Interface) bool { return i.Name == info.ActiveInterface })
	if info.ActiveInterface == "" {
		active = -1
	}
	m.u32(32, uint32(active))
	m.u32(36, uint32(len(info.Interfaces)))
	m.interfaces(40, info.Interfaces)
	return m
}

func interfacesImage(all []status.Interface) []byte {
	var m image
	m.u32(0, uint32(len(all)))
	m.interfaces(4, all)
	return m
}

func uptimeImage(u *status.Uptime) []byte {
	ended, ok := u.Recovered.Get()
	if !ok {
		ended = u.Started
	}
	var m image
	m.timeval(0, u.Now)
	m.timeval(16, u.Started)
	m.timeval(32, ended.Add(-u.RecoveryTook))
	m.timeval(48, ended)
	return m
}

func (m *image) counters(offset int, all ...uint64) {
	for i, n := range all {
		m.u32(offset+4*i, uint32(n))
	}
}

func (m *image) latency(offset int, l status.Latency) {
	m.u32(offset, uint32(l.Count))
	m.f64(offset+8, l.Min.Seconds())
	m.f64(offset+16, l.Max.Seconds())
	m.f64(offset+24, l.Avg.Seconds()*float64(l.Count))
}

func (m *image) statistics(at int, s *status.Statistics) {
	n, c, t := s.Node, s.Client, s.Timeouts
	m.at(at, 488)
	m.counters(at+0, s.Clients, s.Frozen, s.Recovering)
	m.counters(at+12, s.ClientPacketsSent, s.ClientPacketsRecv)
	m.counters(at+20, s.NodePacketsSent, s.NodePacketsRecv)
	m.counters(at+28, s.KeepalivesSent, s.KeepalivesReceived)
	m.counters(at+36, n.ReqCall, n.ReplyCall, n.ReqDmaster, n.ReplyDmaster, n.ReplyError, n.ReqMessage)
	m.counters(at+60, n.ReqControl, n.ReplyControl)
	m.counters(at+68, n.ReqTunnel)
	m.counters(at+72, c.ReqCall, c.ReqMessage)
	m.counters(at+80, c.ReqControl, c.ReqTunnel)
	m.counters(at+88, t.Call)
	m.counters(at+92, t.Control, t.Traverse)
	m.latency(at+104, s.ReclockCtdbd)
	m.latency(at+136, s.ReclockRecd)
	m.counters(at+168, s.Locks.Calls, s.Locks.Current, s.Locks.Pending, s.Locks.Failed)
	m.latency(at+184, s.LockLatency)
	m.counters(at+216, s.LockTimes...)
	m.counters(at+280, s.TotalCalls)
	m.counters(at+284, s.PendingCalls)
	m.counters(at+288, s.ChildwriteCalls)
	m.counters(at+292, s.PendingChildwriteCalls)
	m.counters(at+296, s.MemoryUsed)
	m.counters(at+304, s.MaxHopCount)
	m.counters(at+308, s.HopCounts...)
	m.latency(at+376, s.CallLatency)
	m.latency(at+408, s.ChildwriteLatency)
	m.counters(at+440, s.Recoveries)
	m.timeval(at+448, s.Since)
	m.timeval(at+464, s.Current)
	m.counters(at+480, s.ReadOnlyDelegations)
	m.counters(at+484, s.ReadOnlyRevokes)
}

func statisticsImage(s *status.Statistics) []byte {
	var m image
	m.statistics(0, s)
	return m
}

func historyImage(h *status.StatisticsHistory) []byte {
	var m image
	m.at(0, 8)
	m.u32(0, uint32(len(h.Records)))
	for i := range h.Records {
		m.statistics(8+488*i, &h.Records[i])
	}
	return m
}

func databaseMapImage(dbs *status.DatabaseMap) []byte {
	var m image
	m.u32(0, uint32(len(dbs.Databases)))
	for i, d := range dbs.Databases {
		var flags byte
		for bit, set := range map[byte]bool{1: d.Persistent, 2: d.ReadOnly, 4: d.Sticky, 8: d.Replicated} {
			if set {
				flags |= bit
			}
		}
		for _, name := range d.OtherFlags {
			flags |= map[string]byte{"0x10": 0x10, "0x20": 0x20, "0x40": 0x40, "0x80": 0x80}[name]
		}
		m.u32(4+8*i, uint32(d.ID))
		m.at(4+8*i, 8)[4] = flags
	}
	return m
}

func databaseStatisticsImage(s *status.DBStatistics) []byte {
	var m image
	m.at(0, 464)
	m.counters(0, s.Locks.Calls, s.Locks.Current, s.Locks.Pending, s.Locks.Failed)
	m.latency(16, s.LockLatency)
	m.counters(48, s.LockTimes...)
	m.latency(112, s.VacuumLatency)
	m.counters(144, s.ReadOnlyDelegations)
	m.counters(148, s.ReadOnlyRevokes)
	m.counters(152, s.HopCounts...)
	m.u32(216, uint32(len(s.HotKeys)))
	end := 464
	for i, k := range s.HotKeys {
		m.u32(224+24*i, uint32(k.Count))
		m.u64(224+24*i+8, 0x5555_AAAA_5555_AAAA) // the daemon's pointer
		m.u64(224+24*i+16, uint64(len(k.Key)))
		m.bytes(end, k.Key)
		end += len(k.Key)
	}
	return m
}

func ticklesImage(t *status.Tickles) []byte {
	address, _ := t.Address.Get()
	var m image
	m.addr(0, address)
	m.u32(28, uint32(len(t.Connections)))
	for i, c := range t.Connections {
		m.sockaddr(32+56*i, c.Source)
		m.sockaddr(60+56*i, c.Destination)
	}
	return m
}

func wordImage(n uint32) []byte {
	var m image
	m.u32(0, n)
	return m
}

func textImage(text string) []byte { return append([]byte(text), 0) }

// replyPacket is what ctdbd answers to a control.
func replyPacket(id uint32, code int32, data, text []byte) []byte {
	var m image
	m.header(8, id)
	m.u32(24, 3)
	m.u32(32, uint32(code))
	m.u32(36, uint32(len(data)))
	m.u32(40, uint32(len(text)))
	m.bytes(44, data)
	m.bytes(44+len(data), text)
	return m.padded()
}

func (m *image) header(operation, id uint32) {
	m.u32(4, 0x43544442)
	m.u32(8, 1)
	m.u32(12, 77)
	m.u32(16, operation)
	m.u32(28, id)
}

// padded sets the length.
func (m *image) padded() []byte {
	m.at(0, (len(*m)+7)/8*8)
	m.u32(0, uint32(len(*m)))
	return *m
}

// messagePacket is what ctdbd delivers.
func messagePacket(srvid wire.Srvid, data []byte) []byte {
	var m image
	m.header(5, 0)
	m.u32(24, 3)
	m.u64(32, uint64(srvid))
	m.u32(40, uint32(len(data)))
	m.bytes(44, data)
	return m.padded()
}

// eventPacket is what an event daemon answers.
func eventPacket(id, command uint32, result int32, body []byte) []byte {
	var m image
	m.u32(0, uint32(20+len(body)))
	m.u32(4, 0)
	m.u32(8, id)
	m.u32(12, command)
	m.u32(16, uint32(result))
	m.bytes(20, body)
	return m
}

// scriptImage is a script in the answer about an event.
type scriptImage struct {
	name       string
	begin, end time.Time
	result     int32
	output     string
}

func eventStatusImage(summary int32, scripts ...scriptImage) []byte {
	var m image
	m.u32(0, uint32(summary))
	m.u32(4, uint32(len(scripts)))
	for _, s := range scripts {
		m.text(s.name)
		at := len(m)
		m.timeval(at, s.begin)
		m.timeval(at+16, s.end)
		m.u32(at+32, uint32(s.result))
		m.text(s.output)
	}
	return m
}

// text writes a text behind its length at the end, 0 for none.
func (m *image) text(text string) {
	if text == "" {
		m.u32(len(*m), 0)
		return
	}
	m.u32(len(*m), uint32(len(text)+1))
	m.bytes(len(*m), textImage(text))
}

// request is what ctdbd makes of a control.
type request struct {
	Length, Destination, ID, Opcode, Flags uint32
	Srvid                                  uint64
	Data                                   []byte
}

// readRequest reads a control, by offsets. It gives false where a daemon would drop it or read behind its end.
func readRequest(packet []byte) (request, bool) {
	u32 := func(at int) uint32 { return binary.NativeEndian.Uint32(packet[at:]) }
	if len(packet) < 60 || len(packet)%8 != 0 || u32(4) != 0x43544442 || u32(8) != 1 || u32(16) != 7 {
		return request{}, false
	}
	r := request{
		Length: u32(0), Destination: u32(20), ID: u32(28), Opcode: u32(32), Flags: u32(52),
		Srvid: binary.NativeEndian.Uint64(packet[40:]),
	}
	length := int(u32(56))
	if int(r.Length) != len(packet) || length > len(packet)-60 || length < len(packet)-60-7 {
		return request{}, false
	}
	zeros := slices.Concat(packet[12:16], packet[24:28], packet[36:40], packet[48:52], packet[60+length:])
	r.Data = slices.Clone(packet[60 : 60+length])
	return r, !slices.ContainsFunc(zeros, func(b byte) bool { return b != 0 })
}
