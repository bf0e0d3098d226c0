//! `needless-check`: a check that says nothing new about the column.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "needless-check",
        "a check that says nothing new",
        include_str!("needless_check.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    schemas::report(context, &[ProblemKind::NeedlessCheck], &RULE.code, sink);
}
