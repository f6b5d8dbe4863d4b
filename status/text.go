package status

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// What the lines of the text form begin with.
const (
	keyNumber       = "Number of nodes:"
	keyNode         = "pnn:"
	keyGeneration   = "Generation:"
	keySize         = "Size:"
	keyHash         = "hash:"
	keyRecoveryMode = "Recovery mode:"
	keyRecmaster    = "Recovery master:" // up to 4.15
	keyLeader       = "Leader:"          // since 4.16

	thisNodeMark = " (THIS NODE)"
)

// textLines has the keys of the text form with what reads the rest of the line; offset is where the rest begins.
var textLines = []struct {
	key   string
	once  bool
	parse func(p *parser, rest string, offset int) error
}{
	{keyNode, false, (*parser).textNode},
	{keyHash, false, (*parser).textHash},
	{keyNumber, true, (*parser).textNumber},
	{keyGeneration, true, (*parser).textGeneration},
	{keySize, true, (*parser).textSize},
	{keyRecoveryMode, true, (*parser).textRecoveryMode},
	{keyRecmaster, true, (*parser).textLeader},
	{keyLeader, true, (*parser).textLeader},
}

// isTextLine tells whether the text form can begin with this line.
func isTextLine(line string) bool {
	return strings.HasPrefix(line, keyNumber) || strings.HasPrefix(line, keyNode)
}

// parseText reads the text form, from the current line on.
func (p *parser) parseText() error {
	p.cluster.Form = FormText
	p.seen = make(map[string]bool, len(textLines))
	for {
		if err := p.textLine(); err != nil {
			return err
		}
		more, err := p.next()
		if err != nil {
			return err
		}
		if !more {
			return p.checkText()
		}
	}
}

func (p *parser) textLine() error {
	for _, l := range textLines {
		rest, ok := strings.CutPrefix(p.line, l.key)
		if !ok {
			continue
		}
		if l.once {
			if p.seen[l.key] {
				return p.errAt(0, "a second line "+strconv.Quote(l.key))
			}
			p.seen[l.key] = true
		}
		return l.parse(p, rest, len(l.key))
	}
	return p.keepUnparsed()
}

// textNumber reads "4 (including 1 deleted nodes)".
func (p *parser) textNumber(rest string, offset int) error {
	count, suffix, _ := strings.Cut(rest, " ")
	n, err := p.count(count, offset)
	if err != nil {
		return err
	}
	deleted := 0
	if suffix != "" {
		offset += len(count) + 1
		text, ok := strings.CutPrefix(suffix, "(including ")
		text, ok2 := strings.CutSuffix(text, " deleted nodes)")
		if !ok || !ok2 {
			return p.errAt(offset, `want "(including N deleted nodes)", got `+clip(suffix))
		}
		if deleted, err = p.count(text, offset+len("(including ")); err != nil {
			return err
		}
	}
	p.countLine = p.num
	p.cluster.NodeCount, p.cluster.DeletedCount = Known(n), Known(deleted)
	return nil
}

// textNode reads "1 10.0.0.2         DISCONNECTED|UNHEALTHY|INACTIVE (THIS NODE)".
func (p *parser) textNode(rest string, offset int) error {
	number, rest, _ := strings.Cut(rest, " ")
	pnn, err := p.uint32(number, offset, "a node number")
	if err != nil {
		return err
	}
	offset += len(number) + 1
	address, rest, _ := strings.Cut(rest, " ")
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return p.errAt(offset, "want an address, got "+clip(address))
	}
	offset += len(address) + 1
	padded := len(rest)
	rest = strings.TrimLeft(rest, " ")
	offset += padded - len(rest)
	n := Node{PNN: nodes.PNN(pnn), Address: addr}
	state, this := strings.CutSuffix(rest, thisNodeMark)
	n.ThisNode = this
	if at := badState(state); at >= 0 {
		return p.errAt(offset+at, "want the names of node flags joined by |, got "+clip(rest))
	}
	n.setState(state)
	return p.addNode(n)
}

// badState gives the offset at which text stops being words of upper-case letters, digits and the like joined by "|";
// -1 if it is all that.
func badState(text string) int {
	word := 0
	for i := range len(text) {
		switch c := text[i]; {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '_', c == '-':
			word++
		case c == '|' && word > 0:
			word = 0
		default:
			return i
		}
	}
	if word == 0 {
		return len(text)
	}
	return -1
}

// textGeneration reads a number, which up to 4.4 can be negative, or INVALID.
func (p *parser) textGeneration(rest string, offset int) error {
	if rest == "INVALID" {
		p.cluster.Generation = Unknown[Generation]()
		return nil
	}
	if n, err := strconv.ParseInt(rest, 10, 32); err == nil && n < 0 {
		p.cluster.Generation = Known(Generation(uint32(n)))
		return nil
	}
	n, err := p.uint32(rest, offset, "a generation or INVALID")
	p.cluster.Generation = Known(Generation(n))
	return err
}

// textSize reads the number of hash lines that follow. It allocates nothing yet: the number may be a lie.
func (p *parser) textSize(rest string, offset int) (err error) {
	p.size, err = p.count(rest, offset)
	p.sizeLine = p.num
	p.cluster.LMasters = []nodes.PNN{}
	return err
}

// textHash reads "0 lmaster:2".
func (p *parser) textHash(rest string, offset int) error {
	const sep = " lmaster:"
	hash, lmaster, ok := strings.Cut(rest, sep)
	if !ok {
		return p.errAt(offset, `want "HASH lmaster:NODE", got `+clip(rest))
	}
	index, err := p.count(hash, offset)
	if err != nil {
		return err
	}
	if want := len(p.cluster.LMasters); index != want || p.cluster.LMasters == nil {
		return p.errAt(offset, fmt.Sprintf("hash %d where hash %d is due", index, want))
	}
	pnn, err := p.uint32(lmaster, offset+len(hash)+len(sep), "a node number")
	p.cluster.LMasters = append(p.cluster.LMasters, nodes.PNN(pnn))
	return err
}

// textRecoveryMode reads "NORMAL (0)". The number decides, as it does for CTDB.
func (p *parser) textRecoveryMode(rest string, offset int) error {
	word, number, ok := strings.Cut(rest, " (")
	number, ok2 := strings.CutSuffix(number, ")")
	if _, known := parseRecoveryMode(word); !ok || !ok2 || !known {
		return p.errAt(offset, `want "NORMAL (0)" or "RECOVERY (1)", got `+clip(rest))
	}
	mode, err := p.uint32(number, offset+len(word)+2, "a recovery mode")
	if err != nil {
		return err
	}
	if RecoveryMode(mode).String() != word {
		return p.errAt(offset, fmt.Sprintf("recovery mode %d is not %s", mode, word))
	}
	p.cluster.RecoveryMode = Known(RecoveryMode(mode))
	return nil
}

// textLeader reads a node number or what a release says for none: UNKNOWN, -1 or the number's bits without a sign.
func (p *parser) textLeader(rest string, offset int) error {
	if p.cluster.Leader.IsReported() {
		return p.errAt(0, "a second leader")
	}
	if rest == "UNKNOWN" || rest == "-1" {
		p.cluster.Leader = Unknown[nodes.PNN]()
		return nil
	}
	n, err := p.uint32(rest, offset, "a node number or UNKNOWN")
	p.cluster.Leader = leaderOf(n)
	return err
}

func leaderOf(n uint32) Value[nodes.PNN] {
	if nodes.PNN(n) == nodes.NoPNN {
		return Unknown[nodes.PNN]()
	}
	return Known(nodes.PNN(n))
}

// checkText holds the counts against the rows, and looks for lines that are missing.
func (p *parser) checkText() error {
	if err := p.checkCounts(p.countLine); err != nil {
		return err
	}
	if p.cluster.LMasters != nil && p.size != len(p.cluster.LMasters) {
		return p.errLine(p.sizeLine, fmt.Sprintf("size %d, but %d hash lines", p.size, len(p.cluster.LMasters)))
	}
	if !p.whole {
		return nil
	}
	for _, key := range []string{keyNumber, keyGeneration, keySize, keyRecoveryMode} {
		if !p.seen[key] {
			return p.errLine(p.num, "the output ends without a line "+strconv.Quote(key))
		}
	}
	if !p.cluster.Leader.IsReported() {
		return p.errLine(p.num, fmt.Sprintf("the output ends without a line %q or %q", keyLeader, keyRecmaster))
	}
	return nil
}

// checkCounts holds the number of nodes, told at the given line, against their rows.
func (p *parser) checkCounts(line int) error {
	count, ok := p.cluster.NodeCount.Get()
	if !ok {
		return nil
	}
	deleted, _ := p.cluster.DeletedCount.Get()
	if count-deleted != len(p.cluster.Nodes) {
		return p.errLine(line, fmt.Sprintf("%d nodes of which %d are deleted, but %d are listed",
			count, deleted, len(p.cluster.Nodes)))
	}
	return nil
}
