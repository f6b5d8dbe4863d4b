// Package eventscript lists, enables and disables the event scripts of CTDB, and reads how they went.
//
// CTDB does its work on a node by scripts: they put the public addresses on interfaces, start Samba, and tell whether
// the node is healthy. Which services CTDB manages is which scripts are enabled:
//
//	change, err := eventscript.Files{Release: r}.EnableService(ctx, "samba")
//
// # Two ways
//
// [Files] works in the file system, of this machine or of an image, with no CTDB about. [Tool] runs the ctdb program of
// any host that a [ctdb.Runner] reaches. Both have List, Enable, Disable, EnableService and DisableService. What they
// change is the same, and both look whether it had the effect; the ctdb program itself does not, and succeeds without a
// word about names that do not exist and links that lead nowhere.
//
//	                                      Files     Tool
//	name, order, installed or local       yes       yes
//	enabled                               yes       as the tool says
//	link or file, where a link leads      yes       no
//	what is wrong                         yes       something is (FindingOwn), and duplicate numbers
//	notification scripts                  yes       no
//	what scripts need                     yes       no
//	how events went                       no        yes, with a running event daemon
//
// # What a script is
//
// Since CTDB 4.9 the scripts that came with it are in /usr/share/ctdb/events/legacy and never run from there. Those
// that run are in /etc/ctdb/events/legacy:
//
//   - A name is NN.NAME.script, with two digits; NAME may be anything. Other files are no scripts: 5.x.script,
//     001.x.script, README, 50.x.script~. CTDB reports scripts without ".script", and so does this package.
//   - A script that came with CTDB is enabled by a symbolic link to it of the same name. "ctdb event script list" shows
//     it as enabled if the text of the link is the one that "ctdb event script enable" would write: absolute, and
//     without symbolic links in the directory. A link of any other text runs as well, but is listed as a local script,
//     and the installed one as disabled.
//   - Anything else there is local: a file, or a link to one. It is enabled by the permission of its owner to execute
//     it.
//   - They run in the order of their names. When one fails, the others do not run.
//
// The tool's list is wrong in these cases, and [Files.List] is not: it shows a link to a script that is not executable
// as enabled, and a directory or a pipe that its owner may execute. CTDB runs none of them. Up to CTDB 4.17, and
// perhaps up to 4.21, a link that leads nowhere makes each event fail, and the node unhealthy; later it is ignored.
//
// Before 4.9 all scripts are files in /etc/ctdb/events.d, without ".script", and are enabled by their permissions. What
// is said of these releases is from CTDB's source and manuals.
//
// # Services
//
// A service is a set of scripts by a name: see [Services]. Callers can have their own.
//
// # Results
//
// [Tool.Results] asks how each event went the last time; [History] keeps the failures of results that are asked for
// again and again.
package eventscript
