//! `misfit-check`: a check or bound that cannot apply to the column's type.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::fatal(
        "misfit-check",
        "a check or bound that the column's type does not take",
        include_str!("misfit_check.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    schemas::report(
        context,
        &[ProblemKind::DoesNotApply, ProblemKind::BoundsOnNoNumber],
        &RULE.code,
        sink,
    );
}
