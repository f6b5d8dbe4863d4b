module github.com/go-ctdb/go-ctdb/examples/bench

go 1.26.0

replace github.com/go-ctdb/go-ctdb => ../..

require (
	github.com/go-ctdb/go-ctdb v0.0.0-00010101000000-000000000000
	github.com/google/go-cmp v0.7.0
	gopkg.in/ini.v1 v1.67.3
)

require (
	github.com/google/renameio/v2 v2.0.2 // indirect
	github.com/spf13/afero v1.15.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.28.0 // indirect
)
