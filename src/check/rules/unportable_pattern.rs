//! `unportable-pattern`: a pattern that Python rejects or reads differently.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "unportable-pattern",
        "a pattern that Python reads differently",
        include_str!("unportable_pattern.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    schemas::report(context, &[ProblemKind::RegexNotPortable], &RULE.code, sink);
}
