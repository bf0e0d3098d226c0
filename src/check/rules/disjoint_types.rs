//! `disjoint-types`: `disjoint` compares columns that can have no value in common.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::Spanned;
use crate::check::{Context, Rule};
use crate::model::project::{Dataset, Project};
use crate::schema::column::ColumnType;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "disjoint-types",
        "`disjoint` of columns that can have no value in common",
        include_str!("disjoint_types.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    for dataset in &project.datasets {
        for (column, with) in &dataset.disjoint {
            let other = project.dataset(with.value);
            let types = (of(project, dataset, column), of(project, other, column));
            let (Some(here), Some(there)) = types else { continue };
            if kind(here.value) != kind(there.value) {
                let name = &column.value;
                sink.report(
                    RULE.code
                        .at(column.span, format!("`{name}` has two types, so no value is in both"))
                        .label("this guard can never find anything")
                        .also(here.span, format!("`{}` in `{}`", here.value, dataset.name.value))
                        .also(there.span, format!("`{}` in `{}`", there.value, other.name.value))
                        .help("give both columns the same type"),
                );
            }
        }
    }
}

fn of<'a>(
    project: &'a Project,
    dataset: &Dataset,
    column: &Spanned<String>,
) -> Option<&'a Spanned<ColumnType>> {
    let schema = project.schema(dataset.schema.as_ref()?.value);
    schema.schema.column(&column.value)?.ty.as_ref()
}

/// Types of one kind have values in common.
fn kind(ty: ColumnType) -> u8 {
    match ty {
        ColumnType::Int(_) | ColumnType::UInt(_) | ColumnType::Float(_) => 0,
        ColumnType::Str | ColumnType::Category => 1,
        ColumnType::Bool => 2,
        ColumnType::Date => 3,
        ColumnType::DateTime => 4,
    }
}
