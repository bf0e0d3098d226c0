//! From the plan to the text of files. Pure: writes nothing, decides nothing.

pub(crate) mod checks;
mod ci;
mod harness;
pub(crate) mod ownership;
mod service;
pub(crate) mod targets;
pub(crate) mod template;

use crate::base::files::FileSet;
use crate::base::source::{SourceMap, Span};
use crate::plan::Plan;

/// What a target is made from.
pub(crate) struct Input<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) sources: &'a SourceMap,
}

impl Input<'_> {
    /// Where something is written in the spec: `mlc.kdl:35`.
    pub(crate) fn place(&self, span: Span) -> String {
        let file = self.sources.file(span.file);
        format!("{}:{}", file.path, file.position(span.start as usize).line)
    }

    /// The name of the project file.
    pub(crate) fn spec(&self) -> &str {
        self.sources.iter().next().map_or("mlc.kdl", |(_, file)| file.path.as_str())
    }
}

/// Something that `mlc build` can write.
pub(crate) struct Target {
    /// As `targets { … }` and `mlc build` spell it.
    pub(crate) name: &'static str,
    /// One line for `--help` and the book.
    pub(crate) summary: &'static str,
    /// Every path that it may write, so that leftovers of a removed target are found.
    pub(crate) paths: &'static [&'static str],
    pub(crate) emit: fn(&Input<'_>) -> FileSet,
    /// The page in Markdown.
    pub(crate) docs: &'static str,
}
