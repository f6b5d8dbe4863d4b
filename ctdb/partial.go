package ctdb

import (
	"fmt"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// PartialError says that some nodes did not do what the others did, so that the cluster's nodes disagree. The tool
// ends with exit code 0 then.
type PartialError struct {
	// Nodes are those that did not; empty where the tool does not name them.
	Nodes []nodes.PNN
}

// Error names the nodes.
func (e *PartialError) Error() string {
	if len(e.Nodes) == 0 {
		return "failed on some nodes"
	}
	return fmt.Sprintf("failed on nodes %s", joinPNNs(e.Nodes))
}
