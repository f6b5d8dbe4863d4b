package status

import "strings"

// ParseClusterLock reads the output of "ctdb getreclock": the cluster lock ("recovery lock" up to 4.15) that the node
// uses, a file or "!" and a command, as ctdb.conf has it; package config reads it with ParseLock. It is "" if there is
// none, for which the tool prints nothing, so that output that was lost as a whole looks the same; only the exit code
// tells. More than one line is a [*ParseError].
//
// "Reclock file:FILE" and "No reclock file used.", as up to 4.4, are read as well; that is from the documentation, not
// from real output.
func ParseClusterLock(out []byte) (string, error) {
	var s scanner
	found, err := s.optionalAnswer(cmdClusterLock, out)
	if err != nil || !found || s.line == "No reclock file used." {
		return "", err
	}
	lock := strings.TrimPrefix(s.line, "Reclock file:")
	if strings.TrimSpace(lock) == "" {
		return "", nil
	}
	return strings.Clone(lock), nil
}
