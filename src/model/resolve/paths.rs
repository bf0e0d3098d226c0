//! Paths as written to paths from the project's root.

use crate::base::source::{Span, Spanned};
use crate::model::codes;
use crate::model::resolve::Resolver;
use crate::model::resolve::interpolate::Place;
use crate::model::stage::Axis;
use crate::model::template::{Piece, Template};
use crate::syntax::ast::Text;
use camino::{Utf8Path, Utf8PathBuf};

/// Stands for the value of axis 0, 1, … while a path is put together; no path holds it.
const HOLE: char = '\u{1}';

impl Resolver<'_> {
    /// Resolves a path that may not depend on a matrix.
    pub(super) fn plain_path(&mut self, text: &Text) -> Option<Spanned<Utf8PathBuf>> {
        let template = self.path(text, &[])?;
        Some(Spanned::new(template.render(&[]).into(), text.span))
    }

    /// Resolves a path to one from the project's root, with holes for the matrix.
    pub(super) fn path(&mut self, text: &Text, axes: &[Axis]) -> Option<Template> {
        let before = self.lost_holes;
        let template = self.interpolate(text, axes, Place::Path);
        if self.lost_holes > before {
            return None;
        }
        let folder = self.sources.file(text.span.file).path.parent().map(Utf8Path::to_owned);
        let joined = joined(&template);
        let escapes = |it: char| it.is_control() && it != HOLE;
        let escaped = joined.contains(escapes) && self.sources.text(text.span).contains('\\');
        match normalized(&folder.unwrap_or_default(), &joined) {
            _ if escaped => {
                self.report(text, &joined, Problem::Backslash);
                None
            }
            Ok(path) => Some(split(&path)),
            // Empty because of a hole that was reported.
            Err(Problem::Empty)
                if self.sink.iter().any(|it| text.span.contains(it.primary.span)) =>
            {
                None
            }
            Err(problem) => {
                self.report(text, &joined, problem);
                None
            }
        }
    }

    fn report(&mut self, text: &Text, path: &str, problem: Problem) {
        let at: Span = text.span;
        let diagnostic = match problem {
            Problem::Empty => codes::EMPTY_PATH.at(at, "this path is empty"),
            Problem::Absolute => {
                let diagnostic = codes::ABSOLUTE_PATH
                    .at(at, "this path is absolute")
                    .label("works on one machine only")
                    .help("write it relative to the folder of this file");
                let shorter = self.inside(path);
                match shorter {
                    Some(it) => {
                        diagnostic.fix(format!("write `\"{it}\"`"), at, format!("\"{it}\""))
                    }
                    None => diagnostic,
                }
            }
            Problem::Backslash => {
                // As written: `"data\raw"` holds an escape, not a backslash.
                let written = self.sources.text(at).trim_matches('#').trim_matches('"');
                let instead = format!("\"{}\"", written.replace("\\\\", "/").replace('\\', "/"));
                codes::BACKSLASH_PATH.at(at, "paths are written with `/`").fix(
                    format!("write `{instead}`"),
                    at,
                    instead,
                )
            }
            Problem::Escapes => codes::PATH_OUTSIDE_PROJECT
                .at(at, format!("`{}` leads out of the project", text.value))
                .label("outside of the folder that holds the project file"),
            Problem::Remote => codes::REMOTE_PATH
                .at(at, "remote paths are not built yet")
                .label("only paths inside the project work for now")
                .help("fetch it in a stage, or track it with `dvc import-url`"),
        };
        self.sink.report(diagnostic);
    }

    /// The longest tail of an absolute path that exists in the project.
    fn inside(&self, path: &str) -> Option<String> {
        let parts: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
        (0..parts.len())
            .map(|from| parts.get(from..).unwrap_or_default().join("/"))
            .find(|tail| self.files.entry(Utf8Path::new(tail)).exists())
    }
}

enum Problem {
    Empty,
    Absolute,
    Backslash,
    Escapes,
    Remote,
}

/// The path's text with a placeholder for each hole.
fn joined(template: &Template) -> String {
    let mut text = String::new();
    for piece in &template.pieces {
        match piece {
            Piece::Text(it) => text.push_str(it),
            Piece::Axis(axis) => text.push_str(&format!("{HOLE}{axis}{HOLE}")),
            Piece::Env(name) => text.push_str(name),
        }
    }
    text
}

fn split(path: &str) -> Template {
    let pieces = path.split(HOLE).enumerate().filter(|(_, part)| !part.is_empty());
    let pieces = pieces.map(|(index, part)| match part.parse() {
        Ok(axis) if index % 2 == 1 => Piece::Axis(axis),
        _ => Piece::Text(part.to_owned()),
    });
    Template { pieces: pieces.collect() }
}

/// Joins and cleans a path: no `.`, no `..`, no doubled or trailing `/`.
fn normalized(folder: &Utf8Path, path: &str) -> Result<String, Problem> {
    let drive = path.get(1..2) == Some(":") && path.starts_with(|c: char| c.is_ascii_alphabetic());
    if path.trim().is_empty() {
        return Err(Problem::Empty);
    }
    if path.contains("://") {
        return Err(Problem::Remote);
    }
    if path.starts_with(['/', '~']) || drive {
        return Err(Problem::Absolute);
    }
    if path.contains('\\') {
        return Err(Problem::Backslash);
    }
    let mut parts: Vec<&str> = folder.as_str().split('/').filter(|it| !it.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or(Problem::Escapes)?;
            }
            part => parts.push(part),
        }
    }
    Ok(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}
