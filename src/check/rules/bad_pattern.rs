//! `bad-pattern`: a pattern that is no regular expression.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::fatal(
        "bad-pattern",
        "a pattern that is no regular expression",
        include_str!("bad_pattern.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    schemas::report(context, &[ProblemKind::BadRegex], &RULE.code, sink);
}
