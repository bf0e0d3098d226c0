//! Mistakes inside schemas, found once for the rules that report them. Ignorant of codes.

use crate::base::bound::Bound;
use crate::base::code::Code;
use crate::base::diagnostic::{Label, Sink};
use crate::base::source::Span;
use crate::check::Context;
use crate::model::project::{NamedSchema, Project};
use crate::schema::column::Schema;
use crate::schema::problem::{Problem, ProblemKind};
use crate::schema::range::Scale;
use crate::schema::{bounds, table, verify};

/// Every mistake of every schema, each at the schema that makes it.
pub(super) fn problems(project: &Project) -> Vec<Problem> {
    project.schemas.iter().flat_map(of).collect()
}

/// Reports the mistakes of these kinds under `code`.
pub(super) fn report(
    context: &Context<'_>,
    kinds: &[ProblemKind],
    code: &'static Code,
    sink: &mut Sink,
) {
    let found = context.schema_problems().iter().filter(|problem| kinds.contains(&problem.kind));
    for problem in found {
        sink.report(problem.clone().into_diagnostic(code));
    }
}

fn of(schema: &NamedSchema) -> Vec<Problem> {
    let mut problems = schema.problems.clone();
    problems.extend(bounds::examine(&schema.schema.rows, Scale::COUNT, "a number of rows"));
    // What is taken over as it stands is checked in the schema that says it.
    let own = schema.schema.columns.iter().filter(|it| schema.span.contains(it.name.span));
    problems.extend(own.flat_map(verify::column));
    problems.extend(table::problems(&schema.schema));
    let own = problems.into_iter().filter_map(|problem| from_here(schema, problem));
    own.map(|problem| safely_mended(&schema.schema, problem)).collect()
}

/// The problem, seen from this schema; `None` when it is all in what the schema extends, or when
/// the schema narrows what it extends, as it may.
fn from_here(schema: &NamedSchema, mut problem: Problem) -> Option<Problem> {
    if schema.span.contains(problem.span) {
        return Some(problem);
    }
    let here = problem.also.iter_mut().find(|label| schema.span.contains(label.span))?;
    if problem.kind != ProblemKind::UnreachableBounds {
        return None;
    }
    let there = Label { span: problem.span, text: "what it extends says this".to_owned() };
    let here = std::mem::replace(here, there);
    problem.span = here.span;
    problem.label = "leaves nothing of what it extends".to_owned();
    problem.fix = None;
    Some(problem)
}

/// Takes back a fix that would leave a check or `rows` without the bound it needs, or that would
/// let missing values pass only because a check speaks of them.
fn safely_mended(schema: &Schema, mut problem: Problem) -> Problem {
    if problem.kind == ProblemKind::NeedlessCheck
        && let Some(fix) = problem.fix.take()
    {
        problem.help = Some(format!("{}, or remove the check", fix.title));
    }
    if problem.kind == ProblemKind::BoundAlwaysHolds && is_alone(schema, problem.span) {
        problem.fix = None;
        problem.help = Some("remove it, or write a bound that can fail".to_owned());
    }
    problem
}

/// Whether this is the only bound of a check or of `rows`.
fn is_alone(schema: &Schema, span: Span) -> bool {
    let only = |bounds: &[Bound]| matches!(bounds, [bound] if bound.span == span);
    let checks = schema.columns.iter().flat_map(|column| &column.checks);
    only(&schema.rows) || checks.into_iter().any(|check| only(&check.bounds))
}
