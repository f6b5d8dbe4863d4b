package api

import (
	"fmt"
	"net/http"
	"net/url"
)

// checkHeaders refuses values that are not what their headers are for.
func (c Config) checkHeaders() error {
	if c.AllowOrigin != "" && c.AllowOrigin != "*" {
		u, err := url.Parse(c.AllowOrigin)
		if err != nil || u.Scheme == "" || u.Host == "" || u.Scheme+"://"+u.Host != c.AllowOrigin {
			return fmt.Errorf(`want "*" or an origin, such as "https://appliance.example", got %q`, c.AllowOrigin)
		}
	}
	for _, r := range c.PoweredBy {
		if r < ' ' || r > '~' {
			return fmt.Errorf("want printable characters in X-Powered-By, got %q", c.PoweredBy)
		}
	}
	return nil
}

// setHeaders sets what every answer has.
func (h *Handler) setHeaders(header http.Header) {
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	if h.config.PoweredBy != "" {
		header.Set("X-Powered-By", h.config.PoweredBy)
	}
	if h.config.AllowOrigin == "" {
		return
	}
	header.Set("Access-Control-Allow-Origin", h.config.AllowOrigin)
	header.Set("Access-Control-Expose-Headers", "ETag")
	if h.config.AllowOrigin != "*" {
		header.Set("Vary", "Origin")
	}
}

// isPreflight tells whether a browser asks which requests it may send. It has no token then.
func (h *Handler) isPreflight(r *http.Request) bool {
	asks := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
	return asks && h.config.AllowOrigin != ""
}

// permitPreflight answers that. It is the same answer for all paths.
func permitPreflight(w http.ResponseWriter) {
	header := w.Header()
	header.Del("Content-Type")
	header.Set("Access-Control-Allow-Methods", "GET, POST")
	header.Set("Access-Control-Allow-Headers", "content-type, if-match, "+TokenHeader)
	header.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}
