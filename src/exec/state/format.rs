//! The bytes of the state file: a header with a checksum, then records without gaps.
//!
//! A directory is one record with all its files, so that a hundred thousand of them load without
//! an allocation each. Unaware of when digests may be believed.

use super::{Aged, Folder, Known, Stamp};
use crate::exec::md5::Md5;
use crate::exec::walk::{Leaf, Tree};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Changes whenever the layout does.
const MAGIC: &[u8; 8] = b"mlcstat2";

pub(super) fn write(known: &Known) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&[0; 8]);
    number(&mut out, known.files.len());
    for (path, Aged { age, it: (stamp, md5) }) in &known.files {
        text(&mut out, path);
        out.extend_from_slice(&age.to_le_bytes());
        record(&mut out, stamp, md5);
    }
    number(&mut out, known.folders.len());
    for (path, Aged { age, it: folder }) in &known.folders {
        text(&mut out, path);
        out.extend_from_slice(&age.to_le_bytes());
        out.extend_from_slice(&folder.md5.0);
        text(&mut out, &folder.tree.names);
        number(&mut out, folder.tree.leaves.len());
        for leaf in &folder.tree.leaves {
            out.extend_from_slice(&leaf.end.to_le_bytes());
            record(&mut out, &leaf.stamp, &leaf.md5);
        }
    }
    let sum = checksum(out.get(16..).unwrap_or_default());
    if let Some(place) = out.get_mut(8..16) {
        place.copy_from_slice(&sum.to_le_bytes());
    }
    out
}

fn number(out: &mut Vec<u8>, value: usize) {
    out.extend_from_slice(&(value as u64).to_le_bytes());
}

fn text(out: &mut Vec<u8>, value: &str) {
    number(out, value.len());
    out.extend_from_slice(value.as_bytes());
}

fn record(out: &mut Vec<u8>, stamp: &Stamp, md5: &Md5) {
    out.extend_from_slice(&stamp.mtime.to_le_bytes());
    out.extend_from_slice(&stamp.ctime.to_le_bytes());
    out.extend_from_slice(&stamp.size.to_le_bytes());
    out.extend_from_slice(&stamp.inode.to_le_bytes());
    out.extend_from_slice(&md5.0);
}

/// `None` when a single bit is not as it was written.
pub(super) fn read(bytes: &[u8]) -> Option<Known> {
    let (magic, rest) = bytes.split_first_chunk::<8>()?;
    let (sum, rest) = rest.split_first_chunk::<8>()?;
    if magic != MAGIC || u64::from_le_bytes(*sum) != checksum(rest) {
        return None;
    }
    let mut reader = Reader(rest);
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for _ in 0..reader.number()? {
        let path = reader.text()?.to_owned();
        let age = u16::from_le_bytes(reader.array()?);
        files.push((path, Aged { age, it: reader.record()? }));
    }
    for _ in 0..reader.number()? {
        let path = reader.text()?.to_owned();
        let age = u16::from_le_bytes(reader.array()?);
        folders.push((path, Aged { age, it: Arc::new(reader.folder()?) }));
    }
    // From sorted lists both are built at once.
    let (files, folders) = (BTreeMap::from_iter(files), BTreeMap::from_iter(folders));
    reader.0.is_empty().then_some(Known { files, folders, changed: false })
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn number(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(self.array()?)).ok()
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn record(&mut self) -> Option<(Stamp, Md5)> {
        let stamp = Stamp {
            mtime: i64::from_le_bytes(self.array()?),
            ctime: i64::from_le_bytes(self.array()?),
            size: u64::from_le_bytes(self.array()?),
            inode: u64::from_le_bytes(self.array()?),
        };
        Some((stamp, Md5(self.array()?)))
    }

    fn folder(&mut self) -> Option<Folder> {
        let md5 = Md5(self.array()?);
        let names = self.text()?.to_owned();
        let count = self.number()?;
        let mut leaves = Vec::with_capacity(count.min(self.0.len() / 52));
        let mut start = 0;
        for _ in 0..count {
            let end = u32::from_le_bytes(self.array()?);
            let (stamp, md5) = self.record()?;
            leaves.push(Leaf { start, end, stamp, md5 });
            start = end;
        }
        Some(Folder { md5, tree: Tree { names, leaves } })
    }
}

/// Tells damage, not intent: eight bytes at a time, so that it costs less than reading the file.
fn checksum(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, rest) = bytes.as_chunks();
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
    let all = words.iter().chain([&last]);
    let mix = |sum: u64, word: &[u8; 8]| {
        (sum ^ u64::from_le_bytes(*word)).wrapping_mul(FACTOR).rotate_left(29)
    };
    all.fold(bytes.len() as u64, mix)
}
