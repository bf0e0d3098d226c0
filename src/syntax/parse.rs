//! Chunks of mended text through the `kdl` crate into light trees. The only user of the crate.
//!
//! A chunk is one top-level node. Chunks are parsed one by one, so that a broken node leaves the
//! others whole, the parse can use all cores, and only one crate tree is alive a thread.

use crate::base::bound::Op;
use crate::base::diagnostic::Sink;
use crate::base::source::{Span, Spanned};
use crate::syntax::codes;
use crate::syntax::lexer;
use crate::syntax::repair::Mended;
use crate::syntax::split::{self, Chunk};
use crate::syntax::tree::{Block, Entry, Literal, Node, RawBound, Scalar};
use kdl::{KdlDocument, KdlEntry, KdlNode, KdlValue};
use miette::SourceSpan;

/// How often a chunk is parsed again with a broken line blanked out.
const ATTEMPTS: usize = 8;

/// How many bytes are parsed again, at most, for one chunk.
const PARSED_AGAIN: usize = 1 << 20;

/// Parses one chunk; what cannot be read is reported and left out.
pub(crate) fn chunk(mended: &Mended, chunk: &Chunk, sink: &mut Sink) -> Vec<Node> {
    let source = mended.text.get(chunk.range.clone()).unwrap_or_default();
    let reader = Reader { mended, offset: chunk.range.start };
    match KdlDocument::parse_v2(source) {
        Ok(document) => reader.nodes(&document),
        Err(error) => reader.recover(source.to_owned(), error, sink),
    }
}

struct Reader<'a> {
    mended: &'a Mended,
    /// Where the chunk starts in the mended text.
    offset: usize,
}

impl Reader<'_> {
    /// Blanks the lines of the errors and tries again, so that the rest of the node is read.
    fn recover(&self, mut source: String, error: kdl::KdlError, sink: &mut Sink) -> Vec<Node> {
        let mut error = error;
        for attempt in 0..ATTEMPTS.min(1 + PARSED_AGAIN / source.len().max(1)) {
            let spans: Vec<_> = error.diagnostics.iter().map(|it| it.span).collect();
            if attempt == 0 {
                self.report(&source, &error, sink);
            }
            // What a broken string held may nest as deeply as it likes.
            if !blank(&mut source, &spans) || !split::is_shallow(&source) {
                break;
            }
            match KdlDocument::parse_v2(&source) {
                Ok(document) => return self.nodes(&document),
                Err(next) => error = next,
            }
        }
        Vec::new()
    }

    /// Reports the first error only: the others are often its echo.
    fn report(&self, source: &str, error: &kdl::KdlError, sink: &mut Sink) {
        let line = culprit(source);
        let (offset, error) = line.as_ref().map_or((0, error), |(at, error)| (*at, error));
        let Some(first) = error.diagnostics.first() else { return };
        let (start, end) = narrowed(source.get(offset..).unwrap_or_default(), first.span);
        let said = match first.message.as_deref().unwrap_or_default().to_lowercase() {
            said if said.contains("end of document") => "not expected here".to_owned(),
            said => said,
        };
        let diagnostic = codes::SYNTAX_ERROR
            .at(self.span_of(offset + start, offset + end), "this cannot be read")
            .label(said.trim_end_matches('.'));
        sink.report(diagnostic.maybe_help(first.help.clone()));
    }

    fn span_of(&self, start: usize, end: usize) -> Span {
        self.mended.span(self.offset + start, self.offset + end)
    }

    fn span(&self, span: SourceSpan) -> Span {
        self.span_of(span.offset(), span.offset() + span.len())
    }

    fn nodes(&self, document: &KdlDocument) -> Vec<Node> {
        document.nodes().iter().map(|node| self.node(node)).collect()
    }

    fn node(&self, node: &KdlNode) -> Node {
        let name = node.name();
        let name = Spanned::new(name.value().to_owned(), self.span(name.span()));
        let block = node.children().map(|children| self.block(children));
        let mut span = name.span.to(self.span(node.span()));
        let entries = self.entries(node.entries());
        // The crate's span may take blanks along or leave the block out.
        span.end = name.span.end;
        for last in entries.last().map(Entry::span).iter().chain(block.iter().map(|it| &it.span)) {
            span = span.to(*last);
        }
        Node { name, entries, block, span }
    }

    fn block(&self, document: &KdlDocument) -> Block {
        let (start, length) = (document.span().offset(), document.span().len());
        let text = &self.mended.text;
        let (from, to) = (self.offset + start, self.offset + start + length);
        // The crate leaves the braces out.
        let open = text.get(..from).and_then(|it| it.rfind('{')).unwrap_or(from);
        let close = text.get(to..).and_then(|it| it.find('}')).map_or(to, |it| to + it + 1);
        Block { nodes: self.nodes(document), span: self.mended.span(open, close) }
    }

    /// Reads entries, joining a lone `>` with the value behind it.
    fn entries(&self, entries: &[KdlEntry]) -> Vec<Entry> {
        let mut read: Vec<Entry> = Vec::with_capacity(entries.len());
        for entry in entries {
            let next = self.entry(entry);
            match (read.last(), next) {
                (Some(Entry::Argument(operator)), Entry::Argument(value))
                    if let Some((name, op)) = operator.word().and_then(lone_operator) =>
                {
                    let span = operator.span.to(value.span);
                    let name = name_span(name, operator.span);
                    read.pop();
                    read.push(Entry::Bound(RawBound { name, op, value, span }));
                }
                (_, next) => read.push(next),
            }
        }
        read
    }

    fn entry(&self, entry: &KdlEntry) -> Entry {
        let span = self.span(entry.span());
        let repr = entry.format().map_or("", |format| format.value_repr.as_str());
        let value_span =
            Span { start: span.end.saturating_sub(length(repr)).max(span.start), ..span };
        let value = scalar(entry.value());
        let bare = matches!(value, Scalar::Str(_)) && !repr.starts_with(['"', '#']);
        let literal = |span| Literal { value: value.clone(), bare, span };
        let Some(key) = entry.name() else {
            let word = entry.value().as_string().filter(|_| bare);
            return match word.and_then(strict_bound) {
                Some((name, op, number)) => {
                    let at = name.len() + 1;
                    let place =
                        Span { start: span.start + length(&word.unwrap_or("")[..at]), ..span };
                    let value = Literal { value: number, bare: false, span: place };
                    Entry::Bound(RawBound { name: name_span(name, span), op, value, span })
                }
                None => Entry::Argument(literal(span)),
            };
        };
        let key_span = self.span(key.span());
        match bound_key(key.value()) {
            Some((name, op)) => {
                let name = name_span(name, key_span);
                Entry::Bound(RawBound { name, op, value: literal(value_span), span })
            }
            None => Entry::Property {
                key: Spanned::new(key.value().to_owned(), key_span),
                value: literal(value_span),
                span,
            },
        }
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

fn scalar(value: &KdlValue) -> Scalar {
    match value {
        KdlValue::String(text) => Scalar::Str(text.clone()),
        KdlValue::Integer(number) => Scalar::Int(*number),
        KdlValue::Float(number) => Scalar::Float(*number),
        KdlValue::Bool(value) => Scalar::Bool(*value),
        KdlValue::Null => Scalar::Null,
    }
}

/// The name in front of a comparison, placed at the start of its entry.
fn name_span(name: &str, entry: Span) -> Option<Spanned<String>> {
    let span = Span { end: entry.start + length(name), ..entry };
    (!name.is_empty()).then(|| Spanned::new(name.to_owned(), span))
}

/// `drop<` of `drop<=0.02`, `>` of `>=18`.
fn bound_key(key: &str) -> Option<(&str, Op)> {
    let (name, op) = match key.strip_suffix('>') {
        Some(name) => (name, Op::Ge),
        None => (key.strip_suffix('<')?, Op::Le),
    };
    is_name_or_empty(name).then_some((name, op))
}

/// `>0` or `drop>0.05` as one bare word.
fn strict_bound(word: &str) -> Option<(&str, Op, Scalar)> {
    let at = word.find(['<', '>'])?;
    let (name, rest) = word.split_at(at);
    let op = if rest.starts_with('>') { Op::Gt } else { Op::Lt };
    let value = number(rest.get(1..)?)?;
    is_name_or_empty(name).then_some((name, op, value))
}

/// `>` alone, its value being the next argument.
fn lone_operator(word: &str) -> Option<(&str, Op)> {
    let (name, op) = match word.strip_suffix('>') {
        Some(name) => (name, Op::Gt),
        None => (word.strip_suffix('<')?, Op::Lt),
    };
    is_name_or_empty(name).then_some((name, op))
}

fn is_name_or_empty(name: &str) -> bool {
    !name.starts_with('-')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// A number in KDL's spelling, as far as a bare word can hold one.
fn number(text: &str) -> Option<Scalar> {
    let starts = text.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit());
    let digits = text.replace('_', "");
    match digits.parse::<i128>() {
        _ if !starts => None,
        Ok(value) => Some(Scalar::Int(value)),
        Err(_) => digits.parse().ok().filter(|it: &f64| it.is_finite()).map(Scalar::Float),
    }
}

/// The first line that is no KDL by itself, where it starts, and why: for a mistake in a block the
/// crate often blames the block.
fn culprit(source: &str) -> Option<(usize, kdl::KdlError)> {
    let tokens = lexer::tokens(source);
    let within = |at: usize| {
        let behind = tokens.partition_point(|token| token.start < at);
        tokens.get(..behind).and_then(<[_]>::last).is_some_and(|token| at < token.end)
    };
    let mut start = 0;
    let mut continued = false;
    for line in source.split_inclusive('\n') {
        let said = line.trim_start().trim_start_matches('}').trim_start();
        let at = start + line.len() - said.len();
        let alone = !continued && !within(start) && !within(start + line.len());
        start += line.len();
        let said = said.trim_end();
        continued = said.ends_with('\\');
        let said = said.strip_suffix('{').unwrap_or(said);
        let pairs = said.matches('{').count() == said.matches('}').count();
        if !alone || continued || !pairs {
            continue;
        }
        if let Err(error) = KdlDocument::parse_v2(said) {
            return Some((at, error));
        }
    }
    None
}

/// Bounds of a crate error within its first line: some of its spans run to the end of the text.
fn narrowed(source: &str, span: SourceSpan) -> (usize, usize) {
    let start = span.offset().min(source.len());
    let text = source.get(start..(start + span.len()).min(source.len())).unwrap_or_default();
    let lead = text.len() - text.trim_start().len();
    let text = text.trim_start();
    let line = text.lines().next().unwrap_or_default().trim_end();
    (start + lead, start + lead + line.len())
}

/// Blanks the lines in which errors start, keeping braces and offsets; the first line, which names
/// the node, only when no other is to blame. False when nothing changed.
fn blank(source: &mut String, spans: &[SourceSpan]) -> bool {
    let places: Vec<usize> = spans.iter().map(|span| narrowed(source, *span).0).collect();
    let first_line = source
        .trim_start()
        .find('\n')
        .map_or(source.len(), |end| end + source.len() - source.trim_start().len());
    let (first, later): (Vec<usize>, Vec<usize>) = places.iter().partition(|&&at| at < first_line);
    let changed = later.iter().any(|&at| blank_line(source, at));
    changed || first.iter().any(|&at| blank_line(source, at))
}

fn blank_line(source: &mut String, at: usize) -> bool {
    let start = source.get(..at).and_then(|it| it.rfind('\n')).map_or(0, |it| it + 1);
    let end = source.get(at..).and_then(|it| it.find('\n')).map_or(source.len(), |it| at + it);
    // A node's first line keeps its name: only what follows the error goes.
    let from = if source.get(..start).is_none_or(|it| it.trim().is_empty()) { at } else { start };
    let line = source.get(from..end).unwrap_or_default();
    let blanked: String = line
        .chars()
        .flat_map(|c| std::iter::repeat_n(if c == '{' || c == '}' { c } else { ' ' }, c.len_utf8()))
        .collect();
    let changed = blanked != line;
    source.replace_range(from..end, &blanked);
    changed
}
