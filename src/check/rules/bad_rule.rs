//! `bad-rule`: a check of the table that cannot be understood.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::fatal(
        "bad-rule",
        "a check of rows that cannot be understood",
        include_str!("bad_rule.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    schemas::report(context, &[ProblemKind::BadRule], &RULE.code, sink);
}
