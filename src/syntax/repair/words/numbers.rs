//! Keywords and numbers that KDL would refuse.

use super::comments::hash_comment;
use crate::base::units;
use crate::syntax::codes;
use crate::syntax::lexer::Token;
use crate::syntax::repair::Findings;

/// `#yes`, `#True`, or a comment behind values.
pub(super) fn keyword(found: &mut Findings<'_>, at: usize, token: Token) {
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
pub(super) fn number(found: &mut Findings<'_>, token: Token, text: &str) {
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
    } else if let Some(number) = misspelled(unsigned) {
        let place = found.span(token.end - unsigned.len(), token.end);
        found.fixable(
            &codes::BARE_FRACTION,
            span,
            &format!("`{value}` is not a number"),
            "",
            (&format!("write `{number}`"), vec![(place, number.clone())]),
        );
    } else if unsigned.starts_with(|c: char| c.is_ascii_digit()) && !is_number(unsigned) {
        let meaning =
            format!("`{value}` is not a number: a value with a unit is written in quotes");
        // A unit in another spelling is a second mistake only for who reads what was written.
        let unit = units::parse_any(value).err().and_then(|error| error.write);
        let value = unit.as_deref().unwrap_or(value);
        let said = format!("\"{bound}{value}\"");
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
pub(super) fn split_bound(text: &str) -> (&str, &str) {
    text.rfind(['<', '>']).map_or(("", text), |at| text.split_at(at + 1))
}

/// Whether KDL reads these digits as a number.
pub(super) fn is_number(text: &str) -> bool {
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

/// The number that was meant: `0..8` is 0.8, `0.8O` is 0.80, `5.` is 5.
fn misspelled(text: &str) -> Option<String> {
    // A letter in front is one only where a point follows: `l1` is a name.
    let starts = text.starts_with(|c: char| c.is_ascii_digit())
        || text.starts_with(['O', 'o', 'l', 'I']) && text.get(1..2) == Some(".");
    if !starts || is_number(text) {
        return None;
    }
    let letters = |c: char| match c {
        'O' | 'o' => '0',
        'l' | 'I' => '1',
        other => other,
    };
    let prefixed = ["0x", "0o", "0b"].iter().any(|it| text.starts_with(it));
    let digits: String = text.chars().map(letters).collect();
    let number = digits.replace("..", ".");
    let number = number.strip_suffix('.').unwrap_or(&number).to_owned();
    let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let range = text.contains("..") && digits.matches('.').count() == 2 && !text.starts_with('0');
    (!prefixed && plain && !range && is_number(&number)).then_some(number)
}
