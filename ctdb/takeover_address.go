package ctdb

type takeoverAddresses struct{}
