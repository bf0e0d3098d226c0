//! `impossible-value`: a listed value that the column's other checks exclude.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "impossible-value",
        "a listed value that can never occur",
        include_str!("impossible_value.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    schemas::report(context, &[ProblemKind::ImpossibleValue], &RULE.code, sink);
}
