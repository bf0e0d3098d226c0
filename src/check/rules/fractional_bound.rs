//! `fractional-bound`: a bound with a fraction on whole numbers.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "fractional-bound",
        "a bound on whole numbers that is not one",
        include_str!("fractional_bound.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    schemas::report(context, &[ProblemKind::FractionalBound], &RULE.code, sink);
}
