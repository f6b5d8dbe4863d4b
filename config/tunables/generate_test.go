package tunables_test

import (
	"math/rand/v2"
	"strings"
)

// generator makes files that are nearly right. A tame one makes those that old releases often take.
type generator struct {
	*rand.Rand
	tame bool
}

func pick[T any](g generator, all ...T) T { return all[g.IntN(len(all))] }

// odd gives usual most of the time.
func odd(g generator, usual string, others ...string) string {
	most := 3
	if g.tame {
		most = 60
	}
	if g.IntN(most) > 0 {
		return usual
	}
	return pick(g, others...)
}

func (g generator) file() string {
	var b strings.Builder
	for range g.IntN(12) {
		b.WriteString(g.line())
		b.WriteString(odd(g, "\n", "\r\n", "\n\n", "\\\n", " \n", "\\ \n", "\\\r\n", "\x00\n", "\\\\\n"))
	}
	b.WriteString(odd(g, "", "StickyPindown=33", "# end", "\\", "="))
	return b.String()
}

func (g generator) line() string {
	switch g.IntN(10) {
	case 0:
		return odd(g, "# "+g.setting(), ";"+g.setting(), " # c", "\\#c", "#", "\t")
	case 1:
		return odd(g, g.setting(), "[x]", "[x", "=5", "word", "[a]b=1", " ", "\x00", "DBSizeWarn=", "==")
	}
	return g.setting()
}

func (g generator) setting() string {
	return odd(g, "", " ", "\t") + g.name() + odd(g, "=", " =", "= ", " = ", "==", "\\=", "=\x00") + g.value() +
		odd(g, "", " ", "\t", " x", "=", "\r", "# c", "\\", "\x00x")
}

// harmless are tunables that a running daemon gets over, whatever they are.
var harmless = []string{"DBSizeWarn", "StickyPindown", "StickyDuration", "RepackLimit", "NoIPFailback", "LogLatencyMs"}

func (g generator) name() string {
	name := pick(g, harmless...)
	name = odd(g, name, strings.ToLower(name), strings.ToUpper(name))
	return odd(g, name, "VacuumLimit", "LCP2PublicIPs", "Nope", "Recover Timeout", "\u212aeepaliveLimit", name[:3]+"\\"+name[3:])
}

func (g generator) value() string {
	return odd(g, pick(g, "1", "7", "60", "012", "0x1f", "4294967295"),
		"", "0", "09", "0x", "0xg", "+5", "-5", " -5", "+ 5", "1.5", "4294967296", "18446744073709551615", "18446744073709551616",
		"00x1", "0X1F", "5-1", "1\\2", "1\\\n2", "x", "\"5\"", "-", "+", "\v5", "1e3", "00000000000000000000000000007")
}
