//! The distribution of each column, coarse enough for a small picture: two walks over the table, the
//! first for the ends of numbers and the values of the rest, the second for the bins between.

use crate::base::bound::Number;
use crate::data::follow::Task;
use crate::data::gather::{Basket, Gather};
use crate::data::source::Trouble;
use crate::data::validate;
use crate::schema::column::{ColumnType, Schema};
use crate::schema::watch::across::Frame;
use crate::schema::watch::{Batch, Datum};
use camino::Utf8Path;
use std::collections::BTreeMap;

/// How many bars a picture of numbers has.
const BARS: usize = 24;

/// How many different texts are counted before a column counts as one of free text.
const WORDS: usize = 200;

/// How much of a text is looked at, in characters.
const LONGEST: usize = 60;

/// What a column looks like.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Picture {
    /// Numbers, dates and times: how many lie in each of some bins of equal width, and the ends.
    Bars { low: String, high: String, counts: Vec<u64> },
    /// The most frequent values, and how many values are others.
    Words { most: Vec<(String, u64)>, others: u64 },
    /// Nothing, or only values that differ.
    Nothing,
}

/// A picture of each column of the schema.
pub(crate) fn pictures(
    path: &Utf8Path,
    shown: &Utf8Path,
    schema: &Schema,
) -> Result<Vec<Picture>, Trouble> {
    let bare = bare(schema);
    let types: Vec<ColumnType> = bare
        .columns
        .iter()
        .map(|it| it.ty.as_ref().map_or(ColumnType::Str, |it| it.value))
        .collect();
    let first = Basket::new();
    let start = || first.gathering(Ends(vec![End::default(); types.len()]));
    validate::table(path, shown, Task { schema: &bare, extra: Some(&start), all: false })?;
    let ends = first.taken().map_or_else(Vec::new, |it| it.0);
    let second = Basket::new();
    let spans: Vec<Option<(f64, f64)>> = ends.iter().map(End::span).collect();
    let start = || {
        let counts = vec![vec![0; BARS]; types.len()];
        second.gathering(Bars { spans: spans.clone(), counts })
    };
    if spans.iter().any(Option::is_some) {
        validate::table(path, shown, Task { schema: &bare, extra: Some(&start), all: false })?;
    }
    let counts = second.taken().map_or_else(|| vec![Vec::new(); types.len()], |it| it.counts);
    Ok(ends
        .into_iter()
        .zip(counts)
        .zip(types)
        .map(|((end, counts), ty)| end.picture(counts, ty))
        .collect())
}

/// The columns without their checks.
fn bare(schema: &Schema) -> Schema {
    let mut bare = Schema { nulls: schema.nulls.clone(), ..Schema::default() };
    bare.columns.clone_from(&schema.columns);
    for column in &mut bare.columns {
        column.bounds.clear();
        column.checks.clear();
    }
    bare
}

/// The ends of a column of numbers, the values of another.
#[derive(Clone, Debug, Default)]
struct End {
    ends: Option<(Number, Number)>,
    words: BTreeMap<String, u64>,
    /// Values that are not among the words.
    others: u64,
}

impl End {
    fn take(&mut self, value: Datum<'_>) {
        let word = match value {
            Datum::Int(_) | Datum::Float(_) => {
                let Some(number) = value.number().filter(|it| it.as_f64().is_finite()) else {
                    return;
                };
                let (low, high) = self.ends.unwrap_or((number, number));
                let low = if number < low { number } else { low };
                self.ends = Some((low, if number > high { number } else { high }));
                return;
            }
            Datum::Bool(flag) => return self.count(if flag { "true" } else { "false" }, 1),
            Datum::Text(text) => text,
        };
        // Of a long text its beginning is enough.
        let end = word.char_indices().nth(LONGEST).map_or(word.len(), |(at, _)| at);
        self.count(word.get(..end).unwrap_or(word), 1);
    }

    fn count(&mut self, word: &str, times: u64) {
        let room = self.words.len() < WORDS;
        match self.words.get_mut(word) {
            Some(count) => *count += times,
            None if room => {
                self.words.insert(word.to_owned(), times);
            }
            None => self.others += times,
        }
    }

    fn span(&self) -> Option<(f64, f64)> {
        self.ends.map(|(low, high)| (low.as_f64(), high.as_f64()))
    }

    fn picture(self, counts: Vec<u64>, ty: ColumnType) -> Picture {
        let shown = |number: Number| match number {
            Number::Int(value) => Datum::Int(value).shown(ty),
            Number::Float(value) => Datum::Float(value).shown(ty),
        };
        if let Some((low, high)) = self.ends {
            return Picture::Bars { low: shown(low), high: shown(high), counts };
        }
        let all: u64 = self.words.values().sum::<u64>() + self.others;
        let mut most: Vec<(String, u64)> = self.words.into_iter().collect();
        most.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        most.truncate(8);
        let listed: u64 = most.iter().map(|(_, count)| count).sum();
        match most.first() {
            // Texts of which none comes again have no shape.
            Some((_, count)) if *count > 1 || all <= 8 => {
                Picture::Words { most, others: all - listed }
            }
            _ => Picture::Nothing,
        }
    }
}

struct Ends(Vec<End>);

impl Gather for Ends {
    fn see(&mut self, frame: &Frame<'_>) {
        for (end, batch) in self.0.iter_mut().zip(frame.batches) {
            batch.values(|value| end.take(value));
        }
    }

    fn join(&mut self, later: Self, _: u64) {
        for (own, later) in self.0.iter_mut().zip(later.0) {
            if let Some((low, high)) = later.ends {
                own.take(datum(low));
                own.take(datum(high));
            }
            later.words.iter().for_each(|(word, times)| own.count(word, *times));
            own.others += later.others;
        }
    }
}

fn datum(number: Number) -> Datum<'static> {
    match number {
        Number::Int(value) => Datum::Int(value),
        Number::Float(value) => Datum::Float(value),
    }
}

/// How many numbers of each column lie in each bin.
struct Bars {
    spans: Vec<Option<(f64, f64)>>,
    counts: Vec<Vec<u64>>,
}

impl Gather for Bars {
    fn see(&mut self, frame: &Frame<'_>) {
        let columns = self.spans.iter().zip(&mut self.counts).zip(frame.batches);
        for ((span, counts), batch) in columns {
            if let Some(span) = span {
                bars(*span, counts, batch);
            }
        }
    }

    fn join(&mut self, later: Self, _: u64) {
        for (own, later) in self.counts.iter_mut().zip(later.counts) {
            own.iter_mut().zip(later).for_each(|(own, later)| *own += later);
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a place among a few bars"
)]
fn bars((low, high): (f64, f64), counts: &mut [u64], batch: &Batch) {
    batch.values(|value| {
        let Some(number) = value.number().map(Number::as_f64).filter(|it| it.is_finite()) else {
            return;
        };
        let part = if high > low { (number - low) / (high - low) } else { 0.0 };
        let place = ((part * BARS as f64) as usize).min(BARS - 1);
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
    });
}
