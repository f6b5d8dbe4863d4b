package status

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

const cmdTickles = "ctdb gettickles"

// Connection is a TCP connection of a client to a public address.
type Connection struct {
	Source      netip.AddrPort `json:"source"`      // the client
	Destination netip.AddrPort `json:"destination"` // the public address
}

// String gives the connection's line in "ctdb gettickles" since 4.16, without the newline.
func (c Connection) String() string {
	return fmt.Sprintf("%s%v%s%v", keySource, c.Source, wordDestination, c.Destination)
}

// Tickles are the connections to a public address that CTDB tells clients about when the address moves, so that they
// connect anew at once. Similar to: ctdb gettickles.
type Tickles struct {
	// Form is the form of output that it was read from.
	Form Form `json:"form"`
	// Address is the public address. Not in the machine form.
	Address Value[netip.Addr] `json:"address,omitzero"`
	// Connections are in the tool's order.
	Connections []Connection `json:"connections"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// String gives what "ctdb gettickles" of a new release prints, without the address if that was not reported.
// [ParseTickles] reads it back.
func (t *Tickles) String() string {
	var b strings.Builder
	if address, ok := t.Address.Get(); ok {
		fmt.Fprintf(&b, "%s%v\n", keyTickles, address)
	}
	fmt.Fprintf(&b, "%s%d\n", keyConnections, len(t.Connections))
	for _, c := range t.Connections {
		fmt.Fprintln(&b, c)
	}
	return b.String()
}

// What the lines of the text form begin with, and what stands between the ends of a connection.
const (
	keyTickles      = "Connections for IP: "
	keyConnections  = "Num connections: "
	keySource       = "SRC: "
	wordDestination = "   DST: "
)

// The columns of the machine form. There are two for ports; each belongs to the address before it.
const (
	columnSource         = "Source IP"
	columnPort           = "Port"
	columnDestination    = "Destination IP"
	columnDestinationOld = "Destiation IP" // as it is in 4.13 and 4.17
)

// ticklesParser reads an output of gettickles.
type ticklesParser struct {
	scanner
	tickles   Tickles
	count     int // what the text form said
	countLine int
	table     table
}

// ParseTickles reads the output of "ctdb gettickles" in text or machine (-X, -Y, -x) form and finds out which it is. Up
// to 4.15 the text form has IPv6 addresses without brackets; the port is then what follows the last colon. In a machine
// table whose separator is a colon, an IPv6 row that can be read in two ways is refused.
//
// Lines that it does not know are kept in Unparsed; columns that it does not know are ignored. Output that is
// malformed, cut off or something else is a [*ParseError]. A machine table that lost whole rows looks like one of fewer
// connections; only the exit code tells. The result shares no memory with out.
func ParseTickles(out []byte) (*Tickles, error) {
	var p ticklesParser
	if err := p.start(cmdTickles, out); err != nil {
		return nil, err
	}
	p.tickles.Connections = []Connection{}
	if err := p.each(p.parseLine); err != nil {
		return nil, err
	}
	if err := p.end(); err != nil {
		return nil, err
	}
	p.tickles.Unparsed = p.unparsed
	return &p.tickles, nil
}

// parseLine reads the current line in the form that was found, or finds it.
func (p *ticklesParser) parseLine() error {
	switch p.tickles.Form {
	case FormMachine:
		return p.machineRow()
	case FormText:
		return p.textLine()
	default:
		return p.findForm()
	}
}

// findForm looks for the first line of one of the forms.
func (p *ticklesParser) findForm() error {
	if sep, ok := p.separator(columnSource); ok && strings.HasPrefix(p.line, sep+columnSource+sep+columnPort+sep) {
		p.tickles.Form = FormMachine
		p.table = table{sep: sep, repeat: columnPort}
		return p.header()
	}
	if strings.HasPrefix(p.line, keyTickles) || strings.HasPrefix(p.line, keyConnections) {
		p.tickles.Form = FormText
		return p.textLine()
	}
	return p.keepUnparsed()
}

func (p *ticklesParser) textLine() (err error) {
	if text, ok := strings.CutPrefix(p.line, keyTickles); ok {
		if p.tickles.Address.IsReported() {
			return p.errAt(0, "a second line "+clip(keyTickles))
		}
		address, err := netip.ParseAddr(text)
		if err != nil {
			return p.errAt(len(keyTickles), "want an address, got "+clip(text))
		}
		p.tickles.Address = Known(address)
		return nil
	}
	if text, ok := strings.CutPrefix(p.line, keyConnections); ok {
		if p.countLine > 0 {
			return p.errAt(0, "a second line "+clip(keyConnections))
		}
		p.countLine = p.num
		p.count, err = p.scanner.count(text, len(keyConnections))
		return err
	}
	if text, ok := strings.CutPrefix(p.line, keySource); ok {
		return p.textConnection(text)
	}
	return p.keepUnparsed()
}

// textConnection reads "192.0.2.9:10002   DST: 192.0.2.1:445".
func (p *ticklesParser) textConnection(text string) (err error) {
	source, destination, ok := strings.Cut(text, wordDestination)
	if !ok {
		return p.errAt(len(keySource), `want "SRC: ADDRESS:PORT   DST: ADDRESS:PORT", got `+clip(p.line))
	}
	var c Connection
	if c.Source, err = p.socket(source, len(keySource)); err != nil {
		return err
	}
	if c.Destination, err = p.socket(destination, len(p.line)-len(destination)); err != nil {
		return err
	}
	p.tickles.Connections = append(p.tickles.Connections, c)
	return nil
}

// socket reads "192.0.2.1:445", "[2001:db8::1]:445" or "2001:db8::1:445".
func (p *ticklesParser) socket(text string, offset int) (netip.AddrPort, error) {
	at := strings.LastIndexByte(text, ':')
	if at >= 0 {
		host := text[:at]
		inside, ok := strings.CutPrefix(host, "[")
		inside, ok2 := strings.CutSuffix(inside, "]")
		address, err := netip.ParseAddr(inside)
		port, ok3 := parsePort(text[at+1:])
		if err == nil && ok == ok2 && ok3 && (!ok || address.Is6()) {
			return netip.AddrPortFrom(address, port), nil
		}
	}
	return netip.AddrPort{}, p.errAt(offset, "want an address and a port, got "+clip(text))
}

func parsePort(text string) (uint16, bool) {
	port, err := strconv.ParseUint(text, 10, 16)
	return uint16(port), err == nil
}

// header takes the current line as the header of the table.
func (p *ticklesParser) header() error {
	if err := p.table.header(&p.scanner, columnSource); err != nil {
		return err
	}
	names := p.table.names
	if len(names) < 4 || names[2] != columnDestination && names[2] != columnDestinationOld || names[3] != columnPort {
		return p.errAt(0, fmt.Sprintf("want the columns %s, Port, %s and Port, got %s", columnSource, columnDestination,
			clip(p.line)))
	}
	return nil
}

// machineRow reads the current line as a row of the table.
func (p *ticklesParser) machineRow() error {
	isRow, err := p.table.row(&p.scanner)
	switch {
	case err != nil:
		return err
	case !isRow:
		return p.keepUnparsed()
	}
	cells := p.table.cells[:4]
	cut, err := p.cutRow(cells)
	if err != nil {
		return err
	}
	port, ok := parsePort(cells[3].text)
	if !ok {
		return p.errAt(cells[3].offset, "want a port, got "+clip(cells[3].text))
	}
	cut.Destination = netip.AddrPortFrom(cut.Destination.Addr(), port)
	p.tickles.Connections = append(p.tickles.Connections, cut)
	return nil
}

// maxParts is how many pieces the address, port and address of a row can have. Two IPv6 addresses have 8 groups each.
const maxParts = 20

// cutRow reads the first three cells of a row. If the addresses hold the separator, the table has given all of it to
// the first cell; then each way to see address, port and address in it is tried, and one has to be left.
func (p *ticklesParser) cutRow(cells []cell) (c Connection, err error) {
	if !strings.Contains(cells[0].text, p.table.sep) {
		if c, ok := connectionOf(cells[0].text, cells[1].text, cells[2].text); ok {
			return c, nil
		}
	}
	whole := p.line[cells[0].offset : cells[2].offset+len(cells[2].text)]
	parts := strings.SplitN(whole, p.table.sep, maxParts+1)
	found := 0
	offset := 0
	for i := range parts {
		source := whole[:max(offset-len(p.table.sep), 0)]
		after := offset + len(parts[i]) + len(p.table.sep)
		if i > 0 && after <= len(whole) {
			if way, ok := connectionOf(source, parts[i], whole[after:]); ok {
				c = way
				found++
			}
		}
		offset = after
	}
	if found != 1 || len(parts) > maxParts {
		reason := fmt.Sprintf("want an address, a port and an address, got %s", clip(whole))
		if found > 1 {
			reason = fmt.Sprintf("%s can be read in %d ways as an address, a port and an address", clip(whole), found)
		}
		return c, p.errAt(cells[0].offset, reason)
	}
	return c, nil
}

func connectionOf(source, port, destination string) (Connection, bool) {
	from, err := netip.ParseAddr(source)
	number, ok := parsePort(port)
	to, err2 := netip.ParseAddr(destination)
	return Connection{netip.AddrPortFrom(from, number), netip.AddrPortFrom(to, 0)}, err == nil && ok && err2 == nil
}

// end looks for what is missing.
func (p *ticklesParser) end() error {
	t := &p.tickles
	switch {
	case t.Form == 0 && len(p.unparsed) > 0:
		first := p.unparsed[0]
		return p.errLine(first.Number, fmt.Sprintf("want %q or a table with the column %s, got %s", keyTickles, columnSource,
			clip(first.Text)))
	case t.Form == 0:
		return p.errLine(0, fmt.Sprintf("no output; want %q or a table with the column %s", keyTickles, columnSource))
	case t.Form == FormText && p.countLine == 0:
		return p.errLine(p.num, fmt.Sprintf("the output ends without a line %q", keyConnections))
	case t.Form == FormText && p.count != len(t.Connections):
		return p.errLine(p.countLine, fmt.Sprintf("%d connections, but %d are listed", p.count, len(t.Connections)))
	}
	return nil
}
