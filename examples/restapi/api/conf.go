package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// confAnswer is the answer of GET conf.
type confAnswer struct {
	Raw string `json:"raw"`
}

// getConf gives the text of ctdb.conf, whatever CTDB makes of it. A file that is not there is an empty one, as for
// CTDB.
func (h *Handler) getConf(_ context.Context, r *request) (any, error) {
	if err := checkLink(h.config.Conf.Path); err != nil {
		return nil, err
	}
	f, err := h.loadConf()
	if err != nil {
		return nil, err
	}
	r.tag(f.Bytes())
	return confAnswer{strings.ToValidUTF8(string(f.Bytes()), "\ufffd")}, nil
}

// loadConf reads ctdb.conf. One that CTDB drops is one without settings.
func (h *Handler) loadConf() (*config.File, error) {
	f, err := config.Load(h.config.Conf)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &config.File{}, nil
	case f == nil:
		return nil, err
	}
	return f, nil
}

// env is what options of ctdb.conf are checked against.
func (h *Handler) env() config.Env { return config.Env{Paths: h.paths, FS: h.config.Conf.FS} }

func (h *Handler) postConf(ctx context.Context, r *request) (any, error) {
	text, err := readConf(r.body)
	if err != nil {
		return nil, err
	}
	if err := checkLink(h.config.Conf.Path); err != nil {
		return nil, err
	}
	installed := h.installed(ctx)
	wanted, err := h.checkConf(text, installed)
	if err != nil {
		return nil, err
	}
	var d diff
	err = config.Edit(ctx, h.config.Conf, func(f *config.File) error {
		d = diff{Changes: h.diffConf(f, wanted, installed), Findings: wanted.Validate(installed, h.env())}
		if err := r.check(f.Bytes()); err != nil {
			return err
		}
		if err := r.dryRun(); err != nil {
			return err
		}
		return f.SetBytes(wanted.Bytes())
	})
	return r.written(err, wanted.Bytes(), d)
}

// readConf reads the body of a POST.
func readConf(body []byte) (text string, err error) {
	d, err := newDecoder(body)
	if err != nil {
		return "", err
	}
	err = d.object(member{"raw", true, func() error {
		at := d.next()
		text, err = d.text()
		if err != nil {
			return err
		}
		for i, c := range text {
			switch {
			case c == '\ufffd':
				return d.wrong(at,
					"byte %d stands for something that is not UTF-8, which would be lost: change the file in another way", i)
			case c < ' ' && c != '\t' && c != '\n' && c != '\r', c == 0x7f:
				return d.wrong(at, "byte %d is a control character", i)
			}
		}
		return nil
	}})
	return text, err
}

// checkConf refuses what the release would refuse, and what it would drop as a whole without a word.
func (h *Handler) checkConf(text string, installed release.Release) (*config.File, error) {
	f, err := config.Parse("ctdb.conf", []byte(text))
	if err == nil {
		err = f.CheckFor(installed, h.env())
	}
	if err == nil {
		return f, nil
	}
	e := fail(http.StatusUnprocessableEntity, CodeRefused, "CTDB %v would not take this: %v", installed, firstOf(err))
	e.Field, e.Findings = "raw", f.Validate(installed, h.env())
	return nil, e
}

// firstOf gives the first of several errors about a file.
func firstOf(err error) error {
	if first, ok := errors.AsType[*finding.ParseError](err); ok {
		return first
	}
	return err
}

// diffConf gives the options of which the release would take another value.
func (h *Handler) diffConf(before, after *config.File, installed release.Release) []Change {
	was, _ := before.Effective(installed, h.env()) // a file that is refused counts as its defaults
	is, _ := after.Effective(installed, h.env())
	changes := []Change{}
	for now := range is.All() {
		old, ok := was.Lookup(now.Section, now.Key)
		if ok && old.Text != now.Text {
			changes = append(changes, Change{
				Kind: "changed", Option: fmt.Sprint(now.Option), Old: old.Text, New: now.Text,
			})
		}
	}
	return changes
}
