// Package store reads, locks and replaces whole files. It is the only code of this module that writes files.
//
// [For] gives one of two stores. The real one, for Linux, is what the rest of this page is about. The other one is on
// top of any afero.Fs, for tests and dry runs, and keeps the same contract with fewer promises: see the last section.
//
// # What is atomic
//
// A reader that opens the file sees one whole version, the old or the new one, and so does whoever looks after a crash
// of the writer: the new version is written beside the old one and takes its place in one step. The exception is
// Options.InPlace, which says so.
//
// Writers that use a store exclude each other from Lock to unlock, between goroutines and between processes on one
// machine: they lock the directory (flock), because the file itself is replaced. Where directories can't be locked, as
// on NFS, they lock a file ".NAME.lock" beside it, mode 0600, which stays there for ever. Anybody who may read the
// directory can hold that lock, so wait for it with a context that ends.
//
// Writers that do not use a store, such as an editor, are not excluded but detected. Replace compares the bytes with
// those that the caller has read, and refuses with a [ConflictError] if they differ. Linux has no call that compares
// and renames, so a foreign writer can still come between the comparison and the rename. What happens then:
//
//   - Kernel and file system have RENAME_EXCHANGE (Linux 3.15; ext4, xfs, btrfs, tmpfs and most others): old and new
//     version exchange their names, and what was displaced is compared again. If it is not what it should be, the names
//     are exchanged back, and the error is a ConflictError. The foreign bytes are where they were; for some tens of
//     microseconds, readers saw the new version. If someone changes that one too, meanwhile, a [DisplacedError] names
//     the file that has the bytes that did not fit in. What is not detected: a program that opened the old file before
//     the exchange and writes to it after the second comparison, and a change of nothing but owner or mode.
//   - Elsewhere the file is compared once more and then replaced. What somebody writes between these two calls, a few
//     microseconds, is lost. A new file never replaces one that somebody else made at the same time: there is a call
//     for that, or a hard link.
//
// Unlink and Remove give what they remove another name first, in the same directory, and look at it again there. If it
// is not what the caller knows, it gets its name back, and the error is ErrConflict; for some microseconds, readers did
// not find it. If somebody took the name meanwhile, a [DisplacedError] says where it is.
//
// Chmod is about the file that it has opened. If that does not have the name any more afterwards, its mode is what it
// was, and the error is ErrConflict.
//
// # What is durable
//
// When Replace returns without an error, the new version survives a crash of the machine, as far as the disk keeps what
// it says: the file is synced before it gets its name, and the directory after. The order of the system calls is part
// of the contract: write, fsync of the file, rename, fsync of the directory. If the last one fails, the exchange of the
// names is undone; where that is not possible the error is [ErrNotDurable]. File systems that can't sync a directory
// are believed to need no sync.
//
// After any other error the file is as it was. The exception, again, is Options.InPlace, where a write that fails is
// undone by another write ([ErrHalfWritten] if that fails too).
//
// # What is kept
//
// Symbolic links stay and their target is replaced, however many there are, each relative to the directory that it is
// in. In a directory like /tmp, links of strangers are not followed.
//
// Owner, group, all mode bits, lists of permissions and all other extended attributes that the process may see stay,
// apart from security.ima and security.evm, which the kernel computes from the content. What may not be kept is
// [ErrOwner]: an owner or group that this process may not give away, but also a security attribute that it may not
// set, because a file without its label or capability is as changed as one with another owner. Options.AnyOwner
// allows both. File systems without extended attributes have none to keep.
//
// Times, hard links and inode flags are not kept: other names of the file keep the old version.
//
// # What is refused
//
// Directories, devices, pipes and sockets, without opening them; symbolic links that lead nowhere, unless
// Options.CreateTarget; files larger than Options.MaxSize, without reading more; and files that can't be replaced
// ([ErrNotReplaceable]): mount points, immutable files, and files in directories that can't be written.
//
// # What is left behind
//
// The new version has the name ".NAME.goctdb-FROM-TO-RANDOM" before it is in place. FROM and TO are the first 16 digits
// of the SHA-256 sums of both contents, so NAME must not be longer than 193 bytes. A writer that is killed leaves such
// a file behind, or the old version under such a name; so can a crash of the machine right after a Replace, and a
// Replace whose unlink fails. The next writer of the same file removes it. It removes nothing that has the name but not
// one of the two contents, unless it is empty or never got all its bytes; such a file has the mode 0300.
//
// The same is true of what Unlink and Remove were about to remove.
//
// "NAME.goctdb-displaced-RANDOM" has the bytes of a foreign writer, and "NAME.goctdb-aside-RANDOM" is a file that was
// in the way of a link. Those are never removed.
//
// # The store on top of afero
//
// It is neither atomic nor durable: afero promises neither. It excludes the goroutines of this process that use the
// same Fs and the same name, detects conflicts when Replace begins, and keeps the mode of a file but neither owner nor
// attributes. Links work where the Fs has them. What a failed write leaves behind is removed at once or never.
package store
