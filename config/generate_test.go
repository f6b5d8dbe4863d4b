//go:build linux

package config_test

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// generator makes ctdb.conf files of tricky pieces.
type generator struct {
	*rand.Rand
	base    string // the directory of the configuration
	options []config.Option
}

// newGenerator makes the same files for the same seed.
func newGenerator(seed uint64, base string) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0)), base: base}
	for _, minor := range []int{13, 17, 25} {
		g.options = append(g.options, slices.Collect(config.Known(release.Release{Major: 4, Minor: minor}))...)
	}
	return g
}

func (g *generator) pick(texts ...string) string { return texts[g.IntN(len(texts))] }

// sometimes gives the text one time in n.
func (g *generator) sometimes(n int, text string) string {
	if g.IntN(n) > 0 {
		return ""
	}
	return text
}

func (g *generator) file() []byte {
	var text strings.Builder
	text.WriteString(g.sometimes(60, "\xef\xbb\xbf"))
	for range g.IntN(7) {
		g.section(&text)
	}
	return g.damaged([]byte(text.String()))
}

func (g *generator) section(text *strings.Builder) {
	option := g.options[g.IntN(len(g.options))]
	text.WriteString(g.blanks() + g.header(option.Section) + g.newline())
	for range g.IntN(5) {
		line := g.line(option)
		text.WriteString(g.blanks() + line + g.blanks() + g.newline())
		if g.IntN(3) == 0 { // again, perhaps with another value
			text.WriteString(option.Key + "=" + g.value(option) + "\n")
		}
		if g.IntN(3) > 0 {
			option = g.neighbour(option)
		}
	}
}

// neighbour gives another option, mostly of the same section.
func (g *generator) neighbour(option config.Option) config.Option {
	for range 8 {
		other := g.options[g.IntN(len(g.options))]
		if other.Section == option.Section {
			return other
		}
	}
	return g.options[g.IntN(len(g.options))]
}

func (g *generator) header(section string) string {
	switch g.IntN(24) {
	case 0:
		return g.pick("[", "[]", "[ "+section+" ]", "["+section, "[foo]", section+"]", "[[", "[a]b]", "[x\x00]", "[\xff]")
	case 1:
		return "[" + section + "]" + g.pick(" # c", " k = v", "]", "\x00", " ; ", "log level = DEBUG")
	case 2:
		return "[" + strings.ToUpper(section) + "]"
	}
	return "[" + section + "]"
}

func (g *generator) line(option config.Option) string {
	switch g.IntN(20) {
	case 0:
		return g.pick("", "#", "# c", "; c", "#\\", "=", "= x", "garbage", "\\", "\\\\", "\x00", "a\x00b", "\x00 = x", "k =", "=", "==")
	case 1:
		return g.pick("# ", "#", ";", "") + option.Key + g.pick("", " ", "=")
	case 2:
		return g.key(option.Key) + g.pick("=", " = ", "\t=\t", "= ", " =") + g.joined(g.value(option))
	}
	return option.Key + g.pick("=", " = ", " = ", "\t=  ") + g.value(option)
}

// key spells a key in other ways, of which some are the key.
func (g *generator) key(key string) string {
	switch g.IntN(6) {
	case 0:
		return strings.ReplaceAll(key, " ", g.pick("\t", " \t", "\t ", "  ", "_", "\v", "\r"))
	case 1:
		return strings.ToUpper(key[:1]) + key[1:]
	case 2:
		return g.joined(key)
	case 3:
		return g.pick("foo", "\"", "log", key+"s", "\xffk", "é")
	}
	return key
}

// joined breaks a text into lines.
func (g *generator) joined(text string) string {
	i := g.IntN(len(text) + 1)
	return text[:i] + g.pick("\\\n", "\\ \n", "\\\t \r\n", " \\\n ", "\\\\\n", "\\\n\\\n", "\\\n#", "\\\n\n") + text[i:]
}

func (g *generator) value(option config.Option) string {
	switch g.IntN(12) {
	case 0:
		return g.pick("", " ", "\"true\"", "x # c", "x ; c", "a=b", "\\", "x\\", "a  b", "a\t b", "\xa0", "é\xff", "x\x00y", "'x'")
	case 1:
		return option.Default
	}
	switch option.Type {
	case config.Bool:
		return g.pick("true", "false", "yes", "no", "TRUE", "No", "yEs", "1", "0", "on", "off", "t", "f", "tru", "true ", "truex")
	case config.Integer:
		return g.pick("0", "1", "5", "10", "-1", "+7", "010", "08", "0x10", "0x", "0xg", "10abc", "1.9", "abc", "2147483647",
			"2147483648", "99999999999999999999", "-0", "--1", "+ 1", "\v3", " 3", "1e3", "00", "-99999999999999999999", "x1")
	case config.String:
	}
	return g.text(option.Key)
}

func (g *generator) text(key string) string {
	level := g.pick("ERROR", "WARNING", "NOTICE", "INFO", "DEBUG", "debug", "D", "war", "0", "1", "3", "9", "10", "11", "00", "7x",
		"DEBUGX", "DEBUG x", "EMERG", "-1", "+1", "E", "I", "1 0", "010", "0x1")
	dir := g.pick(g.base, g.base+"/vol", g.base+"/none", "vol", "/tmp", "tmp", ".", "..", "/", "/tmp/", "//tmp", g.base+"/dbg.sh", "/tmp/.")
	switch {
	case strings.Contains(key, "level"):
		return level
	case strings.Contains(key, "directory"):
		return dir
	case strings.Contains(key, "script"):
		return g.pick("dbg.sh", "dbgnx.sh", "nope.sh", "/x/dbg.sh", "dbg.sh/", "dbg.sh//", "/", "//", ".", "..", "vol", "x/", "./dbg.sh")
	case key == "location":
		return g.pick("file", "file:", "file:-", "syslog", "syslog:", "syslog:udp", "syslog:nonblocking", "syslog:udp-rfc5424",
			"syslog:x", "SYSLOG", "stderr", "FILE:/tmp/x", "file:x", "file:"+dir, "file:"+dir+"/x", "file:"+dir+"/x/", "file:/tmp/x:y",
			"file::/tmp/x", ":file:/tmp/x", "syslog:udp:x", "file /tmp", "syslog::udp", "filex", "file:- ", "file: /tmp/x")
	case key == "transport":
		return g.pick("tcp", "TCP", "ib", "tcp ", "tc", "udp")
	case key == "node address":
		return g.pick("10.0.0.1", "fe80::1", "::", "::1", "10.0.0.01", "10.0.0", "10.0.0.1:4379", "fe80::1%eth0", "localhost",
			"[::1]", "::ffff:10.0.0.1", "::ffff:a00:1", "1:2:3:4:5:6:7::", "1::2::3", "1:2:3:4:5:6:7:8:9", "256.0.0.1", "0x7f.0.0.1",
			"127.1", "1:2:3:4:5:6:1.2.3.4", "::1.2.3", "12345::", "FE80::A", "::1.2.3.04", "0:0:0:0:0:0:0:0", "1:2:3:4:5:6:7:8::")
	}
	return g.pick("/lock", "lock", "!/bin/helper a  b", "!/bin/helper", "/a b", "!x ; y", "!h \"a b\"")
}

func (g *generator) blanks() string {
	return g.sometimes(4, g.pick(" ", "\t", "  ", "\v", "\f", "\r", " \t "))
}

func (g *generator) newline() string {
	return g.pick("\n", "\n", "\n", "\n", "\n", "\n", "\r\n", "\n\n", "\n#c\n", " \n", "\\\n", "\r", "")
}

// damaged changes a few bytes of one file in three.
func (g *generator) damaged(data []byte) []byte {
	if g.IntN(3) > 0 || len(data) == 0 {
		return data
	}
	for range 1 + g.IntN(3) {
		i := g.IntN(len(data))
		switch g.IntN(3) {
		case 0:
			data[i] = byte(g.IntN(256))
		case 1:
			data = slices.Delete(data, i, i+1)
		default:
			data = slices.Insert(data, i, g.pick("=", "[", "]", "\n", "\\", " ", "#", "\x00", "\t")[0])
		}
		if len(data) == 0 {
			break
		}
	}
	return data
}
