package store_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

var kills = flag.Int("kills", 200, "number of writers that TestKilled kills; a tenth of it with -short")

func init() { children["edit"] = editForEver }

// editForEver writes one version after the other, and says which one is done.
func editForEver(args []string) error {
	ctx, s := context.Background(), store.For(nil, store.Options{})
	for {
		unlock, err := s.Lock(ctx, args[0])
		if err != nil {
			return err
		}
		data, stamp, err := s.Read(args[0])
		if err != nil {
			return err
		}
		number, err := versionOf(data)
		if err != nil {
			return err
		}
		next := version(number+1, rand.N(20_000)+1)
		if _, err := s.Replace(ctx, args[0], next, 0, stamp); err != nil {
			return err
		}
		if err := unlock(); err != nil {
			return err
		}
		fmt.Println(number + 1)
	}
}

// TestKilled kills writers at random moments. The file is always a whole version, and no older one than what was
// reported as done; its attributes stay; and what is left behind is known as such, and gone after the next writer.
func TestKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, string(version(0, 1)), dir, "nodes")
	extended := map[string]string{"user.test": "value", "system.posix_acl_access": accessList}
	setAttributes(t, file, 0o2660, extended)
	want := attributesOf(t, file)
	rounds, leftovers, last := *kills, 0, 0
	if testing.Short() {
		rounds /= 10
	}
	for range rounds {
		done := killOne(t, file)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		number, err := versionOf(data)
		if err != nil {
			t.Fatal(err)
		}
		if number < max(done, last) {
			t.Fatalf("version %d was done, and the file is version %d", max(done, last), number)
		}
		last = number
		if diff := cmp.Diff(want, attributesOf(t, file)); diff != "" {
			t.Fatalf("attributes (-want +got):\n%s", diff)
		}
		leftovers += checkLeftovers(t, dir)
	}
	t.Logf("%d writers killed at version %d; %d left something behind", rounds, last, leftovers)
	if _, err := replace(t, onDisk(), file, "the end\n"); err != nil {
		t.Error(err)
	}
	wantNames(t, dir, "nodes")
}

// killOne starts a writer, kills it soon after its first version, and gives the last one that it has done.
func killOne(t *testing.T, file string) (done int) {
	t.Helper()
	cmd := childCommand(t, "edit", file)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		t.Errorf("the writer did nothing: %v", cmd.Wait())
		return 0
	}
	moment := time.AfterFunc(rand.N(20*time.Millisecond), func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
	})
	defer moment.Stop()
	for ok := true; ok; ok = lines.Scan() {
		if done, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("the writer ended by itself: %v", err)
	}
	return done
}

// checkLeftovers wants at most one, and gives how many there are.
func checkLeftovers(t *testing.T, dir string) int {
	t.Helper()
	name := regexp.MustCompile(`^\.nodes\.goctdb-[0-9a-f]{16}-[0-9a-f]{16}-[0-9]+$`)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, entry := range entries {
		if entry.Name() == "nodes" {
			continue
		}
		count++
		if !name.MatchString(entry.Name()) || count > 1 {
			t.Fatalf("the directory has %v", entries)
		}
	}
	return count
}

func init() { children["count"] = count }

// count increments the number in a file.
func count(args []string) error {
	rounds, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	for range rounds {
		if err := countOne(args[0]); err != nil {
			return err
		}
	}
	return nil
}

func countOne(file string) (err error) {
	s := store.For(nil, store.Options{})
	unlock, err := s.Lock(context.Background(), file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	data, stamp, err := s.Read(file)
	if err != nil {
		return err
	}
	number, err := versionOf(data)
	if err != nil {
		return err
	}
	_, err = s.Replace(context.Background(), file, version(number+1, 500), 0, stamp)
	return err
}

// TestProcesses has processes that increment one number, by two names, and readers that look at it all the time.
func TestProcesses(t *testing.T) {
	t.Parallel()
	processes, rounds := 8, 500
	if testing.Short() {
		rounds = 25
	}
	dir := t.TempDir()
	file := write(t, string(version(0, 500)), dir, "real/nodes")
	names := []string{file, symlink(t, "real/nodes", dir, "nodes")}
	stop := make(chan struct{})
	readers := make(chan error)
	for i := range 2 {
		go func() { readers <- readAlways(names[i], stop) }()
	}
	ended := make(chan error)
	for i := range processes {
		cmd := childCommand(t, "count", names[i%2], strconv.Itoa(rounds))
		cmd.Stderr = os.Stderr
		go func() { ended <- cmd.Run() }()
	}
	for range processes {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	close(stop)
	for range 2 {
		if err := <-readers; err != nil {
			t.Error(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if number, err := versionOf(data); err != nil || number != processes*rounds {
		t.Errorf("the number is %d (%v), want %d", number, err, processes*rounds)
	}
	wantNames(t, filepath.Join(dir, "real"), "nodes")
}

// readAlways wants each version to be whole and none to be older than the one before.
func readAlways(name string, stop chan struct{}) error {
	last := 0
	for {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		data, err := io.ReadAll(file)
		if err = errors.Join(err, file.Close()); err != nil {
			return err
		}
		number, err := versionOf(data)
		if err != nil {
			return err
		}
		if number < last {
			return fmt.Errorf("version %d after version %d", number, last)
		}
		last = number
		select {
		case <-stop:
			return nil
		default:
		}
	}
}

// TestLockOfAKilledProcess wants the kernel to give the lock back.
func TestLockOfAKilledProcess(t *testing.T) {
	t.Parallel()
	file := write(t, string(version(0, 1)), t.TempDir(), "nodes")
	killOne(t, file)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	unlock, err := onDisk().Lock(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}
