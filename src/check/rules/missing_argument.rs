//! `missing-argument`: a check without the values or the bound that it needs.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::Span;
use crate::check::{Context, Rule, is_mistaken};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::fatal(
        "missing-argument",
        "a check without the values or the bound it needs",
        include_str!("missing_argument.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let kinds = [ProblemKind::MissingArguments, ProblemKind::NeedsBound];
    for problem in context.schema_problems().iter().filter(|it| kinds.contains(&it.kind)) {
        let check = check_at(context, problem.span);
        // A value that could not be read is not missing.
        if !check.is_some_and(|check| is_mistaken(sink, check)) {
            sink.report(problem.clone().into_diagnostic(&RULE.code));
        }
    }
}

/// The whole check of which this is a part.
fn check_at(context: &Context<'_>, part: Span) -> Option<Span> {
    let schema = context.project.schemas.iter().find(|schema| schema.span.contains(part))?;
    let checks = schema.schema.columns.iter().flat_map(|column| &column.checks);
    checks.map(|check| check.span).find(|span| span.contains(part))
}
