package status_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/status"
)

func TestFlags(t *testing.T) {
	t.Parallel()
	tests := []struct {
		flags status.Flags
		want  string
	}{
		{0, "OK"},
		{0x01, "DISCONNECTED|INACTIVE"},
		{0x02, "UNHEALTHY"},
		{0x03, "DISCONNECTED|UNHEALTHY|INACTIVE"},
		{0x04, "DISABLED"},
		{0x06, "DISABLED|UNHEALTHY"},
		{0x08, "BANNED|INACTIVE"},
		{0x11, "DISCONNECTED|DELETED|INACTIVE"},
		{0x20, "STOPPED|INACTIVE"},
		{0x40, "UNKNOWN"},
		{0x7f, "DISCONNECTED|UNKNOWN|DISABLED|BANNED|UNHEALTHY|DELETED|STOPPED|INACTIVE"},
		{0x80, "0x80"},
		{0x188, "BANNED|0x180|INACTIVE"},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel()
			if got := test.flags.String(); got != test.want {
				t.Errorf("String gives %s", got)
			}
			got, other := status.ParseFlags(test.want)
			if got != test.flags || other != nil {
				t.Errorf("ParseFlags gives %#x and %q, want %#x", uint32(got), other, uint32(test.flags))
			}
			var back status.Flags
			text, err := json.Marshal(test.flags)
			if err != nil || json.Unmarshal(text, &back) != nil || back != test.flags {
				t.Errorf("%s comes back as %v, error %v", text, back, err)
			}
			var all status.Flags
			for flag := range test.flags.All() {
				if flag&(flag-1) != 0 || all&flag != 0 {
					t.Errorf("All gives %#x", uint32(flag))
				}
				all |= flag
			}
			if all != test.flags {
				t.Errorf("All adds up to %#x", uint32(all))
			}
		})
	}
}

func TestFlagsAllStops(t *testing.T) {
	t.Parallel()
	for stop := range 3 {
		n := 0
		for range status.Flags(0x103).All() {
			if n++; n > stop {
				break
			}
		}
		if n != stop+1 {
			t.Errorf("%d flags, want %d", n, stop+1)
		}
	}
}

func TestParseFlagsOther(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in    string
		flags status.Flags
		other []string
	}{
		{"", 0, nil},
		{"PARTIALLYONLINE", 0, []string{"PARTIALLYONLINE"}},
		{"BANNED|FROZEN|INACTIVE", status.FlagBanned, []string{"FROZEN"}},
		{"INACTIVE", 0, []string{"INACTIVE"}},
		{"banned", 0, []string{"banned"}},
		{"0xz|0x100000000", 0, []string{"0xz", "0x100000000"}},
	}
	for _, test := range tests {
		flags, other := status.ParseFlags(test.in)
		if flags != test.flags || !slices.Equal(other, test.other) {
			t.Errorf("ParseFlags(%q) = %v, %q; want %v, %q", test.in, flags, other, test.flags, test.other)
		}
	}
	for _, bad := range []string{"", "FROZEN", "PARTIALLYONLINE", "BANNED|FROZEN"} {
		flags := status.FlagStopped
		if err := flags.UnmarshalText([]byte(bad)); err == nil || flags != status.FlagStopped {
			t.Errorf("UnmarshalText(%q): flags %v, error %v", bad, flags, err)
		}
	}
}

func TestValue(t *testing.T) {
	t.Parallel()
	type holder struct {
		V status.Value[int] `json:"v,omitzero"`
	}
	tests := []struct {
		name                       string
		value                      status.Value[int]
		text, json                 string
		known, unknown, isReported bool
	}{
		{"known", status.Known(7), "7", `{"v":7}`, true, false, true},
		{"known to be zero", status.Known(0), "0", `{"v":0}`, true, false, true},
		{"unknown", status.Unknown[int](), "unknown", `{"v":null}`, false, true, true},
		{"not reported", status.Value[int]{}, "not reported", `{}`, false, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v := test.value
			_, known := v.Get()
			if v.String() != test.text || known != test.known || v.IsUnknown() != test.unknown ||
				v.IsReported() != test.isReported || v.IsZero() == test.isReported {
				t.Errorf("got %v, known %t, unknown %t, reported %t", v, known, v.IsUnknown(), v.IsReported())
			}
			got, err := json.Marshal(holder{v})
			if err != nil || string(got) != test.json {
				t.Errorf("JSON is %s, error %v; want %s", got, err, test.json)
			}
			var back holder
			if err := json.Unmarshal(got, &back); err != nil || !back.V.Equal(v) {
				t.Errorf("JSON comes back as %v, error %v", back.V, err)
			}
		})
	}
	var v status.Value[int]
	if err := json.Unmarshal([]byte(`"x"`), &v); err == nil || v.IsReported() {
		t.Errorf("a string was read as %v, error %v", v, err)
	}
	if !status.Known(7).Is(7) || status.Known(7).Is(8) || status.Unknown[int]().Is(0) {
		t.Error("Is")
	}
}

func TestTextValues(t *testing.T) {
	t.Parallel()
	c, err := status.Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample, c.String()); diff != "" {
		t.Errorf("String: mismatch (-want +got)\n%s", diff)
	}
	var form status.Form
	var mode status.RecoveryMode
	if err := form.UnmarshalText(nil); err != nil || form != 0 || mode.UnmarshalText(nil) == nil {
		t.Errorf("nothing was read as %v, %v, %v", form, err, mode)
	}
	for _, bad := range []string{"x", "Text"} {
		if form.UnmarshalText([]byte(bad)) == nil || mode.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q was read as %v, %v", bad, form, mode)
		}
	}
	if got := status.Form(9).String(); got != "Form(9)" {
		t.Errorf("Form(9) is %s", got)
	}
	n := 0
	for range c.Healthy() {
		n++
	}
	if n != 2 {
		t.Errorf("%d healthy nodes, want 2", n)
	}
}
