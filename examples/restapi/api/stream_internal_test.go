package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzText holds that a text that comes in pieces becomes the JSON that package json makes of the whole.
func FuzzText(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		var out bytes.Buffer
		w := bufio.NewWriter(&out)
		text := jsonText{out: w}
		step := int(size)%7 + 1
		for rest := data; len(rest) > 0; {
			n := min(step, len(rest))
			if written, err := text.Write(rest[:n]); written != n || err != nil {
				t.Fatalf("%d of %d, %v", written, n, err)
			}
			rest = rest[n:]
		}
		if err := text.end(); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		var got, want string
		if err := json.Unmarshal([]byte(`"`+out.String()+`"`), &got); err != nil {
			t.Fatalf("%v: %q", err, out.String())
		}
		whole, err := json.Marshal(string(data))
		if err == nil {
			err = json.Unmarshal(whole, &want)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
