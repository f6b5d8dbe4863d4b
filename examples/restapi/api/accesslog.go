package api

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// Unwrap is for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader remembers the status.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (w *recorder) Write(data []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(data)
	w.bytes += int64(n)
	return n, err
}

// logAccess writes a line about a request. What a stranger sends is cut, and the logger's handler quotes it.
func (h *Handler) logAccess(w *recorder, r *http.Request, began time.Time, err error) {
	if h.config.Logger == nil {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", finding.Clip(r.Method)), slog.String("path", finding.Clip(r.URL.Path)),
		slog.String("status", strconv.Itoa(w.status)), slog.Int64("bytes", w.bytes),
		slog.Duration("took", time.Since(began).Round(time.Microsecond)), slog.String("remote", r.RemoteAddr),
	}
	level := slog.LevelInfo
	if err != nil {
		e := explain(err)
		attrs = append(attrs, slog.String("code", string(e.Code)))
		if e.status >= http.StatusInternalServerError {
			level = slog.LevelError
			attrs = append(attrs, slog.String("error", e.Message))
		}
	}
	h.config.Logger.LogAttrs(r.Context(), level, "request", attrs...)
}
