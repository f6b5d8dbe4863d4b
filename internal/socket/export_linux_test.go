package socket

// CheckPeer is what looks whose a socket is.
var CheckPeer = checkPeer
