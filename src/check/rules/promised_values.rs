//! `promised-values`: a promise lets values pass that the demand's checks forbid.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, boundaries};
use crate::schema::implies::GapKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "promised-values",
        "a promise lets values pass that the demand's checks forbid",
        include_str!("promised_values.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    boundaries::report(context, &[GapKind::Set, GapKind::Check], &RULE.code, sink);
}
