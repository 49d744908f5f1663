//! Files that are whole or absent after a power cut: write, sync, put under the final name, sync the folder.

use std::ffi::CString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// What became of a put-if-absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    Stored,
    /// Another file had the name; ours is gone.
    Exists,
}

/// Writes `path` in place: for names nobody else uses. Neither the file nor the folder is synced.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    Ok(file)
}

/// write(), and the file is synced.
pub fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write(path, bytes)?.sync_data()
}

pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Creates `folder` with its parents and syncs the parent of each folder that was missing.
pub fn create_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().ok_or_else(|| io::Error::other("the root folder is missing"))?;
    create_folder(parent)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => sync_folder(parent),
    }
}

/// Gives the synced file `from` the name `to`, unless `to` exists. Atomic against other processes.
/// The folder of `to` is not synced: until then a power cut may undo the rename.
pub fn rename_if_absent(from: &Path, to: &Path) -> io::Result<Put> {
    let outcome = match rename_no_replace(from, to) {
        Err(error) if lacks_no_replace(&error) => {
            fs::hard_link(from, to).and_then(|()| fs::remove_file(from))
        }
        other => other,
    };
    match outcome {
        Ok(()) => Ok(Put::Stored),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(from)?;
            Ok(Put::Exists)
        }
        Err(error) => Err(error),
    }
}

/// Replaces `to` atomically by `bytes`, through `temporary` in the same file system.
pub fn replace(temporary: &Path, to: &Path, bytes: &[u8]) -> io::Result<()> {
    write_synced(temporary, bytes)?;
    fs::rename(temporary, to)?;
    sync_folder(to.parent().unwrap_or(Path::new("/")))
}

fn rename_no_replace(from: &Path, to: &Path) -> io::Result<()> {
    let from = CString::new(from.as_os_str().as_bytes())?;
    let to = CString::new(to.as_os_str().as_bytes())?;
    // SAFETY: both are NUL-terminated and outlive the call.
    let status = unsafe {
        libc::renameat2(libc::AT_FDCWD, from.as_ptr(), libc::AT_FDCWD, to.as_ptr(), libc::RENAME_NOREPLACE)
    };
    if status == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// File systems without RENAME_NOREPLACE (NFS, some FUSE) have hard links.
fn lacks_no_replace(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EINVAL | libc::ENOSYS | libc::ENOTSUP))
}
