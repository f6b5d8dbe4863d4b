package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/eventscript"
)

// Scripts enables and disables event scripts: an [eventscript.Files] or an [eventscript.Tool].
type Scripts interface {
	Enable(ctx context.Context, name string) error
	Disable(ctx context.Context, name string) error
	EnableService(ctx context.Context, name string) (*eventscript.ServiceChange, error)
	DisableService(ctx context.Context, name string) (*eventscript.ServiceChange, error)
}

// postEvent enables or disables a service, or a script by its name. CTDB runs it from the next event on; a service is
// started when ctdbd starts.
func (h *Handler) postEvent(ctx context.Context, r *request) (any, error) {
	service, enable, err := readEvent(r.body)
	if err != nil {
		return nil, err
	}
	var change *eventscript.ServiceChange
	switch scripts, isScript := h.config.Scripts, strings.Contains(service, "."); {
	case isScript && enable:
		err = scripts.Enable(ctx, service)
	case isScript:
		err = scripts.Disable(ctx, service)
	case enable:
		change, err = scripts.EnableService(ctx, service)
	default:
		change, err = scripts.DisableService(ctx, service)
	}
	if err != nil {
		return nil, scriptError(err, change)
	}
	return empty{}, nil
}

// readEvent reads the body.
func readEvent(body []byte) (service string, enable bool, err error) {
	d, err := newDecoder(body)
	if err != nil {
		return "", false, err
	}
	err = d.object(
		member{"service", true, func() error {
			at := d.next()
			if service, err = d.text(); err != nil {
				return err
			}
			if !isName(service) {
				return d.wrong(at, "want samba, nfs, winbind or the name of an event script, got %q", finding.Clip(service))
			}
			return nil
		}},
		member{"action", true, func() error {
			at := d.next()
			action, err := d.text()
			if err != nil {
				return err
			}
			if enable = action == "enable"; !enable && action != "disable" {
				return d.wrong(at, "want enable or disable, got %q", finding.Clip(action))
			}
			return nil
		}},
	)
	return service, enable, err
}

// isName tells whether a text can be the name of a script or a service: a word that leads nowhere and is no option.
func isName(text string) bool {
	const longest = 200
	if text == "" || len(text) > longest || text[0] == '-' || text[0] == '.' {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		isLetter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !isLetter && !strings.ContainsRune("._-+", r)
	})
}

// scriptError says what became of a service that could not be disabled as a whole.
func scriptError(err error, change *eventscript.ServiceChange) error {
	if !errors.Is(err, eventscript.ErrLeftAlone) || change == nil {
		return err
	}
	e := fail(http.StatusConflict, CodeScriptAlone, "%v", err)
	e.err, e.Written = err, len(change.Changed) > 0
	for _, left := range change.Left {
		e.Left = append(e.Left, left.String())
	}
	return e
}
