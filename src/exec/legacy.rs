//! Digests of DVC 2, which entries without `hash:` hold: of text, with the line ends of Unix.
//!
//! DVC keeps such entries until the content changes, and so do we. Their objects lie in the
//! cache's own folder, with the bytes as they are.
#![expect(clippy::disallowed_methods, reason = "reads what it hashes")]

use crate::exec::hash::{Digest, HashError, Hasher, Member, hex, listing};
use crate::exec::walk;
use camino::Utf8Path;
use md5::{Digest as _, Md5};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;

/// DVC decides for each chunk of this size whether it is text.
const CHUNK: u64 = 1 << 20;

/// It looks at so many bytes for that.
const GLANCE: usize = 512;

/// The digest of a path (relative to `root`, or absolute) as DVC 2 computed it.
pub(crate) fn digest(
    root: &Utf8Path,
    path: &Utf8Path,
    hasher: &Hasher,
) -> Result<Digest, HashError> {
    let full = root.join(path);
    let Ok(metadata) = fs::metadata(&full) else {
        // It tells in which way there is nothing.
        return hasher.digest(path);
    };
    let failed = |error: &io::Error| HashError::io(path, error);
    if !metadata.is_dir() {
        let md5 = read_md5(&full).map_err(|error| failed(&error))?;
        let isexec = metadata.permissions().mode() & 0o111 != 0;
        return Ok(Digest { md5, size: metadata.len(), nfiles: None, isexec, members: Vec::new() });
    }
    let files = walk::files(root, path, &hasher.ignore)?;
    let mut members = Vec::with_capacity(files.len());
    for file in &files {
        let md5 = read_md5(&root.join(&file.path)).map_err(|error| failed(&error))?;
        members.push(Member { relpath: file.relpath.clone(), md5 });
    }
    let md5 = format!("{}.dir", hex(&Md5::digest(listing(&members))));
    let size = files.iter().map(|file| file.stamp.size).sum();
    Ok(Digest { md5, size, nfiles: Some(files.len() as u64), isexec: false, members })
}

/// The md5 of a file as DVC 2 computed it.
pub(super) fn read_md5(path: &Utf8Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Md5::new();
    let mut chunk = Vec::new();
    loop {
        chunk.clear();
        file.by_ref().take(CHUNK).read_to_end(&mut chunk)?;
        if chunk.is_empty() {
            return Ok(hex(&hasher.finalize()));
        }
        if is_text(chunk.get(..GLANCE).unwrap_or(&chunk)) {
            update_with_unix_line_ends(&mut hasher, &chunk);
        } else {
            hasher.update(&chunk);
        }
    }
}

fn update_with_unix_line_ends(hasher: &mut Md5, text: &[u8]) {
    let mut rest = text;
    while let Some(at) = rest.windows(2).position(|two| two == b"\r\n") {
        hasher.update(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    hasher.update(rest);
}

/// Whether DVC takes a block for text: no NUL, and at most three in ten bytes that text lacks.
fn is_text(block: &[u8]) -> bool {
    let is_odd = |byte: &&u8| !matches!(byte, 32..=126 | b'\n' | b'\r' | b'\t' | 0x0c | 0x08);
    !block.contains(&0) && block.iter().filter(is_odd).count() * 10 <= block.len() * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_of_text_do_not_count_and_those_of_the_rest_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join("file");
        let plain = |bytes: &[u8]| hex(&Md5::digest(bytes));
        for (bytes, read) in [
            (&b"a\r\nb\r\n\r"[..], &b"a\nb\n\r"[..]),
            (b"a\r\n\0", b"a\r\n\0"),
            ("\u{e9}\u{e9}\r\n".as_bytes(), "\u{e9}\u{e9}\r\n".as_bytes()),
            (b"", b""),
        ] {
            fs::write(&path, bytes).unwrap();
            assert_eq!(read_md5(&path).unwrap(), plain(read));
        }
    }
}
