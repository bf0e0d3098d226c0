//! Data files opened: what they are, by name and first bytes, and whether they can be read at all.
#![expect(clippy::disallowed_methods, reason = "reads data, which is no part of a spec")]

use camino::Utf8Path;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{BufReader, Read, Seek as _, SeekFrom};

/// How much is read at once.
const PIECE: usize = 1 << 17;

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

/// A table as text, unpacked.
pub(crate) struct Table {
    pub(crate) text: Box<dyn Read>,
    /// What stands between fields.
    pub(crate) delimiter: u8,
}

/// Opens a CSV file, packed or not; `shown` is its name in messages.
pub(crate) fn open(path: &Utf8Path, shown: &Utf8Path) -> Result<Table, Trouble> {
    let described =
        |error: std::io::Error| Trouble::Broken(format!("{shown} cannot be read: {error}"));
    let foreign = |what: &str| {
        Err(Trouble::Foreign(format!("{shown} is {what}, which this version does not read yet")))
    };
    // Whether it is a file is asked first: opening a pipe would wait for its writer.
    let kind = std::fs::metadata(path).map_err(described)?;
    if kind.is_dir() {
        return foreign("a folder");
    }
    if !kind.is_file() {
        return Err(Trouble::Broken(format!("{shown} is no regular file")));
    }
    let mut file = File::open(path).map_err(described)?;
    let mut magic = Vec::new();
    file.by_ref().take(6).read_to_end(&mut magic).map_err(described)?;
    file.seek(SeekFrom::Start(0)).map_err(described)?;
    let delimiter = match shown.as_str().trim_end_matches(".gz").ends_with(".tsv") {
        true => b'\t',
        false => b',',
    };
    match magic.as_slice() {
        [0x1f, 0x8b, ..] => {
            let text = BufReader::with_capacity(PIECE, MultiGzDecoder::new(file));
            Ok(Table { text: Box::new(text), delimiter })
        }
        [b'P', b'A', b'R', b'1', ..] => foreign("a Parquet file"),
        b"ARROW1" => foreign("an Arrow file"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => foreign("packed with zstd"),
        [b'P', b'K', 3, 4, ..] => foreign("a zip archive"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Err(Trouble::Broken(format!("{shown} is UTF-16: save it as UTF-8")))
        }
        _ if matches!(shown.extension(), Some("jsonl" | "ndjson" | "json")) => foreign("JSON"),
        _ => Ok(Table { text: Box::new(file), delimiter }),
    }
}
