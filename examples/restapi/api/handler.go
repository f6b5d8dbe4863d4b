package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/eventscript"
	"github.com/go-ctdb/go-ctdb/status"
)

// Handler serves the API. It is safe for concurrent use.
type Handler struct {
	config Config
	token  token
	limits Limits
	paths  config.Paths
	turns  turns
	logs   turns

	status  batch[*status.Cluster]
	release learnedRelease
}

// New gives a handler. It asks nobody, so that CTDB need not be there yet. The error is [ErrToken], or about a header
// of the configuration that can't be one.
func New(c Config) (*Handler, error) {
	token, err := newToken(c.Token)
	if err != nil {
		return nil, err
	}
	if err := c.checkHeaders(); err != nil {
		return nil, err
	}
	if c.Client == nil {
		c.Client = ctdb.New(ctdb.Config{})
	}
	h := &Handler{config: c, token: token, limits: c.Limits.orDefaults()}
	h.config.Token = ""
	h.paths = c.Paths.Or(config.Layout{Release: c.Release}.Paths())
	h.turns, h.logs = make(turns, h.limits.Requests), make(turns, h.limits.Logs)
	h.status.turn = make(turns, 1)
	h.config.Conf.Path = cmp.Or(c.Conf.Path, h.paths.ConfFile(c.Release))
	h.config.Addresses.Path = cmp.Or(c.Addresses.Path, h.paths.PublicAddressesFile())
	h.config.Link.Dir = cmp.Or(c.Link.Dir, h.paths.EtcDir)
	h.config.Conf.Create, h.config.Nodes.Create, h.config.Addresses.Create = true, true, true
	if c.Scripts == nil {
		h.config.Scripts = eventscript.Files{Paths: h.paths, Release: c.Release}
	}
	return h, nil
}

// request is one that has a route, the token and a turn.
type request struct {
	*http.Request
	query  query
	body   []byte
	header http.Header // of the answer
}

// endpoint is a route with a method.
type endpoint struct {
	params []string // the parameters that it takes
	stream bool     // its answer is a stream
	serve  func(h *Handler, ctx context.Context, r *request) (any, error)
}

// routes are all there are, by what follows the Prefix and by method.
var routes = map[string]map[string]endpoint{
	"status": {http.MethodGet: {serve: (*Handler).getStatus}},
	"conf": {
		http.MethodGet:  {serve: (*Handler).getConf},
		http.MethodPost: {params: []string{paramDryRun}, serve: (*Handler).postConf},
	},
	"nodes": {
		http.MethodGet:  {serve: (*Handler).getNodes},
		http.MethodPost: {params: writeParams, serve: (*Handler).postNodes},
	},
	"addresses": {
		http.MethodGet:  {serve: (*Handler).getAddresses},
		http.MethodPost: {params: writeParams, serve: (*Handler).postAddresses},
	},
	"link":         {http.MethodPost: {params: []string{paramDryRun, paramForce}, serve: (*Handler).postLink}},
	"log":          {http.MethodGet: {params: logParams, stream: true, serve: (*Handler).getLog}},
	"event":        {http.MethodPost: {serve: (*Handler).postEvent}},
	"openapi.json": {http.MethodGet: {serve: (*Handler).getOpenAPI}},
}

// ServeHTTP serves a request. It panics with http.ErrAbortHandler where an answer breaks off in the middle, which is
// how net/http lets a client see that.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	rec := &recorder{ResponseWriter: w}
	h.setHeaders(rec.Header())
	err := h.serve(rec, r)
	broken := err != nil && rec.status != 0
	if err != nil && !broken {
		writeError(rec, err)
	}
	h.logAccess(rec, r, began, err)
	if broken {
		panic(http.ErrAbortHandler)
	}
}

// serve answers, or gives the error to answer with.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request) error {
	if h.isPreflight(r) {
		permitPreflight(w)
		return nil
	}
	if !h.token.permits(r) {
		return errUnauthorized
	}
	e, err := route(w, r)
	if err != nil {
		return err
	}
	waiting := h.turns
	if e.stream {
		waiting = h.logs
	}
	done, err := waiting.take(r.Context(), h.limits.Wait)
	if err != nil {
		return err
	}
	defer done()
	answer, err := h.answer(e, w, r)
	if err != nil {
		return err
	}
	if s, ok := answer.(stream); ok {
		return s.send(r.Context(), h.limits.Stall, w)
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}

// answer gives what an endpoint answers.
func (h *Handler) answer(e endpoint, w http.ResponseWriter, r *http.Request) (any, error) {
	ctx, cancel := context.WithTimeout(r.Context(), h.limits.Time)
	defer cancel()
	query, err := parseQuery(r.URL.RawQuery, e.params)
	if err != nil {
		return nil, err
	}
	if err := checkMediaType(r); err != nil {
		return nil, err
	}
	body, err := h.readBody(w, r)
	if err != nil {
		return nil, err
	}
	if r.Method == http.MethodGet {
		if err := checkNoBody(body); err != nil {
			return nil, err
		}
	}
	return e.serve(h, ctx, &request{Request: r, query: query, body: body, header: w.Header()})
}
