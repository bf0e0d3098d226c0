//! Diagnostics as SARIF 2.1.0, for code scanning. Which rules exist is told by the diagnostics.

mod log;

use crate::base::code::Code;
use crate::base::diagnostic::{Diagnostic, Fix, Label};
use crate::base::source::{FileId, SourceFile, SourceMap, Span};
use crate::report::sarif::log::{
    Artifact, ArtifactChange, Content, Driver, Log, Message, Physical, Place, Region, Remedy,
    Replacement, Result, Rule, Run, Text, Tool,
};
use camino::Utf8Path;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Columns and offsets count characters. `folder` is the project's root seen from the
/// repository's, empty when they are the same: code scanning shows only paths of the repository.
pub(crate) fn render(sources: &SourceMap, diagnostics: &[Diagnostic], folder: &Utf8Path) -> String {
    let view = View { sources, folder };
    let codes: BTreeMap<&str, &'static Code> =
        diagnostics.iter().map(|it| (it.code.slug, it.code)).collect();
    let slugs: Vec<&str> = codes.keys().copied().collect();
    let result = |it| view.result(it, &slugs);
    let driver = Driver {
        name: "mlc",
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: codes.values().map(|code| rule(code)).collect(),
    };
    let run = Run {
        tool: Tool { driver },
        results: diagnostics.iter().map(result).collect(),
        column_kind: "unicodeCodePoints",
    };
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [run],
    };
    let mut text =
        serde_json::to_string_pretty(&log).expect("invariant: strings and numbers are JSON");
    text.push('\n');
    text
}

fn rule(code: &'static Code) -> Rule {
    Rule {
        id: code.slug,
        short_description: Text { text: code.summary },
        help: Content { text: code.docs, markdown: code.docs },
        default_configuration: log::Configuration { level: code.severity.as_str() },
    }
}

/// What places are told in.
struct View<'a> {
    sources: &'a SourceMap,
    folder: &'a Utf8Path,
}

impl<'a> View<'a> {
    fn result(&self, it: &'a Diagnostic, slugs: &[&str]) -> Result<'a> {
        let help = it.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        let primary = Place { message: message(&it.primary), ..self.place(it.primary.span) };
        let related = it.secondary.iter().enumerate().map(|(at, label)| Place {
            id: Some(at + 1),
            message: message(label),
            ..self.place(label.span)
        });
        Result {
            rule_id: it.code.slug,
            rule_index: slugs.binary_search(&it.code.slug).unwrap_or_default(),
            level: it.severity().as_str(),
            message: Message { text: format!("{}{help}", it.message) },
            locations: vec![primary],
            related_locations: related.collect(),
            fixes: it.fix.iter().map(|fix| self.remedy(fix)).collect(),
        }
    }

    fn place(&self, span: Span) -> Place {
        let file = self.sources.file(span.file);
        let physical =
            Physical { artifact_location: self.artifact(file), region: region(file, span) };
        Place { id: None, physical_location: physical, message: None }
    }

    fn remedy(&self, fix: &'a Fix) -> Remedy<'a> {
        let mut files: BTreeMap<FileId, Vec<Replacement<'a>>> = BTreeMap::new();
        for edit in &fix.edits {
            files.entry(edit.span.file).or_default().push(Replacement {
                deleted_region: region(self.sources.file(edit.span.file), edit.span),
                inserted_content: Text { text: &edit.text },
            });
        }
        let change = |(id, replacements)| ArtifactChange {
            artifact_location: self.artifact(self.sources.file(id)),
            replacements,
        };
        Remedy {
            description: Text { text: &fix.title },
            artifact_changes: files.into_iter().map(change).collect(),
        }
    }

    fn artifact(&self, file: &SourceFile) -> Artifact {
        Artifact { uri: uri(self.folder.join(&file.path).as_str()), uri_base_id: "%SRCROOT%" }
    }
}

fn message(label: &Label) -> Option<Message> {
    (!label.text.is_empty()).then(|| Message { text: label.text.clone() })
}

fn region(file: &SourceFile, span: Span) -> Region {
    let range = span.range();
    let (start, end) = (file.position(range.start), file.position(range.end));
    let characters = |text: Option<&str>| text.unwrap_or_default().chars().count();
    Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
        char_offset: characters(file.text.get(..range.start)),
        char_length: characters(file.text.get(range)),
    }
}

/// Escapes what a relative URI reference may not hold.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests;
