package routes_test

import (
	"bytes"
	"testing"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/publicaddr/routes"
)

func checkFindings(t *testing.T, data []byte, all []finding.Finding) {
	t.Helper()
	lines := bytes.SplitAfter(data, []byte("\n"))
	for _, f := range all {
		if f.Line < 1 || f.Line > len(lines) || f.Col < 1 || f.Col > len(lines[f.Line-1]) {
			t.Errorf("the finding %v is not in the file", f)
		}
	}
}

// FuzzParse holds the laws of both files: the bytes stay, findings are in the file, and what is added and removed again
// leaves it as it was.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := routes.Parse("f", bytes.Clone(data))
		static, staticErr := routes.ParseStatic("f", bytes.Clone(data))
		if !bytes.Equal(file.Bytes(), data) || !bytes.Equal(static.Bytes(), data) {
			t.Fatalf("Bytes() = %q and %q, want %q", file.Bytes(), static.Bytes(), data)
		}
		if (err == nil) != (staticErr == nil) {
			t.Fatalf("errors %v and %v", err, staticErr)
		}
		checkFindings(t, data, file.Validate(nil))
		checkFindings(t, data, static.Validate())
		if err != nil {
			return
		}
		route := routes.Route{Address: addr("203.0.113.77"), Destination: "198.51.100.0/24", Gateway: "203.0.113.1"}
		if len(routesOf(file, route)) == 0 {
			if err := file.Add(route); err != nil {
				t.Fatal(err)
			}
			if found := routesOf(file, route); len(found) != 1 || found[0].String() != route.String() {
				t.Fatalf("added %v, found %v", route, found)
			}
			if err := file.Remove(route.Address, route.Destination); err != nil || !bytes.Equal(file.Bytes(), data) {
				t.Fatalf("added and removed: %v, %q", err, file.Bytes())
			}
		}
		other := routes.StaticRoute{Interface: "abcdefghijklmno", Destination: "198.51.100.0/24", Gateway: "203.0.113.1"}
		if err := static.Add(other); err != nil {
			return
		}
		if static.Len() == 0 {
			t.Fatal("added, and there is no route")
		}
		if err := static.Remove(other.Interface, other.Destination); err != nil || !bytes.Equal(static.Bytes(), data) {
			t.Fatalf("added and removed: %v, %q", err, static.Bytes())
		}
	})
}

func routesOf(file *routes.File, route routes.Route) (found []routes.Route) {
	for r := range file.For(route.Address) {
		found = append(found, r)
	}
	return found
}
