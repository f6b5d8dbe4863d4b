module github.com/go-ctdb/go-ctdb

go 1.26

require github.com/google/go-cmp v0.7.0
