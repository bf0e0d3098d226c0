//! The bytes of a snapshot: a header, then folders, each followed by what must hold in it.
//!
//! Made to be compared without copying: names end in NUL, numbers are little-endian. A page that
//! a power cut left empty reads as a mismatch, so there is no checksum. Unaware of the disk.

use super::{Stamp, Witness};
use std::ffi::CStr;

const MAGIC: &[u8] = b"mlc unchanged 1\n";

const FOLDER: u8 = 1;
const MISSING: u8 = 2;
const SAME: u8 = 3;
const LINK: u8 = 4;
const KIND: u8 = 5;

/// Builds the bytes.
pub(super) struct Writer {
    header: Vec<u8>,
    records: Vec<u8>,
    witnesses: u32,
}

impl Writer {
    pub(super) fn new(key: &str, stages: usize) -> Self {
        let mut header = MAGIC.to_vec();
        put_text(&mut header, key);
        header.extend(u32::try_from(stages).unwrap_or(u32::MAX).to_le_bytes());
        Self { header, records: Vec::new(), witnesses: 0 }
    }

    /// What follows lies in this folder; empty is the root.
    pub(super) fn folder(&mut self, path: &str) {
        self.records.push(FOLDER);
        put_text(&mut self.records, path);
    }

    pub(super) fn witness(&mut self, name: &str, witness: &Witness) {
        self.witnesses += 1;
        self.records.push(match witness {
            Witness::Missing => MISSING,
            Witness::Same(_) => SAME,
            Witness::Link(_) => LINK,
            Witness::Kind(_) => KIND,
        });
        put_text(&mut self.records, name);
        match witness {
            Witness::Missing => {}
            Witness::Kind(kind) => self.records.extend(kind.to_le_bytes()),
            Witness::Same(stamp) | Witness::Link(stamp) => put_stamp(&mut self.records, stamp),
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = self.header;
        bytes.extend(self.witnesses.to_le_bytes());
        bytes.extend(self.records);
        bytes
    }
}

fn put_stamp(bytes: &mut Vec<u8>, stamp: &Stamp) {
    let Stamp { mtime, ctime, size, inode, mode } = stamp;
    bytes.extend(mtime.to_le_bytes());
    bytes.extend(ctime.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    bytes.extend(inode.to_le_bytes());
    bytes.extend(mode.to_le_bytes());
}

/// Length with the NUL, text, NUL. Postcondition: a text with a NUL inside is never read back.
fn put_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend(u32::try_from(text.len() + 1).unwrap_or(0).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.push(0);
}

/// One item after the header.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Record<'a> {
    Folder(&'a CStr),
    Witness(&'a CStr, Witness),
}

/// Reads the bytes; every method gives `None` where they are not what was written.
pub(super) struct Reader<'a> {
    left: &'a [u8],
    witnesses: usize,
}

impl<'a> Reader<'a> {
    /// Checks the header. Also returns the number of stages.
    pub(super) fn open(bytes: &'a [u8], key: &str) -> Option<(Self, usize)> {
        let mut reader = Self { left: bytes.strip_prefix(MAGIC)?, witnesses: 0 };
        if reader.text()?.to_bytes() != key.as_bytes() {
            return None;
        }
        let stages = usize::try_from(u32::from_le_bytes(reader.array()?)).ok()?;
        reader.witnesses = usize::try_from(u32::from_le_bytes(reader.array()?)).ok()?;
        Some((reader, stages))
    }

    /// How many witnesses follow.
    pub(super) fn count(&self) -> usize {
        self.witnesses
    }

    pub(super) fn next(&mut self) -> Option<Record<'a>> {
        let [kind] = self.array()?;
        let name = self.text()?;
        let witness = match kind {
            FOLDER => return Some(Record::Folder(name)),
            MISSING => Witness::Missing,
            KIND => Witness::Kind(u32::from_le_bytes(self.array()?)),
            SAME => Witness::Same(self.stamp()?),
            LINK => Witness::Link(self.stamp()?),
            _ => return None,
        };
        Some(Record::Witness(name, witness))
    }

    pub(super) fn next_is_witness(&self) -> bool {
        self.left.first().is_some_and(|kind| *kind != FOLDER)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.left.is_empty()
    }

    fn stamp(&mut self) -> Option<Stamp> {
        Some(Stamp {
            mtime: i64::from_le_bytes(self.array()?),
            ctime: i64::from_le_bytes(self.array()?),
            size: u64::from_le_bytes(self.array()?),
            inode: u64::from_le_bytes(self.array()?),
            mode: u32::from_le_bytes(self.array()?),
        })
    }

    fn text(&mut self) -> Option<&'a CStr> {
        let length = usize::try_from(u32::from_le_bytes(self.array()?)).ok()?;
        let (text, left) = self.left.split_at_checked(length)?;
        self.left = left;
        CStr::from_bytes_with_nul(text).ok()
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, left) = self.left.split_first_chunk()?;
        self.left = left;
        Some(*array)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: Stamp = Stamp { mtime: 1, ctime: -2, size: 3, inode: u64::MAX, mode: 0o100_644 };

    fn written() -> Vec<u8> {
        let mut writer = Writer::new("key", 7);
        writer.witness("mlc.kdl", &Witness::Same(STAMP));
        writer.folder("data");
        writer.witness("ä b", &Witness::Missing);
        writer.witness("x", &Witness::Kind(0o040_000));
        writer.finish()
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = written();
        let (mut reader, stages) = Reader::open(&bytes, "key").unwrap();
        assert_eq!((stages, reader.count()), (7, 3));
        assert_eq!(reader.next(), Some(Record::Witness(c"mlc.kdl", Witness::Same(STAMP))));
        assert_eq!(reader.next(), Some(Record::Folder(c"data")));
        assert_eq!(reader.next(), Some(Record::Witness(c"ä b", Witness::Missing)));
        assert!(!reader.is_at_end() && reader.next_is_witness());
        assert_eq!(reader.next(), Some(Record::Witness(c"x", Witness::Kind(0o040_000))));
        assert!(reader.is_at_end());
        assert!(Reader::open(&bytes, "other").is_none());
    }

    #[test]
    fn a_damaged_snapshot_is_never_a_panic() {
        let bytes = written();
        for cut in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[cut] ^= 0xff;
            for bytes in [&bytes[..cut], &damaged] {
                let Some((mut reader, _)) = Reader::open(bytes, "key") else { continue };
                while reader.next().is_some() {}
            }
        }
    }
}
