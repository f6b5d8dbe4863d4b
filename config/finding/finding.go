// Package finding is what the validation of CTDB's files reports, and what is wrong with a cluster that runs: one type
// for all of them, so that a program can list, filter and match findings of any kind alike.
package finding

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity is how bad a finding is.
type Severity uint8

// The severities.
const (
	Note    Severity = iota + 1 // worth knowing
	Warning                     // CTDB accepts it, and it is hardly what was meant
	Error                       // CTDB refuses it, or no cluster works with it; or a part of a cluster does not work
)

var names = [...]string{Note: "note", Warning: "warning", Error: "error"}

// String gives "note", "warning" or "error".
func (s Severity) String() string {
	if int(s) < len(names) && s > 0 {
		return names[s]
	}
	return fmt.Sprintf("Severity(%d)", uint8(s))
}

// MarshalText gives what String gives.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Severity) UnmarshalText(text []byte) error {
	for severity := Note; int(severity) < len(names); severity++ {
		if names[severity] == string(text) {
			*s = severity
			return nil
		}
	}
	return fmt.Errorf("want note, warning or error, got %q", text[:min(len(text), 60)])
}

// Finding is something that is wrong with a file or with a cluster, or odd.
type Finding struct {
	// ID names the kind of finding, such as "nodes/duplicate". It does not change between releases of this module, so
	// programs can match it.
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	// File, Line and Col are the place. Line and Col count from 1, Col in bytes; 0 if it is about the file as a whole. In
	// place of a file, what is wrong with a cluster has the node, "node 3", or nothing if it is about all of it.
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
	// Message is for people and may change.
	Message string `json:"message"`
}

// Position gives the file, line and column.
func (f Finding) Position() (file string, line, col int) { return f.File, f.Line, f.Col }

// String gives `nodes:3:1: warning: MESSAGE (nodes/duplicate)`, without a place that is not there.
func (f Finding) String() string {
	text := fmt.Sprintf("%v: %s (%s)", f.Severity, f.Message, f.ID)
	place := f.File
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, f.Line)
		if f.Col > 0 {
			place = fmt.Sprintf("%s:%d", place, f.Col)
		}
	}
	if place == "" {
		return text
	}
	return place + ": " + text
}

// Sort puts findings into the order of their places. Those at one place stay in their order.
func Sort(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
}

// Worst gives the highest severity of findings, 0 if there is none.
func Worst(findings []Finding) Severity {
	var worst Severity
	for _, f := range findings {
		worst = max(worst, f.Severity)
	}
	return worst
}
