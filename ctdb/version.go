package ctdb

import (
	"bytes"
	"context"

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
	r, err := release.Parse(string(bytes.TrimSpace(result.Stdout)))
	if err != nil {
		return release.Release{}, notUnderstood(cmd, result, err)
	}
	return r, nil
}
