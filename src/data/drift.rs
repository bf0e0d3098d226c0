//! How far the values of a column have moved from those of another table. The formulas and their
//! defaults are those of Evidently 0.7 and scipy 1.17; two columns that are the same have drift 0.

use crate::base::sorted::Sorted;
use crate::schema::relation::Method;
use crate::schema::watch::quantile::unordered;
use statrs::function::gamma::gamma_ur;
use std::collections::BTreeMap;
use std::io;

/// More values than this are counted in bins of equal width.
const VALUES: u64 = 20;

/// The values of a column, finite numbers or categories.
#[derive(Debug)]
pub(crate) enum Values {
    /// As numbers of the same order. Whole numbers have bins at least 1 wide, as numpy makes them.
    Numbers {
        sorted: Sorted,
        whole: bool,
    },
    Categories(BTreeMap<String, u64>),
}

impl Values {
    pub(crate) fn count(&self) -> u64 {
        match self {
            Self::Numbers { sorted, .. } => sorted.len(),
            Self::Categories(counts) => counts.values().sum(),
        }
    }
}

/// How often values of a bin occur: in the table compared with, and in this one.
type Bins = Vec<(u64, u64)>;

/// The drift of `own` against `base`; `None` where there is too little to compare.
pub(crate) fn drift(
    method: Method,
    bins: Option<u32>,
    base: &mut Values,
    own: &mut Values,
) -> io::Result<Option<f64>> {
    let counted = match (base, own) {
        (Values::Categories(base), Values::Categories(own)) => categories(base, own),
        (Values::Numbers { sorted: base, whole }, Values::Numbers { sorted: own, .. }) => {
            if base.len() == 0 || own.len() == 0 {
                return Ok(None);
            }
            match method {
                Method::KolmogorovSmirnov => return steps(base, own).map(|it| Some(it.largest)),
                Method::Wasserstein => {
                    let norm = moments(base)?.deviation().max(0.001);
                    return Ok(Some(steps(base, own)?.area / norm));
                }
                Method::MeanShift => {
                    let (base, own) = (moments(base)?.mean(), moments(own)?.mean());
                    let shift = (own - base).abs();
                    return Ok(Some(if base == 0.0 { shift } else { shift / base.abs() }));
                }
                Method::ChiSquare | Method::LInfinity | Method::NewCategories => {
                    by_value(base, own)?
                }
                Method::Psi | Method::KullbackLeibler | Method::JensenShannon => {
                    binned(base, own, *whole, bins)?
                }
            }
        }
        (Values::Numbers { .. } | Values::Categories(_), _) => return Ok(None),
    };
    Ok(of_bins(method, &counted))
}

fn of_bins(method: Method, bins: &Bins) -> Option<f64> {
    let all: (u64, u64) = bins.iter().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    if all.0 == 0 || all.1 == 0 {
        return None;
    }
    let base: Vec<f64> = bins.iter().map(|it| count(it.0) / count(all.0)).collect();
    let own: Vec<f64> = bins.iter().map(|it| count(it.1) / count(all.1)).collect();
    let pairs = || base.iter().zip(&own);
    Some(match method {
        Method::Psi => {
            let (base, own) = (filled(&base), filled(&own));
            base.iter().zip(&own).map(|(b, o)| (b - o) * (b / o).ln()).sum()
        }
        Method::KullbackLeibler => {
            let (base, own) = (filled(&base), filled(&own));
            let sums = (base.iter().sum::<f64>(), own.iter().sum::<f64>());
            let normal = base.iter().zip(&own).map(|(b, o)| (b / sums.0, o / sums.1));
            normal.map(|(b, o)| b * (b / o).ln()).sum()
        }
        Method::JensenShannon => {
            let part = |of: f64, middle: f64| if of > 0.0 { of * (of / middle).ln() } else { 0.0 };
            let half = |(b, o): (&f64, &f64)| {
                let middle = f64::midpoint(*b, *o);
                part(*b, middle) + part(*o, middle)
            };
            (pairs().map(half).sum::<f64>() / 2.0).max(0.0).sqrt()
        }
        Method::ChiSquare => chi_square(bins, all),
        Method::LInfinity => pairs().map(|(b, o)| (b - o).abs()).fold(0.0, f64::max),
        Method::NewCategories => {
            let new = bins.iter().filter(|it| it.0 == 0).map(|it| it.1).sum::<u64>();
            count(new) / count(all.1)
        }
        Method::KolmogorovSmirnov | Method::Wasserstein | Method::MeanShift => return None,
    })
}

/// The p-value of Pearson's test: that the values here are drawn as those there were, which are
/// scaled to the same number. One that does not occur there makes it 0.
fn chi_square(bins: &Bins, all: (u64, u64)) -> f64 {
    let scale = count(all.1) / count(all.0);
    let term = |it: &(u64, u64)| {
        let expected = count(it.0) * scale;
        (count(it.1) - expected).powi(2) / expected
    };
    let statistic: f64 = bins.iter().map(term).sum();
    match bins.len() {
        0 | 1 => 1.0,
        _ if !statistic.is_finite() => 0.0,
        _ if statistic <= 0.0 => 1.0,
        some => gamma_ur(count(some as u64 - 1) / 2.0, statistic / 2.0),
    }
}

/// Shares without zeros, of which there is no logarithm: each becomes 0.0001, or less where that
/// would be more than the smallest share.
fn filled(shares: &[f64]) -> Vec<f64> {
    let least = shares.iter().copied().filter(|it| *it > 0.0).fold(f64::INFINITY, f64::min);
    let instead = if least <= 0.0001 { least / 1e6 } else { 0.0001 };
    shares.iter().map(|it| if *it == 0.0 { instead } else { *it }).collect()
}

fn categories(base: &BTreeMap<String, u64>, own: &BTreeMap<String, u64>) -> Bins {
    let of = |map: &BTreeMap<String, u64>, name: &String| map.get(name).copied().unwrap_or(0);
    let mut bins: Bins = base.iter().map(|(name, count)| (*count, of(own, name))).collect();
    bins.extend(own.iter().filter(|(name, _)| !base.contains_key(*name)).map(|(_, it)| (0, *it)));
    bins
}

/// A bin for each value.
fn by_value(base: &mut Sorted, own: &mut Sorted) -> io::Result<Bins> {
    let mut bins = Bins::new();
    merged(base, own, |_, base, own| bins.push((base, own)))?;
    Ok(bins)
}

/// Calls `look` with each number that occurs anywhere, and how often it does in both.
fn merged(
    base: &mut Sorted,
    own: &mut Sorted,
    mut look: impl FnMut(f64, u64, u64),
) -> io::Result<()> {
    let (mut base, mut own) = (base.groups()?, own.groups()?);
    let (mut left, mut right) = (base.next()?, own.next()?);
    while let Some(number) = [left, right].into_iter().flatten().map(|(number, _)| number).min() {
        let here = |it: Option<(u64, u64)>| it.filter(|it| it.0 == number).map_or(0, |it| it.1);
        let (in_base, in_own) = (here(left), here(right));
        look(unordered(number), in_base, in_own);
        if in_base > 0 {
            left = base.next()?;
        }
        if in_own > 0 {
            right = own.next()?;
        }
    }
    Ok(())
}

/// What lies between two distribution functions.
#[derive(Default)]
struct Steps {
    largest: f64,
    area: f64,
}

fn steps(base: &mut Sorted, own: &mut Sorted) -> io::Result<Steps> {
    let all = (count(base.len()), count(own.len()));
    let mut steps = Steps::default();
    let (mut below, mut before, mut gap) = ((0, 0), None, 0.0);
    merged(base, own, |number, in_base, in_own| {
        if let Some(before) = before {
            steps.area += gap * (number - before);
        }
        below = (below.0 + in_base, below.1 + in_own);
        gap = (count(below.0) / all.0 - count(below.1) / all.1).abs();
        steps.largest = steps.largest.max(gap);
        before = Some(number);
    })?;
    Ok(steps)
}

/// Welford's sums.
#[derive(Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn mean(&self) -> f64 {
        self.mean
    }

    /// Of a whole population, as numpy has it.
    fn deviation(&self) -> f64 {
        (self.squares / self.count).sqrt()
    }
}

fn moments(numbers: &mut Sorted) -> io::Result<Moments> {
    let mut it = Moments::default();
    numbers.each(|number, times| {
        let (number, times) = (unordered(number), count(times));
        let off = number - it.mean;
        it.count += times;
        it.mean += off * times / it.count;
        it.squares += off * (number - it.mean) * times;
    })?;
    Ok(it)
}

/// Bins of equal width over all values, as many as asked for or as Sturges' rule makes them; a bin
/// for each value where the table compared with has few.
fn binned(base: &mut Sorted, own: &mut Sorted, whole: bool, bins: Option<u32>) -> io::Result<Bins> {
    let (mut values, mut ends) = (0, None);
    merged(base, own, |number, in_base, _| {
        values += u64::from(in_base > 0);
        let (low, _) = ends.unwrap_or((number, number));
        ends = Some((low, number));
    })?;
    if values <= VALUES && bins.is_none() {
        return by_value(base, own);
    }
    let (low, high) = ends.unwrap_or_default();
    let edges = edges(low, high, whole, bins, count(base.len() + own.len()));
    let last = edges.len().saturating_sub(2);
    let mut counted = vec![(0, 0); last + 1];
    let mut place = 0;
    merged(base, own, |number, in_base, in_own| {
        // Each bin has its lower edge, and the last its upper one, too.
        while place < last && edges.get(place + 1).is_some_and(|edge| *edge <= number) {
            place += 1;
        }
        if let Some(bin) = counted.get_mut(place) {
            bin.0 += in_base;
            bin.1 += in_own;
        }
    })?;
    Ok(counted)
}

/// The edges that `numpy.histogram_bin_edges` makes.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small number of bins"
)]
fn edges(low: f64, high: f64, whole: bool, bins: Option<u32>, size: f64) -> Vec<f64> {
    let (low, high) = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
    let number = bins.unwrap_or_else(|| {
        let width = (high - low) / (size.log2() + 1.0);
        let width = if whole { width.max(1.0) } else { width };
        if width > 0.0 { ((high - low) / width).ceil() as u32 } else { 1 }
    });
    let number = number.max(1);
    let step = (high - low) / f64::from(number);
    let mut edges: Vec<f64> = (0..number).map(|place| f64::from(place) * step + low).collect();
    edges.push(high);
    edges
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
fn count(number: u64) -> f64 {
    number as f64
}
