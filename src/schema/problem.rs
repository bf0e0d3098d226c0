//! Mistakes in schemas, as data: the rules that report them give them their codes.

use crate::base::code::Code;
use crate::base::diagnostic::{Diagnostic, Edit, Fix, Label};
use crate::base::source::Span;

/// What kind of mistake it is. One kind maps to one diagnostic code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ProblemKind {
    /// A constraint on a type that it cannot check.
    DoesNotApply,
    MissingArguments,
    TooManyArguments,
    /// An argument that no value of the column can equal, or that is not what the constraint takes.
    WrongArgument,
    /// A value listed twice.
    DuplicateValue,
    /// A value that the column's other checks exclude.
    ImpossibleValue,
    NeedsBound,
    TakesNoBound,
    /// A bound outside what the quantity or the type can be, so that it never holds.
    BoundNeverHolds,
    /// A bound that always holds.
    BoundAlwaysHolds,
    /// A lower bound above the upper bound.
    UnreachableBounds,
    /// A bound that another makes needless.
    RedundantBound,
    /// A bound with a fraction on whole numbers.
    FractionalBound,
    /// Bounds on values that are no numbers.
    BoundsOnNoNumber,
    BadRegex,
    /// A pattern that Python rejects or reads differently.
    RegexNotPortable,
    /// A check said twice.
    RepeatedCheck,
    /// A check that says nothing new about the column.
    NeedlessCheck,
    /// A `drop` of a column that the base does not have.
    UnknownDrop,
    RepeatedDrop,
    /// A column that allows what the base forbids.
    Widens,
    /// A check of the table that cannot be understood.
    BadRule,
}

/// One mistake, with everything that a diagnostic needs but the code.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) kind: ProblemKind,
    pub(crate) span: Span,
    /// The headline: lower case, names in backticks, states the fact.
    pub(crate) message: String,
    /// What is wrong here.
    pub(crate) label: String,
    /// Other places that explain it.
    pub(crate) also: Vec<Label>,
    /// What to write instead.
    pub(crate) help: Option<String>,
    pub(crate) fix: Option<Fix>,
}

impl Problem {
    pub(crate) fn new(kind: ProblemKind, span: Span, message: impl Into<String>) -> Self {
        let (message, label) = (message.into(), String::new());
        Self { kind, span, message, label, also: Vec::new(), help: None, fix: None }
    }

    #[must_use]
    pub(crate) fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    #[must_use]
    pub(crate) fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.also.push(Label { span, text: text.into() });
        self
    }

    #[must_use]
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds an edit that mends it; the first title stays.
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

    /// Gives the mistake its code.
    pub(crate) fn into_diagnostic(self, code: &'static Code) -> Diagnostic {
        Diagnostic {
            code,
            message: self.message,
            primary: Label { span: self.span, text: self.label },
            secondary: self.also,
            help: self.help,
            fix: self.fix,
            defined: None,
        }
    }
}
