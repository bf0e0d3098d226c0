//! `missing-column`: a reader demands a column that is not promised.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, boundaries};
use crate::schema::implies::GapKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "missing-column",
        "a demanded column that is not promised",
        include_str!("missing_column.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    boundaries::report(context, &[GapKind::MissingColumn], &RULE.code, sink);
}
