//! Which words and strings KDL reads. Everything else is a mistake that formatting would hide.

use crate::syntax::lexer::StringKind;

/// What a bare word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// A string without quotes: a name, a key or a value.
    Identifier,
    Number,
    /// `#true` and its like.
    Keyword,
    Broken,
}

pub(super) fn word(text: &str) -> Word {
    match text {
        "#true" | "#false" | "#null" | "#inf" | "#-inf" | "#nan" => return Word::Keyword,
        "true" | "false" | "null" | "inf" | "nan" => return Word::Broken,
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let undotted = unsigned.strip_prefix('.').unwrap_or(unsigned);
    if undotted.starts_with(|first: char| first.is_ascii_digit()) {
        return if is_number(unsigned) { Word::Number } else { Word::Broken };
    }
    if text.chars().any(|letter| "\\/(){}[];\"#=".contains(letter) || is_refused(letter)) {
        return Word::Broken;
    }
    Word::Identifier
}

fn is_number(unsigned: &str) -> bool {
    let radix = |digits: &str, radix: u32| {
        digits.starts_with(|first: char| first.is_digit(radix))
            && digits.chars().all(|digit| digit == '_' || digit.is_digit(radix))
    };
    match unsigned.get(..2) {
        Some("0x" | "0X") => return radix(unsigned.get(2..).unwrap_or_default(), 16),
        Some("0o" | "0O") => return radix(unsigned.get(2..).unwrap_or_default(), 8),
        Some("0b" | "0B") => return radix(unsigned.get(2..).unwrap_or_default(), 2),
        _ => {}
    }
    let (mantissa, exponent) = unsigned
        .split_once(['e', 'E'])
        .map_or((unsigned, None), |(mantissa, exponent)| (mantissa, Some(exponent)));
    let exponent = exponent.map(|digits| digits.strip_prefix(['+', '-']).unwrap_or(digits));
    let (whole, fraction) = mantissa
        .split_once('.')
        .map_or((mantissa, None), |(whole, fraction)| (whole, Some(fraction)));
    [Some(whole), fraction, exponent].into_iter().flatten().all(|digits| radix(digits, 10))
}

/// Characters that KDL allows in comments only.
fn is_refused(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What is wrong with a string token, if anything.
pub(super) fn string_mistake(text: &str, kind: StringKind) -> Option<&'static str> {
    if !kind.closed {
        return Some("this string is not closed");
    }
    if kind.multi_line && !opens_and_closes_on_own_lines(text, kind) {
        return Some("`\"\"\"` must end its line when it opens and begin it when it closes");
    }
    if kind.hashes == 0 && text.contains('\\') && !escapes_are_known(text) {
        return Some("this string has an unknown escape");
    }
    text.chars().any(is_refused).then_some("this string has a control character in it")
}

fn opens_and_closes_on_own_lines(text: &str, kind: StringKind) -> bool {
    let quotes = 3 + usize::from(kind.hashes);
    let body = text.get(quotes..text.len().saturating_sub(quotes)).unwrap_or_default();
    let last = body.trim_end_matches(is_blank);
    body.starts_with(is_newline) && (last.ends_with(is_newline) || last.ends_with('\\'))
}

fn escapes_are_known(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once('\\') {
        let Some(escape) = behind.chars().next() else { return false };
        rest = behind.get(escape.len_utf8()..).unwrap_or_default();
        match escape {
            '\\' | '"' | 'b' | 'f' | 'n' | 'r' | 't' | 's' => {}
            'u' => {
                let code = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
                let Some((digits, after)) = code else { return false };
                let scalar = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
                if digits.len() > 6 || scalar.is_none() {
                    return false;
                }
                rest = after;
            }
            _ if is_blank(escape) || is_newline(escape) => {}
            _ => return false,
        }
    }
    true
}

/// A blank within a line, by the grammar.
pub(super) fn is_blank(letter: char) -> bool {
    matches!(
        letter,
        '\t' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// A line end, by the grammar; CRLF is two of them here.
pub(super) fn is_newline(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
