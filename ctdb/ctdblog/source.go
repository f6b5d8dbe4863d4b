package ctdblog

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"strings"
)

// source is a log file that has been opened, or could not be.
type source struct {
	name string
	file *os.File // nil if err is not
	err  error
}

// openSource opens a file. Its error is in it.
func openSource(name string) source {
	file, err := os.Open(name)
	return source{name: name, file: file, err: err}
}

func (s source) close() {
	if s.file != nil {
		_ = s.file.Close()
	}
}

// content gives the file's content from its start, decompressed if need be, and whether it was. The file is one of
// gzip if it begins like one, whatever its name.
func (s source) content() (r io.Reader, compressed bool, err error) {
	var magic [6]byte
	if _, err := s.file.Seek(0, io.SeekStart); err != nil && s.isRegular() {
		return nil, false, parseError(s.name, 0, err, nil)
	}
	n, err := io.ReadFull(s.file, magic[:])
	if err != nil && n == 0 && !errors.Is(err, io.EOF) {
		return nil, false, parseError(s.name, 0, err, nil)
	}
	whole := io.MultiReader(bytes.NewReader(magic[:n]), s.file)
	switch kind := string(magic[:n]); {
	case strings.HasPrefix(kind, "\x1f\x8b"):
		r, err = gzip.NewReader(whole)
	case strings.HasPrefix(kind, "BZh"):
		r = bzip2.NewReader(whole)
	case strings.HasPrefix(kind, "\x28\xb5\x2f\xfd"), kind == "\xfd7zXZ\x00":
		err = ErrCompression
	default:
		return whole, false, nil
	}
	if err != nil {
		return nil, false, parseError(s.name, 0, err, nil)
	}
	return r, true, nil
}

func (s source) isRegular() bool {
	info, err := s.file.Stat()
	return err == nil && info.Mode().IsRegular()
}
