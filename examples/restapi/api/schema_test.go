package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// object is a JSON object.
type object = map[string]any

// document gives the OpenAPI document.
var document = sync.OnceValue(func() object {
	var doc object
	if err := json.Unmarshal(api.OpenAPI, &doc); err != nil {
		return object{"error": err.Error()}
	}
	return doc
})

// at follows names, and a reference at the end.
func at(doc object, names ...string) (object, bool) {
	for _, name := range names {
		next, ok := doc[name].(object)
		if !ok {
			return nil, false
		}
		doc = next
	}
	if ref, ok := doc["$ref"].(string); ok {
		return at(document(), strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return doc, true
}

// checkDocumented holds an answer against the document: its status, its headers and the schema of its body.
func checkDocumented(t testing.TB, r *http.Request, a answer) {
	t.Helper()
	operation, ok := at(document(), "paths", r.URL.Path, strings.ToLower(r.Method))
	if !ok {
		if a.status != http.StatusNotFound && a.status != http.StatusMethodNotAllowed && a.status != http.StatusUnauthorized {
			t.Errorf("%s %s is not documented, and got %d", r.Method, r.URL.Path, a.status)
		}
		operation = object{"responses": object{strconv.Itoa(a.status): object{"$ref": "#/components/responses/NotFound"}}}
	}
	response, ok := at(operation, "responses", strconv.Itoa(a.status))
	if !ok {
		t.Errorf("%s %s: the status %d is not documented: %s", r.Method, r.URL.Path, a.status, a.body)
		return
	}
	if got, want := a.header.Get("Content-Type"), "application/json; charset=utf-8"; got != want {
		t.Errorf("Content-Type %q, want %q", got, want)
	}
	if _, tagged := at(response, "headers", "ETag"); !tagged && a.status == http.StatusOK && a.header.Get("ETag") != "" {
		t.Errorf("%s %s: there is an ETag, which is not documented", r.Method, r.URL.Path)
	}
	schema, ok := at(response, "content", "application/json", "schema")
	if !ok {
		t.Errorf("%s %s: the status %d has no schema", r.Method, r.URL.Path, a.status)
		return
	}
	var body any
	if err := json.Unmarshal([]byte(a.body), &body); err != nil {
		t.Errorf("%s %s: the answer is not JSON: %v: %s", r.Method, r.URL.Path, err, a.body)
		return
	}
	if err := conforms(schema, body, "body"); err != nil {
		t.Errorf("%s %s: the answer is not the documented one: %v: %s", r.Method, r.URL.Path, err, a.body)
	}
}

// conforms tells whether a value is what a schema says. It knows what the document uses, and refuses what it does not
// know.
func conforms(schema object, value any, where string) error {
	if ref, ok := schema["$ref"].(string); ok {
		target, ok := at(document(), strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		if !ok {
			return fmt.Errorf("%s: no %s", where, ref)
		}
		return conforms(target, value, where)
	}
	for _, keyword := range slices.Sorted(maps.Keys(schema)) {
		check, ok := keywords[keyword]
		if !ok {
			return fmt.Errorf("%s: unknown keyword %q", where, keyword)
		}
		if err := check(schema[keyword], schema, value, where); err != nil {
			return err
		}
	}
	return nil
}

type keyword func(argument any, schema object, value any, where string) error

var keywords map[string]keyword

func init() {
	ignored := func(any, object, any, string) error { return nil }
	keywords = map[string]keyword{
		"description": ignored, "additionalProperties": ignored, // with "properties"
		"type": hasType, "required": hasRequired, "properties": hasProperties, "items": hasItems, "oneOf": isOneOf,
		"enum": isIn, "pattern": matches, "minItems": hasAtLeast, "maxItems": hasAtMost, "minimum": isAtLeast,
	}
}

func hasType(argument any, _ object, value any, where string) error {
	is := false
	switch v := value.(type) {
	case string:
		is = argument == "string"
	case bool:
		is = argument == "boolean"
	case []any:
		is = argument == "array"
	case object:
		is = argument == "object"
	case float64:
		is = argument == "integer" && v == float64(int64(v))
	}
	if !is {
		return fmt.Errorf("%s: want %v, got %v", where, argument, value)
	}
	return nil
}

func hasRequired(argument any, _ object, value any, where string) error {
	members, _ := value.(object)
	for _, name := range argument.([]any) {
		if _, ok := members[name.(string)]; !ok {
			return fmt.Errorf("%s: no %v", where, name)
		}
	}
	return nil
}

func hasProperties(argument any, schema object, value any, where string) error {
	members, _ := value.(object)
	for name, v := range members {
		property, ok := argument.(object)[name].(object)
		if !ok {
			if schema["additionalProperties"] == false {
				return fmt.Errorf("%s: %q is not documented", where, name)
			}
			continue
		}
		if err := conforms(property, v, where+"."+name); err != nil {
			return err
		}
	}
	return nil
}

func hasItems(argument any, _ object, value any, where string) error {
	items, _ := value.([]any)
	for i, v := range items {
		if err := conforms(argument.(object), v, fmt.Sprintf("%s[%d]", where, i)); err != nil {
			return err
		}
	}
	return nil
}

func isOneOf(argument any, _ object, value any, where string) error {
	fits := 0
	var why []string
	for _, schema := range argument.([]any) {
		if err := conforms(schema.(object), value, where); err != nil {
			why = append(why, err.Error())
		} else {
			fits++
		}
	}
	if fits != 1 {
		return fmt.Errorf("%s: %d of the schemas fit: %s", where, fits, strings.Join(why, "; "))
	}
	return nil
}

func isIn(argument any, _ object, value any, where string) error {
	if !slices.Contains(argument.([]any), value) {
		return fmt.Errorf("%s: %v is not among %v", where, value, argument)
	}
	return nil
}

func matches(argument any, _ object, value any, where string) error {
	text, ok := value.(string)
	if ok && !regexp.MustCompile(argument.(string)).MatchString(text) {
		return fmt.Errorf("%s: %q does not match %v", where, text, argument)
	}
	return nil
}

func hasAtLeast(argument any, _ object, value any, where string) error {
	if items, _ := value.([]any); len(items) < int(argument.(float64)) {
		return fmt.Errorf("%s: %d items", where, len(items))
	}
	return nil
}

func hasAtMost(argument any, _ object, value any, where string) error {
	if items, _ := value.([]any); len(items) > int(argument.(float64)) {
		return fmt.Errorf("%s: %d items", where, len(items))
	}
	return nil
}

func isAtLeast(argument any, _ object, value any, where string) error {
	if n, _ := value.(float64); n < argument.(float64) {
		return fmt.Errorf("%s: %v is too small", where, value)
	}
	return nil
}
