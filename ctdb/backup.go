package ctdb

import (
	"context"
	"errors"
	"io/fs"
)

// BackupDB writes a database to a file on the machine that the tool runs on, in place of what is there. The database is
// given by its name or number, the file by its absolute path. Where the file can't be written, errors.Is finds
// fs.ErrNotExist or fs.ErrPermission. The client must not be one for another node. Similar to: ctdb backupdb.
func (c *Client) BackupDB(ctx context.Context, database, file string) error {
	const command = "backupdb"
	if err := checkName(command, "database", database); err != nil {
		return err
	}
	if err := checkFile(command, file); err != nil {
		return err
	}
	return c.changeWithFile(ctx, command, database, file)
}

// RestoreDB makes a database what a file says that [Client.BackupDB] wrote: all other records are DESTROYED. The file
// is on the machine that the tool runs on, and its path is absolute. The database is the one that was backed up, or
// another of the same kind if its name is not ""; it is created if need be. Errors are as in BackupDB. The client must
// not be one for another node. Similar to: ctdb restoredb.
func (c *Client) RestoreDB(ctx context.Context, file, database string) error {
	const command = "restoredb"
	if err := checkFile(command, file); err != nil {
		return err
	}
	words := []string{command, file}
	if database != "" {
		if err := checkName(command, "database", database); err != nil {
			return err
		}
		words = append(words, database)
	}
	return c.changeWithFile(ctx, words...)
}

// changeWithFile runs a command whose exit code is the error number of a file that can't be opened.
func (c *Client) changeWithFile(ctx context.Context, words ...string) error {
	result, err := c.change(ctx, words...)
	e, ok := errors.AsType[*CommandError](err)
	if !ok || e.Err != nil {
		return err
	}
	const enoent, eacces = 2, 13
	switch result.ExitCode {
	case enoent:
		e.Err = fs.ErrNotExist
	case eacces:
		e.Err = fs.ErrPermission
	}
	return e
}
