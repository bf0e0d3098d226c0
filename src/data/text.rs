//! What readers of text share: pieces that must be text, and the sentences when they are not.

use crate::data::pieces::Cut;
use memchr::{memchr, memchr_iter};
use std::io;

/// Why a piece cannot be read; on which of its lines, from 1.
#[derive(Debug)]
pub(crate) struct Fault {
    line: u32,
    /// Completes "on line 7 ...".
    why: String,
}

impl Fault {
    pub(crate) fn new(line: u32, why: impl Into<String>) -> Self {
        Self { line, why: why.into() }
    }

    /// A sentence; so many lines come before the piece.
    pub(crate) fn text(&self, before: u64) -> String {
        format!("on line {} {}", before + u64::from(self.line), self.why)
    }
}

/// A piece as text.
pub(crate) fn text_of(piece: &[u8]) -> Result<&str, Fault> {
    let line = |end: usize| {
        let before = piece.get(..end).unwrap_or_default();
        1 + u32::try_from(memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX)
    };
    if let Some(at) = memchr(0, piece) {
        return Err(Fault::new(line(at), "stands a zero byte: this is no text"));
    }
    std::str::from_utf8(piece).map_err(|error| {
        let why = "stands a byte that is not UTF-8: save the file as UTF-8";
        Fault::new(line(error.valid_up_to()), why)
    })
}

/// Why the text ended before its end, at this line.
pub(crate) fn cut_short(cut: &Cut, line: u64) -> String {
    match cut {
        Cut::Unreadable(error) => format!("the data cannot be read: {error}"),
        Cut::Endless => format!(
            "the row that begins on line {line} is longer than 4 MiB: is a quote not closed?"
        ),
    }
}

/// What was too much for memory was too much for the disk.
pub(crate) fn unkept(error: &io::Error) -> String {
    format!("too much for memory, and the folder for temporary files does not take it: {error}")
}
