package ctdb

import (
	"context"
	"errors"
	"time"

	"github.com/go-ctdb/go-ctdb/status"
)

// EventStatus tells how the last run of an event went, such as "monitor" or "startup", script by script. A failed script
// is no error of the call. It asks the node that the tool runs on; another one can't be asked. Times are read as those of
// this process's zone. Since 4.9. Similar to: ctdb event status legacy EVENT.
func (c *Client) EventStatus(ctx context.Context, event string) (*status.EventStatus, error) {
	if err := checkWord("event status", "event", event); err != nil {
		return nil, err
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	answer, settled, why := c.eventStatusOverSocket(ctx, event)
	if settled {
		return answer, why
	}
	cmd, result, err := c.run(ctx, "event", "status", legacy, event)
	if err != nil {
		return nil, c.worse(why, err)
	}
	answer, err = status.ParseEventStatus(result.Stdout, result.Stderr, result.ExitCode, time.Local)
	if err == nil && c.config.Strict {
		err = answer.Unparsed.Err()
	}
	if _, malformed := errors.AsType[*status.ParseError](err); malformed && result.ExitCode != 0 {
		return nil, failed(cmd, result)
	}
	if err != nil {
		return nil, notUnderstood(cmd, result, err)
	}
	return answer, nil
}

// EventScripts gives the event scripts of the machine that the tool runs on, and which of them are enabled. It asks no
// daemon. Since 4.9. Similar to: ctdb event script list legacy.
func (c *Client) EventScripts(ctx context.Context) (*status.EventScripts, error) {
	return query[*status.EventScripts]{
		ways("event", "script", "list", legacy), status.ParseEventScripts,
		func(all *status.EventScripts) status.Lines { return all.Unparsed },
	}.ask(ctx, c)
}
