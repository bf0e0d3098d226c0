//! Diagnostics made by hand for the tests of all formats: one of each difficult shape.

use crate::base::code::Code;
use crate::base::diagnostic::Diagnostic;
use crate::base::source::{FileId, SourceMap, Span};

static UNKNOWN: Code = Code::error(
    "unknown-field",
    "a field is not known",
    "# unknown-field\n\nA node has a field that the language does not know.\n",
);
static DUPLICATE: Code = Code::error("duplicate-stage", "two stages share a name", "Rename one.\n");
static UNUSED: Code = Code::warning("unused-schema", "a schema is never used", "Remove it.\n");
static UNCLOSED: Code = Code::fatal("unclosed-block", "a block is never closed", "Close it.\n");

const SPEC: &str = r#"project "churn"

stage "prepare" {
    dpes "data/raw/customers.csv"
	outs	"data/größe-日本.csv" schema="kunden"
}

stage "train" { cmd "python -m src.models.train --alpha 0.1 --beta 0.2 --gamma 0.3 --delta 0.4 --epsilon 0.5 --zeta 0.6" }
stage "train" {
    cmd "python train.py"
    timeout 30s
}
// %:, are escaped
schema "old" {
    id "int"
}
"#;

/// Snapshots live in `snapshots/report`, named as they are asked for.
pub(super) fn assert(name: &str, text: &str) {
    assert_in("", name, text);
}

/// As [`assert`], in a folder of `snapshots/report`.
pub(super) fn assert_in(folder: &str, name: &str, text: &str) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root.join("snapshots/report").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The span of `needle` in a file; `nth` counts from zero.
fn find(sources: &SourceMap, file: FileId, needle: &str, nth: usize) -> Span {
    let text = &sources.file(file).text;
    let (at, _) = text.match_indices(needle).nth(nth).expect("the sample holds the needle");
    Span::new(file, at, at + needle.len())
}

/// An error with a fix and a warning.
pub(super) fn few() -> (SourceMap, Vec<Diagnostic>) {
    let (sources, mut all) = many();
    all.retain(|it| [UNKNOWN.slug, UNUSED.slug].contains(&it.code.slug));
    (sources, all)
}

/// One diagnostic of each difficult shape.
pub(super) fn many() -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let spec = sources.add("mlc.kdl", SPEC);
    let shared = sources.add("shared/kunden.kdl", "schema \"kunde\" {\r\n    id \"int\"\r\n\r\n");
    let empty = sources.add("empty.kdl", "");
    let at = |needle, nth| find(&sources, spec, needle, nth);
    let typo = UNKNOWN
        .at(at("dpes", 0), "`dpes` is not a field of `stage`")
        .label("unknown field")
        .also(at("\"prepare\"", 0), "in this stage")
        .help("did you mean `deps`?")
        .fix("write `deps`", at("dpes", 0), "deps");
    let elsewhere = DUPLICATE
        .at(at("\"kunden\"", 0), "schema `kunden` does not exist, and 100% of: it, is unknown")
        .label("no such schema")
        .also(find(&sources, shared, "\"kunde\"", 0), "a schema with a similar name is here")
        .also(at("größe-日本", 0), "");
    let far = DUPLICATE
        .at(at("\"train\"", 1), "two stages are named `train`")
        .label("named again here")
        .also(at("\"train\"", 0), "first defined here")
        .also(at("project", 0), "in this project");
    let long = UNKNOWN
        .at(at("--epsilon", 0), "the command has an option that the script does not take")
        .label(
            "this option was looked for in every parser of the script and not found in any of them",
        );
    let nested = UNUSED
        .at(at("30s", 0), "two marks on one place")
        .label("the inner one")
        .also(at("timeout 30s", 0), "the outer one")
        .also(at("30s", 0), "the same one");
    let insert = UNCLOSED.at(at("30s", 0).after(), "a value is missing").label("here").fix(
        "quote the value",
        at("30s", 0).before(),
        "\"",
    );
    let block = at("stage", 1).to(at("timeout 30s\n}", 0));
    let tall = UNUSED
        .at(Span { start: block.end - 48, ..block }, "the stage is never used")
        .label("all of it")
        .help("a line of help that is much longer than any terminal of a sensible person is wide, so that it must be wrapped\nand a second line");
    let schema = at("schema \"old\"", 0).to(at("\"int\"\n}", 0));
    let unused = UNUSED
        .at(schema, "schema `old` is never used")
        .label("nothing names it")
        .also(at("\"old\"", 0), "");
    let end = |file: FileId| {
        let length = sources.file(file).text.len();
        Span::new(file, length, length)
    };
    let unclosed = UNCLOSED
        .at(end(shared), "the block of `schema` is never closed")
        .label("`}` is missing")
        .also(find(&sources, shared, "{", 0), "opened here");
    let nothing = UNCLOSED.at(end(empty), "the spec is empty");
    (sources, vec![typo, elsewhere, long, far, nested, insert, tall, unused, unclosed, nothing])
}
