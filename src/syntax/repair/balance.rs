//! Braces that do not pair up. Indentation tells where the missing one was meant.

use super::Findings;
use crate::syntax::codes;
use crate::syntax::lexer::{Token, TokenKind};
use crate::syntax::sections::{needs_block, starts_section};

/// Blocks nested deeper than this are refused before the parser sees them.
pub(crate) const MAX_DEPTH: usize = 64;

/// An opening brace that waits for its partner.
struct Open {
    token: Token,
    /// Indentation of the line that opens it, in bytes.
    indent: usize,
    line_start: usize,
}

pub(super) fn find(found: &mut Findings<'_>) {
    if is_balanced(found.tokens()) {
        return;
    }
    let mut open: Vec<Open> = Vec::new();
    let mut line = Line::default();
    for (index, token) in found.tokens().iter().enumerate() {
        match token.kind {
            TokenKind::Newline => line = Line { start: token.end, ..Line::default() },
            TokenKind::Space if token.start == line.start => line.indent = token.end - token.start,
            TokenKind::OpenBrace => {
                open.push(Open { token: *token, indent: line.indent, line_start: line.start });
                // The splitter refuses such a text; thousands of remarks would not help.
                if open.len() > MAX_DEPTH {
                    found.list.clear();
                    return;
                }
                line.started = true;
            }
            TokenKind::CloseBrace => close(found, &mut open, &line, index, *token),
            _ if token.is_trivia() => {}
            _ => {
                let rest = found.text().get(token.start..).unwrap_or_default();
                if !line.started && line.indent == 0 && starts_section(rest) {
                    close_all(found, &mut open, line.start);
                }
                line.started = true;
            }
        }
    }
    let end = found.text().len();
    close_all(found, &mut open, end);
}

#[derive(Default)]
struct Line {
    start: usize,
    indent: usize,
    /// Whether something other than blanks was seen.
    started: bool,
}

fn is_balanced(tokens: &[Token]) -> bool {
    let mut depth = 0_i64;
    for token in tokens {
        match token.kind {
            TokenKind::OpenBrace => depth += 1,
            TokenKind::CloseBrace => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

fn close(found: &mut Findings<'_>, open: &mut Vec<Open>, line: &Line, index: usize, token: Token) {
    // A brace on a line of its own, further left than the block it would close, closes an outer
    // one: the inner one has no end.
    while !line.started && open.last().is_some_and(|it| line.indent < it.indent) && open.len() > 1 {
        if let Some(inner) = open.pop() {
            unclosed(found, &inner, line.start);
        }
    }
    if open.pop().is_some() {
        return;
    }
    match header_without_brace(found, index) {
        Some(header) => found.fixable(
            &codes::MISSING_BRACE,
            found.span(header.0, header.1),
            "the block of this node is not opened",
            "needs a `{` at the end of the line",
            ("open the block", vec![(found.span(header.1, header.1), " {".to_owned())]),
        ),
        None => found.fixable(
            &codes::EXTRA_BRACE,
            found.span(token.start, token.end),
            "no block is open here",
            "nothing to close",
            ("remove the brace", vec![(found.span(token.start, token.end), String::new())]),
        ),
    }
}

fn close_all(found: &mut Findings<'_>, open: &mut Vec<Open>, at: usize) {
    for inner in open.drain(..).rev().collect::<Vec<_>>() {
        unclosed(found, &inner, at);
    }
}

fn unclosed(found: &mut Findings<'_>, open: &Open, at: usize) {
    let text = found.text();
    let place = text.get(..at).unwrap_or_default().trim_end().len().max(open.token.end);
    let indent = text.get(open.line_start..open.line_start + open.indent).unwrap_or_default();
    let one_line = !text.get(open.token.end..place).unwrap_or_default().contains('\n')
        && text.get(open.line_start..place).is_some_and(|line| !line.contains('\n'))
        && place > open.token.end;
    let closing = if one_line { " }".to_owned() } else { format!("\n{indent}}}") };
    let spot = found.span(place, place);
    let diagnostic = codes::UNCLOSED_BLOCK
        .at(found.span(open.token.start, open.token.end), "this block is not closed")
        .label("opened here")
        .also(spot, "should be closed by here, by its indentation")
        .fix("close the block", spot, closing.clone());
    found.unclear(diagnostic, vec![(spot, closing)]);
}

/// The last line at the left margin that should have opened a block, before token `index`.
fn header_without_brace(found: &Findings<'_>, index: usize) -> Option<(usize, usize)> {
    let tokens = found.tokens().get(..index)?;
    let before = found.text().get(..tokens.last()?.end)?;
    let mut end = before.len();
    loop {
        let start = before.get(..end)?.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.get(start..end)?;
        if !line.trim().is_empty() && !line.starts_with([' ', '\t']) {
            let code = line.split("//").next().unwrap_or(line).trim_end();
            let opens = code.ends_with(['{', '}']);
            return (!opens && needs_block(code)).then_some((start, start + code.len()));
        }
        end = start.checked_sub(1)?;
    }
}
