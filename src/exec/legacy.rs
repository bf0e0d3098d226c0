//! Digests of DVC 2, which entries without `hash:` hold: of text, with the line ends of Unix.
//!
//! DVC keeps such entries until the content changes, and so do we. Their objects lie in the
//! cache's own folder, with the bytes as they are.
#![expect(clippy::disallowed_methods, reason = "reads what it hashes")]

use crate::exec::hash::{Digest, HashError, Hasher, listing};
use crate::exec::md5::{Md5, Stream};
use camino::Utf8Path;
use std::fs::File;
use std::io::{self, Read as _};

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
    let mut digest = hasher.digest(path)?;
    let read =
        |path: &Utf8Path| read_md5(&root.join(path)).map_err(|error| HashError::io(path, &error));
    if digest.nfiles.is_none() {
        digest.md5 = read(path)?;
        return Ok(digest);
    }
    let mut members = Vec::new();
    for member in hasher.members(path)? {
        let md5 = Md5::parse(&read(&path.join(&member.relpath))?).unwrap_or_default();
        members.push((member.relpath, md5));
    }
    let listing = listing(members.iter().map(|(name, md5)| (name.as_str(), *md5)));
    digest.md5 = format!("{}.dir", Md5::of(listing.as_bytes()));
    Ok(digest)
}

/// The md5 of a file as DVC 2 computed it.
pub(super) fn read_md5(path: &Utf8Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut stream = Stream::default();
    let mut chunk = Vec::new();
    loop {
        chunk.clear();
        file.by_ref().take(CHUNK).read_to_end(&mut chunk)?;
        if chunk.is_empty() {
            return Ok(stream.finish().to_string());
        }
        if is_text(chunk.get(..GLANCE).unwrap_or(&chunk)) {
            update_with_unix_line_ends(&mut stream, &chunk);
        } else {
            stream.update(&chunk);
        }
    }
}

fn update_with_unix_line_ends(stream: &mut Stream, text: &[u8]) {
    let mut rest = text;
    while let Some(at) = rest.windows(2).position(|two| two == b"\r\n") {
        stream.update(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    stream.update(rest);
}

/// Whether DVC takes a block for text: no NUL, and at most three in ten bytes that text lacks.
fn is_text(block: &[u8]) -> bool {
    let is_odd = |byte: &&u8| !matches!(byte, 32..=126 | b'\n' | b'\r' | b'\t' | 0x0c | 0x08);
    !block.contains(&0) && block.iter().filter(is_odd).count() * 10 <= block.len() * 3
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "writes what it hashes")]

    use super::*;
    use std::fs;

    #[test]
    fn line_ends_of_text_do_not_count_and_those_of_the_rest_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join("file");
        let plain = |bytes: &[u8]| Md5::of(bytes).to_string();
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
