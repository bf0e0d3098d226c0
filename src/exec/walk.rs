//! The files of a directory that DVC would hash, in DVC's order.

use crate::exec::dvcignore::{DvcIgnore, FILE_NAME};
use crate::exec::hash::HashError;
use crate::exec::state::Stamp;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs;

/// A file in a directory.
#[derive(Debug)]
pub(super) struct Found {
    /// Relative to the directory.
    pub(super) relpath: String,
    /// Relative to the root.
    pub(super) path: Utf8PathBuf,
    pub(super) stamp: Stamp,
}

/// Lists the files below `top` (relative to `root`), sorted by code points.
///
/// Links to directories are not followed and not listed, links to files are read through.
pub(super) fn files(
    root: &Utf8Path,
    top: &Utf8Path,
    ignore: &DvcIgnore,
) -> Result<Vec<Found>, HashError> {
    let mut found = Vec::new();
    let mut pending = vec![top.to_owned()];
    while let Some(folder) = pending.pop() {
        let read_error = |error: std::io::Error| HashError::io(&folder, &error);
        for entry in fs::read_dir(root.join(&folder)).map_err(read_error)? {
            let entry = entry.map_err(read_error)?;
            let Ok(name) = entry.file_name().into_string() else {
                let name = entry.file_name().to_string_lossy().into_owned();
                return Err(HashError::new(folder.join(name), "has a name that is not UTF-8"));
            };
            let path = folder.join(&name);
            let kind = entry.file_type().map_err(read_error)?;
            if kind.is_dir() {
                if !ignore.hides_entry(&path, true) {
                    pending.push(path);
                }
            } else if !ignore.hides_entry(&path, false) {
                found.extend(file(root, top, path, &name)?);
            }
        }
    }
    found.sort_by(|a: &Found, b: &Found| a.relpath.cmp(&b.relpath));
    Ok(found)
}

fn file(
    root: &Utf8Path,
    top: &Utf8Path,
    path: Utf8PathBuf,
    name: &str,
) -> Result<Option<Found>, HashError> {
    if name == FILE_NAME {
        return Err(HashError::new(path, "lies in a tracked directory, which DVC refuses"));
    }
    let metadata = match fs::metadata(root.join(&path)) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(HashError::new(path, "is a link to nothing"));
        }
        Err(error) => return Err(HashError::io(&path, &error)),
    };
    if metadata.is_dir() {
        return Ok(None);
    }
    if !metadata.is_file() {
        return Err(HashError::new(path, "is a pipe, a socket or a device, not a file"));
    }
    let relpath = path.strip_prefix(top).unwrap_or(&path).as_str().to_owned();
    Ok(Some(Found { relpath, stamp: Stamp::from(&metadata), path }))
}
