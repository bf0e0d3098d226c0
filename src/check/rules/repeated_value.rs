//! `repeated-value`: a value or a dropped column is listed twice.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "repeated-value",
        "a value or column is listed twice",
        include_str!("repeated_value.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    schemas::report(
        context,
        &[ProblemKind::DuplicateValue, ProblemKind::RepeatedDrop],
        &RULE.code,
        sink,
    );
}
