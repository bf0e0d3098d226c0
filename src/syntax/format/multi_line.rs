//! Comments and strings of several lines: their line ends, and the indentation of `"""` blocks.

use crate::syntax::format::literal::{is_blank, is_newline};
use crate::syntax::lexer::StringKind;
use std::borrow::Cow;

/// Writes a block comment with LF and without blanks at line ends.
pub(super) fn comment(text: &str) -> Cow<'_, str> {
    let text = unix(text);
    if !text.contains('\n') {
        return text;
    }
    let lines: Vec<&str> = text.split('\n').map(str::trim_end).collect();
    Cow::Owned(lines.join("\n"))
}

/// Writes a string with LF; a `"""` block gets `indent` blanks where that plainly keeps its value:
/// not with escaped or rare line ends. `None` when a line lacks the blanks of the closing quotes.
pub(super) fn string(text: &str, kind: StringKind, indent: usize) -> Option<Cow<'_, str>> {
    let text = unix(text);
    let escaped = kind.hashes == 0 && has_escaped_blank(&text);
    let rare = |letter| letter != '\n' && is_newline(letter);
    if !kind.multi_line || escaped || text.contains(rare) {
        return Some(text);
    }
    indented(&text, indent).map(Cow::Owned)
}

/// A lone CR is a line end too, so all of them become LF: the number of lines stays.
fn unix(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The block behind another indentation; blank lines are empty.
fn indented(text: &str, indent: usize) -> Option<String> {
    let (opening, body) = text.split_once('\n')?;
    let (lines, closing) = body.rsplit_once('\n').map_or((None, body), |(a, b)| (Some(a), b));
    let quotes = closing.trim_start_matches(is_blank);
    let prefix = closing.strip_suffix(quotes)?;
    let blanks = " ".repeat(indent);
    let mut out = String::with_capacity(text.len() + 16 * indent);
    out.push_str(opening);
    for line in lines.into_iter().flat_map(|lines| lines.split('\n')) {
        out.push('\n');
        if !line.chars().all(is_blank) {
            out.push_str(&blanks);
            out.push_str(line.strip_prefix(prefix)?);
        }
    }
    out.push('\n');
    out.push_str(&blanks);
    out.push_str(quotes);
    Some(out)
}

fn has_escaped_blank(text: &str) -> bool {
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let escaped = if letter == '\\' { letters.next() } else { None };
        if escaped.is_some_and(|letter| is_blank(letter) || is_newline(letter)) {
            return true;
        }
    }
    false
}
