package ctdbtest

import (
	"math"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// options are the tool's options, and the words that are none.
type options struct {
	node    *nodes.PNN
	machine bool
	verbose bool
	json    bool
	help    bool
	sep     string
	limit   int // for one request to a daemon, in seconds
	maxRun  int // for the whole run, in seconds
	words   []string
}

// The tool's limits unless it is told others, in seconds.
const (
	defaultLimit  = 10
	defaultMaxRun = 120
)

// longOptions gives the letter of each option that has a name.
var longOptions = map[string]byte{
	"node": 'n', "timelimit": 't', "maxruntime": 'T', "debug": 'd', "separator": 'x', "verbose": 'v', "json": 'j',
	"help": '?', "usage": '?',
}

// The letters of the options, with and without a value.
const (
	withValue    = "ntTdx"
	withoutValue = "XYvj?"
)

// parse reads the tool's arguments. Options may come behind the command. What is wrong comes back in the tool's words.
func (c *Cluster) parse(args []string) (o options, bad string) {
	o = options{sep: c.release.MachineSeparator(), limit: defaultLimit, maxRun: defaultMaxRun}
	for len(args) > 0 && bad == "" {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			o.words, args = append(o.words, args...), nil
		case !strings.HasPrefix(arg, "-") || arg == "-":
			o.words = append(o.words, arg)
		case strings.HasPrefix(arg, "--"):
			args, bad = c.long(&o, arg, args)
		default:
			args, bad = c.short(&o, arg, args)
		}
	}
	if bad == "" && o.json && o.machine {
		bad = "--json and -Y options are mutually exclusive"
	}
	return o, bad
}

// Words of the option parser.
func invalid(arg, why string) string { return "Invalid option " + arg + ": " + why }

const (
	unknownOption = "unknown option"
	noArgument    = "missing argument"
	noValueTaken  = "option does not take an argument"
)

// has tells whether the release has an option.
func (c *Cluster) has(letter byte) bool {
	return strings.IndexByte(withValue+withoutValue, letter) >= 0 && (letter != 'j' || c.release.HasJSON())
}

// long reads an option that is spelled out, and gives the arguments that are left.
func (c *Cluster) long(o *options, arg string, args []string) (left []string, bad string) {
	name, value, inline := strings.Cut(arg[2:], "=")
	letter, ok := longOptions[name]
	switch {
	case !ok || !c.has(letter):
		return args, invalid(arg, unknownOption)
	case strings.IndexByte(withoutValue, letter) >= 0 && inline:
		return args, invalid(arg, noValueTaken)
	case strings.IndexByte(withoutValue, letter) >= 0:
		o.set(letter)
		return args, ""
	case inline:
		return args, o.setValue(letter, value, arg)
	case len(args) == 0:
		return args, invalid(arg, noArgument)
	}
	return args[1:], o.setValue(letter, args[0], args[0])
}

// short reads letters: "-X", "-Xn1", "-x=,". It gives the arguments that are left.
func (c *Cluster) short(o *options, arg string, args []string) (left []string, bad string) {
	for at := 1; at < len(arg); at++ {
		letter := arg[at]
		switch {
		case letter == '=' && at > 1:
			return args, invalid(arg, noValueTaken)
		case !c.has(letter):
			return args, invalid(arg, unknownOption)
		case strings.IndexByte(withoutValue, letter) >= 0:
			o.set(letter)
		case at+1 < len(arg):
			return args, o.setValue(letter, strings.TrimPrefix(arg[at+1:], "="), arg)
		case len(args) == 0:
			return args, invalid(arg, noArgument)
		default:
			return args[1:], o.setValue(letter, args[0], args[0])
		}
	}
	return args, ""
}

func (o *options) set(letter byte) {
	switch letter {
	case 'X', 'Y':
		o.machine = true
	case 'v':
		o.verbose = true
	case 'j':
		o.json = true
	case '?':
		o.help = true
	}
}

// setValue sets an option that has a value. Messages about it show the argument that it stands in.
func (o *options) setValue(letter byte, value, shown string) (bad string) {
	switch letter {
	case 'x':
		o.sep = value
	case 'n', 't', 'T':
		n, why := optionNumber(value)
		if why != "" {
			return invalid(shown, why)
		}
		o.setNumber(letter, n)
	}
	return ""
}

func (o *options) setNumber(letter byte, n int) {
	switch letter {
	case 'n':
		o.node = nil
		if n != -1 {
			pnn := nodes.PNN(uint32(n)) //nolint:gosec // as the tool does with negative ones
			o.node = &pnn
		}
	case 't':
		o.limit = n
	case 'T':
		o.maxRun = n
		if n <= 0 {
			o.maxRun = defaultMaxRun
		}
	}
}

// optionNumber reads the number of an option. An empty one is 0.
func optionNumber(text string) (n int, why string) {
	if text == "" {
		return 0, ""
	}
	digits, negative := strings.CutPrefix(strings.TrimLeft(text, blanks), "-")
	read := readNumber(digits, 0)
	switch {
	case read.none || read.rest != "" || negative && (digits == "" || digitOf(digits[0]) > 9):
		return 0, "invalid numeric value"
	case read.over || read.value > math.MaxInt32+1 || read.value > math.MaxInt32 && !negative:
		return 0, "number too large or too small"
	case negative:
		return -int(read.value), ""
	}
	return int(read.value), ""
}
