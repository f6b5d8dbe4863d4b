package store_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

var disk = flag.String("disk", ".", "directory for BenchmarkReplace, on a real disk")

// BenchmarkReplace compares Lock, Read, Replace and unlock with the least that is durable: open, write, fsync, rename,
// fsync of the directory. Both take turns on the same disk; "ratio" is the time of the store by that of the bare calls.
func BenchmarkReplace(b *testing.B) {
	for _, size := range []int{100, 10_000} {
		b.Run(fmt.Sprint("bytes=", size), func(b *testing.B) {
			dir, err := os.MkdirTemp(*disk, ".bench-")
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() {
				if err := os.RemoveAll(dir); err != nil {
					b.Error(err)
				}
			})
			bareDir := filepath.Join(dir, "bare")
			if err := os.Mkdir(bareDir, 0o700); err != nil {
				b.Fatal(err)
			}
			contents := [][]byte{bytes.Repeat([]byte("a"), size), bytes.Repeat([]byte("b"), size)}
			var bare, ours time.Duration
			s, n := onDisk(), 0
			for b.Loop() {
				data := contents[n%2]
				n++
				start := time.Now()
				if err := bareReplace(bareDir, data); err != nil {
					b.Fatal(err)
				}
				middle := time.Now()
				if err := storeReplace(b, s, filepath.Join(dir, "nodes"), data); err != nil {
					b.Fatal(err)
				}
				bare += middle.Sub(start)
				ours += time.Since(middle)
			}
			b.ReportMetric(float64(ours)/float64(bare), "ratio")
			b.ReportMetric(float64(ours.Microseconds())/float64(n), "store-µs")
			b.ReportMetric(float64(bare.Microseconds())/float64(n), "bare-µs")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func bareReplace(dir string, data []byte) error {
	temporary := filepath.Join(dir, "new")
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Write(data); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := os.Rename(temporary, filepath.Join(dir, "nodes")); err != nil {
		return err
	}
	directory, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer directory.Close()
	return directory.Sync()
}

func storeReplace(b *testing.B, s store.Store, file string, data []byte) error {
	unlock, err := s.Lock(b.Context(), file)
	if err != nil {
		return err
	}
	_, stamp, err := s.Read(file)
	if err != nil && stamp.Exists() {
		return err
	}
	if _, err := s.Replace(b.Context(), file, data, 0o644, stamp); err != nil {
		return err
	}
	return unlock()
}

// BenchmarkOverhead is what the store does besides syncing: on a file system in memory, if /dev/shm is one.
func BenchmarkOverhead(b *testing.B) {
	dir, err := os.MkdirTemp("/dev/shm", "store-bench-")
	if err != nil {
		b.Skip(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	contents := [][]byte{[]byte("a\n"), []byte("b\n")}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		if err := storeReplace(b, onDisk(), filepath.Join(dir, "nodes"), contents[n%2]); err != nil {
			b.Fatal(err)
		}
	}
}
