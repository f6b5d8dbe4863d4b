package options_test

import (
	"math/rand/v2"
	"strings"
)

// generator makes files that are mostly what people write, and sometimes not. The commands in them do no harm.
type generator struct{ *rand.Rand }

func newGenerator(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 1))} }

// pick gives one of the words.
func (g generator) pick(words ...string) string { return words[g.IntN(len(words))] }

func (g generator) name() string { return g.pick("A", "B", "CTDB_X", "CTDB_NFS_CALLOUT", "_a1") }

// text gives some bytes; a shell takes those of the first half as they are.
func (g generator) text(from string) string {
	var b strings.Builder
	for range g.IntN(8) {
		b.WriteByte(from[g.IntN(len(from))])
	}
	return b.String()
}

const (
	bareBytes   = "abcXYZ019_./:,@%+=-"
	oddBytes    = "#~*?[]{}!^abc/:=$\r\v\f\x01\x7f\x80\x81\x82\x88\xc3\xa9\xff"
	quotedBytes = "ab \t\n;&|<>()#~*?[]{}!'=/:\r\x01\x7f\x81\x88\xff"
)

// part gives a part of a word.
func (g generator) part() string {
	switch g.IntN(14) {
	case 0, 1, 2, 3:
		return g.text(bareBytes)
	case 4:
		return g.text(oddBytes)
	case 5, 6:
		return "'" + strings.ReplaceAll(g.text(quotedBytes+"\"\\$`"), "'", "") + "'"
	case 7, 8:
		return `"` + g.text(quotedBytes) + `"`
	case 9:
		return `"` + g.text(bareBytes) + g.pick(`\"`, `\\`, `\$`, "\\`", `\a`, "\\\n", `\'`, "$", "$/", "$ ") + g.text(bareBytes) + `"`
	case 10:
		return `\` + g.pick("a", "'", `"`, `\`, "$", "`", " ", ";", "#", "~", "\n", "\t", "&", "\x81", "\xff")
	case 11:
		return g.expansion()
	case 12:
		return `"` + g.text(bareBytes) + g.expansion() + `"`
	default:
		return g.pick("", "", "", "~", "$", "\r", "\\\n", "\\\n", g.pick("", "", "'", `"`))
	}
}

func (g generator) expansion() string {
	return g.pick("$A", "${B}", "$(echo x)", "`echo y`", "${A:-z}", "${CTDB_X:=w}", "$((1+2))", "$?", "${A%x}", "$(echo $(echo ')'))",
		"${A:-'}'}", "$'x'", "$#", "$(case a in a) echo b;; esac)", "${#A}", "`echo \\`echo z\\``", "$1", "${B+$A}", "$\"x\"",
		"$(echo 'a b' # c )\n)", "$[1]")
}

// word gives the value of an assignment.
func (g generator) word() string {
	if g.IntN(3) > 0 {
		return g.pick("yes", "no", "", `"127.0.0.1"`, "/etc/ctdb/natgw_nodes", "'a b'", "~", "a:~", "~root", "10.0.0.0/8@1.1.1.1", `"a
b"`, "$", "{a,b}", "[x]*", "*")
	}
	var b strings.Builder
	for range g.IntN(4) {
		b.WriteString(g.part())
	}
	return b.String()
}

func (g generator) assignment() string { return g.name() + "=" + g.word() }

func (g generator) blank() string {
	return g.pick("", "", "", " ", "\t", "  ", "\\\n", " \\\n ")
}

func (g generator) gap() string { return g.pick(" ", " ", "\t", "  ", " \\\n", " \\\n ") }

// command gives a simple or compound command.
func (g generator) command(depth int) string {
	kind := g.IntN(40)
	if depth > 2 {
		kind = g.IntN(20)
	}
	switch {
	case kind < 12:
		return g.assignment()
	case kind < 14:
		return g.assignment() + g.gap() + g.assignment()
	case kind < 17:
		return "export" + g.gap() + g.assignment()
	case kind < 18:
		return "export" + g.gap() + g.pick(g.name(), g.assignment()) + g.gap() + g.pick(g.name(), g.assignment())
	case kind < 20:
		return g.simple()
	case kind < 24:
		return g.command(depth+1) + g.blank() + g.pick("&&", "||", "|", "&&\n", "|| \n", "&&\\\n") + g.blank() + g.command(depth+1)
	case kind < 25:
		return g.pick("! ", "!", "! ! ") + g.command(depth+1)
	}
	return g.compound(depth, kind)
}

func (g generator) simple() string {
	return g.pick(":", "true", "echo hi", "[ -n \"$A\" ]", "unset A", "unset B CTDB_X", "foo", "CTDB_X = yes", "A =b", "B+=x", ". ./nothing",
		". /dev/null", "return", "return 0", "exit", "eval 'A=e'", "eval A=f", "read A </dev/null", "set -- a b", "B[0]=1", "B=(a b)", "readonly B",
		"A=1 :", "A=1 true", "B=1 /bin/true", "'A=1'", "A\\=1", "ex\\\nport A=9", "\"export\" A=8", "command export A=7", ": ${A:=q} ${B=r}", "\r",
		"A=1 >/dev/null", ">/dev/null", "export A >/dev/null", "unset -v A", "alias foo=bar", "A=1 export B=2", "\xef\xbb\xbfA=1", "[[ -n x ]]",
		"((1))", "f", "g", ";", "local A=1", "export -n A", "trap 'A=1' EXIT", "export \"A=3\"", "A=`", "A=1 2>/dev/null B=3")
}

func (g generator) compound(depth, kind int) string {
	list := func() string { return g.list(depth + 1) }
	switch kind {
	case 25, 26, 27:
		return "if " + list() + "then " + list() + g.pick("", "", "else "+list(), "elif "+list()+"then\n"+list()) + g.pick("fi", "fi", "fi", "")
	case 28:
		return "while false; do " + list() + "done"
	case 29:
		return "for " + g.name() + g.pick(" in x $A;", " in 'a b' c\n", ";", "", " in;") + " do " + list() + "done"
	case 30, 31:
		return "case " + g.pick("x", "$A", "'a b'") + " in" + g.pick("\n", " ", "\n # c\n") + g.pick("x)", "(x)", "'a b'|*)", "x | y )") + " " +
			list() + g.pick(";;", ";;\n", "") + g.pick(" *) "+list()+";; ", " ", "\n") + "esac"
	case 32:
		return "{ " + list() + "}"
	case 33:
		return "(" + list() + ")"
	case 34, 35:
		return g.pick("f", "g", "export", ":", "f") + g.pick("()", " ( )", "()\n") + g.pick(" { ", "{ ", "{") + list() + "}"
	case 36:
		return g.pick("cat >/dev/null <<E\nA=3 $x\nE", "cat >/dev/null <<'E'\nA=3 `\n'\nE", ": <<-\"E\"\n\tA=$(\n\tE", ": <<E\nA=1\n", "A=2 <<E\nx\\\nE\nE")
	case 37:
		return list() + "# it's a comment\\\n"
	case 38:
		return g.command(depth+1) + " " + g.pick(">/dev/null", "2>&1", "</dev/null", ">", "<<<x", "&>/dev/null", ">|/dev/null")
	}
	return g.command(depth+1) + g.blank() + "&" + g.blank()
}

// list gives commands, each with what ends it.
func (g generator) list(depth int) string {
	var b strings.Builder
	for range 1 + g.IntN(2) {
		b.WriteString(g.blank() + g.command(depth) + g.blank() + g.pick("\n", ";", "; ", "\n\n", " # c'\n"))
	}
	return b.String()
}

// file gives a file. Half of them have little but what people should write.
func (g generator) file() []byte {
	var b strings.Builder
	plain := g.IntN(2) == 0
	for range 1 + g.IntN(8) {
		switch {
		case g.IntN(5) == 0:
			b.WriteString(g.pick("# it's\n", "#\\\n", "  # CTDB_X=yes\n", "\n", " \t\n", "\\\n"))
			continue
		case plain && g.IntN(9) > 0:
			b.WriteString(g.blank() + g.pick("", "", "export ") + g.assignment())
		case plain:
			b.WriteString(g.command(3))
		default:
			b.WriteString(g.blank() + g.command(0))
		}
		b.WriteString(g.blank() + g.pick("\n", "\n", "\n", "\n", "\n", ";", " ; ", " # c\n", "\r\n"))
		if g.IntN(20) == 0 {
			b.WriteString(g.pick(";;", " &", "#d\n", ";\\\n", "#A=1", "\r\n"))
		}
	}
	text := b.String()
	if g.IntN(4) == 0 {
		text = strings.TrimRight(text, "\n")
	}
	return []byte(text)
}
