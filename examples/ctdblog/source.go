package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// entries gives the entries of the log that the options name.
func entries(ctx context.Context, o options, stdin io.Reader) (iter.Seq2[ctdblog.Entry, error], error) {
	log := o.log
	log.Path = o.path
	if o.path == "-" {
		in, err := plain(stdin)
		return ctdblog.Scan(in, log), err
	}
	if o.path == "" {
		place, err := ctdb.FindLog(config.Options{}, release.Release{}, config.Layout{}.Paths())
		if err != nil {
			return nil, err
		}
		if place.Backend != config.LogFile {
			return ctdb.Journal(ctx, nil, ctdb.JournalOptions{Follow: o.follow, Last: max(o.last, 0), Log: log}), nil
		}
		log.Path = place.Path
	}
	switch {
	case o.follow:
		log.Backlog = o.last
		return ctdblog.Follow(ctx, log), nil
	case o.last >= 0:
		return ctdblog.Tail(o.last, log), nil
	}
	return ctdblog.ScanFile(log), nil
}

// plain decompresses what is of gzip.
func plain(in io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(in)
	if magic, err := buffered.Peek(2); err != nil || !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return buffered, nil // also what is too short to be of gzip
	}
	unpacked, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	return unpacked, nil
}
