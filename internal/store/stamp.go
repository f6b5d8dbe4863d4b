package store

import (
	"crypto/sha256"
	"encoding/hex"
)

// Stamp identifies the content of a file. Stamps are equal, with ==, if the contents are, or if both files are missing.
// The zero value is a file that does not exist.
type Stamp struct {
	sum    [sha256.Size]byte
	exists bool
}

// StampOf gives the stamp of a file with these bytes.
func StampOf(data []byte) Stamp { return Stamp{sum: sha256.Sum256(data), exists: true} }

// Exists says whether there is a file.
func (s Stamp) Exists() bool { return s.exists }

// String gives the start of the SHA-256 sum, for messages.
func (s Stamp) String() string {
	if !s.exists {
		return "no file"
	}
	return "sha256:" + s.tag()
}

// tag gives 16 hexadecimal digits: of the sum, or zeros for a missing file.
func (s Stamp) tag() string { return hex.EncodeToString(s.sum[:8]) }
