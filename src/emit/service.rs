//! What serves a model: the application, what it needs, and its image.

use crate::base::files::FileSet;
use crate::emit::targets::module;
use crate::emit::{Input, ci, ownership, template};
use crate::model::policy::Registered;
use crate::model::service::Service;
use crate::schema::column::{Column, ColumnType, Scalar, Schema};
use crate::schema::python::{Entry, Expr};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

/// The image's Python where nobody says.
const PYTHON: &str = "3.12";

/// Names that no field of a model of pydantic may have, or that its annotations need.
const TAKEN: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "bool",
    "break",
    "class",
    "construct",
    "continue",
    "copy",
    "date",
    "datetime",
    "def",
    "del",
    "dict",
    "elif",
    "else",
    "except",
    "fields",
    "finally",
    "float",
    "for",
    "from",
    "from_orm",
    "global",
    "if",
    "import",
    "in",
    "int",
    "is",
    "json",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "parse_file",
    "parse_obj",
    "parse_raw",
    "pass",
    "raise",
    "return",
    "schema",
    "schema_json",
    "str",
    "try",
    "update_forward_refs",
    "validate",
    "while",
    "with",
    "yield",
];

#[derive(Serialize)]
struct View {
    name: String,
    model: String,
    code: Option<String>,
    versions: Option<String>,
    health: String,
    predict: String,
    has_dates: bool,
    has_literals: bool,
    has_fields: bool,
    columns: Option<String>,
    row: Option<String>,
    expects: String,
    answer: String,
    classes: bool,
}

#[derive(Serialize)]
struct Image {
    python: String,
    requirements: Option<String>,
    copies: Vec<String>,
    versions: bool,
    health_path: String,
    code: bool,
}

pub(super) fn emit(input: &Input<'_>) -> FileSet {
    let Some(service) = &input.plan.project.service else { return FileSet::new() };
    let app = module(
        "service/app.py",
        include_str!("../../templates/service/app.py"),
        view(input, service),
        input,
    );
    let image = image(input, service);
    let text = |path: &str, source: &str| {
        let body = template::render(path, source, &image)
            .expect("invariant: a view has what its template names");
        (Utf8PathBuf::from(path), ownership::stamped(&body, "#", input.spec()))
    };
    FileSet::from([
        app,
        text("service/requirements.txt", include_str!("../../templates/service/requirements.txt")),
        text("service/Dockerfile", include_str!("../../templates/service/Dockerfile")),
    ])
}

fn view(input: &Input<'_>, service: &Service) -> View {
    let columns = columns(input, service);
    let row =
        columns.as_ref().map(|it| it.iter().enumerate().map(field).collect::<Vec<_>>().join("\n"));
    let row = row.map(|it| if it.is_empty() { "    pass".to_owned() } else { it });
    let answer = target(input, service).map_or("Any".to_owned(), |it| annotation(it, 4));
    let has = |text: &str| row.iter().chain([&answer]).any(|it| it.contains(text));
    let names = |it: &Vec<&Column>| it.iter().map(|it| Expr::text(&it.name.value)).collect();
    View {
        name: text(&service.name.value),
        model: text(service.model.value.as_str()),
        code: service.code.as_ref().map(|it| text(it.value.as_str())),
        versions: registered(input, service).map(|it| text(versions(input, it).as_str())),
        health: text(&service.health),
        predict: text(&service.predict),
        has_dates: columns.iter().flatten().chain(&target(input, service)).any(|it| is_time(it)),
        has_literals: has("Literal["),
        has_fields: has("Field("),
        columns: columns.as_ref().map(|it| Expr::List(names(it)).render(0, 10, 0)),
        expects: service.expects.clone(),
        classes: target(input, service).is_some_and(is_class),
        answer,
        row,
    }
}

fn text(text: &str) -> String {
    Expr::text(text).render(0, 0, 0)
}

fn schema<'a>(input: &'a Input<'_>, service: &Service) -> Option<&'a Schema> {
    Some(&input.plan.project.schema(service.input.as_ref()?.value).schema)
}

/// The columns of a request; `None` where any may come.
fn columns<'a>(input: &'a Input<'_>, service: &Service) -> Option<Vec<&'a Column>> {
    let target = service.target.as_ref().map(|it| it.value.as_str());
    let columns = schema(input, service)?.columns.iter();
    Some(columns.filter(|it| Some(it.name.value.as_str()) != target).collect())
}

/// Whether requests have columns that are known.
pub(super) fn has_row(input: &Input<'_>, service: &Service) -> bool {
    columns(input, service).is_some_and(|it| !it.is_empty())
}

/// The column that is predicted.
pub(super) fn target<'a>(input: &'a Input<'_>, service: &Service) -> Option<&'a Column> {
    schema(input, service)?.column(&service.target.as_ref()?.value)
}

/// The model of the registry that is served.
fn registered<'a>(input: &'a Input<'_>, service: &Service) -> Option<&'a Registered> {
    let models = input.plan.project.registry.iter().flat_map(|it| &it.models);
    models.into_iter().find(|it| it.file.value == service.model.value)
}

fn versions(input: &Input<'_>, model: &Registered) -> Utf8PathBuf {
    let folder = input.plan.project.registry.as_ref().map(|it| it.folder.value.as_path());
    folder.unwrap_or(Utf8Path::new("")).join(&model.name.value).join("versions")
}

fn type_of(column: &Column) -> ColumnType {
    column.ty.as_ref().map_or(ColumnType::Str, |it| it.value)
}

fn is_time(column: &Column) -> bool {
    matches!(type_of(column), ColumnType::Date | ColumnType::DateTime)
}

/// The values that a column may have, where they are few and exact.
pub(super) fn values(column: &Column) -> Option<Vec<Expr>> {
    let exact = !matches!(type_of(column), ColumnType::Float(_)) && !is_time(column);
    let isin = |it: &&crate::schema::column::Check| it.constraint.value == "isin" && !it.is_soft();
    let check = column.checks.iter().find(isin).filter(|_| exact)?;
    let value = |it: &Scalar| Expr::scalar(it, type_of(column));
    Some(check.arguments.iter().map(|it| value(&it.value)).collect())
}

/// Whether a prediction is one of some classes.
fn is_class(column: &Column) -> bool {
    let named =
        matches!(type_of(column), ColumnType::Str | ColumnType::Category | ColumnType::Bool);
    named || values(column).is_some()
}

/// The names of the type in Python, and whether JSON has it as a number.
pub(super) fn python_type(column: &Column) -> &'static str {
    match type_of(column) {
        ColumnType::Int(_) | ColumnType::UInt(_) => "int",
        ColumnType::Float(_) => "float",
        ColumnType::Str | ColumnType::Category => "str",
        ColumnType::Bool => "bool",
        ColumnType::Date => "date",
        ColumnType::DateTime => "datetime",
    }
}

/// The type of a field; lines that go on are indented deeper than `indent`.
fn annotation(column: &Column, indent: usize) -> String {
    match values(column) {
        Some(values) => format!("Literal{}", Expr::List(values).render(indent, 40, 24)),
        None => python_type(column).to_owned(),
    }
}

/// A column as a field of a model of pydantic.
fn field((at, column): (usize, &&Column)) -> String {
    let name = column.name.value.as_str();
    let mut call = Expr::call("Field");
    if column.nullable {
        call = call.named("default", Expr::code("None"));
    }
    let plain = is_plain(name);
    if !plain {
        call = call.named("alias", Expr::text(name));
    }
    if values(column).is_none() && !is_time(column) {
        for bound in &column.bounds {
            let name = match (bound.op.is_lower(), bound.op.is_strict()) {
                (true, true) => "gt",
                (true, false) => "ge",
                (false, true) => "lt",
                (false, false) => "le",
            };
            call = call.named(name, Expr::number(bound.value, type_of(column)));
        }
        if matches!(type_of(column), ColumnType::Float(_)) {
            call = call.named("allow_inf_nan", Expr::flag(false));
        }
    }
    let own = format!("field_{at}");
    let none = if column.nullable { " | None" } else { "" };
    let head = format!("    {}: {}{none}", if plain { name } else { &own }, annotation(column, 4));
    if matches!(&call, Expr::Call(_, arguments) if arguments.is_empty()) {
        return head;
    }
    let last = head.lines().last().map_or(0, |it| it.chars().count());
    format!("{head} = {}", call.render(4, last + 3, 0))
}

/// Whether a name can be one of Python, and of a field.
fn is_plain(name: &str) -> bool {
    let shaped = name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
    shaped
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.starts_with("model_")
        && !TAKEN.contains(&name)
}

fn image(input: &Input<'_>, service: &Service) -> Image {
    let project = &input.plan.project;
    let ci = project.ci.as_ref();
    let python = service.python.as_ref().or_else(|| ci?.python.as_ref());
    let requirements = service.requirements.as_ref().or_else(|| ci?.requirements.as_ref());
    let code = service.code.as_ref().map(|it| it.value.as_path());
    // Beside the module may lie others that it needs.
    let code = code.map(|it| it.parent().filter(|it| !it.as_str().is_empty()).unwrap_or(it));
    let versions = registered(input, service).map(|it| versions(input, it));
    let parts = [Some(service.model.value.as_path()), code, versions.as_deref()];
    let copy =
        |it: &Utf8Path| format!("{}, {}", source(it), ci::json(&it.as_str().replace('$', "\\$")));
    Image {
        python: python.cloned().unwrap_or_else(|| PYTHON.to_owned()),
        requirements: requirements.map(|it| source(&it.value)),
        copies: parts.into_iter().flatten().map(copy).collect(),
        versions: versions.is_some(),
        health_path: service.health.clone(),
        code: service.code.is_some(),
    }
}

/// A path that Docker copies from: without variables and patterns.
fn source(path: &Utf8Path) -> String {
    let escaped = path.as_str().chars().fold(String::new(), |out, c| match c {
        '*' | '?' | '[' => format!("{out}[{c}]"),
        '$' => out + "\\$",
        c => out + c.encode_utf8(&mut [0; 4]),
    });
    ci::json(&escaped)
}

/// A dictionary of texts and values.
pub(super) fn dictionary(entries: Vec<(&str, Expr)>) -> Expr {
    let entry = |(key, value)| Entry { comment: None, key: Expr::text(key), value };
    Expr::Dict(entries.into_iter().map(entry).collect())
}
