//! Source text and places in it. Unaware of what the text means.
//!
//! Offsets are bytes. Only the language server converts to UTF-16, at its own border.

use camino::{Utf8Path, Utf8PathBuf};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Index of a file in a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct FileId(pub(crate) u32);

/// A half-open byte range in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Span {
    pub(crate) file: FileId,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    pub(crate) fn new(file: FileId, start: usize, end: usize) -> Self {
        Self { file, start: to_u32(start), end: to_u32(end.max(start)) }
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Returns the empty span just after this one, where something can be inserted.
    pub(crate) fn after(self) -> Self {
        Self { start: self.end, ..self }
    }

    /// Returns the empty span just before this one.
    pub(crate) fn before(self) -> Self {
        Self { end: self.start, ..self }
    }

    /// Returns the smallest span that covers both. Precondition: both are in one file.
    pub(crate) fn to(self, other: Self) -> Self {
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    pub(crate) fn contains(self, other: Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    pub(crate) fn is_empty(self) -> bool {
        self.start == self.end
    }
}

fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).expect("invariant: files over 16 MB are refused before they get spans")
}

/// A value and the place where it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

impl<T> Spanned<T> {
    pub(crate) fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A line and column, both counted from one; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// One source text: a spec, or a file that a diagnostic points into.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// Relative to the project's root, with `/`; shown to the user.
    pub(crate) path: Utf8PathBuf,
    pub(crate) text: Arc<str>,
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    pub(crate) fn new(path: impl Into<Utf8PathBuf>, text: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), text: text.into(), line_starts: OnceLock::new() }
    }

    /// Byte offsets at which lines start; the first is 0. Computed once, on first use.
    pub(crate) fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let newlines = self.text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
            std::iter::once(0).chain(newlines.map(|(at, _)| to_u32(at + 1))).collect()
        })
    }

    /// Index of the line, from zero, that holds `offset`.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|&start| start as usize <= offset).saturating_sub(1)
    }

    /// Byte range of line `index` (from zero) without its line end; empty when out of range.
    pub(crate) fn line_range(&self, index: usize) -> Range<usize> {
        let starts = self.line_starts();
        let Some(&start) = starts.get(index) else { return self.text.len()..self.text.len() };
        let end = starts.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        let line = self.text.get(start as usize..end).unwrap_or_default();
        start as usize..start as usize + line.trim_end_matches(['\n', '\r']).len()
    }

    pub(crate) fn position(&self, offset: usize) -> Position {
        let line = self.line_of(offset);
        let start = self.line_range(line).start;
        let before = self.text.get(start..offset.min(self.text.len())).unwrap_or_default();
        Position { line: line + 1, column: before.chars().count() + 1 }
    }
}

/// All sources of one run, addressed by [`FileId`].
#[derive(Debug, Default)]
pub(crate) struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    pub(crate) fn add(
        &mut self,
        path: impl Into<Utf8PathBuf>,
        text: impl Into<Arc<str>>,
    ) -> FileId {
        let id = FileId(to_u32(self.files.len()));
        self.files.push(SourceFile::new(path, text));
        id
    }

    /// Precondition: `id` came from this map.
    pub(crate) fn file(&self, id: FileId) -> &SourceFile {
        self.files.get(id.0 as usize).expect("invariant: file ids come from this map")
    }

    pub(crate) fn find(&self, path: &Utf8Path) -> Option<FileId> {
        self.files.iter().position(|file| file.path == path).map(|at| FileId(to_u32(at)))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(at, file)| (FileId(to_u32(at)), file))
    }

    /// The text under `span`; empty when the span is out of range.
    pub(crate) fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.range()).unwrap_or_default()
    }
}
