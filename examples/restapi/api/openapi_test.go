package api_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// TestOpenAPI holds the document against the handler: each route and method of the one is one of the other, and each
// parameter. That answers are the documented ones is looked at in all tests: see checkDocumented.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	paths, ok := at(document(), "paths")
	if !ok || document()["openapi"] != "3.1.0" {
		t.Fatalf("no OpenAPI 3.1 document: %v", document()["error"])
	}
	for path, item := range paths {
		name := strings.TrimPrefix(path, api.Prefix)
		var methods []string
		for method, operation := range item.(object) {
			methods = append(methods, strings.ToUpper(method))
			params := slices.Sorted(maps.Keys(queryOf(operation.(object))))
			for _, param := range []string{"dry_run", "force", "reload", "tail", "since", "format", "nope"} {
				a := s.do(strings.ToUpper(method), name+"?"+param+"=%01", "")
				about := a.problem(t).Field == param && strings.Contains(a.problem(t).Message, "no such parameter")
				if about == slices.Contains(params, param) {
					t.Errorf("%s %s: the parameter %s: documented are %q, got %s", method, path, param, params, a.body)
				}
			}
		}
		slices.Sort(methods)
		a := s.do(http.MethodPut, name, "")
		a.fails(t, http.StatusMethodNotAllowed, api.CodeMethod)
		if diff := cmp.Diff(strings.Join(methods, ", "), a.header.Get("Allow")); diff != "" {
			t.Errorf("%s: methods: mismatch (-document +handler)\n%s", path, diff)
		}
	}
	if len(paths) != 8 {
		t.Errorf("%d paths", len(paths))
	}
	served := s.get("openapi.json")
	var got object
	if err := json.Unmarshal([]byte(served.body), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(document(), got); diff != "" {
		t.Errorf("mismatch (-document +served)\n%s", diff)
	}
}

// queryOf gives the parameters of the query of an operation.
func queryOf(operation object) map[string]bool {
	all := map[string]bool{}
	list, _ := operation["parameters"].([]any)
	for _, p := range list {
		ref, _ := at(object{"p": p}, "p")
		if ref["in"] == "query" {
			all[ref["name"].(string)] = true
		}
	}
	return all
}

// TestExamples sends the documented examples of bodies: they are what their schemas say, and no bad requests.
func TestExamples(t *testing.T) {
	t.Parallel()
	s := newSite(t, failing(down))
	paths, _ := at(document(), "paths")
	sent := 0
	for path := range paths {
		media, ok := at(paths, path, "post", "requestBody", "content", "application/json")
		if !ok {
			continue
		}
		sent++
		schema, _ := at(media, "schema")
		if err := conforms(schema, media["example"], path); err != nil {
			t.Error(err)
		}
		body, err := json.Marshal(media["example"])
		if err != nil {
			t.Fatal(err)
		}
		a := s.post(strings.TrimPrefix(path, api.Prefix), string(body))
		if a.status == http.StatusBadRequest || a.status == http.StatusUnprocessableEntity {
			t.Errorf("%s: got %d %s", path, a.status, a.body)
		}
	}
	if sent != 5 {
		t.Errorf("%d examples", sent)
	}
}

// TestOpenAPIReferences finds references that lead nowhere and schemas that nobody needs.
func TestOpenAPIReferences(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`"\$ref": "#/([^"]+)"`).FindAllSubmatch(api.OpenAPI, -1) {
		used[string(m[1])] = true
		if _, ok := at(document(), strings.Split(string(m[1]), "/")...); !ok {
			t.Errorf("no %s", m[1])
		}
	}
	for _, kind := range []string{"schemas", "responses", "parameters", "headers"} {
		all, _ := at(document(), "components", kind)
		for name := range all {
			if !used["components/"+kind+"/"+name] {
				t.Errorf("nobody needs %s/%s", kind, name)
			}
		}
	}
}

// codesInSource gives the codes of errors.go, with the statuses in their comments.
func codesInSource(t *testing.T) map[string]string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || spec.Comment == nil {
			return true
		}
		if value, ok := spec.Values[0].(*ast.BasicLit); ok {
			name, err := strconv.Unquote(value.Value)
			if err != nil {
				t.Fatal(err)
			}
			codes[name] = strings.TrimSpace(spec.Comment.Text()[:3])
		}
		return true
	})
	return codes
}

// TestCodes holds the codes of the document and of the README against those that there are.
func TestCodes(t *testing.T) {
	t.Parallel()
	codes := codesInSource(t)
	want := slices.Sorted(maps.Keys(codes))
	if len(want) < 30 {
		t.Fatalf("only %d codes", len(want))
	}
	schema, ok := at(document(), "components", "schemas", "Error", "properties", "error", "properties", "code")
	if !ok {
		t.Fatal("no schema of codes")
	}
	var documented []string
	for _, code := range schema["enum"].([]any) {
		documented = append(documented, code.(string))
	}
	slices.Sort(documented)
	if diff := cmp.Diff(want, documented); diff != "" {
		t.Errorf("document: mismatch (-want +got)\n%s", diff)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([0-9]{3})").FindAllSubmatch(readme, -1) {
		listed[string(m[1])] = string(m[2])
	}
	if diff := cmp.Diff(codes, listed); diff != "" {
		t.Errorf("README: mismatch (-want +got)\n%s", diff)
	}
}
