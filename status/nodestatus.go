package status

import (
	"errors"
	"fmt"
)

// ErrExitCode says that an exit code of nodestatus is not made of the flags of the nodes that it printed: the tool
// failed, and what it says on standard error is the reason.
var ErrExitCode = errors.New("the exit code is not that of the nodes")

// ParseNodeStatusExit reads the output of "ctdb nodestatus" together with its exit code, which has the flags of all
// nodes that it printed. An exit code of 1 is a node that is disconnected, or a tool that failed; the output tells them
// apart.
//
// The result is what [ParseNodeStatus] gives, and the exit code as flags. Those can hold flags that this package does
// not know, if some node has one of them. Errors are the [*ParseError] of [ParseNodeStatus], and one that wraps
// [ErrExitCode] and, if the output is not about nodes, a *ParseError as well; then there is no Cluster.
func ParseNodeStatusExit(out []byte, exitCode int) (*Cluster, Flags, error) {
	c, err := ParseNodeStatus(out)
	switch {
	case err != nil && exitCode == exitFailure:
		return nil, 0, fmt.Errorf("%w: %d: %w", ErrExitCode, exitCode, err)
	case err != nil:
		return nil, 0, err
	case !c.explains(exitCode):
		return nil, 0, fmt.Errorf("%s: %w: %d, of nodes that are %v", cmdNodeStatus, ErrExitCode, exitCode, c.allFlags())
	}
	return c, Flags(exitCode), nil //nolint:gosec // explains leaves 0 to 255
}

// exitFailure is the tool's exit code when it fails.
const exitFailure = 1

// explains tells whether nodestatus ends with an exit code if these are the nodes.
func (c *Cluster) explains(exitCode int) bool {
	if exitCode < 0 || exitCode > 0xFF {
		return false
	}
	others := Flags(0)
	for _, n := range c.Nodes {
		if len(n.OtherFlags) > 0 || len(n.Extra) > 0 {
			others = 0xFF &^ namedFlags
		}
	}
	return (Flags(exitCode)^c.allFlags())&0xFF&^others == 0
}

// allFlags gives the flags that some node has.
func (c *Cluster) allFlags() Flags {
	all := Flags(0)
	for _, n := range c.Nodes {
		all |= n.Flags
	}
	return all
}
