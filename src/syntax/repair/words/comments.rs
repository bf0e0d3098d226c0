//! Comments as other languages write them.

use crate::syntax::codes;
use crate::syntax::lexer::{Token, TokenKind};
use crate::syntax::repair::Findings;

/// `# comment`: everything up to the end of the line.
pub(super) fn hash_comment(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
    let rest = found.tokens().get(at..).unwrap_or_default();
    let length = rest.iter().take_while(|it| it.kind != TokenKind::Newline).count();
    let end = rest.get(length.saturating_sub(1)).map_or(token.end, |last| last.end);
    let hashes = token.text(found.text()).bytes().take_while(|&byte| byte == b'#').count();
    let span = found.span(token.start, token.start + hashes);
    found.fixable(
        &codes::HASH_COMMENT,
        found.span(token.start, end),
        "comments start with `//`, not with `#`",
        "meant as a comment",
        ("write `//`", vec![(span, "//".to_owned())]),
    );
    length.max(1)
}

/// `-- comment`, `% comment`, `<!-- comment -->`: a sign that other languages begin comments with.
pub(super) fn foreign_comment(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
    let rest = found.tokens().get(at..).unwrap_or_default();
    let length = rest.iter().take_while(|it| it.kind != TokenKind::Newline).count();
    let end = rest.get(length.saturating_sub(1)).map_or(token.end, |last| last.end);
    let sign = token.text(found.text());
    let span = found.span(token.start, token.end);
    found.fixable(
        &codes::HASH_COMMENT,
        found.span(token.start, end),
        &format!("comments start with `//`, not with `{sign}`"),
        "meant as a comment",
        ("write `//`", vec![(span, "//".to_owned())]),
    );
    length.max(1)
}
