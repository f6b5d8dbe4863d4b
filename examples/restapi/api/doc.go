// Package api is the REST API that a storage appliance has for its CTDB, as an [http.Handler] that other programs can
// mount:
//
//	handler, err := api.New(api.Config{Token: token})
//	…
//	mux.Handle(api.Prefix, handler)
//
// # Routes
//
// All are below [Prefix]. The README of examples/restapi has each with its request and its answer, and the OpenAPI
// document that the handler serves has their schemas.
//
//	GET  status        the cluster, as ctdb status prints it and taken apart
//	GET  conf          the text of ctdb.conf
//	POST conf          another text
//	GET  nodes         the private addresses of the nodes
//	POST nodes         the nodes that there should be, in any order
//	GET  addresses     the public addresses, with their interfaces
//	POST addresses     the public addresses that there should be
//	POST link          links nodes and public_addresses to a cluster file system
//	GET  log           CTDB's log
//	POST event         enables or disables a service, or an event script
//	GET  openapi.json  this API
//
// # Promises
//
// A request without the token learns nothing, not even which routes there are. Whoever has the token is root on this
// node in the end: ctdb.conf names programs that ctdbd runs, and the file that the log is read from.
//
// A POST changes all of a file or nothing, in one step that survives a crash, and never what somebody else has written
// meanwhile. Nodes keep their numbers. What the installed release of CTDB would refuse or ignore as a whole is not
// written. Everything that is asked of a running cluster is typed: [Error] has a code for each way to fail.
//
// A Handler holds no files, connections or goroutines between requests and needs no closing. It is safe for concurrent
// use, beside other handlers and other programs that change the same files.
package api
