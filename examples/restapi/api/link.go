package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// linked are the files that POST link links.
var linked = []ctdb.LinkFile{ctdb.SharedFile("nodes"), ctdb.SharedFile("public_addresses")}

// linkAnswer is the answer of a dry run.
type linkAnswer struct {
	Links []ctdb.LinkStatus `json:"links"`
}

// postLink links nodes and public_addresses to the cluster file system. A file in the way is renamed if the shared one
// says nothing else that a running cluster would refuse; nothing is ever removed.
func (h *Handler) postLink(ctx context.Context, r *request) (any, error) {
	root, err := readLink(r.body)
	if err != nil {
		return nil, err
	}
	linker := h.config.Link
	linker.Root = root
	links, err := linker.Check(linked...)
	if err != nil {
		return nil, err
	}
	if err := h.checkShared(ctx, r, links); err != nil {
		return nil, err
	}
	if r.query.is(paramDryRun) {
		return linkAnswer{links}, nil
	}
	linker.MoveAside = true
	if _, err := linker.Link(ctx, linked...); err != nil {
		return nil, notShared(err)
	}
	return empty{}, nil
}

// readLink reads the body: a directory, named as it is.
func readLink(body []byte) (root string, err error) {
	d, err := newDecoder(body)
	if err != nil {
		return "", err
	}
	err = d.object(member{"dfsPath", true, func() error {
		at := d.next()
		if root, err = d.text(); err != nil {
			return err
		}
		const longest = 4095 // that Linux takes
		switch clean := filepath.Clean(root); {
		case !filepath.IsAbs(root) || root != clean && root != clean+"/", clean == "/":
			return d.wrong(at, `want the absolute path of a mounted file system, without "..", "." and double slashes`)
		case strings.ContainsFunc(root, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\ufffd' }):
			return d.wrong(at, "there is a control character in it")
		case len(root) > longest:
			return d.wrong(at, "the path is longer than %d bytes", longest)
		default:
			root = clean
		}
		return checkNoLinks(d, at, root)
	}})
	return root, err
}

// checkNoLinks refuses a path that leads elsewhere than it says.
func checkNoLinks(d *decoder, at int, root string) error {
	target, err := filepath.EvalSymlinks(root)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail(http.StatusConflict, CodeNotMounted, "there is no such directory").about(d.field())
	case err != nil:
		return err
	case target != root:
		return d.wrong(at, "a symbolic link leads elsewhere: name the directory itself")
	}
	return nil
}

// notShared says what is wrong with the shared files.
func notShared(err error) error {
	if errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ctdb.ErrNotMounted) {
		e := fail(http.StatusConflict, CodeNotShared, "%v", err)
		e.err = err
		return e
	}
	return err
}

// checkShared looks at the shared files before they take the place of this node's: ctdbd must read them, and find the
// nodes under the numbers that they have.
func (h *Handler) checkShared(ctx context.Context, r *request, links []ctdb.LinkStatus) error {
	k := h.running(ctx)
	if r.query.is(paramForce) {
		if err := h.mayWrite(ctx, r, k, h.nodesOptions(h.nodesList(ctx))); err != nil {
			return err
		}
	}
	shared, err := nodes.Load(nodes.Options{Path: links[0].Want})
	if err != nil {
		return refusedShared(links[0].Want, err)
	}
	if _, err := publicaddr.Load(publicaddr.Options{Path: links[1].Want}); err != nil {
		return refusedShared(links[1].Want, err)
	}
	if r.query.is(paramForce) {
		return nil
	}
	own, err := nodes.Load(nodes.Options{Path: links[0].Path})
	switch {
	case errors.Is(err, fs.ErrNotExist): // also of a link that dangles
		own = &nodes.File{}
	case err != nil:
		return badFile(http.StatusConflict, err)
	}
	changes := nodes.Diff(own, shared)
	var forbidden []nodes.Change
	for _, c := range changes {
		if c.Kind.Forbidden() {
			forbidden = append(forbidden, c)
		}
	}
	if len(forbidden) > 0 {
		return wouldBreak(forbidden)
	}
	return k.refuses(own, shared, changes, false)
}

// refusedShared is the error about a shared file.
func refusedShared(path string, err error) error {
	if _, ok := errors.AsType[*nodes.ParseError](err); ok {
		e := badFile(http.StatusConflict, err)
		e.Message = fmt.Sprintf("%s: %s", path, e.Message)
		return e
	}
	return notShared(err)
}
