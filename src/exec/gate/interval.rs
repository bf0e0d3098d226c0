//! A metric computed from predictions, with the interval in which it lies: the percentile
//! bootstrap (Efron and Tibshirani 1993, section 13.3). The same predictions give the same interval.

use crate::exec::table::Table;
use crate::model::policy::Score;
use camino::Utf8Path;

/// How often rows are drawn anew; fewer of very many rows, whose interval is narrow.
const RESAMPLES: usize = 2_000;
const FEWER: (usize, usize) = (100_000, 400);

/// Where the draws begin.
const SEED: u64 = 0x6d6c_6320_6761_7465;

/// The metric of all rows, and the ends of its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Interval {
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// Computes the metric from the columns `actual` and `predicted` of a file, and from `score` for
/// the area under the curve.
pub(super) fn interval(
    root: &Utf8Path,
    path: &Utf8Path,
    score: Score,
    confidence: f64,
) -> Result<Interval, String> {
    let table = Table::read(root, path)?;
    let rows = Rows::of(&table, score)?;
    let count = rows.len();
    let undefined = || format!("{} is not defined for `{path}`", score.as_str());
    let value = rows.measure(&vec![1; count]).ok_or_else(undefined)?;
    let resamples = if count > FEWER.0 { FEWER.1 } else { RESAMPLES };
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut drawn = vec![0_u32; count];
    let mut values = Vec::with_capacity(resamples);
    for _ in 0..resamples {
        drawn.fill(0);
        for _ in 0..count {
            if let Some(times) = drawn.get_mut(random.usize(0..count)) {
                *times += 1;
            }
        }
        values.extend(rows.measure(&drawn));
    }
    if values.is_empty() {
        return Err(undefined());
    }
    values.sort_unstable_by(f64::total_cmp);
    let tail = 50.0 * (1.0 - confidence);
    Ok(Interval { value, low: percentile(&values, tail), high: percentile(&values, 100.0 - tail) })
}

/// A percentile between the two nearest of sorted values, as numpy's default. Not for none.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let place = percent / 100.0 * sorted.len().saturating_sub(1) as f64;
    let at = |place: f64| sorted.get(place as usize).copied().unwrap_or(f64::NAN);
    let (low, high) = (at(place.floor()), at(place.ceil()));
    low + (high - low) * place.fract()
}

/// What each row adds to the metric.
enum Rows {
    /// Terms that are summed, and what comes of the sums.
    Sums(Vec<[f64; 3]>, Score),
    /// From the lowest score to the highest: whether what came true is the positive class, the
    /// score, and the place of the row.
    Ranked(Vec<(bool, f64, usize)>),
}

impl Rows {
    fn of(table: &Table, score: Score) -> Result<Self, String> {
        let terms = match score {
            Score::Accuracy => {
                let pairs = table.column("actual")?.iter().zip(table.column("predicted")?);
                pairs.map(|(actual, predicted)| [flag(same(actual, predicted)), 0.0, 0.0]).collect()
            }
            Score::Precision | Score::Recall | Score::F1 => {
                let actual = positives(table, "actual")?;
                let pairs = actual.into_iter().zip(positives(table, "predicted")?);
                // Hits, false alarms, misses.
                pairs
                    .map(|(actual, predicted)| {
                        [actual && predicted, !actual && predicted, actual && !predicted].map(flag)
                    })
                    .collect()
            }
            Score::Auc => {
                let scores = table.numbers("score")?;
                let pairs = positives(table, "actual")?.into_iter().zip(scores).enumerate();
                let mut ranked: Vec<_> =
                    pairs.map(|(row, (positive, score))| (positive, score, row)).collect();
                ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
                return Ok(Self::Ranked(ranked));
            }
            Score::Mae => errors(table)?.map(|(error, _)| [error.abs(), 0.0, 0.0]).collect(),
            Score::Mse | Score::Rmse | Score::R2 => errors(table)?
                .map(|(error, actual)| [error * error, actual, actual * actual])
                .collect(),
        };
        Ok(Self::Sums(terms, score))
    }

    fn len(&self) -> usize {
        match self {
            Self::Sums(terms, _) => terms.len(),
            Self::Ranked(ranked) => ranked.len(),
        }
    }

    /// The metric where each row counts so many times; `None` where it is not defined. A share of
    /// nothing is 0, as in scikit-learn.
    fn measure(&self, times: &[u32]) -> Option<f64> {
        let (terms, score) = match self {
            Self::Sums(terms, score) => (terms, *score),
            Self::Ranked(ranked) => return area(ranked, times),
        };
        let (mut sums, mut rows) = ([0.0; 3], 0.0);
        for (term, times) in terms.iter().zip(times).filter(|(_, times)| **times > 0) {
            let times = f64::from(*times);
            rows += times;
            for (sum, term) in sums.iter_mut().zip(term) {
                *sum += times * term;
            }
        }
        let [first, second, third] = sums;
        let share = |part: f64, whole: f64| if whole == 0.0 { 0.0 } else { part / whole };
        Some(match score {
            Score::Precision => share(first, first + second),
            Score::Recall => share(first, first + third),
            Score::F1 => share(2.0 * first, 2.0 * first + second + third),
            Score::Rmse => (first / rows).sqrt(),
            Score::R2 => {
                let spread = third - second * second / rows;
                if spread <= 0.0 {
                    return None;
                }
                1.0 - first / spread
            }
            Score::Accuracy | Score::Mae | Score::Mse | Score::Auc => first / rows,
        })
    }
}

/// The area under the ROC curve: how often a positive row has the higher score, ties half.
fn area(ranked: &[(bool, f64, usize)], times: &[u32]) -> Option<f64> {
    let (mut below, mut won, mut positives) = (0.0, 0.0, 0.0);
    for tied in ranked.chunk_by(|a, b| a.1.total_cmp(&b.1).is_eq()) {
        let count = |wanted: bool| -> f64 {
            let rows = tied.iter().filter(|(positive, ..)| *positive == wanted);
            rows.map(|(.., row)| f64::from(times.get(*row).copied().unwrap_or(0))).sum()
        };
        let (positive, negative) = (count(true), count(false));
        won += positive * (below + negative / 2.0);
        (below, positives) = (below + negative, positives + positive);
    }
    let pairs = below * positives;
    (pairs > 0.0).then(|| won / pairs)
}

fn flag(value: bool) -> f64 {
    f64::from(u8::from(value))
}

/// Whether two texts are one class: `1` and `1.0` are.
fn same(one: &str, other: &str) -> bool {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    one == other || number(one).is_some_and(|it| number(other) == Some(it))
}

/// Whether each row of a column is of the positive class, which is `1` or `true`.
fn positives(table: &Table, column: &str) -> Result<Vec<bool>, String> {
    let class = |text: &String| match text.trim().to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        number if number.parse() == Ok(1.0) => Ok(true),
        number if number.parse() == Ok(0.0) => Ok(false),
        _ => Err(format!("`{column}` holds `{text}`; a class here is 0 or 1, false or true")),
    };
    table.column(column)?.iter().map(class).collect()
}

/// What each prediction missed, beside what came true.
fn errors(table: &Table) -> Result<impl Iterator<Item = (f64, f64)>, String> {
    let (actual, predicted) = (table.numbers("actual")?, table.numbers("predicted")?);
    Ok(actual.into_iter().zip(predicted).map(|(actual, predicted)| (predicted - actual, actual)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_lie_between_values() {
        let values = [1.0, 2.0, 3.0, 10.0];
        for (percent, want) in [(0.0, 1.0), (50.0, 2.5), (99.0, 9.79), (100.0, 10.0)] {
            assert!((percentile(&values, percent) - want).abs() < 1e-9, "{percent}");
        }
    }
}
