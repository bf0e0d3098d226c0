//! `unknown-column`: `disjoint`, `after`, `references` or `drift` of a column that a dataset lacks.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::Spanned;
use crate::base::suggest::{did_you_mean, nearest};
use crate::check::{Context, Rule};
use crate::model::project::{Dataset, Project};
use crate::schema::spelling;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "unknown-column",
        "datasets compared by a column that one does not have",
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
    let schema = project.schema(place.value);
    let names = schema.schema.columns.iter().map(|column| column.name.value.as_str());
    let text = format!("`{}` has no column `{}`", dataset.name.value, column.value);
    let mut diagnostic = RULE
        .code
        .at(column.span, text)
        .label(format!("not a column of the schema `{}`", schema.name.value))
        .also(place.span, format!("`{}` has this schema", dataset.name.value))
        .maybe_help(did_you_mean(&column.value, names.clone()));
    if let Some(near) = nearest(&column.value, names) {
        let word = spelling::word(near);
        diagnostic = diagnostic.fix(format!("write `{word}`"), column.span, word);
    }
    sink.report(diagnostic);
}
