package api

import (
	"encoding/json"
	"net/http"
)

// writeJSON answers with a value. What can't be written is a client that is gone.
func writeJSON(w http.ResponseWriter, status int, value any) {
	w.WriteHeader(status)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false) // it is never part of a page, and <, > and & are to be read
	_ = out.Encode(value)
}
