//! What happens to a text that somebody edits badly.

use super::words::token;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::sample::{Index, select};

/// What happens to a text at some place.
#[derive(Clone, Debug)]
pub(super) enum Damage {
    Delete(Index, Index),
    Insert(Index, String),
    Repeat(Index, Index, usize),
    Copy(Index, Index, Index),
    Flip(Index, char),
    Truncate(Index),
    Replace(&'static str, &'static str),
    Nest(usize),
}

/// A text in one spelling everywhere, and in another.
const SPELLINGS: &[(&str, &str)] = &[
    ("\n", "\r\n"),
    ("\n", "\r"),
    ("\n", " "),
    (" ", "\t"),
    ("\"", "'"),
    ("\"", "“"),
    ("{", "{\n"),
    ("    ", ""),
    ("\n", "\u{2028}"),
    ("stage", "schema"),
    ("=", " = "),
    ("a", "é"),
];

/// One damage, at any place.
pub(super) fn damage() -> impl Strategy<Value = Damage> + Clone {
    let at = any::<Index>;
    prop_oneof![
        4 => (at(), at()).prop_map(|(a, b)| Damage::Delete(a, b)),
        6 => (at(), token()).prop_map(|(at, text)| Damage::Insert(at, text)),
        1 => (at(), at(), select(&[2_usize, 3, 30, 1000][..])).prop_map(|(a, b, n)| Damage::Repeat(a, b, n)),
        2 => (at(), at(), at()).prop_map(|(a, b, c)| Damage::Copy(a, b, c)),
        2 => (at(), any::<char>()).prop_map(|(at, c)| Damage::Flip(at, c)),
        1 => at().prop_map(Damage::Truncate),
        1 => select(SPELLINGS)
            .prop_map(|(from, to)| Damage::Replace(from, to)),
        1 => (1_usize..20).prop_map(Damage::Nest),
    ]
}

/// A text after some damages, not much longer than before.
pub(super) fn damaged((mut text, damages): (String, Vec<Damage>)) -> String {
    for damage in damages {
        text = one(&text, damage);
        if text.len() > 60_000 {
            break;
        }
    }
    text
}

fn one(text: &str, damage: Damage) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: Index| index.index(chars.len() + 1);
    // Mostly short pieces: a long one hides what else is wrong.
    let piece = |a: Index, b: Index| {
        let start = at(a);
        let length = if b.index(8) == 0 { b.index(400) } else { b.index(12) };
        (start, chars.len().min(start + length))
    };
    let of = |chars: &[char]| chars.iter().collect::<String>();
    match damage {
        Damage::Delete(a, b) => {
            let (start, end) = piece(a, b);
            of(&chars[..start]) + &of(&chars[end..])
        }
        Damage::Insert(place, new) => of(&chars[..at(place)]) + &new + &of(&chars[at(place)..]),
        Damage::Repeat(a, b, times) => {
            let (start, end) = piece(a, b);
            of(&chars[..start]) + &of(&chars[start..end]).repeat(times) + &of(&chars[end..])
        }
        Damage::Copy(a, b, c) => {
            let (start, end) = piece(a, b);
            let to = at(c);
            of(&chars[..to]) + &of(&chars[start..end]) + &of(&chars[to..])
        }
        Damage::Flip(place, new) => {
            let mut chars = chars.clone();
            if let Some(old) = chars.get_mut(place.index(text.len().max(1))) {
                *old = new;
            }
            chars.into_iter().collect()
        }
        Damage::Truncate(place) => of(&chars[..at(place)]),
        Damage::Replace(from, to) => text.replace(from, to),
        Damage::Nest(levels) => format!("{}{text}{}", "a {\n".repeat(levels), "}\n".repeat(levels)),
    }
}
