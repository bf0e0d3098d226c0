//! Bare words that KDL refuses or reads as something else than was meant.

mod blocks;
mod bounds;
mod comments;
mod equals;
mod holes;
mod lists;
mod numbers;
mod text;

use super::Findings;
use crate::syntax::codes;
use crate::syntax::lexer::{Token, TokenKind};
use bounds::{bound_spelling, doubled, equals_after_name, flipped, in_words, quoted_bound};
use comments::{foreign_comment, hash_comment};
use equals::equals;
use holes::{interpolated_run, interpolation, quote_run};
use lists::{bracket, comma, dash_item, parenthesis};
use numbers::{keyword, number};
pub(super) use text::SENTENCES;
use text::{bare_text, is_odd_quote, is_url, odd_quotes, quote, title, url};

/// The node that is being scanned.
#[derive(Clone, Copy, Default)]
struct Scope<'a> {
    node: &'a str,
    /// The node whose block holds it.
    parent: &'a str,
    /// How many values came before.
    values: usize,
}

pub(super) fn find(found: &mut Findings<'_>) {
    let tokens = found.tokens();
    let mut at = 0;
    let mut place = Place::NodeStart;
    let mut parents: Vec<&str> = Vec::new();
    let mut scope = Scope::default();
    while let Some(&token) = tokens.get(at) {
        let parent = parents.last().copied().unwrap_or_default();
        match (token.kind, place) {
            (TokenKind::Word, Place::NodeStart) => {
                scope = Scope { node: token.text(found.text()), parent, values: 0 };
            }
            (TokenKind::OpenBrace, _) => parents.push(scope.node),
            (TokenKind::CloseBrace, _) => drop(parents.pop()),
            _ => {}
        }
        let taken = match (token.kind, place) {
            (TokenKind::Newline, _) => brace_below(found, at, place),
            (TokenKind::Word, Place::NodeStart) => name(found, at, token, scope),
            (TokenKind::Word, Place::Entries) => entry(found, at, token, scope),
            (TokenKind::Equals, Place::Entries) => equals(found, at, token, scope),
            (TokenKind::Bracket, _) => bracket(found, token, scope),
            (TokenKind::OpenParen, Place::Entries) => parenthesis(found, at, scope),
            (TokenKind::OpenBrace, Place::Entries) => interpolation(found, at),
            (TokenKind::OpenBrace, Place::NodeStart) => blocks::nameless(found, at),
            (TokenKind::CloseBrace, _) => blocks::behind_block(found, at),
            _ => 1,
        };
        if token.kind == TokenKind::OpenBrace && taken > 1 {
            parents.pop();
        }
        if matches!(token.kind, TokenKind::Word | TokenKind::String(_)) && place == Place::Entries {
            scope.values += 1;
        }
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
fn name(found: &mut Findings<'_>, at: usize, token: Token, scope: Scope<'_>) -> usize {
    let text = token.text(found.text());
    let span = found.span(token.start, token.end);
    if text.starts_with('#') {
        return hash_comment(found, at, token);
    }
    if text == "-" || text == "*" {
        return dash_item(found, at, token);
    }
    let compares = matches!(text, "<" | ">") && next_if(found, at, TokenKind::Equals).is_some();
    if compares || text.starts_with(['<', '>']) && text.ends_with(|c: char| c.is_ascii_digit()) {
        return bounds::nameless(found, at, token);
    }
    if !text.contains(|c: char| c.is_alphanumeric() || c == '_' || is_odd_quote(c)) {
        return foreign_comment(found, at, token);
    }
    if let Some(stem) = text.strip_suffix(':').filter(|stem| !stem.is_empty()) {
        let colon = found.span(token.end - 1, token.end);
        let spaced = found.tokens().get(at + 1).is_none_or(|next| next.is_trivia());
        if (scope.parent == "thresholds" || stem == "rows") && bound_follows(found, at) {
            bound_spelling(found, colon, if spaced { " >=" } else { ">=" });
            return 2;
        }
        let instead = if spaced { "" } else { " " };
        found.fixable(
            &codes::COLON_AFTER_NAME,
            colon,
            &format!("`{stem}` is followed by a colon"),
            "a name takes its values directly",
            ("remove the colon", vec![(colon, instead.to_owned())]),
        );
    } else if name_with_comma(found, token, text) {
        return 1;
    } else if let Some(offset) = text.find(['<', '>']).filter(|&offset| offset > 0) {
        let place = found.span(token.start + offset, token.start + offset);
        found.fixable(
            &codes::MISSING_SPACE,
            span,
            "a bound needs a space before it",
            "reads as one name",
            ("insert a space", vec![(place, " ".to_owned())]),
        );
        return next_if(found, at, TokenKind::Equals).map_or(1, |equals| equals - at + 1);
    } else if let Some(equals) = next_if(found, at, TokenKind::Equals) {
        if equals_after_name(found, text, equals, scope.parent) {
            return equals - at + 1;
        }
    } else if text.starts_with(is_odd_quote) {
        return odd_quotes(found, at, token);
    } else if matches!(text, "cmd" | "desc" | "description" | "owner") {
        return bare_text(found, at);
    } else if text.contains('/') && !text.starts_with('/') {
        quote(found, &codes::UNQUOTED_PATH, span, text, "a path is written in quotes");
    } else {
        blocks::unbraced(found, at, text);
    }
    1
}

/// `age, int`: true when it was that.
fn name_with_comma(found: &mut Findings<'_>, token: Token, text: &str) -> bool {
    let Some(stem) = text.strip_suffix(',').filter(|stem| !stem.is_empty()) else { return false };
    let sign = found.span(token.end - 1, token.end);
    found.fixable(
        &codes::COMMA,
        sign,
        &format!("`{stem}` is followed by a comma"),
        "a name takes its values directly",
        ("remove the comma", vec![(sign, String::new())]),
    );
    true
}

/// Whether a bare number comes next.
fn bound_follows(found: &Findings<'_>, at: usize) -> bool {
    next_said(found, at)
        .is_some_and(|(_, it)| it.text(found.text()).starts_with(|c: char| c.is_ascii_digit()))
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
fn entry(found: &mut Findings<'_>, at: usize, token: Token, scope: Scope<'_>) -> usize {
    let text = token.text(found.text());
    let span = found.span(token.start, token.end);
    if text.starts_with(is_odd_quote) {
        return odd_quotes(found, at, token);
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
    let taken = [
        bounds::apart(found, at, token, scope),
        doubled(found, at, token),
        flipped(found, at, token),
        in_words(found, at, token, scope),
        blocks::second_field(found, at, token, scope),
        blocks::unbraced_check(found, at, token, scope),
        blocks::unbraced_provides(found, at, token, scope),
        title(found, at, token, scope),
        colon(found, at, token, scope),
    ];
    if let Some(taken) = taken.into_iter().find(|it| *it > 0) {
        return taken;
    }
    let sign = !text.contains(|c: char| c.is_alphanumeric() || "_<>#".contains(c));
    if sign || matches!(text, "->" | "-->" | "<-" | "<--") {
        return stray(found, at, token, scope);
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
        _ if text.contains(['/', '\\']) => {
            let text =
                if scope.node == "params" { text.replace('/', ".") } else { text.to_owned() };
            quote(found, &codes::UNQUOTED_PATH, span, &text, "a path is written in quotes");
        }
        _ if is_url(found, at, text) => url(found, at, token),
        _ if scope.values == 0 && NAMED.contains(&scope.node) => section_name(found, token, text),
        _ => number(found, token, text),
    }
    1
}

/// Sections whose first value is their name.
const NAMED: &[&str] = &["project", "schema", "dataset", "stage", "thresholds"];

/// `stage train: {` or `stage 2train {`.
fn section_name(found: &mut Findings<'_>, token: Token, text: &str) {
    let span = found.span(token.start, token.end);
    if let Some(stem) = text.strip_suffix(':').filter(|stem| !stem.is_empty()) {
        let colon = found.span(token.end - 1, token.end);
        found.fixable(
            &codes::COLON_AFTER_NAME,
            colon,
            &format!("`{stem}` is followed by a colon"),
            "a name takes its block directly",
            ("remove the colon", vec![(colon, String::new())]),
        );
    } else if text.starts_with(|c: char| c.is_ascii_digit()) {
        let instead = format!("_{text}");
        found.fixable(
            &codes::BAD_NAME,
            span,
            &format!("`{text}` is not a name"),
            "names start with a letter or `_`",
            (&format!("write `{instead}`"), vec![(span, instead.clone())]),
        );
    }
}

/// `cpus:1`: a property is set with `=`; a params key is `a.b`. Returns 0 when it is none.
fn colon(found: &mut Findings<'_>, at: usize, token: Token, scope: Scope<'_>) -> usize {
    let text = token.text(found.text());
    let Some(offset) = text.find(':').filter(|&offset| offset > 0) else { return 0 };
    let next = found.tokens().get(at + 1);
    // `env:NAME` stands for a variable of the environment.
    let url =
        is_url(found, at, text) || text.contains('/') || text.starts_with("env:") && text.len() > 4;
    let name = text.split(':').next().unwrap_or_default();
    if url || NAMED.contains(&scope.node) && scope.values == 0 || !is_key(name) {
        return 0;
    }
    let place = token.start + offset;
    let ends = place + 1 == token.end;
    let blank = next.filter(|it| ends && it.kind == TokenKind::Space);
    let end = blank.map_or(place + 1, |it| it.end);
    if ends && (scope.values == 0 && scope.parent == "columns" || LISTS.contains(&scope.node)) {
        let span = found.span(place, place + 1);
        found.fixable(
            &codes::COLON_AFTER_NAME,
            span,
            &format!("`{name}` is followed by a colon"),
            "a value that belongs to no name",
            ("remove the colon", vec![(span, String::new())]),
        );
        return 1;
    }
    let instead = if scope.node == "params" { "." } else { "=" };
    let span = found.span(place, end);
    found.fixable(
        &codes::COLON_AFTER_NAME,
        found.span(token.start, token.end),
        &format!("`{name}` is followed by a colon"),
        "",
        (&format!("write `{instead}`"), vec![(span, instead.to_owned())]),
    );
    if blank.is_some() { 3 } else { 1 }
}

/// Nodes that take words and no properties.
const LISTS: &[&str] = &["provides", "drop", "isin", "notin"];

fn is_key(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// A sign that is no value: before words it is another language's comment, else it goes.
fn stray(found: &mut Findings<'_>, at: usize, token: Token, scope: Scope<'_>) -> usize {
    let text = token.text(found.text());
    if text == "+" && text::joined(found, at, token) {
        return 1;
    }
    if text == ":" && scope.node == "schema" && scope.values == 1 {
        return blocks::base_after_sign(found, at, token);
    }
    let words = next_said(found, at).is_some_and(|(_, it)| it.kind == TokenKind::Word);
    if words && matches!(text, "/" | "--" | "%" | "%%" | ";;" | "---") {
        return foreign_comment(found, at, token);
    }
    let span = found.span(token.start, token.end);
    found.fixable(
        &codes::STRAY_SIGN,
        span,
        &format!("`{text}` means nothing here"),
        "neither a name nor a number",
        ("remove it", vec![(span, String::new())]),
    );
    1
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
        &codes::MISPLACED_BRACE,
        old,
        "the opening brace stands on the line of its node",
        "belongs to the line above",
        ("move the brace up", up),
    );
    1
}
