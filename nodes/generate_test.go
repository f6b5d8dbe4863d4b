//go:build linux

package nodes_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// randomFiles makes nodes files of tricky pieces, the same ones for a seed.
func randomFiles(seed uint64, count int) [][]byte {
	g := generator{rand.New(rand.NewPCG(seed, 0))}
	files := make([][]byte, count)
	for i := range files {
		files[i] = []byte(g.file())
	}
	return files
}

type generator struct{ *rand.Rand }

func (g generator) pick(texts ...string) string { return texts[g.IntN(len(texts))] }

// sometimes gives the text one time in n.
func (g generator) sometimes(n int, text string) string {
	if g.IntN(n) > 0 {
		return ""
	}
	return text
}

func (g generator) file() string {
	var text strings.Builder
	text.WriteString(g.sometimes(40, "\xef\xbb\xbf"))
	for range g.IntN(6) {
		text.WriteString(g.line())
	}
	if g.IntN(4) == 0 {
		return g.damaged(text.String())
	}
	return text.String()
}

func (g generator) line() string {
	blank := g.pick("", "", "", " ", "\t", " \t ", "\v", "\f")
	end := g.pick("\n", "\n", "\n", "\n", "\r\n", "\n\n", " \n", "\t \r\n", "\r", "\x00\n", "\x00x\n", "\r#\n", "")
	return g.sometimes(3, blank) + g.text() + g.sometimes(3, blank) + end
}

func (g generator) text() string {
	switch g.IntN(12) {
	case 0:
		return g.pick("#", "##", "# ") + g.address()
	case 1:
		return g.pick("", "#", "# my cluster", ";", "#\x00", "\xff", "localhost", "[]", "[", "x", "\\")
	case 2:
		return g.address() + g.pick(" # a", "#", ":4379", "/24", "%eth0", "%1", " 10.0.0.9", ",", ".", ":", "::", "]")
	default:
		return g.address()
	}
}

// address gives an address that is valid most of the time, so that files of several lines are often accepted.
func (g generator) address() string {
	switch g.IntN(9) {
	case 0:
		return g.ipv4(g.octet)
	case 1:
		return g.brackets(g.ipv6())
	case 2:
		prefix := g.pick("::ffff:", "::FFFF:", "0:0:0:0:0:ffff:", "0::ffff:", "::", "::ffff:0:", "64:ff9b::", "::fffe:")
		return g.brackets(prefix + g.pick(g.ipv4(g.octet), g.group()+":"+g.group(), g.group()))
	case 3:
		return g.pick("fd00::1", "FD00:0:0::A", "::", "::1", "0.0.0.0", "[fd00::2]", "[::]", "10.1", "1", "0x7f000001")
	case 4:
		return g.brackets(fmt.Sprintf("fd00::%x", g.IntN(1<<16)))
	default:
		return g.ipv4(func() string { return fmt.Sprint(g.IntN(256)) })
	}
}

func (g generator) brackets(text string) string {
	switch g.IntN(10) {
	case 0, 1, 2:
		return "[" + text + "]"
	case 3:
		return g.pick("[", "[[", "[ ") + text + g.pick("", "]", "]]", " ]")
	}
	return text
}

func (g generator) ipv4(octet func() string) string {
	return octet() + "." + octet() + "." + octet() + "." + octet()
}

func (g generator) octet() string {
	return g.pick("0", "1", "10", "99", "255", "192", "7", "20", "30", "249", "256", "01", "00", "", "-1", "0x1", "1000")
}

// ipv6 gives groups of digits with "::" somewhere, of about the right number.
func (g generator) ipv6() string {
	groups := make([]string, g.pick("1234567788889")[0]-'0')
	for i := range groups {
		groups[i] = g.group()
	}
	if g.IntN(5) == 0 {
		groups[len(groups)-1] = g.ipv4(g.octet)
	}
	if g.IntN(4) > 0 {
		groups[g.IntN(len(groups))] = g.pick("", "", ":", "0")
	}
	return g.sometimes(8, ":") + strings.Join(groups, ":") + g.sometimes(8, ":")
}

func (g generator) group() string {
	return g.pick("0", "1", "a", "fd00", "FFFF", "ffff", "08", "001", "0000", "00000", "12345", "g", "10", "2", "c0a8")
}

// damaged changes a byte or two.
func (g generator) damaged(text string) string {
	const bytes = "\x00\t\n\r #%./0:19;[]af\x7f\x80\xff"
	data := []byte(text)
	for range 1 + g.IntN(2) {
		if len(data) > 0 {
			data[g.IntN(len(data))] = bytes[g.IntN(len(bytes))]
		}
	}
	return string(data)
}
