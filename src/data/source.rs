//! Data files opened: what they are, by name and first bytes, and whether they can be read at all.
#![expect(clippy::disallowed_methods, reason = "reads data, which is no part of a spec")]

use crate::data::parquet::Member;
use camino::Utf8Path;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use percent_encoding::percent_decode_str;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek as _, SeekFrom, Write};

/// How much is unpacked at once.
const UNPACKED: usize = 1 << 16;

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// A format that this version does not know.
    Foreign(String),
    /// It cannot be read as what it is.
    Broken(String),
}

impl Trouble {
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Foreign(text) | Self::Broken(text) => text,
        }
    }
}

/// Data by its format, unpacked.
pub(crate) enum Opened {
    /// A header and records, with this byte between fields.
    Delimited { text: Box<dyn Read>, delimiter: u8 },
    /// A JSON object a line.
    Lines(Box<dyn Read>),
    /// One or more files of row groups.
    Parquet(Vec<Member>),
}

/// Opens a data file, packed or not; `shown` is its name in messages.
///
/// What a file is packed with its first bytes tell, what is inside its name.
pub(crate) fn open(path: &Utf8Path, shown: &Utf8Path) -> Result<Opened, Trouble> {
    let described =
        |error: std::io::Error| Trouble::Broken(format!("{shown} cannot be read: {error}"));
    let foreign = |what: &str| {
        Err(Trouble::Foreign(format!("{shown} is {what}, which this version does not read yet")))
    };
    // Whether it is a file is asked first: opening a pipe would wait for its writer.
    let kind = std::fs::metadata(path).map_err(described)?;
    if kind.is_dir() {
        let mut members = Vec::new();
        walk(path, shown, &[], &mut members).map_err(described)?;
        if members.is_empty() {
            return Err(Trouble::Broken(format!("{shown} is a folder without Parquet files")));
        }
        return Ok(Opened::Parquet(members));
    }
    if !kind.is_file() {
        return Err(Trouble::Broken(format!("{shown} is no regular file")));
    }
    let mut file = File::open(path).map_err(described)?;
    let mut magic = Vec::new();
    Read::by_ref(&mut file).take(6).read_to_end(&mut magic).map_err(described)?;
    file.seek(SeekFrom::Start(0)).map_err(described)?;
    let text: Box<dyn Read> = match magic.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(BufReader::with_capacity(UNPACKED, MultiGzDecoder::new(file))),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(Frames::new(file)),
        [b'P', b'A', b'R', b'1', ..] => {
            let (path, shown) = (path.to_owned(), shown.to_owned());
            return Ok(Opened::Parquet(vec![Member { path, shown, keys: Vec::new() }]));
        }
        b"ARROW1" => return foreign("an Arrow file"),
        [b'P', b'K', 3, 4, ..] => return foreign("a zip archive"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            return Err(Trouble::Broken(format!("{shown} is UTF-16: save it as UTF-8")));
        }
        _ => Box::new(file),
    };
    let name = shown.as_str().trim_end_matches(".gz").trim_end_matches(".zst");
    match Utf8Path::new(name).extension() {
        Some("jsonl" | "ndjson") => Ok(Opened::Lines(text)),
        Some("json") => foreign("one JSON document"),
        Some("tsv") => Ok(Opened::Delimited { text, delimiter: b'\t' }),
        Some(_) | None => Ok(Opened::Delimited { text, delimiter: b',' }),
    }
}

/// How a file is packed that can be written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
}

/// How a file is packed, by its first bytes; `None` when it cannot be packed here.
pub(crate) fn packing(path: &Utf8Path) -> io::Result<Option<Packing>> {
    let mut magic = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut magic)?;
    Ok(match magic.as_slice() {
        [0x1f, 0x8b, ..] => Some(Packing::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => None,
        _ => Some(Packing::Plain),
    })
}

/// A writer that packs.
pub(crate) enum Packed<W: Write> {
    Plain(W),
    Gzip(GzEncoder<W>),
}

impl<W: Write> Packed<W> {
    pub(crate) fn new(inner: W, packing: Packing) -> Self {
        match packing {
            Packing::Plain => Self::Plain(inner),
            Packing::Gzip => Self::Gzip(GzEncoder::new(inner, Compression::default())),
        }
    }

    pub(crate) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(inner) => inner.write_all(bytes),
            Self::Gzip(inner) => inner.write_all(bytes),
        }
    }

    /// Writes what is held back, and returns what it was written to.
    pub(crate) fn end(self) -> io::Result<W> {
        match self {
            Self::Plain(inner) => Ok(inner),
            Self::Gzip(inner) => inner.finish(),
        }
    }
}

/// Finds the Parquet files of a folder, in the order of their names. Names that begin with a dot or
/// an underscore are notes of the tools that wrote them.
fn walk(
    folder: &Utf8Path,
    shown: &Utf8Path,
    keys: &[(String, String)],
    members: &mut Vec<Member>,
) -> io::Result<()> {
    let mut entries = folder.read_dir_utf8()?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by(|a, b| a.file_name().cmp(b.file_name()));
    for entry in entries.iter().filter(|it| !it.file_name().starts_with(['.', '_'])) {
        let (path, shown) = (entry.path(), shown.join(entry.file_name()));
        let kind = std::fs::metadata(path)?;
        if kind.is_dir() {
            let mut keys = keys.to_vec();
            if let Some((key, value)) = entry.file_name().split_once('=') {
                // How Hive writes that a row has no value there.
                let value = if value == "__HIVE_DEFAULT_PARTITION__" { "" } else { value };
                let value = percent_decode_str(value).decode_utf8_lossy();
                keys.push((key.to_owned(), value.into_owned()));
            }
            walk(path, &shown, &keys, members)?;
        } else if kind.is_file() && shown.extension() == Some("parquet") {
            members.push(Member { path: path.to_owned(), shown, keys: keys.to_vec() });
        }
    }
    Ok(())
}

/// The text of zstd frames, one after the other as `cat` makes them.
struct Frames {
    /// Behind the frame that is being read.
    packed: Option<BufReader<File>>,
    frame: Option<StreamingDecoder<BufReader<File>, FrameDecoder>>,
}

impl Frames {
    fn new(file: File) -> Self {
        Self { packed: Some(BufReader::with_capacity(UNPACKED, file)), frame: None }
    }
}

impl Read for Frames {
    fn read(&mut self, text: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let read = frame.read(text).map_err(|_| torn())?;
                if read > 0 || text.is_empty() {
                    return Ok(read);
                }
            }
            if let Some(frame) = self.frame.take() {
                let wanted = frame.decoder.get_checksum_from_data();
                if wanted.is_some() && wanted != frame.decoder.get_calculated_checksum() {
                    return Err(torn());
                }
                self.packed = Some(frame.into_inner());
            }
            let Some(mut packed) = self.packed.take() else { return Ok(0) };
            if packed.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.frame = Some(StreamingDecoder::new(packed).map_err(|_| torn())?);
        }
    }
}

/// The crate's own words name its types.
fn torn() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a zstd frame is damaged or cut off")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    #[test]
    fn frames_follow_each_other() {
        let text = "x".repeat(300_000);
        let frame = || compress_to_vec(text.as_bytes(), CompressionLevel::Fastest);
        let packed = [frame(), frame(), frame()].concat();
        let unpacked = |bytes: &[u8]| {
            let mut file = tempfile::tempfile().expect("a file");
            file.write_all(bytes).expect("written");
            file.rewind().expect("at its start");
            let mut unpacked = String::new();
            Frames::new(file).read_to_string(&mut unpacked).map(|_| unpacked)
        };
        assert_eq!(unpacked(&packed).expect("whole"), text.repeat(3));
        let error = unpacked(&packed[..packed.len() - 3]).expect_err("torn").to_string();
        assert_eq!(error, "a zstd frame is damaged or cut off");
    }
}
