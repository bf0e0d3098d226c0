//! Strings that do not end, and quotes in the wrong place.

use super::Findings;
use crate::syntax::codes;
use crate::syntax::lexer::{self, StringKind, Token, TokenKind};
use crate::syntax::sections::starts_section;

pub(super) fn find(found: &mut Findings<'_>) {
    for (index, token) in found.tokens().iter().enumerate() {
        let TokenKind::String(kind) = token.kind else { continue };
        match kind {
            StringKind { closed: true, hashes, .. } => {
                if hashes == 0 {
                    escapes(found, *token);
                }
                glued(found, index, *token);
            }
            StringKind { multi_line: true, .. } => unclosed_block(found, *token, kind),
            StringKind { .. } => unclosed_line(found, index, *token, kind),
        }
    }
}

/// A backslash that starts no escape: `"\d+"`. The string was hardly meant to have any.
fn escapes(found: &mut Findings<'_>, token: Token) {
    let content = token.text(found.text());
    let (mut bad, mut good) = (Vec::new(), false);
    let mut rest = content;
    while let Some(at) = rest.find('\\') {
        let start = content.len() - rest.len() + at;
        let (_, after) = content.split_at_checked(start + 1).unwrap_or_default();
        let length = after.chars().next().map_or(0, char::len_utf8);
        if is_escape(after) {
            good = true
        } else {
            bad.push((start, length))
        }
        rest = after.get(length..).unwrap_or_default();
    }
    let Some(&(first, length)) = bad.first() else { return };
    let raw = !good && !content.contains("\"#");
    let place = |at: usize| found.span(token.start + at, token.start + at);
    let fix = match raw {
        _ if is_windows_path(content) => {
            let backslashes = content.match_indices('\\').map(|(at, _)| {
                let at = token.start + at;
                (found.span(at, at + 1), "/".to_owned())
            });
            ("write `/`", backslashes.collect())
        }
        true => {
            let ends = [0, content.len()].map(|at| (place(at), "#".to_owned()));
            ("make it a raw string", ends.to_vec())
        }
        false => {
            let doubled = bad.iter().map(|&(at, _)| (place(at), "\\".to_owned()));
            ("double the backslash", doubled.collect())
        }
    };
    let span = found.span(token.start + first, token.start + first + 1 + length);
    let said = content.get(first..first + 1 + length).unwrap_or_default();
    found.fixable(
        &codes::BAD_ESCAPE,
        span,
        &format!("`{said}` is no escape"),
        "a backslash in a plain string starts one",
        fix,
    );
}

/// Whether a string is names with single backslashes between them.
fn is_windows_path(content: &str) -> bool {
    let is_name = |it: &str| {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        !it.is_empty() && it.chars().all(plain)
    };
    content.trim_matches('"').split('\\').all(is_name)
}

/// Whether KDL knows what a backslash in front of this means.
fn is_escape(after: &str) -> bool {
    let hex = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_hexdigit());
    match after.strip_prefix("u{") {
        Some(code) => code.split_once('}').is_some_and(|(code, _)| hex(code)),
        None => {
            after.starts_with(['n', 'r', 't', '\\', '"', 'b', 'f', 's'])
                || after.starts_with(char::is_whitespace)
        }
    }
}

/// A string and a value with nothing between them.
fn glued(found: &mut Findings<'_>, index: usize, token: Token) {
    let Some(next) = found.tokens().get(index + 1) else { return };
    let bare = next.text(found.text());
    let is_value = matches!(next.kind, TokenKind::String(StringKind { closed: true, .. }))
        || (next.kind == TokenKind::Word && !bare.starts_with([',', ':', '\'']));
    if !is_value || quote_missing_here(found, index) {
        return;
    }
    let between = found.span(token.end, token.end);
    found.fixable(
        &codes::MISSING_SPACE,
        found.span(token.end, next.end),
        "two values need a space between them",
        "starts right after a quote",
        ("insert a space", vec![(between, " ".to_owned())]),
    );
}

/// Whether a later quote on this line has no partner: then the glued string lacks its end.
fn quote_missing_here(found: &Findings<'_>, index: usize) -> bool {
    let rest = found.tokens().get(index + 1..).unwrap_or_default();
    let line = rest.iter().take_while(|token| token.kind != TokenKind::Newline);
    line.into_iter().any(|token| matches!(token.kind, TokenKind::String(it) if !it.closed))
}

/// A single-line string that its line does not end: a quote is missing somewhere on the line.
///
/// Every place where one could be missing is tried; the one that leaves the line most orderly is
/// taken, and on a tie the end of the string.
fn unclosed_line(found: &mut Findings<'_>, index: usize, token: Token, kind: StringKind) {
    let text = found.text();
    let start = text.get(..token.start).and_then(|it| it.rfind('\n')).map_or(0, |at| at + 1);
    let line = text.get(start..token.end).unwrap_or_default();
    let quote = format!("\"{}", "#".repeat(usize::from(kind.hashes)));
    let end = token.start + plain_end(token.text(text)) - start;
    let mut places = vec![end];
    if kind.hashes == 0 {
        places.extend(other_places(found, index, start));
    }
    let mended = |place: usize| {
        let (before, after) = line.split_at_checked(place).unwrap_or((line, ""));
        format!("{before}{quote}{after}")
    };
    let best = places.iter().copied().min_by_key(|&place| disorder(&mended(place))).unwrap_or(end);
    let (from, to) = mended_string(&mended(best), best);
    let opens = from == best;
    let (message, label, title) = match opens {
        false => ("this string is not closed", "opened here", "close the string"),
        true => {
            let label = "ends with a quote but does not start with one";
            ("this string is not opened", label, "open the string")
        }
    };
    let place = found.span(start + best, start + best);
    found.fixable(
        &codes::UNCLOSED_STRING,
        found.span(start + from, (start + to - 1).max(start + from + 1)),
        message,
        label,
        (title, vec![(place, quote.clone())]),
    );
}

/// Starts of bare words and ends of what touches no blank, from the start of the line.
fn other_places(found: &Findings<'_>, index: usize, line: usize) -> Vec<usize> {
    let before = found.tokens().get(..index).unwrap_or_default();
    let words = before.iter().rev().take_while(|token| token.start >= line);
    let mut words: Vec<Token> = words.filter(|it| it.kind == TokenKind::Word).copied().collect();
    words.reverse();
    let name = words.first().map_or("", |first| first.text(found.text()));
    let mut opening: Vec<usize> = words.iter().skip(1).map(|it| it.start - line).collect();
    // A command is one string from its first word on; elsewhere a string is one word.
    if !matches!(name, "cmd" | "desc" | "description") {
        opening.reverse();
    }
    let strings = before.iter().rev().take_while(|token| token.start >= line);
    let strings = strings.filter(|it| matches!(it.kind, TokenKind::String(_)));
    let closing = strings.map(|it| {
        let content = it.text(found.text());
        it.start - line + content.strip_suffix('"').unwrap_or(content).trim_end().len()
    });
    opening.into_iter().chain(closing.collect::<Vec<_>>()).collect()
}

/// How much is wrong with a line: open strings, values that touch, paths without quotes.
fn disorder(line: &str) -> usize {
    let tokens = lexer::tokens(line);
    let value = |token: &Token| matches!(token.kind, TokenKind::String(_) | TokenKind::Word);
    let touching = tokens.windows(2).filter(|pair| pair.iter().all(value)).count();
    let wrong = |token: &&Token| match token.kind {
        TokenKind::String(kind) => !kind.closed || token.text(line).contains("=\""),
        TokenKind::Word => token.text(line).contains(['/', '\\']),
        _ => false,
    };
    let bare_dots = tokens.iter().skip(1).filter(|token| {
        let text = token.text(line);
        token.kind == TokenKind::Word && text.contains('.') && text.starts_with(char::is_alphabetic)
    });
    touching * 2 + tokens.iter().filter(wrong).count() * 2 + bare_dots.count()
}

/// The string of the mended line in which the added quote takes part.
fn mended_string(line: &str, place: usize) -> (usize, usize) {
    let tokens = lexer::tokens(line);
    let holds = |token: &&Token| {
        matches!(token.kind, TokenKind::String(_)) && token.start <= place && place < token.end
    };
    tokens.iter().find(holds).map_or((place, place + 1), |token| (token.start, token.end))
}

/// Where the string of one line most likely should end: before a block that opens at its end.
fn plain_end(content: &str) -> usize {
    let trimmed = content.trim_end();
    let without_brace = trimmed.strip_suffix('{').map_or(trimmed, str::trim_end);
    // A one-line block keeps its braces: `"a.csv { cache #false }`.
    match without_brace.find(" { ") {
        Some(at) if without_brace.ends_with('}') => {
            without_brace.get(..at).unwrap_or(trimmed).len()
        }
        _ => without_brace.len(),
    }
}

/// A `"""` string that runs to the end of the file; it should have ended before the next section.
fn unclosed_block(found: &mut Findings<'_>, token: Token, kind: StringKind) {
    let content = token.text(found.text());
    let opening = content.find('\n').unwrap_or(content.len());
    let mut end = content.len();
    let mut at = opening;
    for line in content.get(opening..).unwrap_or_default().split_inclusive('\n') {
        let closes_stage = line.trim_end() == "}" || starts_section(line);
        if at > opening && closes_stage {
            end = at;
            break;
        }
        at += line.len();
    }
    let closing = format!("\"\"\"{}", "#".repeat(usize::from(kind.hashes)));
    let indent = line_indent(found.text(), token.start);
    let place = found.span(token.start + end, token.start + end);
    let newline = if content.get(..end).unwrap_or_default().ends_with('\n') { "" } else { "\n" };
    let text = format!("{newline}{indent}{closing}\n");
    let diagnostic = codes::UNCLOSED_STRING
        .at(found.span(token.start, token.start + 3), "this string is not closed")
        .label("opened here")
        .help("close it with `\"\"\"` on a line of its own");
    found.unclear(diagnostic, vec![(place, text)]);
}

fn line_indent(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|it| it.rfind('\n')).map_or(0, |newline| newline + 1);
    let line = text.get(start..).unwrap_or_default();
    line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
}
