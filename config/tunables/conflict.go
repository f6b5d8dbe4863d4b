package tunables

import "github.com/go-ctdb/go-ctdb/internal/store"

// ConflictError is an edit that was not made, since somebody else changed the file at the same time. Its Current has
// what is there now, and its Data what was to be written; Base and CurrentStamp identify what was read and what is
// there. errors.Is finds ErrConflict in it.
type ConflictError = store.ConflictError

// DisplacedError is an edit that met another writer at the very moment of the change. Its Kept names the file that
// has the other's bytes, and Written tells whether the edit was made. errors.Is finds ErrConflict in it.
type DisplacedError = store.DisplacedError
