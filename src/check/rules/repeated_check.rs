//! `repeated-check`: a column's check is said twice.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error("repeated-check", "a check is said twice", include_str!("repeated_check.md")),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    schemas::report(context, &[ProblemKind::RepeatedCheck], &RULE.code, sink);
}
