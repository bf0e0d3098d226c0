//! `{{ x }}` outside quotes.

use crate::syntax::codes;
use crate::syntax::lexer::TokenKind;
use crate::syntax::repair::{Findings, MAX_DEPTH};

/// `{{ x }}` outside quotes: the run of tokens it touches is quoted. Returns how many it spans.
pub(super) fn interpolation(found: &mut Findings<'_>, at: usize) -> usize {
    interpolated_run(found, at).map_or(1, |end| quote_run(found, at, end))
}

/// Index after the run of touching tokens from `at` on, if it holds `{{ … }}`.
pub(super) fn interpolated_run(found: &Findings<'_>, at: usize) -> Option<usize> {
    let tokens = found.tokens();
    let mut depth = 0_usize;
    let mut holes = 0_usize;
    let mut index = at;
    while let Some(token) = tokens.get(index).filter(|_| depth <= MAX_DEPTH) {
        if token.kind == TokenKind::OpenBrace {
            let pair = tokens.get(index + 1).is_some_and(|it| it.kind == TokenKind::OpenBrace);
            if depth == 0 && !pair {
                break;
            }
            depth += 1;
            holes += usize::from(depth == 2);
        } else if token.kind == TokenKind::CloseBrace && depth > 0 {
            depth -= 1;
        } else if !(token.kind == TokenKind::Word || token.kind == TokenKind::Space && depth > 0) {
            break;
        }
        index += 1;
    }
    (holes > 0 && depth == 0).then_some(index)
}

pub(super) fn quote_run(found: &mut Findings<'_>, at: usize, end: usize) -> usize {
    let tokens = found.tokens();
    let bounds = tokens.get(at).zip(end.checked_sub(1).and_then(|last| tokens.get(last)));
    let Some((first, last)) = bounds else { return 1 };
    let text = found.text().get(first.start..last.end).unwrap_or_default();
    let span = found.span(first.start, last.end);
    let quoted = format!("\"{text}\"");
    found.fixable(
        &codes::UNQUOTED_INTERPOLATION,
        span,
        "`{{ }}` is written inside quotes",
        "",
        (&format!("write `{quoted}`"), vec![(span, quoted.clone())]),
    );
    end - at
}
