//! Bounds as they are spelled elsewhere, and `=` where it has no place.

use super::Scope;
use super::next_said;
use super::numbers::is_number;
use crate::base::source::Span;
use crate::syntax::codes;
use crate::syntax::lexer::{StringKind, Token, TokenKind};
use crate::syntax::repair::Findings;

/// `>"5%"`: the quotes hold the whole bound. Returns true when it was one.
pub(super) fn quoted_bound(found: &mut Findings<'_>, at: usize, token: Token) -> Option<bool> {
    let text = token.text(found.text());
    let next = found.tokens().get(at + 1)?;
    let closed = matches!(next.kind, TokenKind::String(StringKind { closed: true, hashes: 0, .. }));
    if !closed || !text.ends_with(['<', '>']) {
        return Some(false);
    }
    let value = next.text(found.text()).trim_matches('"');
    let said = format!("\"{text}{value}\"");
    let span = found.span(token.start, next.end);
    found.fixable(
        &codes::QUOTED_BOUND,
        span,
        "a strict bound with a unit is quoted as a whole",
        "",
        (&format!("write `{said}`"), vec![(span, said.clone())]),
    );
    Some(true)
}

/// Replaces `symbol` by `text` so that the bound reads `op`.
fn bound_spelling_as(found: &mut Findings<'_>, symbol: Span, op: &str, text: &str) {
    found.fixable(
        &codes::BOUND_SPELLING,
        symbol,
        &format!("this bound is written `{op}`"),
        "",
        (&format!("write `{op}`"), vec![(symbol, text.to_owned())]),
    );
}

pub(super) fn bound_spelling(found: &mut Findings<'_>, symbol: Span, op: &str) {
    found.fixable(
        &codes::BOUND_SPELLING,
        symbol,
        &format!("this bound is written `{op}`"),
        "",
        (&format!("write `{op}`"), vec![(symbol, op.to_owned())]),
    );
}

/// `accuracy = 0.9` where a node takes its value directly. True when it was that.
pub(super) fn equals_after_name(
    found: &mut Findings<'_>,
    name: &str,
    equals: usize,
    parent: &str,
) -> bool {
    let Some(token) = found.tokens().get(equals).copied() else { return true };
    let next = found.tokens().get(equals + 1).map_or("", |next| next.text(found.text()));
    if name.ends_with(['<', '>']) || next.starts_with(['<', '>', '=']) {
        return false;
    }
    let span = found.span(token.start, token.end);
    let share = matches!(name, "unique" | "mean" | "std" | "median" | "sum" | "null-share");
    if parent == "thresholds" || name == "rows" || share && is_number(next) {
        bound_spelling(found, span, ">=");
        return true;
    }
    let (start, end) = blanks_around(found, equals);
    found.fixable(
        &codes::EQUALS_AFTER_NAME,
        span,
        &format!("`{name}` takes its value directly, without `=`"),
        "not needed",
        ("remove the `=`", vec![(found.span(start, end), " ".to_owned())]),
    );
    true
}

/// The bytes of token `at` with the blanks on both sides.
pub(super) fn blanks_around(found: &Findings<'_>, at: usize) -> (usize, usize) {
    let tokens = found.tokens();
    let blank = |index: Option<usize>| {
        index.and_then(|it| tokens.get(it)).filter(|it| it.kind == TokenKind::Space)
    };
    let token = tokens.get(at).map_or((0, 0), |it| (it.start, it.end));
    let start = blank(at.checked_sub(1)).map_or(token.0, |it| it.start);
    let end = blank(Some(at + 1)).map_or(token.1, |it| it.end);
    (start, end)
}

/// `==5`: exactly this is both at least and at most.
pub(super) fn exactly(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
    let sign = found.span(token.start, token.end + 1);
    let text = found.text();
    let value = found.tokens().get(at + 2..).unwrap_or_default().iter();
    let value = value.take_while(|it| it.kind != TokenKind::Newline).find(|it| !it.is_trivia());
    let Some(value) = value.filter(|it| it.kind == TokenKind::Word).copied() else {
        let diagnostic = codes::BOUND_SPELLING
            .at(sign, "`==` is not a bound")
            .help("bounds are `>=`, `>`, `<=`, `<`; for exact values use `isin`");
        found.unclear(diagnostic, vec![(sign, " ".to_owned())]);
        return 2;
    };
    let number = value.text(text);
    let said = format!(">={number} <={number}");
    found.fixable(
        &codes::BOUND_SPELLING,
        sign,
        "`==` is not a bound",
        "bounds are `>=`, `>`, `<=`, `<`; for exact values use `isin`",
        (&format!("write `{said}`"), vec![(found.span(token.start, value.end), said.clone())]),
    );
    let passed = found.tokens().iter().skip(at).take_while(|it| it.start < value.end);
    passed.count()
}

/// `>>=5`: a comparison said twice. Returns 0 when it is none.
pub(super) fn doubled(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
    let text = token.text(found.text());
    let equals = found.tokens().get(at + 1).is_some_and(|it| it.kind == TokenKind::Equals);
    let sign = text.get(..1).unwrap_or_default();
    if !equals || text.len() < 2 || !matches!(sign, "<" | ">") || text != sign.repeat(text.len()) {
        return 0;
    }
    let span = found.span(token.start, token.end);
    bound_spelling_as(found, span, &format!("{sign}="), sign);
    2
}

/// `18<=` or `18<`: the comparison stands behind its number. Returns 0 when it is none.
pub(super) fn flipped(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
    let text = token.text(found.text());
    let Some(number) = text.strip_suffix(['<', '>']).filter(|it| is_number(it)) else { return 0 };
    let equals = found.tokens().get(at + 1).filter(|it| it.kind == TokenKind::Equals);
    let sign = if text.ends_with('<') { ">" } else { "<" };
    let or_equal = if equals.is_some() { "=" } else { "" };
    let said = format!("{sign}{or_equal}{number}");
    let span = found.span(token.start, equals.map_or(token.end, |it| it.end));
    found.fixable(
        &codes::BOUND_SPELLING,
        span,
        "a bound begins with its comparison",
        "",
        (&format!("write `{said}`"), vec![(span, said.clone())]),
    );
    if equals.is_some() { 2 } else { 1 }
}

/// What a threshold may bound by name.
const QUANTITIES: &[&str] = &["drop", "rise", "ratio"];

/// `>=0.9` where a name should stand. Returns how many tokens are dealt with.
pub(super) fn nameless(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
    let rest = found.tokens().get(at..).unwrap_or_default();
    let ends = |it: &&Token| {
        !matches!(it.kind, TokenKind::Newline | TokenKind::Semicolon | TokenKind::CloseBrace)
            && !matches!(it.kind, TokenKind::OpenBrace | TokenKind::LineComment)
    };
    let said: Vec<&Token> = rest.iter().take_while(ends).collect();
    let end = said.iter().rev().find(|it| !it.is_trivia()).map_or(token.end, |it| it.end);
    let span = found.span(token.start, end);
    let diagnostic = codes::SYNTAX_ERROR
        .at(span, "this bound belongs to no name")
        .label("a name is expected before it");
    found.unclear(diagnostic, vec![(span, String::new())]);
    said.len().max(1)
}

/// `drop <= 0.02`: the quantity and its comparison are one word. Returns 0 when it is none.
pub(super) fn apart(found: &mut Findings<'_>, at: usize, token: Token, scope: Scope<'_>) -> usize {
    let text = found.text();
    let name = token.text(text);
    if scope.parent != "thresholds" || !QUANTITIES.contains(&name) {
        return 0;
    }
    let Some((index, sign)) = next_said(found, at) else { return 0 };
    let after = found.tokens().get(index + 1);
    let comparison = |it: &Token| it.text(text).chars().next().filter(|c| matches!(c, '<' | '>'));
    let (end, operator, passed) = match (sign.kind, after.and_then(comparison)) {
        (TokenKind::Word, _) if comparison(&sign).is_some() => (sign.start, String::new(), 0),
        (TokenKind::Equals, Some(c)) => {
            (after.map_or(sign.end, |it| it.start + 1), format!("{c}="), 2)
        }
        (TokenKind::Equals, None) if name != "ratio" => (sign.end, "<=".to_owned(), 1),
        _ => return 0,
    };
    let span = found.span(token.end, end);
    found.fixable(
        &codes::BOUND_SPELLING,
        found.span(token.start, end.max(sign.end)),
        &format!("a bound on `{name}` is one word: `{name}<=0.02`"),
        "",
        ("write it as one word", vec![(span, operator)]),
    );
    index - at + passed
}

/// Comparisons in words.
const IN_WORDS: &[(&str, &str)] = &[
    ("at-least", ">="),
    ("min", ">="),
    ("minimum", ">="),
    ("ge", ">="),
    ("gte", ">="),
    ("over", ">"),
    ("above", ">"),
    ("gt", ">"),
    ("at-most", "<="),
    ("max", "<="),
    ("maximum", "<="),
    ("le", "<="),
    ("lte", "<="),
    ("under", "<"),
    ("below", "<"),
    ("lt", "<"),
];

/// `accuracy at-least 0.9`. Returns 0 when it is none.
pub(super) fn in_words(
    found: &mut Findings<'_>,
    at: usize,
    token: Token,
    scope: Scope<'_>,
) -> usize {
    let word = token.text(found.text());
    let folded = word.to_ascii_lowercase().replace('_', "-");
    let Some((_, op)) = IN_WORDS.iter().find(|(name, _)| *name == folded) else { return 0 };
    if !matches!(scope.parent, "thresholds" | "columns") && scope.node != "rows" {
        return 0;
    }
    let next = match next_said(found, at) {
        Some((index, it)) if it.kind == TokenKind::Equals => next_said(found, index),
        other => other,
    };
    let number = next.filter(|(_, it)| is_number(it.text(found.text())));
    let Some((index, number)) = number else { return 0 };
    let (sign, end) = (found.span(token.start, token.end), found.span(token.start, number.start));
    found.fixable(
        &codes::BOUND_SPELLING,
        sign,
        &format!("this bound is written `{op}`"),
        "",
        (&format!("write `{op}`"), vec![(end, (*op).to_owned())]),
    );
    index - at + 1
}
