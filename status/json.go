package status

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// The tool's own JSON, as 4.25 prints it.
type (
	jsonNodes struct {
		Count   int                        `json:"node_count"`
		Deleted int                        `json:"deleted_node_count"`
		Nodes   map[string]json.RawMessage `json:"nodes"`
	}
	jsonNode struct {
		PNN             nodes.PNN       `json:"pnn"`
		Address         netip.Addr      `json:"address"`
		PartiallyOnline bool            `json:"partially_online"`
		RawFlags        uint32          `json:"flags_raw"`
		FlagsOK         json.RawMessage `json:"flags_ok"` // follows from the flags
		Flags           map[string]bool `json:"flags"`
		ThisNode        bool            `json:"this_node"`
	}
	jsonVNNMap struct {
		Generation *Generation `json:"generation"`
		Size       int         `json:"size"`
		Map        []struct {
			Hash    int       `json:"hash"`
			LMaster nodes.PNN `json:"lmaster"`
		} `json:"vnn_map"`
	}
)

// jsonParts has the keys of the outermost object with what reads their values.
var jsonParts = map[string]func(c *Cluster, value json.RawMessage) error{
	"node_status":       (*Cluster).jsonNodes,
	"vnn_status":        (*Cluster).jsonVNNMap,
	"recovery_mode":     func(*Cluster, json.RawMessage) error { return nil }, // the word for recovery_mode_raw
	"recovery_mode_raw": (*Cluster).jsonRecoveryMode,
	"leader":            (*Cluster).jsonLeader,
}

// parseJSON reads the JSON form. Keys that it does not know are kept.
func (p *parser) parseJSON() error {
	if !p.whole {
		return p.errLine(1, "JSON, which no release prints for nodestatus")
	}
	p.cluster.Form = FormJSON
	dec := json.NewDecoder(strings.NewReader(p.rest))
	if _, err := dec.Token(); err != nil { // the brace that it begins with
		return p.jsonError(dec, err)
	}
	seen := make(map[string]bool, len(jsonParts))
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return p.jsonError(dec, err)
		}
		key, _ := token.(string) // the decoder lets nothing else pass
		var value json.RawMessage
		at := dec.InputOffset()
		if err := dec.Decode(&value); err != nil {
			return p.jsonError(dec, err)
		}
		p.num = strings.Count(p.rest[:at], "\n") + 1
		if err := p.jsonPart(key, value, seen); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return p.jsonError(dec, err)
	}
	if rest := strings.TrimSpace(p.rest[dec.InputOffset():]); rest != "" {
		return p.jsonError(dec, errors.New("want nothing behind the object, got "+clip(rest)))
	}
	for _, key := range slices.Sorted(maps.Keys(jsonParts)) {
		if !seen[key] {
			return p.jsonError(dec, fmt.Errorf("the object has no %q", key))
		}
	}
	return p.checkCounts(1)
}

// jsonPart reads one key of the outermost object.
func (p *parser) jsonPart(key string, value json.RawMessage, seen map[string]bool) error {
	parse, ok := jsonParts[key]
	if !ok {
		p.line = strconv.Quote(key) + ": " + compactJSON(value)
		return p.keepUnparsed()
	}
	if seen[key] {
		return p.errLine(p.num, "a second "+strconv.Quote(key))
	}
	seen[key] = true
	if err := parse(&p.cluster, value); err != nil {
		return p.errLine(p.num, strconv.Quote(key)+": "+err.Error())
	}
	return nil
}

// jsonError adds the position that the decoder got to.
func (p *parser) jsonError(dec *json.Decoder, err error) error {
	at := dec.InputOffset()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = max(syntax.Offset-1, at)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the output ends within the object")
	}
	before := p.rest[:min(at, int64(len(p.rest)))]
	return &ParseError{
		Command: p.command,
		Line:    strings.Count(before, "\n") + 1,
		Col:     len(before) - strings.LastIndexByte(before, '\n'),
		Reason:  "JSON: " + err.Error(),
	}
}

func (c *Cluster) jsonNodes(value json.RawMessage) error {
	var part jsonNodes
	if err := json.Unmarshal(value, &part); err != nil {
		return err
	}
	c.NodeCount, c.DeletedCount = Known(part.Count), Known(part.Deleted)
	for key, value := range part.Nodes {
		n, err := nodeFromJSON(value)
		if err == nil && key != strconv.FormatUint(uint64(n.PNN), 10) {
			err = fmt.Errorf("its pnn is %d", uint32(n.PNN))
		}
		if err != nil {
			return fmt.Errorf("node %s: %w", clip(key), err)
		}
		c.Nodes = append(c.Nodes, n)
	}
	slices.SortFunc(c.Nodes, func(a, b Node) int { return int(int64(a.PNN) - int64(b.PNN)) })
	return nil
}

func nodeFromJSON(value json.RawMessage) (Node, error) {
	var in jsonNode
	if err := json.Unmarshal(value, &in); err != nil {
		return Node{}, err
	}
	if !in.Address.IsValid() || in.Flags == nil {
		return Node{}, errors.New("it needs an address and flags")
	}
	n := Node{
		PNN: in.PNN, Address: in.Address, Flags: Flags(in.RawFlags),
		PartiallyOnline: in.PartiallyOnline, ThisNode: in.ThisNode,
	}
	for _, name := range slices.Sorted(maps.Keys(in.Flags)) {
		if !in.Flags[name] {
			continue
		}
		flags, other := ParseFlags(strings.ToUpper(name))
		n.Flags |= flags
		if name != "inactive" || !Flags(in.RawFlags).Inactive() {
			n.OtherFlags = append(n.OtherFlags, other...)
		}
	}
	return n, n.keepExtra(value)
}

// keepExtra keeps the keys of a node that jsonNode has no field for.
func (n *Node) keepExtra(value json.RawMessage) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(value, &all); err != nil {
		return err
	}
	for _, key := range []string{"pnn", "address", "partially_online", "flags_raw", "flags_ok", "flags", "this_node"} {
		delete(all, key)
	}
	for key, value := range all {
		if n.Extra == nil {
			n.Extra = make(map[string]string, len(all))
		}
		n.Extra[key] = compactJSON(value)
	}
	return nil
}

func (c *Cluster) jsonVNNMap(value json.RawMessage) error {
	var part jsonVNNMap
	if err := json.Unmarshal(value, &part); err != nil {
		return err
	}
	if part.Size != len(part.Map) {
		return fmt.Errorf("size %d, but %d hashes", part.Size, len(part.Map))
	}
	c.Generation = Unknown[Generation]()
	if part.Generation != nil {
		c.Generation = Known(*part.Generation)
	}
	c.LMasters = make([]nodes.PNN, len(part.Map))
	for i, entry := range part.Map {
		if entry.Hash != i {
			return fmt.Errorf("hash %d where hash %d is due", entry.Hash, i)
		}
		c.LMasters[i] = entry.LMaster
	}
	return nil
}

func (c *Cluster) jsonRecoveryMode(value json.RawMessage) error {
	var mode uint32
	err := json.Unmarshal(value, &mode)
	c.RecoveryMode = Known(RecoveryMode(mode))
	return err
}

func (c *Cluster) jsonLeader(value json.RawMessage) error {
	var leader uint32
	err := json.Unmarshal(value, &leader)
	c.Leader = leaderOf(leader)
	return err
}

func compactJSON(value json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Compact(&b, value); err != nil {
		return string(value)
	}
	return b.String()
}
