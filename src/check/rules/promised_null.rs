//! `promised-null`: values may be missing where a reader demands all.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, boundaries};
use crate::schema::implies::GapKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "promised-null",
        "missing values are promised where none may be",
        include_str!("promised_null.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    boundaries::report(context, &[GapKind::Nullable], &RULE.code, sink);
}
