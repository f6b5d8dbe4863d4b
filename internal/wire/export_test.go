package wire

// ErrnoText gives the text of an error number, for tests.
var ErrnoText = errnoText
