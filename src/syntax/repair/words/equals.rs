//! An `=` among the values: too many, too few, or in the place of a comparison.

use super::bounds::{blanks_around, bound_spelling, exactly};
use super::numbers::is_number;
use super::{Scope, next_said};
use crate::syntax::codes;
use crate::syntax::lexer::{Token, TokenKind};
use crate::syntax::repair::Findings;

/// `=>5`, `==5`, or a property without a key or a value. Returns how many tokens are dealt with.
pub(super) fn equals(found: &mut Findings<'_>, at: usize, token: Token, scope: Scope<'_>) -> usize {
    let (tokens, text) = (found.tokens(), found.text());
    let next = tokens.get(at + 1).copied();
    let next_text = next.map_or("", |it| it.text(text));
    let before = at.checked_sub(1).and_then(|it| tokens.get(it));
    let after_blank = before.is_none_or(|it| it.is_trivia());
    if after_blank && next_text.starts_with(['<', '>']) {
        let op = format!("{}=", next_text.get(..1).unwrap_or_default());
        bound_spelling(found, found.span(token.start, token.end + 1), &op);
        return 2;
    }
    let taken = doubled(found, at, token, before.map_or("", |it| it.text(text)));
    if taken > 0 {
        return taken;
    }
    if scope.parent == "columns" && after_blank && is_number(next_text) {
        comparison(found, token);
        return 2;
    }
    if after_blank && keyless(found, at, token, scope) {
        return 2;
    }
    if ends(found, at) {
        match after_blank && block_follows(found, at) {
            true => before_block(found, at, token),
            false => without_value(found, at, token),
        }
    }
    1
}

/// `>==5`, `schema==x` or `==5`. Returns 0 when it is none.
fn doubled(found: &mut Findings<'_>, at: usize, token: Token, key: &str) -> usize {
    let again = next_said(found, at).filter(|(_, it)| it.kind == TokenKind::Equals);
    let Some((index, again)) = again else { return 0 };
    let fix = ("remove an `=`", vec![(found.span(token.end, again.end), String::new())]);
    let span = found.span(token.start, again.end);
    if key.ends_with(['<', '>']) {
        let message = format!("this bound is written `{key}=`");
        found.fixable(&codes::BOUND_SPELLING, span, &message, "", fix);
        return index - at + 1;
    }
    if index > at + 1 {
        return 0;
    }
    if key.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let message = format!("`{key}` is set with one `=`");
        found.fixable(&codes::EQUALS_AFTER_NAME, span, &message, "", fix);
        return 2;
    }
    exactly(found, at, token)
}

/// `age int =18`: a column has no property that is a number.
fn comparison(found: &mut Findings<'_>, token: Token) {
    let before = found.text().get(..token.start).and_then(|it| it.rsplit('\n').next());
    let op = if before.is_some_and(|it| it.contains('>')) { "<=" } else { ">=" };
    bound_spelling(found, found.span(token.start, token.end), op);
}

/// Whether nothing follows that an `=` could set.
fn ends(found: &Findings<'_>, at: usize) -> bool {
    next_said(found, at).is_none_or(|(index, it)| {
        let blank = index > at + 1;
        let next = found.tokens().get(index + 1);
        let sets = next.is_some_and(|it| it.kind == TokenKind::Equals);
        it.is_trivia()
            || blank && it.kind == TokenKind::Word && sets
            || matches!(
                it.kind,
                TokenKind::Semicolon | TokenKind::OpenBrace | TokenKind::CloseBrace
            )
    })
}

/// `stage prepare = {`
fn before_block(found: &mut Findings<'_>, at: usize, token: Token) {
    let (start, end) = blanks_around(found, at);
    found.fixable(
        &codes::EQUALS_AFTER_NAME,
        found.span(token.start, token.end),
        "a block follows its node directly, without `=`",
        "not needed",
        ("remove the `=`", vec![(found.span(start, end), " ".to_owned())]),
    );
}

fn without_value(found: &mut Findings<'_>, at: usize, token: Token) {
    let said = found.tokens().get(..at).unwrap_or_default().iter().rev();
    let key = said.into_iter().find(|it| !it.is_trivia()).copied().unwrap_or(token);
    let name = key.text(found.text());
    let span = found.span(key.start, token.end);
    let diagnostic = codes::MISSING_PROPERTY_VALUE.at(span, format!("`{name}=` has no value"));
    if name.ends_with(['<', '>']) && name.len() == 1 {
        let number = vec![(found.span(token.end, token.end), "0".to_owned())];
        found.unclear(diagnostic.label("a number is expected after it"), number);
    } else {
        let nothing = vec![(span, String::new())];
        found.unclear(diagnostic.label("a value is expected after the `=`"), nothing);
    }
}

/// `"a.csv" =features`: a value is set, and the name of the property is missing. True when it was
/// that.
fn keyless(found: &mut Findings<'_>, at: usize, token: Token, scope: Scope<'_>) -> bool {
    let before = found.tokens().get(..at).unwrap_or_default().iter().rev();
    let before = before.into_iter().find(|it| !it.is_trivia());
    let value = found.tokens().get(at + 1).filter(|it| !it.is_trivia());
    let is_string = before.is_some_and(|it| matches!(it.kind, TokenKind::String(_)));
    let (Some(value), true) = (value, is_string && scope.node != "env") else { return false };
    if !matches!(value.kind, TokenKind::Word | TokenKind::String(_)) {
        return false;
    }
    let span = found.span(token.start, value.end);
    let diagnostic = codes::SYNTAX_ERROR
        .at(span, "the name of a property is missing")
        .label("a name is expected before the `=`");
    found.unclear(diagnostic, vec![(span, String::new())]);
    true
}

/// Whether a `{` comes next that begins no hole.
fn block_follows(found: &Findings<'_>, at: usize) -> bool {
    let Some((index, _)) = next_said(found, at) else { return false };
    let kinds = [index, index + 1].map(|it| found.tokens().get(it).map(|it| it.kind));
    kinds[0] == Some(TokenKind::OpenBrace) && kinds[1] != Some(TokenKind::OpenBrace)
}
