//! `promised-type`: a column is promised as another type than is demanded.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, boundaries};
use crate::schema::implies::GapKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "promised-type",
        "a column is promised as another type than demanded",
        include_str!("promised_type.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    boundaries::report(context, &[GapKind::Type], &RULE.code, sink);
}
