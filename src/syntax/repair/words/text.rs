//! Texts, paths and URLs without quotes, or with quotes that KDL does not know.

use super::Scope;
use crate::base::code::Code;
use crate::base::source::Span;
use crate::syntax::codes;
use crate::syntax::lexer::{StringKind, Token, TokenKind};
use crate::syntax::repair::Findings;

/// `cmd python train.py`: text that is several words is quoted as a whole.
pub(super) fn bare_text(found: &mut Findings<'_>, at: usize) -> usize {
    let rest = found.tokens().get(at + 1..).unwrap_or_default();
    let ends = |token: &Token| {
        matches!(token.kind, TokenKind::Newline | TokenKind::LineComment | TokenKind::Semicolon)
    };
    let length = rest.iter().take_while(|token| !ends(token)).count();
    let said = rest.get(..length).unwrap_or_default().iter().filter(|it| !it.is_trivia());
    let said: Vec<Token> = said.copied().collect();
    let (Some(first), Some(last)) = (said.first(), said.last()) else { return 1 };
    let text = found.text().get(first.start..last.end).unwrap_or_default();
    let one_word = said.len() == 1 && !text.contains(['/', '\\']);
    if first.kind != TokenKind::Word || text.starts_with(is_odd_quote) || one_word {
        return 1;
    }
    // A quote at the end alone was dealt with; quotes inside need a raw string.
    let quoted = match text.contains(['"', '\\']) {
        true => format!("#\"{text}\"#"),
        false => format!("\"{text}\""),
    };
    let span = found.span(first.start, last.end);
    found.fixable(
        &codes::UNQUOTED_TEXT,
        span,
        "a text is written in quotes",
        "",
        (&format!("write `{quoted}`"), vec![(span, quoted.clone())]),
    );
    length + 1
}

/// Whether it is a quote that KDL does not know: `'`, a backtick, a typographic one.
pub(super) fn is_odd_quote(c: char) -> bool {
    "'`‘’‚‛“”„‟«»".contains(c)
}

/// `'x y'`, `“x”`: KDL knows straight double quotes only. Returns how many tokens it spans.
pub(super) fn odd_quotes(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
    let rest = found.tokens().get(at..).unwrap_or_default();
    let line = rest.iter().take_while(|it| !matches!(it.kind, TokenKind::Newline));
    let text = found.text();
    let first = token.text(text).chars().next().map_or(0, char::len_utf8);
    let close = line.enumerate().find(|(offset, it)| {
        let word = it.text(text);
        it.kind == TokenKind::Word
            && word.ends_with(is_odd_quote)
            && (*offset > 0 || word.len() > first)
    });
    let Some((length, last)) = close else {
        let diagnostic = codes::WRONG_QUOTES
            .at(found.span(token.start, token.end), "strings are written in `\"")
            .label("this quote has no partner on the line");
        let span = found.span(token.start, token.start + first);
        found.unclear(diagnostic, vec![(span, String::new())]);
        return 1;
    };
    let last = *last;
    let whole = text.get(token.start..last.end).unwrap_or_default();
    let inner = whole.strip_prefix(is_odd_quote).unwrap_or(whole);
    let inner = inner.strip_suffix(is_odd_quote).unwrap_or(inner);
    let quoted =
        if inner.contains(['"', '\\']) { format!("#\"{inner}\"#") } else { format!("\"{inner}\"") };
    let span = found.span(token.start, last.end);
    found.fixable(
        &codes::WRONG_QUOTES,
        span,
        "strings are written in `\"",
        "",
        (&format!("write `{quoted}`"), vec![(span, quoted.clone())]),
    );
    length + 1
}

/// `"one" + "two"`: strings are not added up. True when it was that.
pub(super) fn joined(found: &mut Findings<'_>, at: usize, token: Token) -> bool {
    let tokens = found.tokens();
    let plain = |it: &&Token| {
        let kind = StringKind { multi_line: false, hashes: 0, closed: true };
        it.kind == TokenKind::String(kind)
    };
    let before = tokens.get(..at).unwrap_or_default().iter().rev();
    let before = before.into_iter().find(|it| it.kind != TokenKind::Space).filter(plain);
    let after = tokens.get(at + 1..).unwrap_or_default().iter();
    let after = after.into_iter().find(|it| it.kind != TokenKind::Space).filter(plain);
    let (Some(before), Some(after)) = (before, after) else { return false };
    let span = found.span(before.end - 1, after.start + 1);
    found.fixable(
        &codes::STRAY_SIGN,
        found.span(token.start, token.end),
        "strings are not added up",
        "neither a name nor a number",
        ("make it one string", vec![(span, String::new())]),
    );
    true
}

/// Properties that hold a sentence.
pub(in crate::syntax::repair) const SENTENCES: &[&str] =
    &["title", "desc", "reason", "x-label", "y-label"];

/// `title=Two words`: everything up to what is no bare word is quoted. Returns 0 when it is none.
pub(super) fn title(found: &mut Findings<'_>, at: usize, token: Token, scope: Scope<'_>) -> usize {
    let tokens = found.tokens();
    let text = found.text();
    let key = at.checked_sub(2).and_then(|it| tokens.get(it)).map(|it| it.text(text));
    let equals = at.checked_sub(1).and_then(|it| tokens.get(it));
    if equals.is_none_or(|it| it.kind != TokenKind::Equals)
        || !key.is_some_and(|it| SENTENCES.contains(&it))
        || scope.node.is_empty()
    {
        return 0;
    }
    let mut last = at;
    let mut index = at + 1;
    while let Some(next) = tokens.get(index) {
        let set = tokens.get(index + 1).is_some_and(|it| it.kind == TokenKind::Equals);
        if next.kind == TokenKind::Word && !set {
            last = index;
        } else if next.kind != TokenKind::Space {
            break;
        }
        index += 1;
    }
    let end = tokens.get(last).map_or(token.end, |it| it.end);
    if last == at {
        return 0;
    }
    let span = found.span(token.start, end);
    let quoted = format!("\"{}\"", text.get(token.start..end).unwrap_or_default());
    found.fixable(
        &codes::UNQUOTED_TEXT,
        span,
        "a text is written in quotes",
        "",
        (&format!("write `{quoted}`"), vec![(span, quoted.clone())]),
    );
    last - at + 1
}

pub(super) fn quote(
    found: &mut Findings<'_>,
    code: &'static Code,
    span: Span,
    text: &str,
    why: &str,
) {
    let quoted = format!("\"{}\"", text.replace('\\', "/"));
    found.fixable(
        code,
        span,
        why,
        "",
        (&format!("write `{quoted}`"), vec![(span, quoted.clone())]),
    );
}

pub(super) fn url(found: &mut Findings<'_>, at: usize, token: Token) {
    let comment = found.tokens().get(at + 1).copied().unwrap_or(token);
    let text = found.text();
    let word = comment.text(text).split_whitespace().next().unwrap_or_default();
    let end = comment.start + word.len();
    let url = text.get(token.start..end).unwrap_or_default();
    let span = found.span(token.start, end);
    let quoted = format!("\"{url}\"");
    found.fixable(
        &codes::UNQUOTED_URL,
        span,
        "a URL is written in quotes",
        "reads as a word and a comment",
        (&format!("write `{quoted}`"), vec![(span, quoted.clone())]),
    );
}

/// `s3://bucket` outside quotes is a word and a comment.
pub(super) fn is_url(found: &Findings<'_>, at: usize, text: &str) -> bool {
    let comment = found.tokens().get(at + 1).is_some_and(|it| it.kind == TokenKind::LineComment);
    comment && text.ends_with(':') && text.len() > 2
}
