package store

import (
	"context"
	"sync"
)

// inProcess has the locks that goroutines of this process hold. The kernel's locks would do, but the race detector does
// not see those, and waiting here costs no polling. It has no more entries than there are holders and waiters.
var inProcess keyedLocks

// keyedLocks is a lock for each key. The zero value is ready.
type keyedLocks struct {
	mu    sync.Mutex
	locks map[any]*keyedLock
}

type keyedLock struct {
	holder chan struct{} // has one element while somebody holds the lock
	users  int           // holders and waiters
}

// lock waits for the lock of key, or until ctx ends. The key must be comparable.
func (k *keyedLocks) lock(ctx context.Context, key any) (unlock func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l := k.enter(key)
	select {
	case l.holder <- struct{}{}:
		return func() { <-l.holder; k.leave(key, l) }, nil
	case <-ctx.Done():
		k.leave(key, l)
		return nil, ctx.Err()
	}
}

func (k *keyedLocks) enter(key any) *keyedLock {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.locks == nil {
		k.locks = map[any]*keyedLock{}
	}
	l := k.locks[key]
	if l == nil {
		l = &keyedLock{holder: make(chan struct{}, 1)}
		k.locks[key] = l
	}
	l.users++
	return l
}

func (k *keyedLocks) leave(key any, l *keyedLock) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if l.users--; l.users == 0 {
		delete(k.locks, key)
	}
}
