//! `widened-column`: a schema allows what the one it extends forbids.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "widened-column",
        "a schema allows what the one it extends forbids",
        include_str!("widened_column.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    schemas::report(context, &[ProblemKind::Widens], &RULE.code, sink);
}
