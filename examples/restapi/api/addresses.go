package api

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// addressesAnswer is the answer of GET addresses.
type addressesAnswer struct {
	Addresses []addressAnswer `json:"addresses"`
}

// addressAnswer is a public address. Raw is its line.
type addressAnswer struct {
	Raw       string `json:"raw"`
	Address   string `json:"address"`
	Interface string `json:"interface_name"`
}

func (h *Handler) getAddresses(_ context.Context, r *request) (any, error) {
	if err := checkLink(h.config.Addresses.Path); err != nil {
		return nil, err
	}
	f, err := loaded(publicaddr.Load(h.config.Addresses))
	if err != nil {
		return nil, err
	}
	answer := addressesAnswer{Addresses: []addressAnswer{}}
	for e := range f.All() {
		raw := e.String()
		if e.Text != "" {
			raw += " " + e.Text
		}
		answer.Addresses = append(answer.Addresses, addressAnswer{
			Raw: raw, Address: fmt.Sprintf("%v/%d", e.Address, e.Mask), Interface: strings.Join(e.Interfaces, ","),
		})
	}
	r.tag(f.Bytes())
	return answer, nil
}

func (h *Handler) postAddresses(ctx context.Context, r *request) (any, error) {
	wanted, err := readAddresses(r.body)
	if err != nil {
		return nil, err
	}
	if err := checkLink(h.config.Addresses.Path); err != nil {
		return nil, err
	}
	list := h.nodesOptions(h.nodesList(ctx))
	w := &addressesWrite{request: r, wanted: wanted, release: h.installed(ctx), interfaces: h.config.Interfaces}
	if r.query.is(paramReload) || r.query.is(paramForce) {
		if err := h.mayWrite(ctx, r, h.running(ctx), list); err != nil {
			return nil, err
		}
	}
	w.nodes, _ = nodes.Load(list) // without it, no address is a node's own
	err = publicaddr.Edit(ctx, h.config.Addresses, w.edit)
	answer, err := r.written(err, w.after, diff{Changes: addressChanges(w.changes), Findings: w.findings})
	if err != nil || !r.query.is(paramReload) {
		return answer, err
	}
	return h.reloadAddresses(ctx, w.changes)
}

// addressesWrite is a change of a public_addresses file.
type addressesWrite struct {
	*request
	wanted     []publicaddr.Entry
	nodes      *nodes.File
	release    release.Release
	interfaces func() ([]string, error)

	changes  []publicaddr.Change
	findings []finding.Finding
	after    []byte
}

// edit makes the file have the addresses that are wanted, or refuses to.
func (w *addressesWrite) edit(f *publicaddr.File) error {
	if err := w.check(f.Bytes()); err != nil {
		return err
	}
	before := *f
	data, err := w.merged(f.CheckFor(newest), linesOf(w.wanted), func() []byte { return mergeAddresses(f, w.wanted) })
	if err != nil {
		return err
	}
	if err := f.SetBytes(data); err != nil {
		return err
	}
	w.changes, w.after = publicaddr.Diff(&before, f), f.Bytes()
	if err := w.validate(f); err != nil {
		return err
	}
	return w.dryRun()
}

// mergeAddresses gives the bytes of a file with the addresses that are wanted. Lines that stay keep their bytes, and
// those that get another mask or other interfaces their place.
func mergeAddresses(f *publicaddr.File, wanted []publicaddr.Entry) []byte {
	missing := map[netip.Addr]publicaddr.Entry{}
	for _, w := range wanted {
		missing[w.Address] = w
	}
	lines := map[int]*string{}
	for e := range f.All() {
		w, ok := missing[e.Address]
		delete(missing, e.Address)
		switch {
		case !ok:
			lines[e.Line] = nil
		case e.Mask != w.Mask || !slices.Equal(e.Interfaces, w.Interfaces):
			line := strings.TrimRight(w.String()+" "+e.Text, " ")
			lines[e.Line] = &line
		}
	}
	added := slices.DeleteFunc(slices.Clone(wanted), func(w publicaddr.Entry) bool {
		_, ok := missing[w.Address]
		return !ok
	})
	return rewrite(f.Bytes(), lines, linesOf(added))
}

func linesOf(wanted []publicaddr.Entry) []string {
	lines := make([]string, len(wanted))
	for i, w := range wanted {
		lines[i] = w.String()
	}
	return lines
}

// validate refuses lines that are new and wrong: what ctdbd refuses, and what no network has.
func (w *addressesWrite) validate(f *publicaddr.File) error {
	news := map[int]netip.Addr{}
	for _, c := range w.changes {
		if c.Kind != publicaddr.Removed {
			news[c.New.Line] = c.New.Address
		}
	}
	w.findings = f.Validate(w.nodes)
	bad := slices.DeleteFunc(slices.Clone(w.findings), func(found finding.Finding) bool {
		_, isNew := news[found.Line]
		return !isNew || found.Severity < finding.Error
	})
	if len(bad) > 0 {
		e := fail(http.StatusUnprocessableEntity, CodeRefused, "CTDB would not work with this: %s", bad[0].Message)
		e.Findings = bad
		return e.about(w.fieldOf(news[bad[0].Line]))
	}
	if err := f.CheckFor(w.release); err != nil {
		return fail(http.StatusUnprocessableEntity, CodeRefused, "CTDB %v would not take this: %v", w.release, firstOf(err))
	}
	return w.checkInterfaces(slices.Collect(maps.Values(news)))
}

// fieldOf gives the field of the body that an address is from.
func (w *addressesWrite) fieldOf(address netip.Addr) string {
	i := slices.IndexFunc(w.wanted, func(e publicaddr.Entry) bool { return e.Address == address })
	return fmt.Sprintf("addresses[%d]", max(i, 0))
}

// checkInterfaces refuses new addresses with an interface that is not there.
func (w *addressesWrite) checkInterfaces(news []netip.Addr) error {
	if w.interfaces == nil || len(news) == 0 {
		return nil
	}
	names, err := w.interfaces()
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, name := range names {
		there[name] = true
	}
	isNew := map[netip.Addr]bool{}
	for _, address := range news {
		isNew[address] = true
	}
	for i, e := range w.wanted {
		for _, name := range e.Interfaces {
			if isNew[e.Address] && !there[name] {
				return fail(http.StatusUnprocessableEntity, CodeRefused,
					"this node has no interface %q, without which ctdbd refuses the file", name).
					about(fmt.Sprintf("addresses[%d].interface_name", i))
			}
		}
	}
	return nil
}

// addressChanges gives the changes of addresses as this API has them.
func addressChanges(changes []publicaddr.Change) []Change {
	all := []Change{}
	for _, c := range changes {
		one := Change{Kind: c.Kind.String()}
		if c.Kind != publicaddr.Added {
			one.Old = c.Old.String()
		}
		if c.Kind != publicaddr.Removed {
			one.New = c.New.String()
		}
		all = append(all, one)
	}
	return all
}
