//! The identity of a diagnostic: its slug, its severity and its page.
//!
//! One slug everywhere: file name, book anchor, `mlc explain`, `allow "<slug>"`, test cases.

use crate::base::diagnostic::Diagnostic;
use crate::base::source::Span;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Severity {
    /// Does not stop `build` or `run` unless `--deny-warnings`.
    Warning,
    /// Stops `build` and `run`.
    Error,
}

impl Severity {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A kind of diagnostic, with its documentation.
#[derive(Debug)]
pub(crate) struct Code {
    /// Lower-case words joined by `-`; never changes once released.
    pub(crate) slug: &'static str,
    /// One line, lower case, states the fact.
    pub(crate) summary: &'static str,
    pub(crate) severity: Severity,
    /// The page in Markdown, printed by `mlc explain` and by the book.
    pub(crate) docs: &'static str,
    /// Whether `allow "<slug>"` may silence it: true for rules, false where nothing could be built.
    pub(crate) allowable: bool,
}

impl Code {
    /// A mistake without which no project can be understood; cannot be allowed.
    pub(crate) const fn fatal(
        slug: &'static str,
        summary: &'static str,
        docs: &'static str,
    ) -> Self {
        Self { slug, summary, severity: Severity::Error, docs, allowable: false }
    }

    pub(crate) const fn error(
        slug: &'static str,
        summary: &'static str,
        docs: &'static str,
    ) -> Self {
        Self { slug, summary, severity: Severity::Error, docs, allowable: true }
    }

    pub(crate) const fn warning(
        slug: &'static str,
        summary: &'static str,
        docs: &'static str,
    ) -> Self {
        Self { slug, summary, severity: Severity::Warning, docs, allowable: true }
    }

    /// Starts a diagnostic of this kind at `span`; `message` is the headline.
    pub(crate) fn at(&'static self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self, span, message.into())
    }
}
