package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"path"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// nodesAnswer is the answer of GET nodes.
type nodesAnswer struct {
	Nodes []string `json:"nodes"`
}

func (h *Handler) getNodes(ctx context.Context, r *request) (any, error) {
	list := h.nodesList(ctx)
	if list.Command != "" {
		return h.listNodes(ctx)
	}
	o := h.nodesOptions(list)
	if err := checkLink(o.Path); err != nil {
		return nil, err
	}
	f, err := loaded(nodes.Load(o))
	if err != nil {
		return nil, err
	}
	answer := nodesAnswer{Nodes: []string{}}
	for n := range f.Active() {
		answer.Nodes = append(answer.Nodes, n.Address.String())
	}
	r.tag(f.Bytes())
	return answer, nil
}

// listNodes gives the nodes that a command prints, as the tool reads them.
func (h *Handler) listNodes(ctx context.Context) (any, error) {
	list, err := h.config.Client.NodeList(ctx)
	if err != nil {
		return nil, err
	}
	answer := nodesAnswer{Nodes: []string{}}
	for _, n := range list.Nodes {
		answer.Nodes = append(answer.Nodes, n.Address.String())
	}
	return answer, nil
}

// nodesList finds where the installed release reads the nodes from. A ctdb.conf that it refuses names nothing.
func (h *Handler) nodesList(ctx context.Context) config.NodesList {
	if h.config.Nodes.Path != "" {
		return config.NodesList{File: h.config.Nodes.Path}
	}
	f, err := h.loadConf()
	if err != nil {
		return config.NodesList{}
	}
	effective, err := f.Effective(h.installed(ctx), h.env())
	if err != nil {
		return config.NodesList{}
	}
	settings, _ := effective.Settings() // the error is about fields, of which these are not
	return settings.Cluster.NodesList
}

// nodesOptions gives the options of the file of nodes.
func (h *Handler) nodesOptions(list config.NodesList) nodes.Options {
	o := h.config.Nodes
	o.Path = cmp.Or(list.File, h.paths.NodesFile())
	if !path.IsAbs(o.Path) {
		o.Path = path.Join("/", o.Path) // where a daemon works
	}
	return o
}

// badFile is the error about a file that ctdbd refuses as it is.
func badFile(status int, err error) *Error {
	e := fail(status, CodeBadFile, "ctdbd refuses the file as it is: %v", firstOf(err))
	if place, ok := firstOf(err).(interface{ Position() (string, int, int) }); ok {
		_, e.Line, e.Column = place.Position()
	}
	e.err = err
	return e
}

func (h *Handler) postNodes(ctx context.Context, r *request) (any, error) {
	wanted, err := readNodes(r.body)
	if err != nil {
		return nil, err
	}
	list := h.nodesList(ctx)
	if list.Command != "" {
		return nil, fail(http.StatusConflict, CodeNoFile,
			"ctdb.conf has a command print the nodes, %q, and no file", list.Command)
	}
	w := &nodesWrite{request: r, wanted: wanted, running: h.running(ctx), options: h.nodesOptions(list)}
	if err := checkLink(w.options.Path); err != nil {
		return nil, err
	}
	if err := h.mayWrite(ctx, w.request, w.running, w.options); err != nil {
		return nil, err
	}
	if r.query.is(paramForce) {
		w.options.Allow = []nodes.ChangeKind{nodes.Readdressed, nodes.Vanished, nodes.Shifted}
	}
	err = nodes.Edit(ctx, w.options, w.edit)
	if forbidden, ok := errors.AsType[*nodes.ForbiddenError](err); ok {
		err = wouldBreak(forbidden.Changes)
	}
	answer, err := r.written(err, w.after, diff{Changes: changesOf(w.changes)})
	if err != nil || !r.query.is(paramReload) {
		return answer, err
	}
	return h.reloadNodes(ctx, w.changes)
}

// nodesWrite is a change of a nodes file.
type nodesWrite struct {
	*request
	wanted  []string
	running running
	options nodes.Options

	changes []nodes.Change
	after   []byte
}

// edit makes the file have the nodes that are wanted, or refuses to.
func (w *nodesWrite) edit(f *nodes.File) error {
	if err := w.check(f.Bytes()); err != nil {
		return err
	}
	before := *f
	data, err := w.merged(f.CheckFor(newest), w.wanted, func() []byte { return mergeNodes(f, w.wanted) })
	if err != nil {
		return err
	}
	if err := f.SetBytes(data); err != nil {
		return err
	}
	w.changes, w.after = nodes.Diff(&before, f), f.Bytes()
	if err := w.running.refuses(&before, f, w.changes, w.query.is(paramReload)); err != nil {
		return err
	}
	return w.dryRun()
}

// mergeNodes gives the bytes of a file with the nodes that are wanted, each under the number that it has. Those that
// are not wanted become deleted slots; one that comes back gets its slot back, and others get new numbers.
func mergeNodes(f *nodes.File, wanted []string) []byte {
	isWanted, there, free := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, address := range wanted {
		isWanted[address] = true
	}
	lines := map[int]*string{}
	for n := range f.All() {
		address := n.Address.String()
		switch {
		case n.Deleted:
			free[n.Comment] = n.Line
		case isWanted[address] && !there[address]:
			there[address] = true
		default:
			gone := "#" + address
			lines[n.Line] = &gone
		}
	}
	var more []string
	for _, address := range wanted {
		line, isFree := free[address]
		switch {
		case there[address]:
		case isFree:
			lines[line] = &address
		default:
			more = append(more, address)
		}
	}
	return rewrite(f.Bytes(), lines, more)
}

// changesOf gives the changes of nodes as this API has them.
func changesOf(changes []nodes.Change) []Change {
	all := []Change{}
	for _, c := range changes {
		one := Change{Kind: c.Kind.String(), PNN: c.PNN.String()}
		if c.To != c.PNN {
			one.To = c.To.String()
		}
		if c.Old.IsValid() {
			one.Old = c.Old.String()
		}
		if c.New.IsValid() {
			one.New = c.New.String()
		}
		all = append(all, one)
	}
	return all
}

// wouldBreak is the error about changes that a running cluster refuses.
func wouldBreak(changes []nodes.Change) *Error {
	e := fail(http.StatusConflict, CodeWouldBreak, "a running cluster would be at odds with this: %v", changes[0])
	e.Changes = changesOf(changes)
	e.err = nodes.ErrForbidden
	return e
}
