//! `schema-format`: a schema for a file that holds no table.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::{Span, Spanned};
use crate::check::{Context, Rule};
use crate::model::ids::SchemaId;
use crate::model::stage::{DepSource, Stage};
use camino::Utf8Path;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "schema-format",
        "a schema for a file that holds no table",
        include_str!("schema_format.md"),
    ),
    run,
};

/// Suffixes of files that are no tables, whatever is in them.
const NO_TABLES: &[&str] = &[
    "bin",
    "bmp",
    "ckpt",
    "gif",
    "gguf",
    "html",
    "ipynb",
    "jpeg",
    "jpg",
    "joblib",
    "keras",
    "log",
    "md",
    "mp3",
    "mp4",
    "onnx",
    "pb",
    "pdf",
    "pickle",
    "pkl",
    "png",
    "pt",
    "pth",
    "py",
    "safetensors",
    "sh",
    "skops",
    "svg",
    "tflite",
    "toml",
    "wav",
    "webp",
    "yaml",
    "yml",
];

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let datasets = project.datasets.iter();
    let datasets = datasets.map(|it| (it.schema.as_ref(), it.path.value.as_path(), it.path.span));
    let stages = project.stages.iter().flat_map(|stage| outputs(stage).chain(inputs(stage)));
    // Instances of a matrix share their places.
    let mut told = BTreeSet::new();
    for (schema, path, span) in datasets.chain(stages) {
        let suffix = path.extension().unwrap_or_default().to_ascii_lowercase();
        if let Some(schema) = schema.filter(|_| NO_TABLES.contains(&suffix.as_str()))
            && told.insert(span)
        {
            report(context, schema, &suffix, span, sink);
        }
    }
}

fn report(
    context: &Context<'_>,
    schema: &Spanned<SchemaId>,
    suffix: &str,
    span: Span,
    sink: &mut Sink,
) {
    let name = &context.project.schema(schema.value).name.value;
    sink.report(
        RULE.code
            .at(span, format!("a `.{suffix}` file has no columns to check against `{name}`"))
            .label("holds no table")
            .also(schema.span, "the schema is for every path of this line")
            .help("give paths without a schema a line of their own"),
    );
}

type Place<'a> = (Option<&'a Spanned<SchemaId>>, &'a Utf8Path, Span);

fn outputs(stage: &Stage) -> impl Iterator<Item = Place<'_>> {
    let paths = stage.instances.iter().flat_map(|instance| stage.outs.iter().zip(&instance.outs));
    paths.map(|(out, path)| (out.schema.as_ref(), path.as_path(), out.span))
}

fn inputs(stage: &Stage) -> impl Iterator<Item = Place<'_>> {
    let paths = stage.instances.iter().flat_map(|instance| &instance.deps);
    paths.filter_map(|(index, path)| {
        let dep = stage.deps.get(*index).filter(|dep| matches!(dep.source, DepSource::Path(_)))?;
        Some((dep.schema.as_ref(), path.as_path(), dep.span))
    })
}
