package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// A program mounts the API beside its own routes. Here the cluster is a simulated one.
func Example() {
	cluster := ctdbtest.New(ctdbtest.Options{Nodes: 2})
	handler, err := api.New(api.Config{
		Token:  "a-token-of-your-own",
		Client: ctdb.New(ctdb.Config{Runner: cluster}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle(api.Prefix, handler)

	r := httptest.NewRequest(http.MethodGet, api.Prefix+"status", nil)
	r.Header.Set("token", "a-token-of-your-own")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Println(w.Code, strings.Contains(w.Body.String(), `"numOfNodes":"2"`))
	// Output: 200 true
}
