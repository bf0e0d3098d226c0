//! `misfit-drift`: drift by a method that cannot measure the column.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule};
use crate::schema::column::ColumnType;
use crate::schema::relation::RelationKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "misfit-drift",
        "drift by a method that cannot measure the column",
        include_str!("misfit_drift.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    for dataset in &project.datasets {
        let Some(schema) = &dataset.schema else { continue };
        let schema = &project.schema(schema.value).schema;
        for (relation, _) in &dataset.relations {
            let RelationKind::Drift { method, .. } = &relation.kind else { continue };
            let Some(name) = relation.columns.first() else { continue };
            let ty = schema.column(&name.value).and_then(|it| it.ty.as_ref());
            let Some(ty) = ty.filter(|it| !is_measured(it.value, method.is_of_numbers())) else {
                continue;
            };
            let text = format!("`{}` cannot be measured of `{}`", method.name(), name.value);
            let help = match ty.value {
                ColumnType::Date | ColumnType::DateTime => {
                    "compare dates with `after`, or the numbers that are made of them"
                }
                ColumnType::Int(_)
                | ColumnType::UInt(_)
                | ColumnType::Float(_)
                | ColumnType::Str
                | ColumnType::Bool
                | ColumnType::Category => {
                    "of text and flags `psi`, `jensen-shannon`, `chi-square` can be measured"
                }
            };
            sink.report(
                RULE.code
                    .at(name.span, text)
                    .label("not a column for this method")
                    .also(ty.span, format!("it is `{}`", ty.value))
                    .help(help),
            );
        }
    }
}

fn is_measured(ty: ColumnType, numbers: bool) -> bool {
    let moment = matches!(ty, ColumnType::Date | ColumnType::DateTime);
    ty.is_numeric() || (!numbers && !moment)
}
