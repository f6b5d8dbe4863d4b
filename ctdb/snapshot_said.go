package ctdb

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// said is what one node said of something.
type said struct {
	by      nodes.PNN
	what    string
	at      time.Time
	settled bool
}

// differ adds a finding if nodes said different things, about a node unless that is NoPNN: of its severity if those
// that are settled differ, else a note. How words it.
func (c *checker) differ(about nodes.PNN, id string, severity finding.Severity, all []said, how func([]voice) string) {
	settled := slices.DeleteFunc(slices.Clone(all), func(s said) bool { return !s.settled })
	text := ""
	switch voices := voicesOf(settled); {
	case len(voices) > 1:
		text = how(voices) + within(settled)
	default:
		if voices = voicesOf(all); len(voices) < 2 {
			return
		}
		severity, text = finding.Note, how(voices)+within(all)+", while the cluster changes"
	}
	if about == nodes.NoPNN {
		c.add(id, severity, "%s", text)
		return
	}
	c.addTo(about, id, severity, "%s", text)
}

// voice is what some nodes said alike.
type voice struct {
	by   []nodes.PNN
	what string
}

// voicesOf puts together what was said alike, in the order of its first mention.
func voicesOf(all []said) []voice {
	index := map[string]int{}
	var voices []voice
	for _, s := range all {
		i, ok := index[s.what]
		if !ok {
			i = len(voices)
			index[s.what] = i
			voices = append(voices, voice{what: s.what})
		}
		voices[i].by = append(voices[i].by, s.by)
	}
	return voices
}

// eachSays gives what each voice says: "node 0: x, nodes 1 and 2: y".
func eachSays(voices []voice) string {
	texts := make([]string, len(voices))
	for i, v := range voices {
		texts[i] = nodesText(v.by) + ": " + v.what
	}
	return strings.Join(texts, ", ")
}

// unlikeFirst gives what the lists of voices, a line for each entry, have other than that of the first.
func unlikeFirst(voices []voice) string {
	first := strings.Split(voices[0].what, "\n")
	texts := make([]string, 0, len(voices)-1)
	for _, v := range voices[1:] {
		texts = append(texts, nodesText(v.by)+" "+listChange(first, strings.Split(v.what, "\n")))
	}
	return "unlike " + nodesText(voices[0].by) + ": " + strings.Join(texts, "; ")
}

// listChange gives what one list has other than another.
func listChange(from, to []string) string {
	var texts []string
	for _, part := range []struct {
		verb         string
		these, those []string
	}{{"without ", from, to}, {"with ", to, from}} {
		known := make(map[string]bool, len(part.those))
		for _, s := range part.those {
			known[s] = true
		}
		only := slices.DeleteFunc(slices.Clone(part.these), func(s string) bool { return known[s] })
		if len(only) > 0 {
			texts = append(texts, part.verb+finding.Clip(strings.Join(only, ", ")))
		}
	}
	if len(texts) == 0 {
		return "in another order"
	}
	return strings.Join(texts, ", ")
}

// within tells how far apart answers were.
func within(all []said) string {
	first, last := all[0].at, all[0].at
	for _, s := range all {
		if s.at.Before(first) {
			first = s.at
		}
		if s.at.After(last) {
			last = s.at
		}
	}
	return fmt.Sprintf(" (answers within %v)", last.Sub(first).Round(time.Millisecond))
}

func nodeText(pnn nodes.PNN) string { return "node " + pnn.String() }

// nodesText names nodes, which are in order: "node 0", "nodes 0 and 2", "nodes 0-5, 7 and 9".
func nodesText(pnns []nodes.PNN) string {
	var words []string
	for i := 0; i < len(pnns); {
		end := i + 1
		for end < len(pnns) && pnns[end] == pnns[end-1]+1 {
			end++
		}
		const run = 3 // from here on it is shorter
		if end-i >= run {
			words = append(words, pnns[i].String()+"-"+pnns[end-1].String())
			i = end
			continue
		}
		words = append(words, pnns[i].String())
		i++
	}
	if len(pnns) == 1 {
		return nodeText(pnns[0])
	}
	if n := len(words); n > 1 {
		words = append(words[:n-2], words[n-2]+" and "+words[n-1])
	}
	return "nodes " + strings.Join(words, ", ")
}
