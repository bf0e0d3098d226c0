//! `unknown-column`: a column that a dataset or the schema of a service lacks.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::{Span, Spanned};
use crate::base::suggest::{did_you_mean, nearest};
use crate::check::{Context, Rule};
use crate::model::project::{Dataset, NamedSchema, Project};
use crate::schema::spelling;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "unknown-column",
        "a column that the schema does not have",
        include_str!("unknown_column.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    for dataset in &project.datasets {
        for (column, other) in &dataset.disjoint {
            let other = project.dataset(other.value);
            // One name that both lack is one mistake.
            let lacking = [dataset, other].into_iter().find(|it| lacks(project, it, column));
            if let Some(lacking) = lacking.filter(|it| !is_mistaken(context, it, sink)) {
                report(project, lacking, column, sink);
            }
        }
        for (relation, other) in &dataset.relations {
            let other = project.dataset(other.value);
            let there = relation.other.iter().map(|it| (other, it));
            let same = relation.columns.iter().filter(|_| relation.other.is_none());
            let both = relation.columns.iter().map(|it| (dataset, it));
            let both = both.chain(there).chain(same.map(|it| (other, it)));
            let lacking = both.into_iter().find(|(it, column)| lacks(project, it, column));
            if let Some((lacking, column)) =
                lacking.filter(|(it, _)| !is_mistaken(context, it, sink))
            {
                report(project, lacking, column, sink);
            }
        }
    }
    service(context, sink);
}

/// What a service predicts.
fn service(context: &Context<'_>, sink: &mut Sink) {
    let Some(service) = &context.project.service else { return };
    let Some((input, target)) = service.input.as_ref().zip(service.target.as_ref()) else { return };
    let schema = context.project.schema(input.value);
    let known = schema.schema.column(&target.value).is_some();
    if !known && !context.is_mistaken_schema(input.value, sink) {
        tell(target, (schema, input.span), &schema.name.value, sink);
    }
}

/// A column that could not be read is missing for that reason only.
fn is_mistaken(context: &Context<'_>, dataset: &Dataset, sink: &Sink) -> bool {
    dataset.schema.as_ref().is_some_and(|it| context.is_mistaken_schema(it.value, sink))
}

/// Whether the dataset has a schema without the column.
fn lacks(project: &Project, dataset: &Dataset, column: &Spanned<String>) -> bool {
    let schema = dataset.schema.as_ref().map(|schema| &project.schema(schema.value).schema);
    schema.is_some_and(|schema| schema.column(&column.value).is_none())
}

fn report(project: &Project, dataset: &Dataset, column: &Spanned<String>, sink: &mut Sink) {
    let Some(place) = &dataset.schema else { return };
    tell(column, (project.schema(place.value), place.span), &dataset.name.value, sink);
}

fn tell(
    column: &Spanned<String>,
    (schema, place): (&NamedSchema, Span),
    whose: &str,
    sink: &mut Sink,
) {
    let names = schema.schema.columns.iter().map(|column| column.name.value.as_str());
    let text = format!("`{whose}` has no column `{}`", column.value);
    let mut diagnostic = RULE
        .code
        .at(column.span, text)
        .label(format!("not a column of the schema `{}`", schema.name.value))
        .also(place, format!("`{whose}` has this schema"))
        .maybe_help(did_you_mean(&column.value, names.clone()));
    if let Some(near) = nearest(&column.value, names) {
        let word = spelling::word(near);
        diagnostic = diagnostic.fix(format!("write `{word}`"), column.span, word);
    }
    sink.report(diagnostic);
}
