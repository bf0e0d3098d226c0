//! Checks of a whole table: of rows, and of columns beside each other.

use crate::base::bound::Bound;
use crate::base::code::Severity;
use crate::base::source::{Span, Spanned};
use crate::base::suggest::{did_you_mean, nearest};
use crate::schema::bounds;
use crate::schema::column::Schema;
use crate::schema::problem::{Problem, ProblemKind};
use crate::schema::range::Scale;
use crate::schema::rule::Rule;
use crate::schema::spelling;

/// One check of a table.
#[derive(Clone, Debug)]
pub(crate) struct TableCheck {
    pub(crate) kind: TableKind,
    /// The share of the rows that must pass at least, if not all must.
    pub(crate) mostly: Option<Spanned<f64>>,
    pub(crate) severity: Severity,
}

#[derive(Clone, Debug)]
pub(crate) enum TableKind {
    /// No two rows have the same values in these columns; a row that misses one of them passes.
    UniqueTogether(Vec<Spanned<String>>),
    /// No two rows have the same values in all columns of the schema; missing equals missing.
    UniqueRows,
    /// A rule that each row keeps, or each for which a condition is true.
    Rule { text: Spanned<String>, when: Option<Spanned<String>> },
    /// The correlation of two columns of numbers (Pearson), over the rows that have both.
    Correlation { columns: Vec<Spanned<String>>, bounds: Vec<Bound>, span: Span },
}

impl TableCheck {
    /// As the language spells it; also its name in reports.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            TableKind::UniqueTogether(_) => "unique-together",
            TableKind::UniqueRows => "unique-rows",
            TableKind::Rule { .. } => "rule",
            TableKind::Correlation { .. } => "correlation",
        }
    }

    /// The check as a spec has it: `unique-together country code`.
    pub(crate) fn spelled(&self) -> String {
        let mut text = self.name().to_owned();
        match &self.kind {
            TableKind::UniqueTogether(columns) => {
                columns
                    .iter()
                    .for_each(|it| text = format!("{text} {}", spelling::word(&it.value)));
            }
            TableKind::Correlation { columns, bounds, .. } => {
                let names = columns.iter().map(|it| spelling::word(&it.value));
                text = names.fold(text, |text, name| format!("{text} {name}"));
                text = format!("{text} {}", spelling::bounds(bounds, None));
            }
            TableKind::UniqueRows => {}
            TableKind::Rule { text: rule, when } => {
                text = format!("{text} {}", spelling::quoted(&rule.value));
                if let Some(when) = when {
                    text = format!("{text} when={}", spelling::quoted(&when.value));
                }
            }
        }
        spelling::softened(text, self.mostly.as_ref(), self.severity)
    }

    /// The columns that it looks at, as far as they are known.
    pub(crate) fn columns(&self, schema: &Schema) -> Vec<String> {
        match &self.kind {
            TableKind::UniqueTogether(columns) | TableKind::Correlation { columns, .. } => {
                columns.iter().map(|it| it.value.clone()).collect()
            }
            TableKind::UniqueRows => {
                schema.columns.iter().map(|it| it.name.value.clone()).collect()
            }
            TableKind::Rule { text, when } => {
                let mut columns: Vec<String> = Vec::new();
                for text in [Some(text), when.as_ref()].into_iter().flatten() {
                    let rule = Rule::read(&text.value, schema);
                    let new = rule.into_iter().flat_map(|it| it.columns);
                    new.for_each(|it| {
                        if !columns.contains(&it) {
                            columns.push(it);
                        }
                    });
                }
                columns
            }
        }
    }
}

/// The problems of a schema's checks of the table.
pub(crate) fn problems(schema: &Schema) -> Vec<Problem> {
    schema.table.iter().flat_map(|check| of(check, schema)).collect()
}

fn of(check: &TableCheck, schema: &Schema) -> Vec<Problem> {
    match &check.kind {
        TableKind::UniqueTogether(columns) => {
            let mut problems = named(columns, schema);
            if let ([only], true) = (columns.as_slice(), problems.is_empty()) {
                let text = "`unique-together` is about several columns";
                problems.push(
                    Problem::new(ProblemKind::BadRule, only.span, text)
                        .label("the only one")
                        .help("a column without repeats says so itself: `{ unique }`"),
                );
            }
            problems
        }
        TableKind::UniqueRows => Vec::new(),
        TableKind::Correlation { columns, bounds, span } => {
            correlation(columns, bounds, *span, schema)
        }
        TableKind::Rule { text, when } => {
            // A column whose type could not be read was reported.
            if schema.columns.iter().any(|it| it.ty.is_none()) {
                return Vec::new();
            }
            [Some(text), when.as_ref()]
                .into_iter()
                .flatten()
                .filter_map(|text| bad(text, schema))
                .collect()
        }
    }
}

/// The problems of a list of columns: those that are not there, and those that are twice.
fn named(columns: &[Spanned<String>], schema: &Schema) -> Vec<Problem> {
    let unknown = columns.iter().filter(|it| schema.column(&it.value).is_none());
    let mut problems: Vec<Problem> = unknown.map(|it| no_column(it, schema)).collect();
    for (at, column) in columns.iter().enumerate() {
        let before = columns.get(..at).unwrap_or_default();
        if let Some(first) = before.iter().find(|it| it.value == column.value) {
            let text = format!("`{}` is named twice", column.value);
            problems.push(
                Problem::new(ProblemKind::BadRule, column.span, text)
                    .label("again here")
                    .also(first.span, "first named here")
                    .fix("remove it", column.span, ""),
            );
        }
    }
    problems
}

fn correlation(
    columns: &[Spanned<String>],
    bounds: &[Bound],
    span: Span,
    schema: &Schema,
) -> Vec<Problem> {
    let mut problems = named(columns, schema);
    for column in columns {
        let ty = schema.column(&column.value).and_then(|it| it.ty.as_ref());
        if let Some(ty) = ty.filter(|it| !it.value.is_numeric()) {
            let text = format!("`{}` has no correlation: it is a `{}`", column.value, ty.value);
            problems.push(
                Problem::new(ProblemKind::BadRule, column.span, text)
                    .label("not a column of numbers")
                    .also(ty.span, "its type"),
            );
        }
    }
    if columns.len() != 2 {
        let text = "`correlation` is about two columns";
        let problem = Problem::new(ProblemKind::BadRule, span, text);
        problems.push(problem.help("write `correlation score age <=0.5`"));
    }
    problems.extend(bounds::examine(bounds, Scale::CORRELATION, "a correlation"));
    problems
}

fn bad(text: &Spanned<String>, schema: &Schema) -> Option<Problem> {
    let mistake = Rule::read(&text.value, schema).err()?;
    let problem = Problem::new(ProblemKind::BadRule, text.span, mistake.message)
        .label("this cannot be asked of a row");
    Some(match mistake.help {
        Some(help) => problem.help(help),
        None => problem,
    })
}

fn no_column(name: &Spanned<String>, schema: &Schema) -> Problem {
    let names = schema.columns.iter().map(|it| it.name.value.as_str());
    let text = format!("`{}` is no column of this schema", name.value);
    let problem = Problem::new(ProblemKind::BadRule, name.span, text).label("not a column");
    match (nearest(&name.value, names.clone()), did_you_mean(&name.value, names)) {
        (Some(near), _) => {
            let word = spelling::word(near);
            problem.fix(format!("write `{word}`"), name.span, word)
        }
        (None, Some(help)) => problem.help(help),
        (None, None) => problem,
    }
}
