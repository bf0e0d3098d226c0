//! `misfit-value`: an argument that no value of the column can equal.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "misfit-value",
        "an argument that no value of the column can equal",
        include_str!("misfit_value.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    schemas::report(context, &[ProblemKind::WrongArgument], &RULE.code, sink);
}
