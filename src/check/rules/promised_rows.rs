//! `promised-rows`: fewer or more rows are promised than are demanded.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, boundaries};
use crate::schema::implies::GapKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "promised-rows",
        "fewer or more rows are promised than demanded",
        include_str!("promised_rows.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    boundaries::report(context, &[GapKind::Rows], &RULE.code, sink);
}
