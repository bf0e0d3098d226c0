//! Strings that do not end, and quotes in the wrong place. Unaware of what the strings mean.
//!
//! Long because the cases are told apart against each other, in one order.

use super::Findings;
use super::words::SENTENCES;
use crate::syntax::codes;
use crate::syntax::lexer::{self, StringKind, Token, TokenKind};
use crate::syntax::sections::starts_section;

/// Comments that do not end hide what follows, so that they are mended first.
pub(super) fn comments(found: &mut Findings<'_>) {
    let last = found.tokens().last().copied();
    if let Some(token) = last.filter(|it| it.kind == TokenKind::BlockComment) {
        let text = token.text(found.text());
        if text.matches("/*").count() > text.matches("*/").count() {
            unclosed_comment(found, found.tokens().len() - 1, token);
        }
    }
}

pub(super) fn find(found: &mut Findings<'_>) {
    for (index, token) in found.tokens().iter().enumerate() {
        let TokenKind::String(kind) = token.kind else { continue };
        match kind {
            StringKind { closed: true, hashes, multi_line } => {
                if multi_line && !token.text(found.text()).contains(['\n', '\r']) {
                    one_line(found, *token, hashes);
                } else if hashes == 0 {
                    escapes(found, *token);
                }
                glued(found, index, *token);
            }
            StringKind { multi_line: true, .. } => unclosed_block(found, *token, kind),
            StringKind { .. } => unclosed_line(found, index, *token, kind),
        }
    }
}

/// `"""text"""` on one line, which KDL wants on lines of its own.
fn one_line(found: &mut Findings<'_>, token: Token, hashes: u8) {
    let text = token.text(found.text());
    let hashes = usize::from(hashes);
    let inner = text.get(hashes + 3..text.len().saturating_sub(hashes + 3));
    let Some(inner) = inner.filter(|it| !it.contains('"')) else { return };
    let raw = "#".repeat(hashes);
    let said = format!("{raw}\"{inner}\"{raw}");
    let span = found.span(token.start, token.end);
    found.fixable(
        &codes::WRONG_QUOTES,
        span,
        "a text of one line is written in `\"`",
        "`\"\"\"` begins a text of several lines",
        (&format!("write `{said}`"), vec![(span, said.clone())]),
    );
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
    if quotes_inside(found, index, token) {
        return;
    }
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

/// `cmd "python -c "print(1)""`: quotes inside a text need a raw string. True when it was that.
fn quotes_inside(found: &mut Findings<'_>, index: usize, token: Token) -> bool {
    let text = found.text();
    let start = text.get(..token.start).and_then(|it| it.rfind('\n')).map_or(0, |at| at + 1);
    let head = text.get(start..token.start).unwrap_or_default().trim();
    if !matches!(head, "cmd" | "desc" | "description") {
        return false;
    }
    let rest = found.tokens().get(index + 1..).unwrap_or_default();
    let line: Vec<Token> = rest
        .iter()
        .take_while(|it| !matches!(it.kind, TokenKind::Newline | TokenKind::LineComment))
        .copied()
        .collect();
    let touches = line.first().is_some_and(|it| !it.is_trivia() && it.kind != TokenKind::Semicolon);
    let last = line.iter().rev().find(|it| !it.is_trivia());
    let closed = last.filter(|it| matches!(it.kind, TokenKind::String(kind) if kind.closed));
    let (true, Some(last)) = (touches, closed) else { return false };
    let inner = text.get(token.start..last.end).unwrap_or_default();
    if inner.contains("\"#") || text.get(token.start..token.start + 3) == Some("\"\"\"") {
        return false;
    }
    let (before, after) = (found.span(token.start, token.start), found.span(last.end, last.end));
    let edits = vec![(before, "#".to_owned()), (after, "#".to_owned())];
    let message = "quotes inside a string need `#` around it";
    let label = "ends at its second quote";
    let span = found.span(token.start, last.end);
    found.fixable(&codes::UNCLOSED_STRING, span, message, label, ("make it a raw string", edits));
    true
}

/// Whether a later quote on this line has no partner: then the glued string lacks its end.
fn quote_missing_here(found: &Findings<'_>, index: usize) -> bool {
    let rest = found.tokens().get(index + 1..).unwrap_or_default();
    let line = rest.iter().take_while(|token| token.kind != TokenKind::Newline);
    line.into_iter().any(|token| matches!(token.kind, TokenKind::String(it) if !it.closed))
}

/// A single-line string that its line does not end: a quote is missing or needless.
///
/// Every place where one could be missing is tried, and every quote that could be too many; the
/// change that leaves the line most orderly is taken, and on a tie the end of the string.
fn unclosed_line(found: &mut Findings<'_>, index: usize, token: Token, kind: StringKind) {
    let text = found.text();
    let start = text.get(..token.start).and_then(|it| it.rfind('\n')).map_or(0, |at| at + 1);
    let line = text.get(start..token.end).unwrap_or_default();
    let mut places = vec![token.start + plain_end(token.text(text)) - start];
    let titled = is_title(line.get(..token.start - start).unwrap_or_default());
    if kind.hashes == 0 && !titled {
        let blanks = blanks_in(token.text(text)).map(|at| token.start + at - start);
        let blanks: Vec<usize> = blanks.collect();
        match is_sentence(line) {
            true => places.extend(blanks),
            false => places.splice(0..0, blanks).for_each(drop),
        }
        places.extend(other_places(found, index, start));
    }
    let quote = format!("\"{}", "#".repeat(usize::from(kind.hashes)));
    let added = places.iter().map(|&at| (at..at, quote.as_str()));
    let removed = line.match_indices('"').map(|(at, _)| (at..at + 1, ""));
    let odd = line.char_indices().filter(|(_, c)| "'‘’“”`".contains(*c));
    let turned = odd.map(|(at, c)| (at..at + c.len_utf8(), "\""));
    let changes: Vec<_> = match kind.hashes {
        0 => turned.chain(added).chain(removed).collect(),
        _ => added.collect(),
    };
    let mended = |(range, text): &(std::ops::Range<usize>, &str)| {
        let (before, after) = (line.get(..range.start), line.get(range.end..));
        format!("{}{text}{}", before.unwrap_or_default(), after.unwrap_or_default())
    };
    let best = changes.iter().min_by_key(|it| disorder(&mended(it), titled));
    let Some((range, instead)) = best.cloned() else { return };
    let span = found.span(start + range.start, start + range.end);
    if instead.is_empty() {
        let message = "this quote is one too many";
        let fix = ("remove the quote", vec![(span, String::new())]);
        return found.fixable(
            &codes::UNCLOSED_STRING,
            span,
            message,
            "opens or closes nothing",
            fix,
        );
    }
    let (from, to) = mended_string(&mended(&(range.clone(), instead)), range.start);
    let (message, label, title) = match from == range.start {
        false => ("this string is not closed", "opened here", "close the string"),
        true => {
            let label = "ends with a quote but does not start with one";
            ("this string is not opened", label, "open the string")
        }
    };
    // The mended string's end, counted in the text as it was.
    let end = (to + range.len()).saturating_sub(instead.len()).max(from + 1).min(line.len());
    found.fixable(
        &codes::UNCLOSED_STRING,
        found.span(start + from, start + end),
        message,
        label,
        (title, vec![(span, instead.to_owned())]),
    );
}

/// Whether the string that follows this is the text of a property: `title="Two words`.
fn is_title(before: &str) -> bool {
    let key = before.strip_suffix('=').map(|it| it.rsplit(char::is_whitespace).next());
    key.flatten().is_some_and(|key| SENTENCES.contains(&key))
}

/// Whether the line is a field whose string is a text with blanks.
fn is_sentence(line: &str) -> bool {
    let name = line.split_whitespace().next().unwrap_or_default();
    matches!(name, "cmd" | "desc" | "description" | "owner" | "allow")
}

/// Where the words of a string end, but for those inside `{{ }}`.
fn blanks_in(content: &str) -> impl Iterator<Item = usize> {
    content.match_indices(' ').map(|(at, _)| at).filter(|&at| {
        let before = content.get(..at).unwrap_or_default();
        let open = before.rfind("{{") > before.rfind("}}");
        !open && !before.ends_with(' ') && at > 1
    })
}

/// Starts of bare words and ends of what touches no blank, from the start of the line.
fn other_places(found: &Findings<'_>, index: usize, line: usize) -> Vec<usize> {
    let before = found.tokens().get(..index).unwrap_or_default();
    let words = before.iter().rev().take_while(|token| token.start >= line);
    let mut words: Vec<Token> = words
        .filter(|it| matches!(it.kind, TokenKind::Word | TokenKind::OpenBrace))
        .copied()
        .collect();
    words.reverse();
    let name = words.first().map_or("", |first| first.text(found.text()));
    let mut opening: Vec<usize> = words.iter().skip(1).map(|it| it.start - line).collect();
    // A command is one string from its first word on; elsewhere a string is one word.
    if !matches!(name, "cmd" | "desc" | "description") {
        opening.reverse();
    }
    let strings = before.iter().rev().take_while(|token| token.start >= line);
    let strings = strings.filter(|it| matches!(it.kind, TokenKind::String(_)));
    let closing = strings.flat_map(|it| {
        let content = it.text(found.text());
        let start = it.start - line;
        let last = content.strip_suffix('"').unwrap_or(content).trim_end().len();
        let inside = blanks_in(content).map(move |at| start + at).collect::<Vec<_>>();
        inside.into_iter().chain([start + last])
    });
    opening.into_iter().chain(closing.collect::<Vec<_>>()).collect()
}

/// How much is wrong with a line: open strings, values that touch, paths without quotes, strings
/// with blanks where texts are none.
fn disorder(line: &str, titled: bool) -> usize {
    let tokens = lexer::tokens(line);
    let sentence = is_sentence(line);
    let value = |token: &Token| matches!(token.kind, TokenKind::String(_) | TokenKind::Word);
    let touching = tokens.windows(2).filter(|pair| pair.iter().all(value)).count();
    let wrong = |token: &Token| {
        if let TokenKind::String(kind) = token.kind {
            let content = token.text(line);
            let odd = !kind.closed || content.contains("=\"") || content.len() == 2;
            let blank = !sentence && !titled && blanks_in(content).next().is_some();
            return 2 * usize::from(odd)
                + usize::from(blank)
                + usize::from(content.contains(" \""));
        }
        let path = token.kind == TokenKind::Word && token.text(line).contains(['/', '\\']);
        2 * usize::from(path)
    };
    let bare_dots = tokens.iter().skip(1).filter(|token| {
        let text = token.text(line);
        token.kind == TokenKind::Word && text.contains('.') && text.starts_with(char::is_alphabetic)
    });
    let bare_dots = if line.trim_start().starts_with("params ") { 0 } else { bare_dots.count() };
    let pairs = tokens.windows(2).filter(|pair| {
        let same = |kind| pair.iter().all(|it| it.kind == kind);
        same(TokenKind::OpenBrace) || same(TokenKind::CloseBrace)
    });
    let words = tokens.iter().filter(|it| !it.is_trivia()).skip(1);
    let bare_sentence = sentence && words.clone().any(|it| it.kind == TokenKind::Word);
    touching * 2
        + tokens.iter().map(wrong).sum::<usize>()
        + bare_dots
        + pairs.count() * 2
        + 2 * usize::from(bare_sentence)
}

/// `/* …` without its end: a comment of one line, or the end of a pattern such as `schemas/*.kdl`.
fn unclosed_comment(found: &mut Findings<'_>, index: usize, token: Token) {
    let text = found.text();
    let line = token.text(text).lines().next().unwrap_or_default();
    let before = index.checked_sub(1).and_then(|it| found.tokens().get(it));
    if let Some(word) = before.filter(|it| it.kind == TokenKind::Word) {
        let length = line.find(char::is_whitespace).unwrap_or(line.len());
        let span = found.span(word.start, token.start + length);
        let path = text.get(span.range()).unwrap_or_default();
        let quotes = |c: char| "\"'`‘’‚‛“”„‟«»".contains(c);
        let quoted = format!("\"{}\"", path.trim_matches(quotes));
        let fix = (&*format!("write `{quoted}`"), vec![(span, quoted.clone())]);
        return found.fixable(&codes::UNQUOTED_PATH, span, "a path is written in quotes", "", fix);
    }
    let span = found.span(token.start, token.start + 2);
    found.fixable(
        &codes::UNCLOSED_COMMENT,
        found.span(token.start, token.start + line.trim_end().len()),
        "this comment is not closed",
        "hides the rest of the file",
        ("write `//`", vec![(span, "//".to_owned())]),
    );
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
