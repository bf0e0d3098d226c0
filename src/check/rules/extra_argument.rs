//! `extra-argument`: a check is given more than it takes.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::fatal(
        "extra-argument",
        "a check with more than it takes",
        include_str!("extra_argument.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    schemas::report(
        context,
        &[ProblemKind::TooManyArguments, ProblemKind::TakesNoBound],
        &RULE.code,
        sink,
    );
}
