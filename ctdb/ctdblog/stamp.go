package ctdblog

// The places in a time with microseconds: "2020/09/27 00:12:00.817799" or "2026-11-21T21:49:30.845326+00:00".
const (
	atSecond = 17
	atPoint  = 19
	atMicro  = 20
	atZone   = 26
)

// stamp reads a date and a time of digits into h, with a fraction of up to nine digits or none. It gives FormLocal or
// FormISO and the place behind the blank that follows, or FormNone.
func (p *parser) stamp(text []byte, h *head) (form Form, next int) {
	if len(text) < atPoint {
		return FormNone, 0
	}
	slash := text[4] == '/' && text[7] == '/' && text[10] == ' '
	dash := text[4] == '-' && text[7] == '-' && (text[10] == 'T' || text[10] == ' ')
	if !slash && !dash || text[13] != ':' || text[16] != ':' {
		return FormNone, 0
	}
	v := civil{
		year: twoDigits(text)*100 + twoDigits(text[2:]), month: twoDigits(text[5:]), day: twoDigits(text[8:]),
		hour: twoDigits(text[11:]), minute: twoDigits(text[14:]), second: twoDigits(text[atSecond:]),
	}
	at := atPoint
	v.nano, at = fraction(text, at)
	if !v.valid() {
		return FormNone, 0
	}
	if offset, end, ok := zoneAt(text, at); ok && dash {
		p.minute, p.later = v.unix(), v.unix()
		p.setZone(offset)
		p.remember(text, at)
		h.Time = p.inZone(v.second, v.nano)
		return FormISO, end + 1
	}
	if at >= len(text) || text[at] != ' ' || dash {
		return FormNone, 0
	}
	p.setLocal(v)
	p.remember(text, at)
	h.Time, h.ambiguous = p.local(v.second, v.nano), p.ambiguous()
	return FormLocal, at + 1
}

// remember keeps the minute that text begins with, whose fraction ends at. The rest is left to keep.
func (p *parser) remember(text []byte, at int) {
	p.key0, p.key1, p.micro, p.form = load(text), load(text[8:]), at == atZone, FormNone
}

// fraction reads "." and up to nine digits, and gives nanoseconds and the place behind them.
func fraction(text []byte, at int) (nano, next int) {
	if at >= len(text) || text[at] != '.' {
		return 0, at
	}
	value, digits := number(text[at+1:], 9)
	if digits == 0 {
		return 0, at
	}
	for range 9 - digits {
		value *= 10
	}
	return value, at + 1 + digits
}

// zoneAt reads "Z" or an offset such as "+02:00", which a blank follows. It gives seconds east of UTC and where the
// blank is.
func zoneAt(text []byte, at int) (offset, end int, ok bool) {
	if at+1 < len(text) && text[at] == 'Z' && text[at+1] == ' ' {
		return 0, at + 1, true
	}
	if at+5 >= len(text) || text[at] != '+' && text[at] != '-' {
		return 0, 0, false
	}
	minutes := at + 3
	if text[minutes] == ':' {
		minutes++
	}
	if minutes+2 >= len(text) || text[minutes+2] != ' ' {
		return 0, 0, false
	}
	h, m := twoDigits(text[at+1:]), twoDigits(text[minutes:])
	if h > 23 || m > 59 {
		return 0, 0, false
	}
	offset = h*3600 + m*60
	if text[at] == '-' {
		offset = -offset
	}
	return offset, minutes + 2, true
}

var months = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

// parseSyslog reads "Nov 21 21:49:30 HOST PROGRAM[PID]: ". The day may have a blank or a zero before it, and the second
// may have a fraction.
func (p *parser) parseSyslog(text []byte, h *head) bool {
	const length = len("Nov 21 21:49:30")
	if len(text) <= length || text[3] != ' ' || text[6] != ' ' || text[9] != ':' || text[12] != ':' {
		return false
	}
	v := civil{
		day: twoDigits(text[4:]), hour: twoDigits(text[7:]), minute: twoDigits(text[10:]), second: twoDigits(text[13:]),
	}
	if text[4] == ' ' && isDigit(text[5]) {
		v.day = int(text[5] - '0')
	}
	for i, name := range months {
		if string(text[:3]) == name {
			v.month = i + 1
		}
	}
	v.year = 2000 // a leap year
	nano, at := fraction(text, length)
	if !v.valid() || at >= len(text) || text[at] != ' ' {
		return false
	}
	v.year = p.yearOf(v)
	p.setLocal(v)
	p.form = FormNone // what is kept is of another minute
	h.Form, h.Time, h.ambiguous = FormSyslog, p.local(v.second, nano), p.ambiguous()
	p.tag(text, p.hostName(text, at+1, h), h)
	return true
}
