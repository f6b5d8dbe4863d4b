package ctdb

import (
	"bytes"
	"context"
	"fmt"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// Version reads the release of the ctdb tool, which is that of the node's ctdbd unless one of them was upgraded and not
// restarted. It needs no daemon. Similar to: ctdb version.
func (c *Client) Version(ctx context.Context) (release.Release, error) {
	cmd, result, err := c.run(ctx, "version")
	if err != nil {
		return release.Release{}, err
	}
	if result.ExitCode != 0 {
		return release.Release{}, failed(cmd, result)
	}
	line, whole := bytes.CutSuffix(result.Stdout, []byte("\n"))
	r, err := release.Parse(string(bytes.TrimSpace(line)))
	if err == nil && !whole { // "4.1" of "4.17" is a version too
		err = fmt.Errorf("version %v: want a newline behind it", r)
	}
	if err != nil {
		return release.Release{}, notUnderstood(cmd, result, err)
	}
	return r, nil
}
