//! How many problems there are, counted the same way for every format.

use crate::base::code::Severity;
use crate::base::diagnostic::Diagnostic;
use crate::report::text::counted;
use std::fmt;

/// Numbers of diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Summary {
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    pub(crate) fixable: usize,
}

impl Summary {
    pub(crate) fn of(diagnostics: &[Diagnostic]) -> Self {
        let count = |severity| diagnostics.iter().filter(|it| it.severity() == severity).count();
        Self {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            fixable: diagnostics.iter().filter(|it| it.fix.is_some()).count(),
        }
    }
}

impl fmt::Display for Summary {
    /// `2 errors, 1 warning (1 fixable with --fix)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.errors, self.warnings) {
            (0, 0) => write!(f, "no problems")?,
            (0, warnings) => write!(f, "{}", counted(warnings, "warning"))?,
            (errors, 0) => write!(f, "{}", counted(errors, "error"))?,
            (errors, warnings) => {
                write!(f, "{}, {}", counted(errors, "error"), counted(warnings, "warning"))?;
            }
        }
        if self.fixable > 0 {
            write!(f, " ({} fixable with --fix)", self.fixable)?;
        }
        Ok(())
    }
}
