package ctdblog

// Most headers differ from one before in their seconds only: CTDB's daemons live long, and a log is of one host. What
// is here reads those, by comparing words instead of looking at each byte. All others are left to the rest of the
// parser, and so is each header that is near the end of the buffer; both read the same.

// fastSize is how much text there has to be for parseAgain.
const fastSize = atZone + 2*wordsSize

const wordsSize = 4 * 8

// words is a short text that can be compared with the beginning of another one at once.
type words struct {
	word, mask [4]uint64
	size       int // in bytes; 0 matches nothing
}

// newWords takes a text, which must be short.
func newWords(text []byte) (w words) {
	var padded, mask [wordsSize]byte
	w.size = copy(padded[:], text)
	for i := range w.size {
		mask[i] = 0xFF
	}
	for i := range w.word {
		w.word[i], w.mask[i] = load(padded[8*i:]), load(mask[8*i:])
	}
	return w
}

// match tells whether text begins with the words.
func (w *words) match(text *[wordsSize]byte) bool {
	differ := (load(text[0:])^w.word[0])&w.mask[0] | (load(text[8:])^w.word[1])&w.mask[1] |
		(load(text[16:])^w.word[2])&w.mask[2] | (load(text[24:])^w.word[3])&w.mask[3]
	return differ == 0
}

// repeat is what the parser keeps of a header to know the next one by.
type repeat struct {
	form    Form   // FormNone if nothing is kept
	between words  // from the end of the fraction to the start of the tag: the zone and the host
	at      string // the host
	tags    [32]tag
}

// tag is who wrote an entry: "ctdbd[12486]: ".
type tag struct {
	words
	program string
	pid     int
}

// tagOf gives the place of a tag. Which one it is depends on the start of a program's name, and on its end where that
// is the thirteenth byte: ctdb-recoverd, ctdb-recovery.
func (r *repeat) tagOf(text *[wordsSize]byte) *tag {
	const odd = 0x9E3779B97F4A7C15
	hash := (load(text[0:]) ^ uint64(text[12])) * odd
	return &r.tags[hash>>59]
}

// parseAgain reads a header of the same form, zone and host as the one before, with a time in microseconds. The text
// has at least fastSize bytes. It gives false for all other headers.
func (p *parser) parseAgain(text []byte, h *head) bool {
	b := (*[fastSize]byte)(text)
	if p.form == FormNone || b[atSecond-1] != ':' || b[atPoint] != '.' ||
		!p.between.match((*[wordsSize]byte)(b[atZone:])) ||
		(load(b[0:]) != p.key0 || load(b[8:]) != p.key1) && !p.nextMinute(b) {
		return false
	}
	second := twoDigits(b[atSecond:])
	micro, ok := sixDigits(b[atMicro:])
	if !ok || second > 60 {
		return false
	}
	if p.form == FormISO {
		h.Time, h.ambiguous = p.inZone(second, micro*1000), false
	} else {
		h.Time, h.ambiguous = p.local(second, micro*1000), p.ambiguous()
	}
	h.Host, h.Level, h.Form = p.at, noLevel, p.form
	at := atZone + p.between.size
	start := (*[wordsSize]byte)(text[at:])
	if t := p.tagOf(start); t.size > 0 && t.match(start) {
		h.Program, h.PID, h.message = t.program, t.pid, at+t.size
		return true
	}
	h.Program, h.PID = "", 0
	p.tag(text[:min(len(text), maxHeader)], at, h)
	p.keepTag(text, at, h)
	return true
}

// nextMinute reads another minute than the one before, in the same form.
func (p *parser) nextMinute(b *[fastSize]byte) bool {
	dash, blank := byte('/'), byte(' ')
	if p.form == FormISO {
		dash, blank = '-', 'T'
	}
	v := civil{
		year: twoDigits(b[0:])*100 + twoDigits(b[2:]), month: twoDigits(b[5:]), day: twoDigits(b[8:]),
		hour: twoDigits(b[11:]), minute: twoDigits(b[14:]),
	}
	if b[4] != dash || b[7] != dash || b[10] != blank || b[13] != ':' || !v.valid() {
		return false
	}
	if p.form == FormISO {
		p.minute = v.unix()
		p.later = p.minute
	} else {
		p.setLocal(v)
	}
	p.key0, p.key1 = load(b[0:]), load(b[8:])
	return true
}

// keep remembers a header for parseAgain. The tag begins at.
func (p *parser) keep(text []byte, at int, h *head) {
	if !p.micro || at-atZone > wordsSize {
		return
	}
	p.form, p.at = h.Form, h.Host
	p.between = newWords(text[atZone:at])
	p.keepTag(text, at, h)
}

// keepTag remembers the tag that begins at.
func (p *parser) keepTag(text []byte, at int, h *head) {
	if size := h.message - at; h.PID > 0 && size <= wordsSize && len(text) >= at+wordsSize {
		t := p.tagOf((*[wordsSize]byte)(text[at:]))
		t.words, t.program, t.pid = newWords(text[at:h.message]), h.Program, h.PID
	}
}
