//! Braces that do not pair up. Indentation tells where the missing or the needless one is.

use super::Findings;
use crate::syntax::codes;
use crate::syntax::lexer::{Token, TokenKind};
use crate::syntax::sections::{BLOCK_ONLY, CHECKS, starts_section};

/// Blocks nested deeper than this are refused before the parser sees them.
pub(crate) const MAX_DEPTH: usize = 64;

/// A text with more braces astray than this is no spec.
const MOST: usize = 1024;

pub(super) fn find(found: &mut Findings<'_>) {
    let count = |kind| found.tokens().iter().filter(|token| token.kind == kind).count();
    let (opening, closing) = (count(TokenKind::OpenBrace), count(TokenKind::CloseBrace));
    let lines = lines(found);
    if opening == closing && never_negative(found.tokens()) && !within_block(found, &lines) {
        return;
    }
    // Closing braces without a partner that are still unexplained.
    let mut unexplained = closing.saturating_sub(opening);
    for pair in lines.windows(2) {
        if let [header, body] = pair
            && (unexplained > 0 || header.is_section(found))
            && header.lacks_brace_before(body)
        {
            unexplained = unexplained.saturating_sub(1);
            missing_brace(found, header);
        }
    }
    pair_up(found, &lines, unexplained);
}

fn never_negative(tokens: &[Token]) -> bool {
    let mut depth = 0_i64;
    tokens.iter().all(|token| {
        depth += i64::from(token.kind == TokenKind::OpenBrace);
        depth -= i64::from(token.kind == TokenKind::CloseBrace);
        depth >= 0
    })
}

/// Whether a section begins at the left margin while a block is open, and one does not open its
/// own: then braces are missing on both sides. The margin alone says nothing: not every text is
/// indented.
fn within_block(found: &Findings<'_>, lines: &[Line]) -> bool {
    let mut depth = 0_i64;
    let inside = lines.iter().any(|line| {
        let inside = depth > 0 && line.is_section(found);
        depth += i64::try_from(line.braces.0).unwrap_or(0);
        depth -= i64::try_from(line.braces.1).unwrap_or(0);
        inside
    });
    let unopened = |pair: &[Line]| match pair {
        [header, body] => header.is_section(found) && header.lacks_brace_before(body),
        _ => false,
    };
    inside && lines.windows(2).any(unopened)
}

/// A line with something on it.
#[derive(Clone, Copy)]
struct Line {
    start: usize,
    /// Bytes of blanks before the first thing said.
    indent: usize,
    first: Token,
    /// The last thing said that is no comment.
    last: Token,
    /// Braces that it opens and closes.
    braces: (usize, usize),
}

impl Line {
    fn is_section(&self, found: &Findings<'_>) -> bool {
        self.indent == 0 && starts_section(rest(found, self.first))
    }

    /// Whether a brace at its start is followed by more, and not closed again.
    fn goes_on_after(&self, brace: Token) -> bool {
        self.last.start > brace.start && self.braces.0 > self.braces.1
    }

    /// Whether this line should have opened a block: the next one stands further right.
    fn lacks_brace_before(&self, body: &Self) -> bool {
        let is_node = matches!(self.first.kind, TokenKind::Word | TokenKind::String(_));
        let opens = matches!(self.last.kind, TokenKind::OpenBrace | TokenKind::CloseBrace);
        let goes_on = self.last.kind == TokenKind::Continuation;
        is_node
            && !opens
            && !goes_on
            && body.indent > self.indent
            && body.first.kind != TokenKind::OpenBrace
    }
}

fn lines(found: &Findings<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let (mut start, mut fresh) = (0, true);
    for token in found.tokens() {
        if token.kind == TokenKind::Newline {
            (start, fresh) = (token.end, true);
        } else if token.kind == TokenKind::Continuation {
            if let Some(line) = lines.last_mut().filter(|_| !fresh) {
                line.last = *token;
            }
            // What follows belongs to the same node, however far right it stands.
            fresh = false;
        } else if !token.is_trivia() {
            if fresh {
                let (indent, braces) = (token.start - start, (0, 0));
                lines.push(Line { start, indent, first: *token, last: *token, braces });
                fresh = false;
            }
            if let Some(line) = lines.last_mut() {
                line.last = *token;
                line.braces.0 += usize::from(token.kind == TokenKind::OpenBrace);
                line.braces.1 += usize::from(token.kind == TokenKind::CloseBrace);
            }
        }
    }
    lines
}

fn missing_brace(found: &mut Findings<'_>, header: &Line) {
    // `stage train (`
    let colon = header.last.text(found.text()).ends_with(':');
    let bracket = header.last.kind == TokenKind::Bracket;
    let (end, brace) = match bracket || header.last.kind == TokenKind::OpenParen {
        true => (found.span(header.last.start, header.last.end), "{"),
        // `stage train:`, as Python begins a block.
        false if colon => (found.span(header.last.end - 1, header.last.end), " {"),
        false => (found.span(header.last.end, header.last.end), " {"),
    };
    found.fixable(
        &codes::MISSING_BRACE,
        found.span(header.first.start, header.last.end),
        "the block of this node is not opened",
        "needs a `{` at the end of the line",
        ("open the block", vec![(end, brace.to_owned())]),
    );
    if let Some(last) = found.list.last_mut() {
        last.opens = Some((header.last.end, header.indent));
    }
}

/// An opening brace that waits for its partner, and the line it stands on.
struct Open {
    token: Token,
    line: Line,
}

impl Open {
    /// Whether nothing but blank lines stands between its line and `next`.
    fn is_on_last_line(&self, found: &Findings<'_>, next: Line) -> bool {
        let tokens = found.tokens();
        let from = tokens.partition_point(|it| it.start <= self.line.last.start);
        let rest = tokens.get(from..).unwrap_or_default().iter();
        rest.take_while(|it| it.start < next.first.start).all(|it| it.is_trivia())
    }
}

/// Pairs braces, line by line; `excess` closing braces are too many.
fn pair_up(found: &mut Findings<'_>, lines: &[Line], mut excess: usize) {
    let mut open: Vec<Open> = Vec::new();
    let mut number = 0;
    for token in found.tokens() {
        while lines.get(number + 1).is_some_and(|next| next.start <= token.start) {
            number += 1;
        }
        let Some(line) = lines.get(number).copied() else { return };
        if line.first.start == token.start && token.kind != TokenKind::CloseBrace {
            end_inline(found, &mut open, line);
        }
        let first = line.first.start == token.start;
        if first && line.indent == 0 && starts_section(rest(found, *token)) {
            close_all(found, &mut open, line.start);
        }
        if token.kind == TokenKind::CloseBrace {
            if !opened_by_mended(found, &line, *token) {
                close(found, &mut open, line, *token, &mut excess);
            }
        } else if token.kind == TokenKind::OpenBrace {
            let again = follows_brace(found, *token);
            if (first || again) && line.goes_on_after(*token) || again && line.braces.1 == 0 {
                stray(found, *token);
                continue;
            }
            open.push(Open { token: *token, line });
        }
        // The splitter refuses such a text; thousands of remarks would not help.
        if open.len() > MAX_DEPTH || found.list.len() > MOST {
            found.list.clear();
            return;
        }
    }
    close_all(found, &mut open, found.text().len());
}

/// Whether an opening brace stands right before another.
fn follows_brace(found: &Findings<'_>, token: Token) -> bool {
    let before = found.text().get(..token.start).unwrap_or_default();
    before.trim_end_matches([' ', '\t']).ends_with('{')
}

/// Ends blocks that the line before opened and that the indentation of this one excludes: one
/// that holds something ends on its line, an empty one was never meant.
fn end_inline(found: &mut Findings<'_>, open: &mut Vec<Open>, line: Line) {
    while let Some(inner) = open.last() {
        let below = line.indent <= inner.line.indent && line.start > inner.line.start;
        let last = inner.line.last;
        let empty = last.start == inner.token.start;
        if !below || inner.line.indent == 0 || !inner.is_on_last_line(found, line) {
            return;
        }
        match empty {
            true => stray(found, inner.token),
            false => unclosed(found, inner, last.end),
        }
        open.pop();
    }
}

fn stray(found: &mut Findings<'_>, token: Token) {
    let text = found.text();
    let before = text.get(..token.start).unwrap_or_default();
    let start = before.trim_end_matches([' ', '\t']).len();
    let alone = before.get(..start).is_none_or(|it| it.is_empty() || it.ends_with('\n'));
    let after = text.get(token.end..).unwrap_or_default();
    let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
    let span = match alone {
        true => found.span(token.start, token.end + blanks),
        false => found.span(start, token.end),
    };
    found.fixable(
        &codes::EXTRA_BRACE,
        found.span(token.start, token.end),
        "this brace opens nothing",
        "no block follows",
        ("remove the brace", vec![(span, String::new())]),
    );
}

/// `matrix model a b }`: where the block of this line should begin.
fn inline_start(found: &Findings<'_>, line: Line, close: Token) -> Option<Token> {
    let tokens = found.tokens();
    let from = tokens.partition_point(|it| it.start < line.first.start);
    let said = tokens.get(from..).unwrap_or_default().iter();
    let said = said.take_while(|it| it.end <= close.start).filter(|it| !it.is_trivia());
    // A line with another brace is no block that only lacks its opening.
    let is_brace = |it: &Token| matches!(it.kind, TokenKind::OpenBrace | TokenKind::CloseBrace);
    let plain = |it: &Token| (!is_brace(it)).then_some(*it);
    let said: Vec<Token> = said.map(plain).collect::<Option<_>>()?;
    let name = said.first()?.text(found.text());
    if BLOCK_ONLY.contains(&name) {
        return said.get(1).copied();
    }
    let is_field = |it: &&Token| {
        let text = it.text(found.text());
        it.kind == TokenKind::Word && (CHECKS.contains(&text) || text == "provides")
    };
    let field = said.iter().skip(1).position(|it| is_field(&it))? + 1;
    // `[ unique >=0.95 }`: the block opens, with another sign.
    let sign = said
        .get(field - 1)
        .filter(|it| matches!(it.kind, TokenKind::Bracket | TokenKind::OpenParen));
    sign.or(said.get(field)).copied()
}

fn rest<'a>(found: &Findings<'a>, token: Token) -> &'a str {
    found.text().get(token.start..).unwrap_or_default()
}

/// Whether a brace closes a block whose opening was just added in front of it.
fn opened_by_mended(found: &mut Findings<'_>, line: &Line, token: Token) -> bool {
    let waiting =
        found.list.iter_mut().rev().find(|it| {
            it.opens.is_some_and(|(at, indent)| at < token.start && indent == line.indent)
        });
    let closes = line.first.start == token.start;
    match waiting {
        Some(finding) if closes => {
            finding.opens = None;
            true
        }
        _ => false,
    }
}

fn close(
    found: &mut Findings<'_>,
    open: &mut Vec<Open>,
    line: Line,
    token: Token,
    excess: &mut usize,
) {
    let alone = line.first.start == token.start;
    // A brace on a line of its own, further left than the block it would close, closes an outer
    // one: the inner one has no end.
    while alone && open.len() > 1 && open.last().is_some_and(|it| line.indent < it.line.indent) {
        if let Some(inner) = open.pop() {
            unclosed(found, &inner, line.start);
        }
    }
    let strange = open.last().is_some_and(|it| {
        let elsewhere = it.line.start != line.start;
        elsewhere && (!alone || line.indent > it.line.indent)
    });
    if !alone
        && (strange || open.is_empty())
        && let Some(start) = inline_start(found, line, token)
    {
        *excess = excess.saturating_sub(1);
        // `targets [ dvc }`
        let other = matches!(start.kind, TokenKind::Bracket | TokenKind::OpenParen);
        let place = found.span(start.start, if other { start.end } else { start.start });
        let brace = if other { "{" } else { "{ " };
        found.fixable(
            &codes::MISSING_BRACE,
            found.span(start.start, token.end),
            "the block of this node is not opened",
            "closed here, but opened nowhere",
            ("open the block", vec![(place, brace.to_owned())]),
        );
        return;
    }
    if (strange && *excess > 0) || open.is_empty() {
        *excess = excess.saturating_sub(1);
        let span = found.span(token.start, token.end);
        found.fixable(
            &codes::EXTRA_BRACE,
            span,
            "no block is open here",
            "nothing to close",
            ("remove the brace", vec![(span, String::new())]),
        );
        return;
    }
    open.pop();
}

fn close_all(found: &mut Findings<'_>, open: &mut Vec<Open>, at: usize) {
    for inner in open.drain(..).rev().collect::<Vec<_>>() {
        unclosed(found, &inner, at);
    }
}

/// Where a block of one line ends in a bracket that nothing in it opens.
fn wrong_end(inside: &str) -> Option<usize> {
    let trimmed = inside.trim_end();
    let opening = match trimmed.chars().next_back()? {
        ']' => '[',
        ')' => '(',
        _ => return None,
    };
    (!trimmed.contains(opening)).then(|| trimmed.len() - 1)
}

/// Whether nothing else stands on the line of the byte at `at`.
fn stands_alone(text: &str, at: usize) -> bool {
    let line = text.get(..at).and_then(|it| it.rsplit('\n').next());
    line.is_some_and(|it| it.trim().is_empty())
}

fn unclosed(found: &mut Findings<'_>, open: &Open, at: usize) {
    let text = found.text();
    let place = text.get(..at).unwrap_or_default().trim_end().len().max(open.token.end);
    let start = open.line.start;
    let indent = text.get(start..start + open.line.indent).unwrap_or_default();
    let inside = text.get(open.token.end..place).unwrap_or_default();
    let one_line = !inside.contains('\n') && !inside.is_empty();
    if let Some(bracket) = wrong_end(inside).filter(|at| one_line || stands_alone(inside, *at)) {
        let at = open.token.end + bracket;
        let span = found.span(at, at + 1);
        let diagnostic = codes::UNCLOSED_BLOCK
            .at(span, "a block is closed by `}`")
            .label("closes nothing")
            .also(found.span(open.token.start, open.token.end), "opened here")
            .fix("write `}`", span, "}");
        found.unclear(diagnostic, vec![(span, "}".to_owned())]);
        return;
    }
    let closing = if one_line { " }".to_owned() } else { format!("\n{indent}}}") };
    let spot = found.span(place, place);
    let diagnostic = codes::UNCLOSED_BLOCK
        .at(found.span(open.token.start, open.token.end), "this block is not closed")
        .label("opened here")
        .also(spot, "should be closed by here, by its indentation")
        .fix("close the block", spot, closing.clone());
    found.unclear(diagnostic, vec![(spot, closing)]);
}
