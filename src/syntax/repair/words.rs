//! Bare words that KDL refuses or reads as something else than was meant.

use super::Findings;
use crate::base::code::Code;
use crate::base::source::Span;
use crate::syntax::codes;
use crate::syntax::lexer::{StringKind, Token, TokenKind};

pub(super) fn find(found: &mut Findings<'_>) {
    let tokens = found.tokens();
    let mut at = 0;
    let mut place = Place::NodeStart;
    // Names of the nodes whose blocks are open, and of the node being scanned.
    let mut parents: Vec<&str> = Vec::new();
    let mut node = "";
    while let Some(&token) = tokens.get(at) {
        match token.kind {
            TokenKind::Word if place == Place::NodeStart => node = token.text(found.text()),
            TokenKind::OpenBrace => parents.push(node),
            TokenKind::CloseBrace => {
                parents.pop();
            }
            _ => {}
        }
        let taken = match (token.kind, place) {
            (TokenKind::Newline, _) => brace_below(found, at, place),
            (TokenKind::Word, Place::NodeStart) => {
                name(found, at, token, parents.last().copied().unwrap_or_default())
            }
            (TokenKind::Word, Place::Entries) => entry(found, at, token),
            (TokenKind::Equals, Place::Entries) => equals(found, at, token),
            (TokenKind::Bracket, _) => bracket(found, token),
            (TokenKind::OpenBrace, Place::Entries) => interpolation(found, at),
            _ => 1,
        };
        place = place.after(token.kind, taken > 1);
        at += taken.max(1);
    }
}

/// Where the scan stands within a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    NodeStart,
    Entries,
}

impl Place {
    fn after(self, kind: TokenKind, jumped: bool) -> Self {
        match kind {
            _ if jumped => Self::Entries,
            TokenKind::Newline | TokenKind::Semicolon => Self::NodeStart,
            TokenKind::OpenBrace | TokenKind::CloseBrace => Self::NodeStart,
            TokenKind::Word | TokenKind::String(_) | TokenKind::Bracket => Self::Entries,
            TokenKind::Equals => Self::Entries,
            TokenKind::Space
            | TokenKind::LineComment
            | TokenKind::BlockComment
            | TokenKind::Slashdash
            | TokenKind::Continuation
            | TokenKind::OpenParen
            | TokenKind::CloseParen => self,
        }
    }
}

/// Checks a node's name. Returns how many tokens are dealt with.
fn name(found: &mut Findings<'_>, at: usize, token: Token, parent: &str) -> usize {
    let text = token.text(found.text());
    let span = found.span(token.start, token.end);
    if text.starts_with('#') {
        return hash_comment(found, at, token);
    }
    if let Some(stem) = text.strip_suffix(':').filter(|stem| !stem.is_empty()) {
        let colon = found.span(token.end - 1, token.end);
        let spaced = found.tokens().get(at + 1).is_none_or(|next| next.is_trivia());
        let instead = if spaced { "" } else { " " };
        found.fixable(
            &codes::COLON_AFTER_NAME,
            colon,
            &format!("`{stem}` is followed by a colon"),
            "a name takes its values directly",
            ("remove the colon", vec![(colon, instead.to_owned())]),
        );
    } else if let Some(equals) = next_if(found, at, TokenKind::Equals) {
        if equals_after_name(found, text, equals, parent) {
            return equals - at + 1;
        }
    } else if text.starts_with('\'') {
        return single_quotes(found, at, token);
    } else if matches!(text, "cmd" | "desc" | "description" | "owner") {
        return bare_text(found, at);
    } else if text.contains('/') && !text.starts_with('/') {
        quote(found, &codes::UNQUOTED_PATH, span, text, "a path is written in quotes");
    }
    1
}

/// `# comment`: everything up to the end of the line.
fn hash_comment(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
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

/// `cmd python train.py`: text that is several words is quoted as a whole.
fn bare_text(found: &mut Findings<'_>, at: usize) -> usize {
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
    if first.kind != TokenKind::Word || text.starts_with('\'') || one_word {
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

/// `accuracy = 0.9` where a node takes its value directly. True when it was that.
fn equals_after_name(found: &mut Findings<'_>, name: &str, equals: usize, parent: &str) -> bool {
    let Some(token) = found.tokens().get(equals).copied() else { return true };
    let next = found.tokens().get(equals + 1).map_or("", |next| next.text(found.text()));
    if name.ends_with(['<', '>']) || next.starts_with(['<', '>', '=']) {
        return false;
    }
    let span = found.span(token.start, token.end);
    if parent == "thresholds" {
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
fn blanks_around(found: &Findings<'_>, at: usize) -> (usize, usize) {
    let tokens = found.tokens();
    let blank = |index: Option<usize>| {
        index.and_then(|it| tokens.get(it)).filter(|it| it.kind == TokenKind::Space)
    };
    let token = tokens.get(at).map_or((0, 0), |it| (it.start, it.end));
    let start = blank(at.checked_sub(1)).map_or(token.0, |it| it.start);
    let end = blank(Some(at + 1)).map_or(token.1, |it| it.end);
    (start, end)
}

/// Index of the next token that is no blank, if it is of this kind.
fn next_if(found: &Findings<'_>, at: usize, kind: TokenKind) -> Option<usize> {
    let (index, token) = next_said(found, at)?;
    (token.kind == kind).then_some(index)
}

fn next_said(found: &Findings<'_>, at: usize) -> Option<(usize, Token)> {
    let rest = found.tokens().get(at + 1..)?;
    let skipped = rest.iter().take_while(|it| it.kind == TokenKind::Space).count();
    Some((at + 1 + skipped, *rest.get(skipped)?))
}

/// Checks a bare value or a property's key. Returns how many tokens are dealt with.
fn entry(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
    let text = token.text(found.text());
    let span = found.span(token.start, token.end);
    if text.starts_with('\'') {
        return single_quotes(found, at, token);
    }
    if let Some(end) = interpolated_run(found, at) {
        return quote_run(found, at, end);
    }
    if let Some(rest) = text.strip_prefix(['≥', '≤']) {
        let op = if text.starts_with('≥') { ">=" } else { "<=" };
        let symbol = found.span(token.start, token.end - rest.len());
        bound_spelling(found, symbol, op);
        return 1;
    }
    if text.contains(',') {
        return comma(found, at, token);
    }
    if let Some(true) = quoted_bound(found, at, token) {
        return 2;
    }
    match text {
        "true" | "false" | "null" => found.fixable(
            &codes::BARE_KEYWORD,
            span,
            &format!("`{text}` is written `#{text}`"),
            "reads as a name",
            (&format!("write `#{text}`"), vec![(span, format!("#{text}"))]),
        ),
        _ if text.starts_with('#') => keyword(found, at, token),
        _ if text.contains(['/', '\\']) || text.starts_with('~') => {
            quote(found, &codes::UNQUOTED_PATH, span, text, "a path is written in quotes");
        }
        _ if is_url(found, at, text) => url(found, at, token),
        _ => number(found, token, text),
    }
    1
}

/// `#yes`, `#True`, or a comment behind values.
fn keyword(found: &mut Findings<'_>, at: usize, token: Token) {
    let text = token.text(found.text());
    let span = found.span(token.start, token.end);
    match text.to_ascii_lowercase().as_str() {
        "#true" | "#false" | "#null" | "#inf" | "#-inf" | "#nan"
            if text == text.to_ascii_lowercase() => {}
        lower @ ("#true" | "#false" | "#null") => found.fixable(
            &codes::BARE_KEYWORD,
            span,
            &format!("`{text}` is written `{lower}`"),
            "",
            (&format!("write `{lower}`"), vec![(span, lower.to_owned())]),
        ),
        _ => {
            hash_comment(found, at, token);
        }
    }
}

/// A word that starts like a number but is none: `30s`, `5%`, `.5`, `2024-01-01`, `1.2.3`.
fn number(found: &mut Findings<'_>, token: Token, text: &str) {
    let span = found.span(token.start, token.end);
    let (bound, value) = split_bound(text);
    let unsigned = value.trim_start_matches(['+', '-']);
    if unsigned.starts_with('.') && unsigned[1..].starts_with(|c: char| c.is_ascii_digit()) {
        let dot = token.end - unsigned.len();
        let place = found.span(dot, dot);
        found.fixable(
            &codes::BARE_FRACTION,
            span,
            &format!("`{value}` needs a digit before the point"),
            "",
            ("write a zero", vec![(place, "0".to_owned())]),
        );
    } else if unsigned.starts_with(|c: char| c.is_ascii_digit()) && !is_number(unsigned) {
        let meaning =
            format!("`{value}` is not a number: a value with a unit is written in quotes");
        let quoted = format!("\"{text}\"");
        let said = if bound.is_empty() { quoted } else { format!("\"{bound}{value}\"") };
        found.fixable(
            &codes::UNQUOTED_VALUE,
            span,
            &meaning,
            "neither a name nor a number",
            (&format!("write `{said}`"), vec![(span, said.clone())]),
        );
    }
}

/// Splits a leading comparison off: `<50ms` is `<` and `50ms`, `drop>0.5x` is `drop>` and `0.5x`.
fn split_bound(text: &str) -> (&str, &str) {
    text.rfind(['<', '>']).map_or(("", text), |at| text.split_at(at + 1))
}

/// Whether KDL reads these digits as a number.
fn is_number(text: &str) -> bool {
    if let Some(rest) = ["0x", "0o", "0b"].iter().find_map(|prefix| text.strip_prefix(prefix)) {
        return !rest.is_empty() && rest.chars().all(|c| c.is_ascii_hexdigit() || c == '_');
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_digit())
            && part.chars().all(|c| c.is_ascii_digit() || c == '_')
    };
    digits(whole) && digits(fraction) && digits(exponent.trim_start_matches(['+', '-']))
}

fn quote(found: &mut Findings<'_>, code: &'static Code, span: Span, text: &str, why: &str) {
    let quoted = format!("\"{}\"", text.replace('\\', "/"));
    found.fixable(
        code,
        span,
        why,
        "",
        (&format!("write `{quoted}`"), vec![(span, quoted.clone())]),
    );
}

/// `A, B` or `1, 2`: values are separated by blanks.
fn comma(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
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
    if found.continues_last(&codes::COMMA, whole, &instead) {
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

/// A word as it must be written once it stands alone.
fn bare_or_quoted(word: &str) -> String {
    let numeric = word.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit());
    match word {
        "true" | "false" | "null" => format!("#{word}"),
        _ if word.contains(['/', '\\', '.']) && !numeric => format!("\"{word}\""),
        _ if numeric && !is_number(word.trim_start_matches(['+', '-'])) => format!("\"{word}\""),
        _ => word.to_owned(),
    }
}

/// `'x y'`: KDL knows double quotes only. Returns how many tokens it spans.
fn single_quotes(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
    let rest = found.tokens().get(at..).unwrap_or_default();
    let line = rest.iter().take_while(|it| !matches!(it.kind, TokenKind::Newline));
    let text = found.text();
    let close = line.enumerate().find(|(offset, it)| {
        let word = it.text(text);
        it.kind == TokenKind::Word && word.ends_with('\'') && (*offset > 0 || word.len() > 1)
    });
    let Some((length, last)) = close else {
        let diagnostic = codes::SINGLE_QUOTES
            .at(found.span(token.start, token.end), "strings are written in double quotes")
            .label("this quote has no partner on the line");
        found.unclear(diagnostic, Vec::new());
        return 1;
    };
    let last = *last;
    let inner = text.get(token.start + 1..last.end - 1).unwrap_or_default();
    let quoted =
        if inner.contains(['"', '\\']) { format!("#\"{inner}\"#") } else { format!("\"{inner}\"") };
    let span = found.span(token.start, last.end);
    found.fixable(
        &codes::SINGLE_QUOTES,
        span,
        "strings are written in double quotes",
        "",
        (&format!("write `{quoted}`"), vec![(span, quoted.clone())]),
    );
    length + 1
}

/// `>"5%"`: the quotes hold the whole bound. Returns true when it was one.
fn quoted_bound(found: &mut Findings<'_>, at: usize, token: Token) -> Option<bool> {
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

fn bound_spelling(found: &mut Findings<'_>, symbol: Span, op: &str) {
    found.fixable(
        &codes::BOUND_SPELLING,
        symbol,
        &format!("this bound is written `{op}`"),
        "",
        (&format!("write `{op}`"), vec![(symbol, op.to_owned())]),
    );
}

/// An `=` among the values: `=>5`, `==5`, or a property without a key or a value.
fn equals(found: &mut Findings<'_>, at: usize, token: Token) -> usize {
    let tokens = found.tokens();
    let text = found.text();
    let next = tokens.get(at + 1).copied();
    let next_text = next.map_or("", |it| it.text(text));
    let after_blank =
        at.checked_sub(1).and_then(|it| tokens.get(it)).is_none_or(|it| it.is_trivia());
    if after_blank && next_text.starts_with(['<', '>']) {
        let op = format!("{}=", next_text.get(..1).unwrap_or_default());
        bound_spelling(found, found.span(token.start, token.end + 1), &op);
        return 2;
    }
    let second = next.is_some_and(|it| it.kind == TokenKind::Equals);
    if second {
        let diagnostic = codes::BOUND_SPELLING
            .at(found.span(token.start, token.end + 1), "`==` is not a bound")
            .help("bounds are `>=`, `>`, `<=`, `<`; for exact values use `isin`");
        found.unclear(diagnostic, vec![(found.span(token.start, token.end + 1), " ".to_owned())]);
        return 2;
    }
    let ends = next_said(found, at).is_none_or(|(_, it)| {
        it.is_trivia()
            || matches!(
                it.kind,
                TokenKind::Semicolon | TokenKind::OpenBrace | TokenKind::CloseBrace
            )
    });
    if ends {
        let key = tokens.get(..at).unwrap_or_default().iter().rev().find(|it| !it.is_trivia());
        let key = key.copied().unwrap_or(token);
        let name = key.text(text);
        let span = found.span(key.start, token.end);
        let diagnostic = codes::MISSING_PROPERTY_VALUE
            .at(span, format!("`{name}=` has no value"))
            .label("a value is expected after the `=`");
        found.unclear(diagnostic, vec![(span, String::new())]);
    }
    1
}

/// `[1 2]`: values follow each other without brackets.
fn bracket(found: &mut Findings<'_>, token: Token) -> usize {
    let opens = token.text(found.text()) == "[";
    let span = found.span(token.start, token.end);
    let diagnostic = if opens { brackets(found, token) } else { closing_alone(found, token) };
    let edits = vec![(span, " ".to_owned())];
    match diagnostic {
        Some(diagnostic) => found.unclear(diagnostic, edits),
        None => found.mend_silently(edits),
    }
    1
}

/// The diagnostic for a `[`, with a fix that removes its partner too.
fn brackets(found: &Findings<'_>, token: Token) -> Option<crate::base::diagnostic::Diagnostic> {
    let span = found.span(token.start, token.end);
    let text = found.text();
    let rest = text.get(token.end..)?;
    let line = rest.get(..rest.find('\n').unwrap_or(rest.len()))?;
    let mut diagnostic = codes::BRACKET_LIST
        .at(span, "lists are written without brackets")
        .label("values follow each other, separated by blanks")
        .fix("remove the brackets", span, "");
    if let Some(end) = line.find(']') {
        let close = token.end + end;
        diagnostic = diagnostic.fix("remove the brackets", found.span(close, close + 1), "");
    }
    Some(diagnostic)
}

/// A `]` is part of the mistake of its `[` on the same line; alone it is one of its own.
fn closing_alone(
    found: &Findings<'_>,
    token: Token,
) -> Option<crate::base::diagnostic::Diagnostic> {
    let before = found.text().get(..token.start)?;
    let line = before.get(before.rfind('\n').map_or(0, |it| it + 1)..)?;
    let span = found.span(token.start, token.end);
    (!line.contains('[')).then(|| {
        codes::BRACKET_LIST
            .at(span, "lists are written without brackets")
            .label("values follow each other, separated by blanks")
            .fix("remove the bracket", span, "")
    })
}

/// `{{ x }}` outside quotes: the run of tokens it touches is quoted. Returns how many it spans.
fn interpolation(found: &mut Findings<'_>, at: usize) -> usize {
    interpolated_run(found, at).map_or(1, |end| quote_run(found, at, end))
}

/// Index after the run of touching tokens from `at` on, if it holds `{{ … }}`.
fn interpolated_run(found: &Findings<'_>, at: usize) -> Option<usize> {
    let tokens = found.tokens();
    let mut depth = 0_usize;
    let mut holes = 0_usize;
    let mut index = at;
    while let Some(token) = tokens.get(index) {
        match token.kind {
            TokenKind::OpenBrace => {
                let pair = tokens.get(index + 1).is_some_and(|it| it.kind == TokenKind::OpenBrace);
                if depth == 0 && !pair {
                    break;
                }
                depth += 1;
                holes += usize::from(depth == 2);
            }
            TokenKind::CloseBrace if depth > 0 => depth -= 1,
            TokenKind::Space if depth > 0 => {}
            TokenKind::Word => {}
            _ => break,
        }
        index += 1;
    }
    (holes > 0 && depth == 0).then_some(index)
}

fn quote_run(found: &mut Findings<'_>, at: usize, end: usize) -> usize {
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

/// `s3://bucket` outside quotes is a word and a comment.
fn is_url(found: &Findings<'_>, at: usize, text: &str) -> bool {
    let comment = found.tokens().get(at + 1).is_some_and(|it| it.kind == TokenKind::LineComment);
    comment && text.ends_with(':') && text.len() > 2
}

fn url(found: &mut Findings<'_>, at: usize, token: Token) {
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

/// A `{` on the line below its node. `at` is the newline's index.
fn brace_below(found: &mut Findings<'_>, at: usize, place: Place) -> usize {
    let tokens = found.tokens();
    let next = tokens.get(at + 1..).unwrap_or_default().iter().find(|it| !it.is_trivia());
    let before = tokens.get(..at).unwrap_or_default().iter().rev();
    let previous = before.into_iter().find(|it| !matches!(it.kind, TokenKind::Space));
    let (Some(brace), Some(previous)) = (next, previous) else { return 1 };
    let node = matches!(previous.kind, TokenKind::Word | TokenKind::String(_));
    if brace.kind != TokenKind::OpenBrace || !node || place == Place::NodeStart {
        return 1;
    }
    let old = found.span(brace.start, brace.end);
    let between = found.text().get(previous.end..brace.start).unwrap_or_default();
    let up = match between.trim().is_empty() {
        true => vec![(found.span(previous.end, brace.end), " {".to_owned())],
        // A comment stands between: it keeps its line.
        false => {
            vec![(found.span(previous.end, previous.end), " {".to_owned()), (old, String::new())]
        }
    };
    found.fixable(
        &codes::BRACE_ON_NEXT_LINE,
        old,
        "the opening brace stands on the line of its node",
        "belongs to the line above",
        ("move the brace up", up),
    );
    1
}
