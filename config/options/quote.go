package options

import "strings"

// decode gives what a shell makes of a word that needs no evaluation.
func decode(raw string) string {
	if inner, ok := quotedAsWhole(raw); ok {
		return inner
	}
	var out strings.Builder
	out.Grow(len(raw))
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '\'':
			end := i + 1 + strings.IndexByte(raw[i+1:], '\'')
			out.WriteString(raw[i+1 : end])
			i = end
		case '"':
			i = decodeDouble(&out, raw, i+1)
		case '\\':
			i++
			if i < len(raw) && raw[i] != '\n' {
				out.WriteByte(raw[i])
			}
		default:
			out.WriteByte(raw[i])
		}
	}
	return out.String()
}

// quotedAsWhole gives the text of a word without quotes, or between one pair of them, which needs no memory.
func quotedAsWhole(raw string) (string, bool) {
	if !strings.ContainsAny(raw, `'"\`) {
		return raw, true
	}
	last := len(raw) - 1
	if last < 1 || raw[0] != raw[last] || raw[0] != '\'' && raw[0] != '"' {
		return "", false
	}
	inner, special := raw[1:last], `"\`
	if raw[0] == '\'' {
		special = "'"
	}
	return inner, !strings.ContainsAny(inner, special)
}

// decodeDouble decodes what is between double quotes, and gives the offset of the closing one.
func decodeDouble(out *strings.Builder, raw string, i int) int {
	for ; i < len(raw) && raw[i] != '"'; i++ {
		if raw[i] != '\\' || i+1 == len(raw) {
			out.WriteByte(raw[i])
			continue
		}
		i++
		switch raw[i] {
		case '\n':
		case '$', '`', '"', '\\':
			out.WriteByte(raw[i])
		default:
			out.WriteByte('\\')
			out.WriteByte(raw[i])
		}
	}
	return i
}

// encode writes a value as the one before was written, if it fits, and else between single quotes.
func encode(value, before string) string {
	switch {
	case strings.HasPrefix(before, `"`) && !strings.ContainsAny(value, "\"\\$`"):
		return `"` + value + `"`
	case !strings.ContainsAny(before, `'"\`) && isBare(value):
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// isBare tells whether a value needs no quotes.
func isBare(value string) bool {
	for i := range len(value) {
		if c := value[i]; c != ':' && c != '=' && !isPlain(c) {
			return false
		}
	}
	return true
}
