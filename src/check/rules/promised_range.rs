//! `promised-range`: a promise lets values pass that the demand's bounds forbid.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, boundaries};
use crate::schema::implies::GapKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "promised-range",
        "a promise lets values pass that the demand's bounds forbid",
        include_str!("promised_range.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    boundaries::report(context, &[GapKind::Range], &RULE.code, sink);
}
