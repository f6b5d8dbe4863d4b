// Package config reads, checks and edits ctdb.conf, the configuration of CTDB's daemons since 4.9, and knows where a host
// has its files.
//
// [Parse] and [Load] give a [File]: its settings, with their places. [File.Set], [File.Unset] and [Edit] change it and leave
// every other byte as it is. A File says what is written there; what a release of CTDB makes of that is another question,
// since it ignores what it does not know and takes some things otherwise than people expect. [File.Effective] answers it
// for any release from 4.9 to 4.25, with the value of each option, and [Effective.Settings] gives these as Go types.
// [File.Validate] reports what the release refuses, ignores or takes in a way that was hardly meant. [File.Upgrade] carries
// a file to another release. [Known] has the options of each release, and [Paths] the places of a host.
//
// Packages config/tunables and config/options are for CTDB's other settings, config/finding for findings.
//
// # The grammar
//
// The file is /etc/ctdb/ctdb.conf. A missing file is an empty one. This is what CTDB does with it:
//
//   - Blanks are space, tab, carriage return, vertical tab and form feed. Blanks at the beginning of a line are left out.
//   - A line is a comment if its first byte is # or ;. Nothing else is: in "log level = DEBUG # all" the value is
//     "DEBUG # all", and CTDB does not start.
//   - A backslash at the end of a line joins the next one, as it is: its # begins no comment. A comment joins nothing.
//   - Several blanks side by side count as the first of them. So "log  level" is the option, and "log<tab>level" is not.
//   - "[NAME]" begins a section. The name is in any case, without blanks around it. What follows the ] is ignored.
//   - "KEY = VALUE" sets an option, split at the first =. The key must be written exactly so. There are no quotes and no
//     variables. A line without = is ignored, and so is what follows a NUL.
//   - A header without ] and a line that begins with = make CTDB drop all settings of the file. It starts with its
//     defaults, says nothing, and ctdb-config validate finds nothing wrong. [Parse] gives an error.
//
// # Values
//
//   - A boolean is true, yes, false or no, in any case. 1, 0, on and off are refused.
//   - A number is read like one in C: 010 is 8, 0x10 is 16, and 10abc is 10.
//   - A log level is the beginning of ERROR, WARNING, NOTICE, INFO or DEBUG in any case, or a number: see [ParseLogLevel].
//   - Directories and scripts that a value names must be there: see [Env].
//   - One value that is refused is enough: the daemons do not start, and since 4.22 the ctdb program fails too.
//   - An empty value is refused since 4.12.
//   - Of several settings of an option the last one counts, unless it is the default: then it is ignored, and the one
//     before it counts. After "lmaster capability = false" and "lmaster capability = true" it is false.
//   - Unknown sections and options are ignored without a word, though ctdb-config validate reports them.
//
// The releases from 4.9 to 4.25 agree on this, but for what is said of 4.12, and differ in the options that they have and
// in the default of the log level, which is ERROR up to 4.18 and NOTICE since.
//
// # The manual
//
// ctdb(7) makes a remote node, which must not lead the cluster, with "leader capability = false" in section [legacy]. No
// release reads it there; it belongs in [cluster]. Before 4.16 it is "recmaster capability", and that one is in [legacy].
// [Cluster.LeaderCapability] is right for all; there is an example.
package config
