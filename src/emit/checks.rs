//! The checks of all schemas as parts of Python modules: dictionaries that templates take in.
//! Unaware of which module they end up in.

pub(crate) mod beside;
mod named;

use crate::base::code::Severity;
use crate::emit::Input;
use crate::emit::checks::named::Named;
use crate::model::project::NamedSchema;
use crate::schema::column::{Column, ColumnType, Scalar, Schema};
use crate::schema::python::{Entry, Expr, Form};
use crate::schema::table::{TableCheck, TableKind};

fn type_of(column: &Column) -> ColumnType {
    column.ty.as_ref().map_or(ColumnType::Str, |it| it.value)
}

fn schemas<'a>(input: &'a Input<'_>) -> &'a [NamedSchema] {
    &input.plan.project.schemas
}

/// All checks of a schema, each with its column; those of the table first.
fn all(schema: &Schema) -> Vec<(Option<&str>, Named)> {
    let table = named::of_table(schema).into_iter().map(|check| (None, check));
    let columns = schema.columns.iter().flat_map(|column| {
        let name = column.name.value.as_str();
        named::of_column(column).into_iter().map(move |check| (Some(name), check))
    });
    table.chain(columns).collect()
}

/// A dictionary with an entry for each schema, and where the schema is written above it.
fn by_schema(input: &Input<'_>, value: impl Fn(&NamedSchema) -> Expr) -> Expr {
    let entry = |schema: &NamedSchema| Entry {
        comment: Some(input.place(schema.name.span)),
        key: Expr::text(&schema.name.value),
        value: value(schema),
    };
    Expr::Dict(schemas(input).iter().map(entry).collect())
}

fn entry(key: Expr, value: Expr) -> Entry {
    Entry { comment: None, key, value }
}

/// The type of each column: `{"customers": {"age": "int"}}`.
pub(crate) fn types(input: &Input<'_>) -> Expr {
    by_schema(input, |schema| {
        let column =
            |it: &Column| entry(Expr::text(&it.name.value), Expr::text(&type_of(it).to_string()));
        Expr::Dict(schema.schema.columns.iter().map(column).collect())
    })
}

/// The schemas of pandera.
pub(crate) fn pandera(input: &Input<'_>) -> Expr {
    by_schema(input, |schema| {
        let columns = schema.schema.columns.iter().map(|column| Entry {
            comment: Some(input.place(column.name.span)),
            key: Expr::text(&column.name.value),
            value: pandera_column(column),
        });
        let table = named::of_table(&schema.schema);
        let table = table.iter().map(|check| pandera_check(check, "frame")).collect();
        Expr::call("pa.DataFrameSchema")
            .with(Expr::Dict(columns.collect()))
            .named("checks", Expr::List(table))
            .named("name", Expr::text(&schema.name.value))
    })
}

fn pandera_column(column: &Column) -> Expr {
    let checks = named::of_column(column);
    let checks = checks.iter().map(|check| pandera_check(check, "values")).collect();
    let call = match dtype(type_of(column)) {
        Some(dtype) => Expr::call("pa.Column").with(Expr::text(dtype)),
        None => Expr::call("pa.Column"),
    };
    let call = call.named("checks", Expr::List(checks));
    // Whether values may be missing is a check of its own: a field that is no value is not missing.
    let call = call.named("nullable", Expr::flag(true));
    match dtype(type_of(column)) {
        Some(_) => call.named("coerce", Expr::flag(true)),
        None => call,
    }
}

/// What pandas calls a type. `None` for times, which come in several units.
fn dtype(ty: ColumnType) -> Option<&'static str> {
    Some(match ty {
        ColumnType::Int(8) => "Int8",
        ColumnType::Int(16) => "Int16",
        ColumnType::Int(32) => "Int32",
        ColumnType::Int(_) => "Int64",
        ColumnType::UInt(8) => "UInt8",
        ColumnType::UInt(16) => "UInt16",
        ColumnType::UInt(32) => "UInt32",
        ColumnType::UInt(_) => "UInt64",
        ColumnType::Float(_) => "float64",
        ColumnType::Bool => "boolean",
        ColumnType::Str | ColumnType::Category => "str",
        ColumnType::Date | ColumnType::DateTime => return None,
    })
}

/// A check of `values` or of `frame`.
fn pandera_check(check: &Named, subject: &'static str) -> Expr {
    let name = Expr::text(&check.name);
    let own = |test: Expr| {
        let call = Expr::call("pa.Check").with(test).named("name", name.clone());
        call.named("ignore_na", Expr::flag(false))
    };
    let made = match &check.form {
        Form::Known { pandera, .. } | Form::Exact { pandera, .. } => {
            pandera.clone().named("error", name)
        }
        Form::Rule(rule) => own(function(rule, subject)),
        Form::Measure { value, bounds } => {
            let call = Expr::call("tables.within").with(value.clone());
            let call = bounds.iter().fold(call, |call, (name, end)| call.named(name, end.clone()));
            own(Expr::Lambda(subject, Box::new(call)))
        }
    };
    match check.severity {
        Severity::Error => made,
        Severity::Warning => made.named("raise_warning", Expr::flag(true)),
    }
}

/// An expression of `values` or `frame` as a function: by its name, if it only calls one.
fn function(body: &Expr, subject: &'static str) -> Expr {
    if let Expr::Call(function, arguments) = body
        && arguments.len() == 1
        && arguments.iter().all(|it| it.value == Expr::code(subject))
    {
        return Expr::Code(function.clone());
    }
    Expr::Lambda(subject, Box::new(body.clone()))
}

fn subject(column: Option<&str>) -> &'static str {
    if column.is_some() { "values" } else { "frame" }
}

fn or_none(column: Option<&str>) -> Expr {
    column.map_or(Expr::code("None"), Expr::text)
}

/// A column of a rule, or the name of a measure.
fn title(column: Option<&str>, check: &str) -> Expr {
    match column {
        Some(column) => Expr::Str(format!("{column}: {check}")),
        None => Expr::text(check),
    }
}

/// What Great Expectations has no word for.
pub(crate) fn rules(input: &Input<'_>) -> Expr {
    by_schema(input, |schema| {
        let rule = |(column, check): (Option<&str>, Named)| match &check.form {
            Form::Rule(rule) | Form::Exact { rule, .. } => {
                let pair = vec![or_none(column), function(rule, subject(column))];
                Some(entry(title(column, &check.name), Expr::Tuple(pair)))
            }
            Form::Known { .. } | Form::Measure { .. } => None,
        };
        Expr::Dict(all(&schema.schema).into_iter().filter_map(rule).collect())
    })
}

/// The quantities of columns and tables, with their bounds.
pub(crate) fn measures(input: &Input<'_>) -> Expr {
    by_schema(input, |schema| {
        let measure = |(column, check): (Option<&str>, Named)| {
            let Form::Measure { value, bounds } = &check.form else { return None };
            let bounds = bounds.iter().map(|(name, end)| entry(Expr::text(name), end.clone()));
            let value = function(value, subject(column));
            let parts = vec![or_none(column), value, Expr::Dict(bounds.collect())];
            Some(entry(title(column, &check.name), Expr::Tuple(parts)))
        };
        Expr::Dict(all(&schema.schema).into_iter().filter_map(measure).collect())
    })
}

/// The quantities that only warn: `{"customers": ["age: mean"]}`.
pub(crate) fn warnings(input: &Input<'_>) -> Expr {
    by_schema(input, |schema| {
        let soft = all(&schema.schema).into_iter().filter(|(_, it)| {
            it.severity == Severity::Warning && matches!(it.form, Form::Measure { .. })
        });
        Expr::List(soft.map(|(column, it)| title(column, &it.name)).collect())
    })
}

/// Fields of text files that stand for a missing value, of the schemas that have any.
pub(crate) fn nulls(input: &Input<'_>) -> Expr {
    let some = schemas(input).iter().filter(|it| !it.schema.nulls.is_empty());
    let entries = some.map(|schema| Entry {
        comment: schema.schema.nulls.first().map(|it| input.place(it.span)),
        key: Expr::text(&schema.name.value),
        value: Expr::List(schema.schema.nulls.iter().map(|it| Expr::text(&it.value)).collect()),
    });
    Expr::Dict(entries.collect())
}

/// The expectations on rows.
pub(crate) fn expectations(input: &Input<'_>) -> Expr {
    by_schema(input, |schema| {
        let meta = |column: Option<&str>, check: &str| {
            let column = entry(Expr::text("column"), or_none(column));
            Expr::Dict(vec![column, entry(Expr::text("check"), Expr::text(check))])
        };
        let exists = |name: &str| {
            Expr::call("gxe.ExpectColumnToExist")
                .named("column", Expr::text(name))
                .named("meta", meta(Some(name), "required"))
        };
        let mut list = Vec::new();
        for (column, check) in all(&schema.schema) {
            if let (Some(name), "dtype") = (column, check.name.as_str()) {
                list.push(exists(name));
            }
            let expectation = match check.form {
                Form::Measure { .. } => continue,
                Form::Known { expectation, .. } => {
                    expectation.first_named("column", or_none(column))
                }
                Form::Rule(_) | Form::Exact { .. } => Expr::call("gxe.ExpectColumnValuesToBeInSet")
                    .named("column", title(column, &check.name))
                    .named("value_set", Expr::List(vec![Expr::flag(true)])),
            };
            let expectation = match check.severity {
                Severity::Error => expectation,
                Severity::Warning => expectation.named("severity", Expr::text("warning")),
            };
            list.push(expectation.named("meta", meta(column, &check.name)));
        }
        Expr::List(list)
    })
}

/// The data with a schema: its name, its path, the name of the schema.
fn data(input: &Input<'_>) -> Vec<(String, String, String)> {
    let project = &input.plan.project;
    let named = |id| project.schema(id).name.value.clone();
    let mut data = Vec::new();
    for dataset in &project.datasets {
        if let Some(schema) = &dataset.schema {
            let (name, path) = (dataset.name.value.clone(), dataset.path.value.to_string());
            data.push((name, path, named(schema.value)));
        }
    }
    for stage in &project.stages {
        for instance in &stage.instances {
            for (path, out) in instance.outs.iter().zip(&stage.outs) {
                if let Some(schema) = &out.schema {
                    data.push((path.to_string(), path.to_string(), named(schema.value)));
                }
            }
        }
    }
    let mut met = std::collections::BTreeSet::new();
    data.retain(|(name, ..)| met.insert(name.clone()));
    data
}

/// The data that is checked: `{"raw": ("data/raw.csv", "customers")}`.
pub(crate) fn places(input: &Input<'_>) -> Expr {
    let place = |(name, path, schema): (String, String, String)| {
        entry(Expr::Str(name), Expr::Tuple(vec![Expr::Str(path), Expr::Str(schema)]))
    };
    Expr::Dict(data(input).into_iter().map(place).collect())
}

/// A test for each check: name, path, schema, column and check.
pub(crate) fn tests(input: &Input<'_>) -> Expr {
    let mut tests = Vec::new();
    for (name, path, wanted) in data(input) {
        let Some(schema) = schemas(input).iter().find(|it| it.name.value == wanted) else {
            continue;
        };
        let mut test = |column: Expr, check: &str| {
            let texts = [&name, &path, &wanted].map(|it| Expr::text(it));
            tests.push(Expr::Tuple(texts.into_iter().chain([column, Expr::text(check)]).collect()));
        };
        for (column, check) in all(&schema.schema) {
            if let (Some(_), "dtype") = (column, check.name.as_str()) {
                test(or_none(column), "required");
            }
            test(or_none(column), &check.name);
        }
    }
    Expr::List(tests)
}

/// Whether any schema has patterns.
pub(crate) fn has_patterns(input: &Input<'_>) -> bool {
    let columns = schemas(input).iter().flat_map(|it| &it.schema.columns);
    columns.flat_map(|it| &it.checks).any(|check| {
        matches!(check.constraint.value, "matches" | "not-matches")
            && check.arguments.iter().any(|it| matches!(it.value, Scalar::Str(_)))
    })
}

/// Whether any schema has checks of rows.
pub(crate) fn has_rules(input: &Input<'_>) -> bool {
    let measured = |it: &TableCheck| matches!(it.kind, TableKind::Correlation { .. });
    schemas(input).iter().any(|it| it.schema.table.iter().any(|it| !measured(it)))
}

/// Whether any schema has a pattern that must not match.
pub(crate) fn has_negations(input: &Input<'_>) -> bool {
    let columns = schemas(input).iter().flat_map(|it| &it.schema.columns);
    columns.flat_map(|it| &it.checks).any(|check| check.constraint.value == "not-matches")
}
