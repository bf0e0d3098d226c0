//! What cannot be undercut: only reading the files of a directory, or only asking for their stats.
//! `benches/files.py` measures mlc against it.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program of its own that reads files"
)]

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, folder] = arguments.as_slice() else {
        return Err(io::Error::other("usage: floor read|stat FOLDER"));
    };
    let mut total = Total::default();
    walk(Path::new(folder), mode == "read", &mut total)?;
    println!("{} files, {} bytes", total.files, total.bytes);
    Ok(())
}

#[derive(Default)]
struct Total {
    files: u64,
    bytes: u64,
    buffer: Vec<u8>,
}

fn walk(folder: &Path, read: bool, total: &mut Total) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), read, total)?;
            continue;
        }
        total.files += 1;
        if read {
            total.buffer.clear();
            File::open(entry.path())?.read_to_end(&mut total.buffer)?;
            total.bytes += total.buffer.len() as u64;
        } else {
            total.bytes += entry.metadata()?.len();
        }
    }
    Ok(())
}
