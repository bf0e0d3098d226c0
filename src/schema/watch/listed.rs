//! Whether values are among those that a check lists.

use crate::base::bound::Number;
use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::literal;
use crate::schema::watch::each::Test;
use crate::schema::watch::{Batch, Datum, Outcome, Tally, Totals, Values, Watch, same};
use std::cmp::Ordering;
use std::io;
use std::sync::Arc;

/// Counts the values that are in a list where they may not be, or not in it where they must.
struct Members {
    listed: Arc<Listed>,
    /// Whether they must be in it.
    inside: bool,
    ty: ColumnType,
    failing: Tally,
}

/// A check that every value is, or is not, one of the arguments.
pub(crate) fn members(check: &Check, ty: ColumnType, inside: bool) -> Box<dyn Watch> {
    let (listed, failing) = (Arc::new(Listed::new(check, ty)), Tally::default());
    Box::new(Members { listed, inside, ty, failing })
}

/// Whether a value is among the arguments of a check.
pub(crate) fn listed(check: &Check, ty: ColumnType) -> impl Test {
    let listed = Listed::new(check, ty);
    move |value: Datum<'_>| listed.holds(value)
}

impl Members {
    /// How many values fail. Loops over one kind of value are several times faster.
    fn count(&self, batch: &Batch) -> usize {
        let (listed, inside) = (&*self.listed, self.inside);
        match &batch.values {
            Values::Int(values) => match listed.span {
                Some((low, high)) => {
                    values.iter().filter(|it| (low <= **it && **it <= high) != inside).count()
                }
                None => values.iter().filter(|it| listed.small.contains(it) != inside).count(),
            },
            Values::Text(texts) if !listed.words.is_empty() => {
                // Four at a time, all compared: a loop that may end early costs more.
                let mut failing = 0;
                match listed.words.as_slice() {
                    [a, rest @ ..] if rest.len() < 4 => {
                        let or_a = |place: usize| rest.get(place).unwrap_or(a);
                        let (b, c, d) = (or_a(0), or_a(1), or_a(2));
                        for it in texts.words() {
                            let is = (it == *a) | (it == *b) | (it == *c) | (it == *d);
                            failing += usize::from(is != inside);
                        }
                    }
                    all => {
                        texts
                            .words()
                            .for_each(|it| failing += usize::from(all.contains(&it) != inside));
                    }
                }
                failing
            }
            Values::Text(_) | Values::Wide(_) | Values::Float(_) | Values::Bool(_) => {
                let mut failing = 0;
                batch.values(|value| failing += usize::from(listed.holds(value) != inside));
                failing
            }
        }
    }
}

impl Watch for Members {
    fn fresh(&self) -> Box<dyn Watch> {
        let (listed, failing) = (Arc::clone(&self.listed), self.failing.fresh());
        Box::new(Self { listed, failing, ..*self })
    }

    fn see(&mut self, batch: &Batch) {
        if self.count(batch) > 0 {
            batch.each(|row, value| {
                if self.listed.holds(value) != self.inside {
                    self.failing.count(row, || value.shown(self.ty));
                }
            });
        }
    }

    fn keep_all(&mut self) {
        self.failing.keep_all();
    }

    fn join(&mut self, later: Box<dyn Watch>, rows: u64) {
        if let Some(later) = same::<Self>(later) {
            self.failing.join(later.failing, rows);
        }
    }

    fn end(self: Box<Self>, _: Totals) -> io::Result<Outcome> {
        Ok(self.failing.outcome())
    }
}

/// A list of values of one type.
struct Listed {
    texts: Vec<String>,
    /// The texts as words, if they are few and short: compared sooner than searched.
    words: Vec<u64>,
    integers: Vec<i128>,
    /// Those of them that fit.
    small: Vec<i64>,
    /// The first and the last of them, where all between are listed, too.
    span: Option<(i64, i64)>,
    numbers: Vec<Number>,
    flags: Vec<bool>,
}

impl Listed {
    fn new(check: &Check, ty: ColumnType) -> Self {
        let listed = || check.arguments.iter().map(|it| &it.value);
        let mut texts: Vec<String> = match ty.is_text() {
            true => listed().filter_map(|it| text_of(it).map(str::to_owned)).collect(),
            false => Vec::new(),
        };
        texts.sort_unstable();
        let few = texts.len() <= 16 && texts.iter().all(|it| it.len() < 8);
        let words = texts.iter().filter(|_| few).map(|it| word(it.as_bytes())).collect();
        let numbers: Vec<Number> = listed().filter_map(|it| literal::measure(it, ty)).collect();
        let whole = |it: &Number| match it {
            Number::Int(value) => Some(*value),
            Number::Float(_) => None,
        };
        let integers: Vec<i128> = numbers.iter().filter_map(whole).collect();
        let mut small: Vec<i64> =
            integers.iter().filter_map(|it| i64::try_from(*it).ok()).collect();
        small.sort_unstable();
        small.dedup();
        let span = match (small.first(), small.last()) {
            (Some(&first), Some(&last)) => usize::try_from(last.wrapping_sub(first))
                .is_ok_and(|it| it == small.len() - 1)
                .then_some((first, last)),
            _ => None,
        };
        let flags = listed().filter_map(flag_of).collect();
        Self { texts, words, integers, small, span, numbers, flags }
    }

    #[inline(always)]
    fn holds(&self, value: Datum<'_>) -> bool {
        match value {
            Datum::Text(text) if !self.words.is_empty() => {
                self.words.contains(&word(text.as_bytes()))
            }
            Datum::Text(text) => self.texts.binary_search_by(|it| it.as_str().cmp(text)).is_ok(),
            Datum::Bool(flag) => self.flags.contains(&flag),
            Datum::Int(value) => self.integers.contains(&value),
            Datum::Float(value) => {
                let value = Number::Float(value);
                self.numbers.iter().any(|it| it.partial_cmp(&value) == Some(Ordering::Equal))
            }
        }
    }
}

/// A short text whole: up to seven bytes and their number; every longer text is the same.
#[inline]
pub(super) fn word(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let [own @ .., count] = &mut bytes;
    match own.get_mut(..text.len()) {
        Some(own) => own.copy_from_slice(text),
        None => return u64::MAX,
    }
    *count = u8::try_from(text.len()).unwrap_or(u8::MAX);
    u64::from_le_bytes(bytes)
}

fn text_of(scalar: &Scalar) -> Option<&str> {
    match scalar {
        Scalar::Str(text) => Some(text),
        Scalar::Int(_) | Scalar::Float(_) | Scalar::Bool(_) => None,
    }
}

fn flag_of(scalar: &Scalar) -> Option<bool> {
    match scalar {
        Scalar::Bool(flag) => Some(*flag),
        Scalar::Int(_) | Scalar::Float(_) | Scalar::Str(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::watch::Texts;

    #[test]
    fn words_are_the_same_wherever_they_stand() {
        let all = ["A", "", "seven77", "eight888", "é", "longer than that", "B"];
        let mut texts = Texts::default();
        all.iter().for_each(|it| texts.push(it));
        let words: Vec<u64> = texts.words().collect();
        assert_eq!(words, all.map(|it| word(it.as_bytes())));
        assert_eq!(word(b"eight888"), word(b"longer"[..].repeat(2).as_slice()));
        assert_ne!(word(b"a"), word(b"a\0"));
    }
}
