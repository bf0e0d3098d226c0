//! Signs that look like those of KDL and are others.

use super::Findings;
use crate::syntax::codes;
use crate::syntax::lexer::TokenKind;

/// Signs that look like those of KDL, from keyboards of other scripts; characters without width.
pub(super) fn find(found: &mut Findings<'_>) {
    for token in found.tokens().iter().filter(|it| it.kind == TokenKind::Word) {
        let text = token.text(found.text());
        if text.is_ascii() || text.starts_with(|c| "'‘’‚‛“”„‟«»`".contains(c)) {
            continue;
        }
        let strange: Vec<_> =
            text.char_indices().filter_map(|(at, c)| Some((at, c, plain(c)?))).collect();
        let Some(&(_, first, plain)) = strange.first() else { continue };
        let place =
            |at: usize, c: char| found.span(token.start + at, token.start + at + c.len_utf8());
        let edits: Vec<_> =
            strange.iter().map(|&(at, c, it)| (place(at, c), it.to_owned())).collect();
        let span = edits.first().map_or(found.span(token.start, token.end), |it| it.0);
        let (message, title) = match plain {
            "" => ("a character without width stands here".to_owned(), "remove it".to_owned()),
            _ => (format!("`{first}` is not `{plain}`"), format!("write `{plain}`")),
        };
        let label = "looks like a sign of the language, and is none";
        found.fixable(&codes::STRAY_SIGN, span, &message, label, (&title, edits));
    }
}

/// The sign that a character of full width stands for; nothing for one without width.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        '＝' => "=",
        '＞' => ">",
        '＜' => "<",
        '｛' => "{",
        '｝' => "}",
        '；' => ";",
        '＂' => "\"",
        '／' => "/",
        '＃' => "#",
        '？' => "?",
        '．' => ".",
        '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' => "",
        _ => return None,
    })
}
