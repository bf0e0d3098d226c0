//! Blocks without braces or without a node, and two fields on one line.

use super::{Scope, next_said};
use crate::syntax::codes;
use crate::syntax::lexer::{Token, TokenKind};
use crate::syntax::repair::Findings;
use crate::syntax::sections::{BLOCK_ONLY, CHECKS, STAGE_FIELDS, starts_section};

/// A `{` where a node should begin: what it holds, perhaps JSON, cannot be read. Returns how many
/// tokens it spans.
pub(super) fn nameless(found: &mut Findings<'_>, at: usize) -> usize {
    let rest = found.tokens().get(at..).unwrap_or_default();
    let moved = |place: usize| {
        // A list may go on over the whole text; only its end can reach this far.
        let edits = found.list.last().map(|it| it.edits.iter().rev().take(16));
        edits.is_some_and(|mut it| it.any(|edit| edit.span.range().contains(&place)))
    };
    if rest.first().is_some_and(|token| moved(token.start)) {
        return 1;
    }
    let mut depth = 0_usize;
    let length = rest.iter().take_while(|token| {
        depth += usize::from(token.kind == TokenKind::OpenBrace);
        depth -= usize::from(token.kind == TokenKind::CloseBrace);
        depth > 0
    });
    let length = length.count() + 1;
    let (Some(first), Some(last)) = (rest.first(), rest.get(..length).and_then(<[_]>::last)) else {
        return 1;
    };
    let diagnostic = codes::SYNTAX_ERROR
        .at(found.span(first.start, first.end), "this block belongs to no node")
        .label("a name is expected before the `{`")
        .help("a node is its name, its values and its block: `targets { dvc }`");
    let span = found.span(first.start, last.end);
    found.unclear(diagnostic, vec![(span, String::new())]);
    length
}

/// `targets { dvc } all`: something behind a block, on its line. Returns how many tokens it spans.
pub(super) fn behind_block(found: &mut Findings<'_>, at: usize) -> usize {
    let Some((index, next)) = next_said(found, at) else { return 1 };
    if !matches!(next.kind, TokenKind::Word | TokenKind::String(_))
        || next.text(found.text()).starts_with(['#', '/', '-', '%', '\''])
    {
        return 1;
    }
    let name = next.text(found.text());
    let close = found.tokens().get(at).map_or(next.start, |it| it.end);
    let text = found.text();
    let start = text.get(..close).and_then(|it| it.rfind('\n')).map_or(0, |it| it + 1);
    let line = text.get(start..close).unwrap_or_default();
    let indent = line.get(..line.len() - line.trim_start().len()).unwrap_or_default();
    let is_node = starts_section(name) || STAGE_FIELDS.contains(&name);
    let end = said_until(found, index);
    if is_node {
        let newline = format!("\n{indent}");
        found.fixable(
            &codes::MISSING_LINE_BREAK,
            found.span(next.start, next.end),
            &format!("`{name}` needs a line of its own"),
            "the node before it ends with its block",
            ("start a new line", vec![(found.span(close, next.start), newline)]),
        );
        return 1;
    }
    found.fixable(
        &codes::UNEXPECTED_VALUE,
        found.span(next.start, end),
        "nothing stands behind a block",
        "not expected here",
        ("remove it", vec![(found.span(close, end), String::new())]),
    );
    found.tokens().iter().skip(at).take_while(|it| it.start < end).count()
}

/// `targets dvc`: what has nothing but a block was given values.
pub(super) fn unbraced(found: &mut Findings<'_>, at: usize, name: &str) {
    if !BLOCK_ONLY.contains(&name) {
        return;
    }
    let Some((index, first)) = next_said(found, at) else { return };
    if matches!(first.kind, TokenKind::Word | TokenKind::String(_)) {
        let end = said_until(found, index);
        let set = found.tokens().get(index + 1).filter(|it| it.kind == TokenKind::Equals).copied();
        braces(found, first, end, first.start, "values of this node stand in a block");
        if let (Some(set), Some(last)) = (set, found.list.last_mut()) {
            let span = crate::base::source::Span::new(found.mended.file, set.start, set.end);
            let edit = crate::base::diagnostic::Edit { span, text: " ".to_owned() };
            last.edits.insert(1, edit.clone());
            let fix = last.diagnostic.as_mut().and_then(|it| it.fix.as_mut());
            fix.into_iter().for_each(|fix| fix.edits.insert(1, edit.clone()));
        }
    }
}

/// `category str isin A B`: checks of a column were given without their block. Returns 0 when it
/// is none.
pub(super) fn unbraced_check(
    found: &mut Findings<'_>,
    at: usize,
    token: Token,
    scope: Scope<'_>,
) -> usize {
    let is_check = CHECKS.contains(&token.text(found.text()));
    let equals = found.tokens().get(at + 1).is_some_and(|it| it.kind == TokenKind::Equals);
    if scope.parent != "columns" || scope.values == 0 || !is_check || equals {
        return 0;
    }
    let end = said_until(found, at);
    braces(found, token, end, token.start, "checks of a column stand in a block");
    1
}

/// `metrics "m.json" provides accuracy`: keys were given without their block. Returns 0 when it is
/// none.
pub(super) fn unbraced_provides(
    found: &mut Findings<'_>,
    at: usize,
    token: Token,
    scope: Scope<'_>,
) -> usize {
    let equals = found.tokens().get(at + 1).is_some_and(|it| it.kind == TokenKind::Equals);
    let is_provides = token.text(found.text()) == "provides" && scope.node == "metrics";
    if !is_provides || scope.values == 0 || equals {
        return 0;
    }
    let end = said_until(found, at);
    braces(found, token, end, token.start, "the keys of a metrics file stand in a block");
    let passed = found.tokens().iter().skip(at).take_while(|it| it.start < end);
    passed.count()
}

/// `schema tumors : measurements`: the schema that another one starts from, as classes name theirs.
/// Returns how many tokens are dealt with.
pub(super) fn base_after_sign(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
    let name = next_said(found, at).filter(|(_, it)| it.kind == TokenKind::Word);
    let Some((index, name)) = name else { return 1 };
    let sign = found.span(token.start, name.start);
    found.fixable(
        &codes::STRAY_SIGN,
        found.span(token.start, name.end),
        "the schema that this one starts from needs `extends=`",
        "",
        ("write `extends=`", vec![(sign, "extends=".to_owned())]),
    );
    index - at + 1
}

fn braces(found: &mut Findings<'_>, token: Token, end: usize, start: usize, message: &str) {
    let edits =
        vec![(found.span(start, start), "{ ".to_owned()), (found.span(end, end), " }".to_owned())];
    found.fixable(
        &codes::MISSING_BRACE,
        found.span(token.start, end),
        message,
        "needs `{` and `}` around it",
        ("write the braces", edits),
    );
}

/// Where the values from token `at` on end: at a block, a comment, or the end of the line.
fn said_until(found: &Findings<'_>, at: usize) -> usize {
    let rest = found.tokens().get(at..).unwrap_or_default();
    let ends = |token: &&Token| {
        !matches!(
            token.kind,
            TokenKind::Newline
                | TokenKind::LineComment
                | TokenKind::OpenBrace
                | TokenKind::CloseBrace
        )
    };
    let values = rest.iter().take_while(ends).filter(|token| !token.is_trivia());
    values.last().map_or(0, |token| token.end)
}

/// `cmd "x" deps "y"`: two fields of a stage on one line. Returns 0 when it is none.
pub(super) fn second_field(
    found: &mut Findings<'_>,
    at: usize,
    token: Token,
    scope: Scope<'_>,
) -> usize {
    let name = token.text(found.text());
    let texts = matches!(
        scope.node,
        "cmd" | "desc" | "deps" | "outs" | "metrics" | "plots" | "timeout" | "retry" | "wdir"
    );
    if scope.parent != "stage" || !texts || scope.values == 0 || !STAGE_FIELDS.contains(&name) {
        return 0;
    }
    let takes_value = next_said(found, at)
        .is_some_and(|(_, it)| matches!(it.kind, TokenKind::Word | TokenKind::String(_)));
    let blank = at.checked_sub(1).and_then(|it| found.tokens().get(it));
    let Some(blank) = blank.filter(|it| it.kind == TokenKind::Space && takes_value) else {
        return 0;
    };
    let before = found.text().get(..token.start).unwrap_or_default();
    let line = before.get(before.rfind('\n').map_or(0, |it| it + 1)..).unwrap_or_default();
    let indent = line.get(..line.len() - line.trim_start().len()).unwrap_or_default();
    let newline = format!("\n{indent}");
    found.fixable(
        &codes::MISSING_LINE_BREAK,
        found.span(token.start, token.end),
        &format!("`{name}` needs a line of its own"),
        "a field of the stage, read as a value of the field before it",
        ("start a new line", vec![(found.span(blank.start, blank.end), newline)]),
    );
    1
}
