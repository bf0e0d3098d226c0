//! The checks of all schemas as parts of Python modules: dictionaries that templates take in.
//! Unaware of which module they end up in.

use crate::base::code::Severity;
use crate::emit::Input;
use crate::model::project::NamedSchema;
use crate::schema::column::{Column, ColumnType, Scalar};
use crate::schema::constraint;
use crate::schema::python::{Entry, Expr, Form, ends};
use crate::schema::range::Scale;
use std::collections::BTreeMap;

/// A check of a column under the name that reports give it.
struct Named {
    name: String,
    form: Form,
    severity: Severity,
}

/// All checks of a column, in the order of reports. A check that occurs again is numbered.
fn checks(column: &Column) -> Vec<Named> {
    let ty = type_of(column);
    let plain = |name: &str, form| {
        let (name, severity) = (name.to_owned(), Severity::Error);
        Named { name, form, severity }
    };
    let mut named = vec![plain("dtype", Form::rule("fits"))];
    if !column.nullable {
        named.push(plain("not-null", Form::rule("present")));
    }
    if !column.bounds.is_empty() {
        named.push(plain("in-range", Form::bounds(&column.bounds, ty)));
    }
    named.extend(column.checks.iter().filter_map(|check| {
        let constraint = constraint::find(check.constraint.value)?;
        let form = (constraint.python)(check, ty);
        let form = match &check.mostly {
            Some(share) => form.softened(share.value),
            None => form,
        };
        Some(Named { severity: check.severity, ..plain(constraint.name, form) })
    }));
    let mut times = BTreeMap::new();
    for it in &mut named {
        let time = times.entry(it.name.clone()).and_modify(|it| *it += 1).or_insert(1);
        if *time > 1 {
            it.name = format!("{} {time}", it.name);
        }
    }
    named
}

fn type_of(column: &Column) -> ColumnType {
    column.ty.as_ref().map_or(ColumnType::Str, |it| it.value)
}

fn schemas<'a>(input: &'a Input<'_>) -> &'a [NamedSchema] {
    &input.plan.project.schemas
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
        let mut table = vec![
            Expr::call("pa.Check")
                .with(Expr::code("lambda frame: not tables.ragged(frame)"))
                .named("name", Expr::text("ragged")),
        ];
        if !schema.schema.rows.is_empty() {
            let within = Expr::call("tables.within").with(Expr::code("tables.rows(frame)"));
            let ends = ends(&schema.schema.rows, Scale::COUNT, ColumnType::Int(64));
            let within = ends.into_iter().fold(within, |call, (name, end)| call.named(name, end));
            table.push(
                Expr::call("pa.Check")
                    .with(Expr::Lambda("frame", Box::new(within)))
                    .named("name", Expr::text("rows")),
            );
        }
        Expr::call("pa.DataFrameSchema")
            .with(Expr::Dict(columns.collect()))
            .named("checks", Expr::List(table))
            .named("name", Expr::text(&schema.name.value))
    })
}

fn pandera_column(column: &Column) -> Expr {
    let checks = checks(column).into_iter().map(|check| pandera_check(&check)).collect();
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

fn pandera_check(check: &Named) -> Expr {
    let made = pandera_check_that_fails(check);
    match check.severity {
        Severity::Error => made,
        Severity::Warning => made.named("raise_warning", Expr::flag(true)),
    }
}

fn pandera_check_that_fails(check: &Named) -> Expr {
    let name = Expr::text(&check.name);
    let own = |test: Expr| {
        Expr::call("pa.Check")
            .with(test)
            .named("name", name.clone())
            .named("ignore_na", Expr::flag(false))
    };
    match &check.form {
        Form::Known { pandera, .. } | Form::Exact { pandera, .. } => {
            pandera.clone().named("error", name)
        }
        Form::Rule(rule) => own(function(rule)),
        Form::Measure { value, bounds } => {
            let call = Expr::call("tables.within").with(value.clone());
            let call = bounds.iter().fold(call, |call, (name, end)| call.named(name, end.clone()));
            own(call.of_values())
        }
    }
}

/// An expression of `values` as a function: by its name, if it only calls one.
fn function(of_values: &Expr) -> Expr {
    if let Expr::Call(function, arguments) = of_values
        && arguments.len() == 1
        && arguments.iter().all(|it| it.value == Expr::code("values"))
    {
        return Expr::Code(function.clone());
    }
    of_values.clone().of_values()
}

/// A column of a rule, or the name of a measure.
fn title(column: &str, check: &str) -> Expr {
    Expr::Str(format!("{column}: {check}"))
}

/// What Great Expectations has no word for.
pub(crate) fn rules(input: &Input<'_>) -> Expr {
    by_schema(input, |schema| {
        let mut entries = Vec::new();
        for column in &schema.schema.columns {
            let name = &column.name.value;
            for check in checks(column) {
                if let Form::Rule(rule) | Form::Exact { rule, .. } = &check.form {
                    let pair = vec![Expr::text(name), function(rule)];
                    entries.push(entry(title(name, &check.name), Expr::Tuple(pair)));
                }
            }
        }
        Expr::Dict(entries)
    })
}

/// The quantities of columns and tables, with their bounds.
pub(crate) fn measures(input: &Input<'_>) -> Expr {
    by_schema(input, |schema| {
        let dict = |bounds: &[(&'static str, Expr)]| {
            let entries = bounds.iter().map(|(name, end)| entry(Expr::text(name), end.clone()));
            Expr::Dict(entries.collect())
        };
        let measure = |column: Expr, function: Expr, bounds: &[(&'static str, Expr)]| {
            Expr::Tuple(vec![column, function, dict(bounds)])
        };
        let none = || Expr::code("None");
        let nothing = [("le", Expr::code("0"))];
        let ragged = measure(none(), Expr::code("tables.ragged"), &nothing);
        let mut entries = vec![entry(Expr::text("ragged"), ragged)];
        if !schema.schema.rows.is_empty() {
            let ends = ends(&schema.schema.rows, Scale::COUNT, ColumnType::Int(64));
            let rows = measure(none(), Expr::code("tables.rows"), &ends);
            entries.push(entry(Expr::text("rows"), rows));
        }
        for column in &schema.schema.columns {
            let name = &column.name.value;
            for check in checks(column) {
                if let Form::Measure { value, bounds } = &check.form {
                    let value = measure(Expr::text(name), function(value), bounds);
                    entries.push(entry(title(name, &check.name), value));
                }
            }
        }
        Expr::Dict(entries)
    })
}

/// The quantities that only warn: `{"customers": ["age: mean"]}`.
pub(crate) fn warnings(input: &Input<'_>) -> Expr {
    by_schema(input, |schema| {
        let columns = schema.schema.columns.iter();
        let soft = columns.flat_map(|column| {
            let measures = checks(column).into_iter().filter(|it| {
                it.severity == Severity::Warning && matches!(it.form, Form::Measure { .. })
            });
            measures.map(|it| title(&column.name.value, &it.name))
        });
        Expr::List(soft.collect())
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
        let mut list = Vec::new();
        for column in &schema.schema.columns {
            let name = &column.name.value;
            let meta = |check: &str| {
                let key = |key: &str, value: &str| entry(Expr::text(key), Expr::text(value));
                Expr::Dict(vec![key("column", name), key("check", check)])
            };
            list.push(
                Expr::call("gxe.ExpectColumnToExist")
                    .named("column", Expr::text(name))
                    .named("meta", meta("required")),
            );
            for check in checks(column) {
                let expectation = match check.form {
                    Form::Measure { .. } => continue,
                    Form::Known { expectation, .. } => {
                        expectation.first_named("column", Expr::text(name))
                    }
                    Form::Rule(_) | Form::Exact { .. } => {
                        Expr::call("gxe.ExpectColumnValuesToBeInSet")
                            .named("column", title(name, &check.name))
                            .named("value_set", Expr::List(vec![Expr::flag(true)]))
                    }
                };
                let expectation = match check.severity {
                    Severity::Error => expectation,
                    Severity::Warning => expectation.named("severity", Expr::text("warning")),
                };
                list.push(expectation.named("meta", meta(&check.name)));
            }
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
        test(Expr::code("None"), "ragged");
        if !schema.schema.rows.is_empty() {
            test(Expr::code("None"), "rows");
        }
        for column in &schema.schema.columns {
            test(Expr::text(&column.name.value), "required");
            for check in checks(column) {
                test(Expr::text(&column.name.value), &check.name);
            }
        }
    }
    Expr::List(tests)
}

/// Whether any schema has patterns.
pub(crate) fn has_patterns(input: &Input<'_>) -> bool {
    let columns = schemas(input).iter().flat_map(|it| &it.schema.columns);
    columns.flat_map(|it| &it.checks).any(|check| {
        check.constraint.value == "matches"
            && check.arguments.iter().any(|it| matches!(it.value, Scalar::Str(_)))
    })
}
