package ctdb

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strconv"
)

// ProcessExists tells whether a process of the node's machine is connected to its ctdbd, as a smbd is. Of other processes
// ctdbd knows nothing. A number that can't be one of a process is an [ErrArgument].
//
// A node that is stopped or banned ends the connection of the process that is asked about. Similar to: ctdb process-exists.
func (c *Client) ProcessExists(ctx context.Context, pid int) (bool, error) {
	const command = "process-exists"
	number := strconv.Itoa(pid)
	if pid <= 0 || pid > math.MaxInt32 {
		return false, refuse(command, "process", number, "there is no such number")
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	exists, settled, why := overSocket(ctx, c, processExists(pid))
	if settled {
		return exists, why
	}
	cmd, result, err := c.run(ctx, command, number)
	if err != nil {
		return false, c.worse(why, err)
	}
	switch said := string(bytes.TrimSpace(result.Stdout)); {
	case said == "PID "+number+" exists" && result.ExitCode == 0:
		return true, nil
	case said == "PID "+number+" does not exist" && result.ExitCode != 0:
		return false, nil
	case isSilent(result):
		return false, newCommandError(cmd, result, causes{ErrNotReady})
	case result.ExitCode != 0:
		return false, c.worse(why, failed(cmd, result))
	}
	return false, notUnderstood(cmd, result, fmt.Errorf("want PID %s, and whether it exists", number))
}
