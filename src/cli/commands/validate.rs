//! `mlc validate`: a data file against a schema of the spec.

use crate::base::code::Severity;
use crate::base::suggest::did_you_mean;
use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::cli::loading::load_or_report;
use crate::data::source::Trouble;
use crate::data::validate::{self, Report};
use crate::data::words::{found, grouped, shown};
use crate::data::{picture, relate};
use crate::exec::atomic;
use crate::model::project::{NamedSchema, Project};
use crate::report::paint::{Ink, Paint};
use crate::report::table::{Align, Cell, Table};
use crate::report::validation::{self, Subject, verdict};
use crate::schema::column::Schema;
use crate::schema::watch::Outcome;
use camino::{Utf8Path, Utf8PathBuf};
use std::fmt::Write as _;

/// Check a data file against a schema
///
/// Reads a CSV or JSON Lines file, plain or packed with gzip or zstd, a Parquet file or a folder of
/// them, once and tells everything that does not hold.
///
/// Exit codes: 0 everything holds, 1 the spec has errors, 2 the data cannot be read, 3 something
/// does not hold.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  mlc validate data/raw/customers.csv                  the schema that the spec gives this file
  mlc validate new.parquet --schema customers
  mlc validate new.csv --schema customers --json > report.json
  mlc validate data/raw/customers.csv --report report.html --report junit.xml")]
pub(crate) struct Args {
    /// The file or folder, or the name of a dataset
    #[arg(value_name = "DATA")]
    path: Utf8PathBuf,
    /// The schema; without it the one that the spec gives to a dataset or output of this path
    #[arg(long, value_name = "SCHEMA")]
    schema: Option<String>,
    /// Write JSON
    #[arg(long)]
    json: bool,
    /// Write a report, too: .json, .xml (JUnit), .md or .html; may be given several times
    #[arg(long, value_name = "FILE")]
    report: Vec<Utf8PathBuf>,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let ready = match load_or_report(context)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    // The name of a dataset stands for its path, unless something of that name is there.
    let project = &ready.plan.project;
    let dataset = project.datasets.iter().find(|it| it.name.value == args.path.as_str());
    let path = match dataset.filter(|_| !context.here.join(&args.path).exists()) {
        Some(dataset) => context.root.join(&dataset.path.value),
        None => context.here.join(&args.path),
    };
    let chosen = match &args.schema {
        Some(name) => named(&ready.plan.project, name),
        None => promised(&ready.plan.project, path.strip_prefix(&context.root).unwrap_or(&path)),
    };
    let checked = chosen.and_then(|schema| {
        let report = validate::file(&path, &args.path, &schema.schema);
        let mut report = report.map_err(Trouble::into_text)?;
        let project = &ready.plan.project;
        let own = path.strip_prefix(&context.root).unwrap_or(&path);
        let dataset = project.datasets.iter().find(|it| {
            let id = it.schema.as_ref().map(|it| it.value);
            it.path.value == own && id.is_some_and(|id| std::ptr::eq(project.schema(id), schema))
        });
        if let Some(dataset) = dataset {
            let found = relate::of_dataset(&context.root, project, dataset);
            report.results.extend(found.map_err(Trouble::into_text)?);
        }
        Ok((schema, report))
    });
    let (schema, report) = match checked {
        Ok(checked) => checked,
        Err(message) => {
            context::complain(&message);
            return Ok(Exit::Usage);
        }
    };
    let name = &schema.name.value;
    let subject = Subject { data: &args.path, schema: name, report: &report };
    for file in &args.report {
        let text = match rendered(file, &path, subject, &schema.schema) {
            Ok(text) => text,
            Err(message) => {
                context::complain(&message);
                return Ok(Exit::Usage);
            }
        };
        atomic::write(&context.here.join(file), text.as_bytes())?;
    }
    if args.json {
        context::print(&format!("{:#}\n", validation::json::render(subject)));
    } else {
        context::print(&text(&args.path, name, &report, Paint { color: context.color }));
    }
    Ok(if report.holds() { Exit::Success } else { Exit::Rejected })
}

/// A report in the format that the ending of its file names.
fn rendered(
    file: &Utf8Path,
    data: &Utf8Path,
    subject: Subject<'_>,
    schema: &Schema,
) -> Result<String, String> {
    Ok(match file.extension() {
        Some("json") => format!("{:#}\n", validation::json::render(subject)),
        Some("xml") => validation::junit::render(subject),
        Some("md") => validation::markdown::render(subject),
        Some("html") => {
            let pictures = picture::pictures(data, subject.data, schema);
            let names = schema.columns.iter().map(|it| it.name.value.as_str());
            let pictures: Vec<_> = names.zip(pictures.map_err(Trouble::into_text)?).collect();
            validation::html::render(subject, &pictures)
        }
        _ => return Err(format!("`{file}` is no report: it ends in .json, .xml, .md or .html")),
    })
}

fn named<'a>(project: &'a Project, name: &str) -> Result<&'a NamedSchema, String> {
    project.schemas.iter().find(|it| it.name.value == name).ok_or_else(|| {
        let known = project.schemas.iter().map(|it| it.name.value.as_str());
        let help = did_you_mean(name, known).map(|help| format!("; {help}"));
        format!("no schema is called `{name}`{}", help.unwrap_or_default())
    })
}

/// The schema that a dataset or an output of this path has.
fn promised<'a>(project: &'a Project, path: &Utf8Path) -> Result<&'a NamedSchema, String> {
    project
        .schema_at(path)
        .map(|id| project.schema(id))
        .ok_or_else(|| format!("the spec gives `{path}` no schema: name one with `--schema`"))
}

fn text(path: &Utf8Path, schema: &str, report: &Report, paint: Paint) -> String {
    let rows = grouped(report.rows);
    let noun = if report.rows == 1 { "row" } else { "rows" };
    let mut out = format!("{path}: {rows} {noun} against `{schema}`\n\n");
    if report.broken().next().is_some() {
        out.push_str(&table(report).render(paint));
        out.push('\n');
    }
    let _ = writeln!(
        out,
        "{}",
        paint.text(if report.holds() { Ink::Good } else { Ink::Error }, &verdict(report))
    );
    out
}

fn table(report: &Report) -> Table {
    let mut table = Table::new(&[
        ("column", Align::Left),
        ("check", Align::Left),
        ("failing", Align::Right),
        ("of", Align::Right),
        ("found", Align::Left),
    ]);
    for it in report.broken() {
        let failing = match &it.outcome {
            Outcome::Values { failing, .. } => grouped(*failing),
            Outcome::Measured { .. } => String::new(),
        };
        table.row([
            Cell::new(shown(it.column.as_deref().unwrap_or("(table)"))),
            Cell::new(shown(&it.spelled)),
            Cell::new(failing).ink(match it.severity {
                Severity::Error => Ink::Error,
                Severity::Warning => Ink::Warning,
            }),
            Cell::new(grouped(it.of)),
            Cell::new(found(it, report)),
        ]);
    }
    table
}
