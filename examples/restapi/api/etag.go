package api

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// etagOf names the bytes of a file. A file that is not there has that of an empty one, which it is to CTDB.
func etagOf(data []byte) string {
	const enough = 18 // bytes of the sum, whose base64 has no padding
	sum := sha256.Sum256(data)
	return `"` + base64.URLEncoding.EncodeToString(sum[:enough]) + `"`
}

// tag says in the answer what the file is now.
func (r *request) tag(data []byte) { r.header.Set("ETag", etagOf(data)) }

// check is called under the file's lock, and refuses a change of a file that is not what If-Match names.
func (r *request) check(data []byte) error {
	wanted := r.Header.Values("If-Match")
	if len(wanted) == 0 {
		return nil
	}
	var tags []string
	for part := range strings.SplitSeq(strings.Join(wanted, ","), ",") {
		tags = append(tags, strings.TrimSpace(part))
	}
	if slices.Contains(tags, etagOf(data)) || slices.Equal(tags, []string{"*"}) {
		return nil
	}
	r.tag(data)
	return fail(http.StatusPreconditionFailed, CodePrecondition,
		"the file is not what If-Match names any more: get it again, and decide again")
}
