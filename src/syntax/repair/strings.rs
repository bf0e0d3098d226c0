//! Strings that do not end, and quotes in the wrong place.

use super::Findings;
use crate::base::source::Span;
use crate::syntax::codes;
use crate::syntax::lexer::{StringKind, Token, TokenKind};
use crate::syntax::sections::starts_section;

pub(super) fn find(found: &mut Findings<'_>) {
    for (index, token) in found.tokens().iter().enumerate() {
        let TokenKind::String(kind) = token.kind else { continue };
        match kind {
            StringKind { closed: true, .. } => glued(found, index, *token),
            StringKind { multi_line: true, .. } => unclosed_block(found, *token, kind),
            StringKind { .. } => unclosed_line(found, index, *token, kind),
        }
    }
}

/// A string and a value with nothing between them.
fn glued(found: &mut Findings<'_>, index: usize, token: Token) {
    let Some(next) = found.tokens().get(index + 1) else { return };
    let bare = next.text(found.text());
    let is_value = matches!(next.kind, TokenKind::String(StringKind { closed: true, .. }))
        || (next.kind == TokenKind::Word && !bare.starts_with([',', ':', '\'']));
    if !is_value || quote_missing_here(found, index) {
        return;
    }
    let between = found.span(token.end, token.end);
    found.fixable(
        &codes::MISSING_SPACE,
        found.span(token.end, next.end),
        "two values need a space between them",
        "starts right after a quote",
        ("insert a space", vec![(between, " ".to_owned())]),
    );
}

/// Whether a later quote on this line has no partner: then the glued string lacks its end.
fn quote_missing_here(found: &Findings<'_>, index: usize) -> bool {
    let rest = found.tokens().get(index + 1..).unwrap_or_default();
    let line = rest.iter().take_while(|token| token.kind != TokenKind::Newline);
    line.into_iter().any(|token| matches!(token.kind, TokenKind::String(it) if !it.closed))
}

/// A single-line string that its line does not end.
fn unclosed_line(found: &mut Findings<'_>, index: usize, token: Token, kind: StringKind) {
    let content = token.text(found.text());
    let opening = usize::from(kind.hashes) + 1;
    if content.get(opening..).unwrap_or_default().trim_matches([' ', '\t', '{', '}']).is_empty()
        && unopened(found, index, token)
    {
        return;
    }
    let closing = format!("\"{}", "#".repeat(usize::from(kind.hashes)));
    let end = token.start + plain_end(content);
    found.fixable(
        &codes::UNCLOSED_STRING,
        found.span(token.start, end),
        "this string is not closed",
        "opened here",
        ("close the string", vec![(found.span(end, end), closing)]),
    );
}

/// Where a string of one line most likely should end: before a block that opens at its end.
fn plain_end(content: &str) -> usize {
    let trimmed = content.trim_end();
    let without_brace = trimmed.strip_suffix('{').map_or(trimmed, str::trim_end);
    // A one-line block keeps its braces: `"a.csv { cache #false }`.
    match without_brace.find(" { ") {
        Some(at) if without_brace.ends_with('}') => {
            without_brace.get(..at).unwrap_or(trimmed).len()
        }
        _ => without_brace.len(),
    }
}

/// A quote at the end of a value whose opening quote is missing: `deps data/raw.csv"`.
fn unopened(found: &mut Findings<'_>, index: usize, token: Token) -> bool {
    let before = found.tokens().get(..index).unwrap_or_default();
    if let Some((earlier, inner)) = lacks_end(found, before) {
        let end = earlier.start + inner;
        found.fixable(
            &codes::UNCLOSED_STRING,
            found.span(earlier.start, end),
            "this string is not closed",
            "opened here",
            ("close the string", vec![(found.span(end, end), "\"".to_owned())]),
        );
        return true;
    }
    let value = before.iter().rev().take_while(|it| it.kind == TokenKind::Word).last();
    let Some(value) = value else { return false };
    // The first word of a line is the node's name, not a value.
    let first = line_start(before).is_some_and(|start| start.start == value.start);
    if first {
        return false;
    }
    found.fixable(
        &codes::UNCLOSED_STRING,
        found.span(value.start, token.start + 1),
        "this string is not opened",
        "ends with a quote but does not start with one",
        ("open the string", vec![(found.span(value.start, value.start), "\"".to_owned())]),
    );
    // The quote now closes what the new one opens.
    true
}

/// An earlier string of the line that ends in blanks and touches a word: its own end is missing.
fn lacks_end(found: &Findings<'_>, before: &[Token]) -> Option<(Token, usize)> {
    let line = before.iter().rev().take_while(|token| token.kind != TokenKind::Newline);
    let mut next: Option<&Token> = None;
    for token in line {
        let touches = next.is_some_and(|it| it.kind == TokenKind::Word);
        if matches!(token.kind, TokenKind::String(it) if it.closed) && touches {
            let content = token.text(found.text());
            let inner = content.strip_suffix('"').unwrap_or(content).trim_end().len();
            return Some((*token, inner));
        }
        next = Some(token);
    }
    None
}

fn line_start(before: &[Token]) -> Option<&Token> {
    let line = before.iter().rev().take_while(|token| token.kind != TokenKind::Newline);
    line.filter(|token| token.kind != TokenKind::Space).last()
}

/// A `"""` string that runs to the end of the file; it should have ended before the next section.
fn unclosed_block(found: &mut Findings<'_>, token: Token, kind: StringKind) {
    let content = token.text(found.text());
    let opening = content.find('\n').unwrap_or(content.len());
    let mut end = content.len();
    let mut at = opening;
    for line in content.get(opening..).unwrap_or_default().split_inclusive('\n') {
        let closes_stage = line.trim_end() == "}" || starts_section(line);
        if at > opening && closes_stage {
            end = at;
            break;
        }
        at += line.len();
    }
    let closing = format!("\"\"\"{}", "#".repeat(usize::from(kind.hashes)));
    let indent = line_indent(found.text(), token.start);
    let place: Span = found.span(token.start + end, token.start + end);
    let newline = if content.get(..end).unwrap_or_default().ends_with('\n') { "" } else { "\n" };
    let text = format!("{newline}{indent}{closing}\n");
    let diagnostic = codes::UNCLOSED_STRING
        .at(found.span(token.start, token.start + 3), "this string is not closed")
        .label("opened here")
        .help("close it with `\"\"\"` on a line of its own");
    found.unclear(diagnostic, vec![(place, text)]);
}

fn line_indent(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|it| it.rfind('\n')).map_or(0, |newline| newline + 1);
    let line = text.get(start..).unwrap_or_default();
    line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
}
