//! KDL text in, `ast::Spec` out. Never fails: what is wrong goes into the sink, the rest goes on.
//!
//! ```text
//! text -> lexer -> repair (mends a copy) -> split (top-level nodes)
//!      -> parse (the kdl crate, a chunk at a time) -> tree -> reader (tables) -> ast
//! ```

pub(crate) mod ast;
pub(crate) mod codes;
mod decode;
pub(crate) mod format;
pub(crate) mod grammar;
mod lexer;
mod parse;
mod reader;
mod repair;
mod sections;
mod split;
pub(crate) mod tree;

pub(crate) use repair::Mended;
pub(crate) use split::Chunk;

use crate::base::diagnostic::Sink;
use crate::base::source::{FileId, Span};

/// Specs larger than this are refused.
pub(crate) const MAX_SIZE: usize = 16 << 20;

/// A file cut into top-level nodes, ready to be read in any order and on any thread.
#[derive(Debug)]
pub(crate) struct Cut {
    pub(crate) mended: Mended,
    pub(crate) chunks: Vec<Chunk>,
    /// Whether the text was too large to be looked at.
    refused: bool,
}

/// Mends and cuts the text of one file.
pub(crate) fn cut(file: FileId, text: &str, sink: &mut Sink) -> Cut {
    let refused = text.len() > MAX_SIZE;
    let text = if refused {
        let megabytes = text.len() >> 20;
        sink.report(
            codes::FILE_TOO_LARGE
                .at(Span::new(file, 0, 0), format!("this spec is {megabytes} MB large"))
                .help("specs may be 16 MB large; split it with `include`"),
        );
        ""
    } else {
        text
    };
    let mended = repair::mend(file, text, sink);
    let chunks = split::split(&mended, sink);
    Cut { mended, chunks, refused }
}

/// Reads one top-level node of a file.
pub(crate) fn read(cut: &Cut, chunk: &Chunk, sink: &mut Sink) -> ast::Spec {
    let mut spec = ast::Spec::default();
    let mut found = Sink::default();
    let mut unreadable = Sink::default();
    for node in parse::chunk(&cut.mended, chunk, &mut unreadable) {
        spec.append(decode::section(node, &mut found));
    }
    // What is missing may be what could not be read.
    let lost = unreadable.iter().next().is_some();
    // A mistake that was recognised on the line, and mended badly, is told already.
    unreadable.retain(|it| !cut.mended.was_mended_on_line_of(it.primary.span));
    let echo = |slug| lost && codes::MISSING.iter().any(|code| code.slug == slug);
    found.retain(|it| !cut.mended.was_touched(it.primary.span) && !echo(it.code.slug));
    found.retain(|it| !echo_of_unclear(cut, it));
    spec.lost |= lost;
    sink.extend(unreadable);
    sink.extend(found);
    spec
}

/// Whether something is missing on a line from which something was taken.
fn echo_of_unclear(cut: &Cut, it: &crate::base::diagnostic::Diagnostic) -> bool {
    let missing = codes::MISSING.iter().any(|code| code.slug == it.code.slug);
    missing && cut.mended.was_cut_on_line_of(it.primary.span)
}

/// Reports versions after the first thing said.
fn repeated_version(cut: &Cut, first: Span, sink: &mut Sink) {
    for chunk in cut.chunks.iter().skip(1) {
        let text = cut.mended.text.get(chunk.range.clone()).unwrap_or_default();
        let said = text.trim_start();
        let at = chunk.range.start + text.len() - said.len();
        if said.starts_with("mlc ") || said.starts_with("mlc\n") {
            sink.report(
                codes::DUPLICATE_FIELD
                    .at(cut.mended.span(at, at + 3), "`mlc` is given twice")
                    .label("given again here")
                    .also(first, "first given here"),
            );
        }
    }
}

/// Whether the first thing said in a project file is its version; reports it when not.
pub(crate) fn check_version(cut: &Cut, sink: &mut Sink) {
    let first = cut.chunks.first();
    let said = first.and_then(|it| cut.mended.text.get(it.range.clone())).unwrap_or_default();
    let code = lexer::tokens(said).into_iter().find(|token| !token.is_trivia());
    let start = first.map_or(0, |it| it.range.start);
    let (at, name) = code.map_or((0, ""), |token| (start + token.start, token.text(said)));
    repeated_version(cut, cut.mended.span(at, at + name.len()), sink);
    // A misspelled `mlc` is told as that.
    if crate::base::suggest::nearest(name, sections::SECTIONS.iter().copied()) != Some("mlc")
        && !cut.refused
    {
        let place = cut.mended.span(at, at);
        sink.report(
            codes::MISSING_VERSION
                .at(place, "the version of the language is missing")
                .label("`mlc 1` is expected first")
                .fix("write `mlc 1`", place, "mlc 1\n\n"),
        );
    }
}
