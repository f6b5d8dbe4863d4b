package wire_test

import (
	"bytes"
	"fmt"
	"net"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// dialSample is net.Dial("unix", "/run/ctdb/ctdbd.socket") in the examples. The daemon answers with these packets.
func dialSample(size int, answer ...[]byte) net.Conn {
	client, daemon := net.Pipe()
	go func() {
		defer func() { _ = daemon.Close() }()
		if _, err := daemon.Read(make([]byte, size)); err == nil {
			_, _ = daemon.Write(bytes.Join(answer, nil))
		}
	}()
	return client
}

// A light status takes one write, and a buffer that grows to what is missing.
func Example() {
	vnn := wire.VNNMap{Generation: status.Known(status.Generation(7)), LMasters: []nodes.PNN{0}}
	conn := dialSample(256,
		replyPacket(1, 0, nil, nil),
		replyPacket(2, 0, nodesImage(sampleNodes), nil),
		replyPacket(3, 0, vnnImage(vnn), nil),
		replyPacket(4, 0, nil, nil),
	)
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write(wire.AppendLight(nil, wire.Destination{}, 1)); err != nil {
		fmt.Println(err)
		return
	}
	var light wire.Light
	var received []byte
	for taken := 0; taken < wire.LightRequests; {
		packet, need, err := wire.Splitter{}.Next(received)
		if err != nil {
			fmt.Println(err)
			return
		}
		if packet == nil {
			more := make([]byte, need)
			n, err := conn.Read(more)
			if err != nil {
				fmt.Println(err)
				return
			}
			received = append(received, more[:n]...)
			continue
		}
		received = received[len(packet):]
		reply, err := wire.ParseReply(packet)
		if err == nil {
			err = light.Take(reply, 1)
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		taken++
	}
	fmt.Print(light.Cluster())
	// Output:
	// Number of nodes:3 (including 1 deleted nodes)
	// pnn:0 192.0.2.1        OK (THIS NODE)
	// pnn:1 2001:db8::1      DISCONNECTED|UNHEALTHY|INACTIVE
	// Generation:7
	// Size:1
	// hash:0 lmaster:0
	// Recovery mode:NORMAL (0)
}

// What ctdbd refuses often has no reason.
func ExampleStatusError() {
	_, err := wire.DecodeTunable(wire.Reply{Status: -22})
	fmt.Println(err)
	_, err = wire.DecodeUptime(wire.Reply{Status: -1, Text: []byte("node is disconnected")})
	fmt.Println(err)
	// Output:
	// GET_TUNABLE: status -22
	// UPTIME: status -1 "node is disconnected"
}

// A packet that is malformed is an error with its place.
func ExampleError() {
	_, err := wire.DecodeNodeMap(wire.Reply{Data: []byte{0, 0, 0, 0, 1}}, nil)
	fmt.Println(err)
	// Output:
	// reply to GET_NODEMAP, offset 48: want 0 nodes of 36 bytes, got 1 bytes
}

// An event daemon is asked in another way.
func ExampleDecodeEventStatus() {
	request, err := wire.AppendEventStatus(nil, 1, "legacy", "monitor")
	fmt.Println(len(request), err)
	begin := time.Unix(1_800_000_000, 0)
	script := scriptImage{"60.nfs", begin, begin.Add(time.Second), 7, "no nfsd\n"}
	reply, err := wire.ParseEventReply(eventPacket(1, 2, 0, eventStatusImage(7, script)))
	if err != nil {
		fmt.Println(err)
		return
	}
	event, err := wire.DecodeEventStatus(reply, "legacy", "monitor")
	if err != nil {
		fmt.Println(err)
		return
	}
	failed, _ := event.Failed()
	fmt.Println(event.Result, failed.Name, failed.State, failed.Took, failed.Output)
	// Output:
	// 39 <nil>
	// 7 60.nfs ERROR 1s no nfsd
}
