//! What a user is told: a headline, the place, other places, help and edits that mend it.

use crate::base::code::{Code, Severity};
use crate::base::source::Span;

/// A place and what is to be said there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) span: Span,
    pub(crate) text: String,
}

/// Replaces the text under `span` by `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) span: Span,
    pub(crate) text: String,
}

/// Edits that mend the mistake; applied by `mlc check --fix` and offered by editors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fix {
    /// Imperative, lower case: "write `#true`".
    pub(crate) title: String,
    /// Invariant: spans do not overlap.
    pub(crate) edits: Vec<Edit>,
}

/// One problem, told once.
#[derive(Clone, Debug)]
pub(crate) struct Diagnostic {
    pub(crate) code: &'static Code,
    /// Lower case, names in backticks, states the fact.
    pub(crate) message: String,
    /// Where it is wrong; the text says what is wrong *here*, and may be empty.
    pub(crate) primary: Label,
    /// Other places that explain it ("first defined here").
    pub(crate) secondary: Vec<Label>,
    /// What to write instead.
    pub(crate) help: Option<String>,
    pub(crate) fix: Option<Fix>,
    /// Where the name is defined that was probably meant: the mistake may be there.
    pub(crate) defined: Option<Span>,
}

impl Diagnostic {
    pub(crate) fn new(code: &'static Code, span: Span, message: String) -> Self {
        let primary = Label { span, text: String::new() };
        Self { code, message, primary, secondary: Vec::new(), help: None, fix: None, defined: None }
    }

    /// Says what is wrong at the primary place.
    #[must_use]
    pub(crate) fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Points at another place.
    #[must_use]
    pub(crate) fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    #[must_use]
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds help when there is some, as did-you-mean returns it.
    #[must_use]
    pub(crate) fn maybe_help(mut self, text: Option<String>) -> Self {
        self.help = text.or(self.help);
        self
    }

    /// Adds an edit that mends the mistake; edits of one diagnostic form one fix.
    #[must_use]
    pub(crate) fn fix(
        mut self,
        title: impl Into<String>,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        let edit = Edit { span, text: text.into() };
        match &mut self.fix {
            Some(fix) => fix.edits.push(edit),
            None => self.fix = Some(Fix { title: title.into(), edits: vec![edit] }),
        }
        self
    }

    /// Notes where the name that was probably meant is defined.
    #[must_use]
    pub(crate) fn defined_at(mut self, place: Option<Span>) -> Self {
        self.defined = place;
        self
    }

    pub(crate) fn severity(&self) -> Severity {
        self.code.severity
    }
}

/// Collects diagnostics; an error never stops the phase that found it.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    diagnostics: Vec<Diagnostic>,
}

impl Sink {
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.diagnostics.extend(other.diagnostics);
    }

    pub(crate) fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.diagnostics.retain(keep);
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Diagnostic> {
        self.diagnostics.iter_mut()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter()
    }

    /// Returns the diagnostics in source order, each once.
    pub(crate) fn into_sorted(self) -> Vec<Diagnostic> {
        let mut all = self.diagnostics;
        all.sort_by(|a, b| {
            let key = |it: &Diagnostic| (it.primary.span, it.code.slug);
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        all.dedup_by(|a, b| {
            a.primary.span == b.primary.span && a.code.slug == b.code.slug && a.message == b.message
        });
        all
    }
}
