package api

import (
	"bytes"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// route finds the endpoint of a request.
func route(w http.ResponseWriter, r *http.Request) (endpoint, error) {
	name, ok := strings.CutPrefix(r.URL.Path, Prefix)
	methods := routes[name]
	if !ok || methods == nil {
		return endpoint{}, fail(http.StatusNotFound, CodeRoute, "there is no such route; %sopenapi.json has all", Prefix)
	}
	e, ok := methods[r.Method]
	if !ok {
		allowed := strings.Join(slices.Sorted(maps.Keys(methods)), ", ")
		w.Header().Set("Allow", allowed)
		return endpoint{}, fail(http.StatusMethodNotAllowed, CodeMethod, "want the method %s", allowed)
	}
	return e, nil
}

// checkMediaType refuses a body that says that it is something else than JSON.
func checkMediaType(r *http.Request) error {
	text := r.Header.Get("Content-Type")
	if text == "" || r.Method == http.MethodGet {
		return nil
	}
	media, params, err := mime.ParseMediaType(text)
	charset := params["charset"]
	if err != nil || media != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return fail(http.StatusUnsupportedMediaType, CodeMediaType,
			"want Content-Type: application/json, got %q", finding.Clip(text))
	}
	return nil
}

// checkNoBody accepts the empty object that the documentation sends with a GET, and nothing.
func checkNoBody(body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	d, err := newDecoder(body)
	if err != nil {
		return err
	}
	return d.object()
}

// The parameters, all of which are extensions of the documented API.
const (
	paramDryRun = "dry_run"
	paramForce  = "force"
	paramReload = "reload"
	paramTail   = "tail"
	paramSince  = "since"
	paramFormat = "format"
)

// writeParams are those of the POSTs that write a list.
var writeParams = []string{paramDryRun, paramForce, paramReload}

// query are the parameters of a request by name.
type query map[string]string

// parseQuery reads parameters strictly: who misspells dry_run does not want a change.
func parseQuery(raw string, params []string) (query, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, fail(http.StatusBadRequest, CodeQuery, "the query can't be read: %v", err)
	}
	q := query{}
	for name, all := range values {
		switch {
		case !slices.Contains(params, name):
			return nil, fail(http.StatusBadRequest, CodeQuery, "there is no such parameter here").about(finding.Clip(name))
		case len(all) != 1:
			return nil, fail(http.StatusBadRequest, CodeQuery, "the parameter is there more than once").about(name)
		}
		q[name] = all[0]
	}
	for _, name := range []string{paramDryRun, paramForce, paramReload} {
		if v, ok := q[name]; ok && v != "0" && v != "1" {
			return nil, fail(http.StatusBadRequest, CodeQuery, "want 0 or 1, got %q", finding.Clip(v)).about(name)
		}
	}
	if q.is(paramDryRun) && q.is(paramReload) {
		return nil, fail(http.StatusBadRequest, CodeQuery, "a dry run reloads nothing").about(paramReload)
	}
	return q, nil
}

// is tells whether a parameter is 1.
func (q query) is(name string) bool { return q[name] == "1" }
