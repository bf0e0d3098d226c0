//! Lists as other languages write them: with commas, brackets or dashes.

use super::Scope;
use super::numbers::is_number;
use crate::syntax::codes;
use crate::syntax::lexer::{Token, TokenKind};
use crate::syntax::repair::Findings;
use crate::syntax::sections::BLOCK_ONLY;

/// `A, B` or `1, 2`: values are separated by blanks.
pub(super) fn comma(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
    let text = token.text(found.text());
    let start = text.find(',').map_or(token.start, |offset| token.start + offset);
    let last = token.start + text.len();
    let words: Vec<&str> = text.split(',').filter(|word| !word.is_empty()).collect();
    let mut instead = words.iter().map(|word| bare_or_quoted(word)).collect::<Vec<_>>().join(" ");
    let touches = found.tokens().get(at + 1).is_some_and(|next| !next.is_trivia());
    if touches || text.starts_with(',') && !words.is_empty() {
        instead = if text.starts_with(',') { format!(" {instead}") } else { format!("{instead} ") };
    }
    let whole = found.span(token.start, last);
    if let Some(number) = decimal(found, at, text) {
        let span = found.span(token.start, token.end);
        found.fixable(
            &codes::COMMA,
            found.span(start, start + 1),
            "decimals are written with a point",
            "",
            (&format!("write `{number}`"), vec![(span, number.clone())]),
        );
        return 1;
    }
    if found.continues_last(&codes::COMMA, whole, &instead)
        || found.continues_last(&codes::BRACKET_LIST, whole, &instead)
    {
        return 1;
    }
    found.fixable(
        &codes::COMMA,
        found.span(start, start + 1),
        "values are separated by blanks, not by commas",
        "remove this",
        ("remove the commas", vec![(whole, instead)]),
    );
    1
}

/// `0,85` behind a comparison: the number that was meant.
fn decimal(found: &Findings<'_>, at: usize, text: &str) -> Option<String> {
    let before = at.checked_sub(1).and_then(|it| found.tokens().get(it));
    let bound =
        text.starts_with(['<', '>']) || before.is_some_and(|it| it.kind == TokenKind::Equals);
    let number = text.replace(',', ".");
    let digits = number.trim_start_matches(['<', '>', '-']);
    (bound && text.matches(',').count() == 1 && is_number(digits)).then_some(number)
}

/// A word as it must be written once it stands alone.
pub(super) fn bare_or_quoted(word: &str) -> String {
    let numeric = word.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit());
    match word {
        "true" | "false" | "null" => format!("#{word}"),
        _ if word.contains(['/', '\\', '.']) && !numeric => format!("\"{word}\""),
        _ if numeric && !is_number(word.trim_start_matches(['+', '-'])) => format!("\"{word}\""),
        _ => word.to_owned(),
    }
}

/// `[1 2]`: values follow each other without brackets.
pub(super) fn bracket(found: &mut Findings<'_>, token: Token, scope: Scope<'_>) -> usize {
    let opens = token.text(found.text()) == "[";
    enclosed(found, token, if opens { ']' } else { '[' }, opens, scope);
    1
}

/// `isin(A B)`: values follow each other without parentheses; `stage x (` opens no block.
pub(super) fn parenthesis(found: &mut Findings<'_>, at: usize, scope: Scope<'_>) -> usize {
    let Some(token) = found.tokens().get(at).copied() else { return 1 };
    let line = line_after(found, token.end);
    let base = scope.node == "schema" && scope.values == 1;
    if let Some(length) = line.find(')').filter(|_| base) {
        let end = token.end + length;
        let edits = vec![
            (found.span(token.start, token.end), " extends=".to_owned()),
            (found.span(end, end + 1), String::new()),
        ];
        found.fixable(
            &codes::BRACKET_LIST,
            found.span(token.start, end + 1),
            "the schema that this one starts from needs `extends=`",
            "",
            ("write `extends=`", edits),
        );
    } else if line.contains(')') {
        enclosed(found, token, ')', true, scope);
    } else if line.trim().is_empty() {
        let span = found.span(token.start, token.end);
        found.fixable(
            &codes::BRACKET_LIST,
            span,
            "a block is opened by `{`",
            "",
            ("write `{`", vec![(span, "{".to_owned())]),
        );
    }
    1
}

fn line_after<'a>(found: &Findings<'a>, at: usize) -> &'a str {
    found.text().get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default()
}

/// Reports an opening sign with its partner on the same line; a partner alone is a mistake of
/// its own only when nothing on the line opens.
fn enclosed(found: &mut Findings<'_>, token: Token, partner: char, opens: bool, scope: Scope<'_>) {
    let span = found.span(token.start, token.end);
    let before = found.text().get(..token.start).unwrap_or_default();
    let line = before.get(before.rfind('\n').map_or(0, |it| it + 1)..).unwrap_or_default();
    if !opens && line.contains(partner) {
        return;
    }
    let block = BLOCK_ONLY.contains(&scope.node) && scope.values == 0;
    let touches = !line.is_empty() && !line.ends_with(char::is_whitespace);
    let first = match (block, opens && touches) {
        (true, _) => "{ ",
        (false, true) => " ",
        (false, false) => "",
    };
    let mut edits = vec![(span, first.to_owned())];
    if let Some(at) = line_after(found, token.end).find(partner).filter(|_| opens) {
        let close = found.span(token.end + at, token.end + at + 1);
        edits.push((close, if block { " }" } else { "" }.to_owned()));
    }
    let what = if partner == ')' { "parentheses" } else { "brackets" };
    let (message, title) = match block {
        true => (format!("a block is written in braces, not in {what}"), "write braces"),
        false => (format!("lists are written without {what}"), "remove them"),
    };
    let label = "values follow each other, separated by blanks";
    found.fixable(&codes::BRACKET_LIST, span, &message, label, (title, edits));
}

/// `- item`: an item of a YAML list joins the node above, a field loses its dash.
pub(super) fn dash_item(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
    let tokens = found.tokens();
    let next = tokens.get(at + 1).filter(|it| it.kind == TokenKind::Space);
    let end = next.map_or(token.end, |it| it.end);
    let said = tokens.get(..at).unwrap_or_default().iter().rev();
    let mut said = said.filter(|it| !it.is_trivia());
    let value = tokens.get(at + 2).is_some_and(|it| {
        let alone = tokens.get(at + 3).is_none_or(|it| {
            matches!(it.kind, TokenKind::Newline | TokenKind::Space | TokenKind::CloseBrace)
        });
        matches!(it.kind, TokenKind::String(_)) || it.kind == TokenKind::Word && alone
    });
    let field = tokens.get(at + 3..at + 5).is_some_and(|it| {
        it.first().is_some_and(|it| it.kind == TokenKind::Space)
            && it.last().is_some_and(|it| !it.is_trivia())
    });
    let above = said
        .next()
        .copied()
        .filter(|it| matches!(it.kind, TokenKind::Word | TokenKind::String(_)) && value && !field);
    let colon = above.is_some_and(|it| it.text(found.text()).ends_with(':'));
    let (edit, title) = match above {
        Some(above) => {
            let from = if colon { above.end - 1 } else { above.end };
            ((found.span(from, end), " ".to_owned()), "write the list on one line")
        }
        None => ((found.span(token.start, end), String::new()), "remove the dash"),
    };
    if found.swallows_colon(above.map_or(0, |it| it.end), edit.0)
        || found.continues_list(&codes::DASH_LIST, edit.0, &edit.1)
    {
        return 2;
    }
    found.fixable(
        &codes::DASH_LIST,
        found.span(token.start, token.end),
        "lists are written without dashes",
        "values follow each other on the line of their node",
        (title, vec![edit]),
    );
    2
}
