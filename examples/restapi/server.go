package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// Limits of the server, beside those of the API.
const (
	headerTime = 5 * time.Second  // for the header of a request
	idleTime   = 60 * time.Second // of a connection without one
	headerSize = 16 << 10
)

// listenAndServe serves the API until the context is over, and then until its requests are done or the grace is over.
// ready, if it is not nil, is called with the URL of the API.
func (o *options) listenAndServe(
	ctx context.Context, config api.Config, stdout io.Writer, ready func(url string),
) error {
	handler, err := api.New(config)
	if err != nil {
		return err
	}
	listener, err := listen(o.listen)
	if err != nil {
		return err
	}
	server, err := o.server(handler, config.Logger)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	host := listener.Addr().String()
	if strings.HasPrefix(o.listen, unixPrefix) {
		host = "localhost" // for curl --unix-socket
	}
	url := "http://" + host + api.Prefix
	if server.TLSConfig != nil {
		url = "https://" + host + api.Prefix
	} else if isOpen(listener) {
		config.Logger.WarnContext(ctx, "without TLS, everybody on the network can read the token")
	}
	fmt.Fprintln(stdout, "serving", url)
	if ready != nil {
		ready(url)
	}
	return o.serveOn(ctx, server, limitConnections(listener, o.connections))
}

// server gives the server, with TLS if there are certificates.
func (o *options) server(handler http.Handler, logger *slog.Logger) (*http.Server, error) {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: headerSize,
		ReadTimeout: o.config.Limits.Time, WriteTimeout: o.config.Limits.Time + headerTime,
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	if o.cert == "" {
		return server, nil
	}
	pair, err := tls.LoadX509KeyPair(o.cert, o.key)
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	return server, err
}

// serveOn serves on a listener, until the context is over.
func (o *options) serveOn(ctx context.Context, server *http.Server, listener net.Listener) error {
	served := make(chan error, 1)
	go func() {
		if server.TLSConfig != nil {
			served <- server.ServeTLS(listener, "", "")
		} else {
			served <- server.Serve(listener)
		}
	}()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.grace)
	defer cancel()
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close() // the logs that are still being sent
	}
	<-served
	return err
}
