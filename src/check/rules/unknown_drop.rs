//! `unknown-drop`: `drop` of a column that the extended schema does not have.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "unknown-drop",
        "a dropped column that the extended schema does not have",
        include_str!("unknown_drop.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    // A column that could not be read is missing for that reason only.
    if !context.project.incomplete {
        schemas::report(context, &[ProblemKind::UnknownDrop], &RULE.code, sink);
    }
}
