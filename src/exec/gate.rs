//! Evaluates thresholds on metrics files: measured against bound, one row each.
//!
//! Never fails halfway: what cannot be measured is a row that does not hold and says why.

mod interval;
pub(crate) mod measure;
pub(crate) mod reference;

use crate::base::bound::Bound;
use crate::base::value::Value;
use crate::exec::gate::interval::interval;
use crate::exec::gate::measure::{Measured, Metrics};
use crate::exec::gate::reference::References;
use crate::model::policy::{Gate, Measure, Quantity, Reference, Score, Threshold};
use crate::model::service::DURATIONS;
use crate::plan::Plan;
use camino::Utf8Path;

/// What came of one gate.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) gate: String,
    pub(crate) rows: Vec<Row>,
}

impl Report {
    pub(crate) fn holds(&self) -> bool {
        self.rows.iter().all(Row::holds)
    }
}

/// One threshold, evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// `accuracy`, `accuracy drop against production`, `size of models/m`.
    pub(crate) quantity: String,
    pub(crate) value: Option<f64>,
    /// Value for people: with the unit, and for a change with what it was computed from.
    pub(crate) shown: String,
    /// `>=0.85`
    pub(crate) bound: String,
    pub(crate) verdict: Verdict,
}

impl Row {
    pub(crate) fn holds(&self) -> bool {
        !matches!(self.verdict, Verdict::Broken(_))
    }
}

/// Whether a threshold holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Holds,
    /// There is nothing to compare with yet, so nothing can be worse: passes, visibly.
    Passes(String),
    /// Does not hold; says why when it could not be measured.
    Broken(Option<String>),
}

/// Evaluates one gate of the plan's project, which lies at `root`.
pub(crate) fn evaluate(root: &Utf8Path, plan: &Plan, gate: &Gate) -> Report {
    let metrics = Metrics::of_gate(root, gate);
    let references = References::new(root, plan, gate);
    let predictions = gate.predictions.as_ref().map(|path| path.value.as_path());
    let row = |it| row(root, it, (&metrics, predictions), &references);
    let rows = gate.thresholds.iter().map(row).collect();
    Report { gate: gate.name.value.clone(), rows }
}

fn row(
    root: &Utf8Path,
    threshold: &Threshold,
    (metrics, predictions): (&Metrics, Option<&Utf8Path>),
    references: &References<'_>,
) -> Row {
    match &threshold.quantity {
        Quantity::Metric(key) => {
            let measured = metrics.number(&key.value);
            judged(key.value.clone(), measured, threshold, Unit::None)
        }
        Quantity::Size(path) => {
            let name = format!("size of {}", path.value);
            judged(name, measure::size(root, &path.value), threshold, Unit::Bytes)
        }
        Quantity::Latency { percentile, samples } => {
            let name = format!("latency p{percentile}");
            let own = Utf8Path::new(DURATIONS);
            let path = samples.as_ref().map_or(own, |it| it.value.as_path());
            if samples.is_none() && !root.join(own).exists() {
                let bound = bounds(&threshold.bounds, Unit::Seconds);
                let why = "not measured here yet: the tests of the service do it".to_owned();
                let (verdict, shown) = (Verdict::Passes(why), "-".to_owned());
                return Row { quantity: name, value: None, shown, bound, verdict };
            }
            judged(name, measure::latency(root, path, *percentile), threshold, Unit::Seconds)
        }
        Quantity::Interval { metric, confidence } => {
            sure(root, threshold, (metric.value, *confidence), predictions)
        }
        Quantity::Slice { segments, metric } => {
            let name = format!("{} by {}", metric.value, segments.value);
            slices(name, metrics.slices(&segments.value, &metric.value), threshold)
        }
        Quantity::Change { metric, against, measure } => {
            change(threshold, &metric.value, (&against.value, *measure), (metrics, references))
        }
    }
}

fn judged(quantity: String, measured: Measured, threshold: &Threshold, unit: Unit) -> Row {
    let bound = bounds(&threshold.bounds, unit);
    match measured {
        Ok(value) => {
            let verdict = verdict(value, &threshold.bounds);
            Row { quantity, value: Some(value), shown: unit.value(value), bound, verdict }
        }
        Err(why) => broken(quantity, bound, why),
    }
}

/// The end of the interval that is nearer to the bound must hold.
fn sure(
    root: &Utf8Path,
    threshold: &Threshold,
    (score, confidence): (Score, f64),
    predictions: Option<&Utf8Path>,
) -> Row {
    let percent = number(100.0 * confidence);
    let quantity = format!("{} at {percent}% confidence", score.as_str());
    let bound = bounds(&threshold.bounds, Unit::None);
    let interval = predictions
        .ok_or_else(|| "the gate names no file of predictions".to_owned())
        .and_then(|path| interval(root, path, score, confidence));
    let interval = match interval {
        Ok(interval) => interval,
        Err(why) => return broken(quantity, bound, why),
    };
    let (low, high) = (interval.low, interval.high);
    let end = |bound: &Bound| if bound.op.is_lower() { low } else { high };
    let holds = threshold.bounds.iter().all(|bound| bound.holds(end(bound)));
    let shown = format!("{} to {} ({})", number(low), number(high), number(interval.value));
    let verdict = if holds { Verdict::Holds } else { Verdict::Broken(None) };
    let value = threshold.bounds.first().map_or(interval.value, end);
    Row { quantity, value: Some(value), shown, bound, verdict }
}

/// Every segment must hold; the first that does not is told, or the lowest when all do.
fn slices(
    quantity: String,
    measured: Result<Vec<(String, f64)>, String>,
    threshold: &Threshold,
) -> Row {
    let bound = bounds(&threshold.bounds, Unit::None);
    let measured = match measured {
        Ok(measured) => measured,
        Err(why) => return broken(quantity, bound, why),
    };
    let holds = |value: f64| threshold.bounds.iter().all(|bound| bound.holds(value));
    let (all, failing): (usize, Vec<_>) =
        (measured.len(), measured.iter().filter(|(_, value)| !holds(*value)).collect());
    let lowest = measured.iter().min_by(|(_, one), (_, other)| one.total_cmp(other));
    let told = failing.first().copied().or(lowest);
    let shown = told.map_or_else(
        || "-".to_owned(),
        |(name, value)| format!("{} ({name}, of {all})", number(*value)),
    );
    let others = failing.get(1..).unwrap_or_default().iter();
    let others: Vec<String> =
        others.map(|(name, value)| format!("{name} is {}", number(*value))).collect();
    let verdict = match (failing.is_empty(), others.is_empty()) {
        (true, _) => Verdict::Holds,
        (false, true) => Verdict::Broken(None),
        (false, false) => Verdict::Broken(Some(others.join(", "))),
    };
    Row { quantity, value: told.map(|(_, value)| *value), shown, bound, verdict }
}

fn change(
    threshold: &Threshold,
    metric: &str,
    (against, measure): (&Reference, Measure),
    (metrics, references): (&Metrics, &References<'_>),
) -> Row {
    let quantity = format!("{metric} {} against {}", measure.as_str(), reference::name(against));
    let bound = bounds(&threshold.bounds, Unit::None);
    let value = match metrics.number(metric) {
        Ok(value) => value,
        Err(why) => return broken(quantity, bound, why),
    };
    let reference = match references.number(against, metric) {
        Ok(Some(reference)) => reference,
        Ok(None) => {
            let verdict = Verdict::Passes("no production version yet".to_owned());
            return Row { quantity, value: None, shown: number(value), bound, verdict };
        }
        Err(why) => return broken(quantity, bound, why),
    };
    let changed =
        without_noise(measure.of(value, reference), measure, value.abs().max(reference.abs()));
    let shown = format!("{} ({} from {})", number(changed), number(value), number(reference));
    let verdict = if changed.is_finite() {
        verdict(changed, &threshold.bounds)
    } else {
        Verdict::Broken(Some(format!("the reference value is {}", number(reference))))
    };
    Row { quantity, value: changed.is_finite().then_some(changed), shown, bound, verdict }
}

/// Rounds away what binary arithmetic adds: 0.9 - 0.88 is 0.02, not 0.020000000000000018.
fn without_noise(changed: f64, measure: Measure, operands: f64) -> f64 {
    const DIGITS: f64 = 12.0;
    let scale = match measure {
        Measure::Drop | Measure::Rise => operands,
        Measure::Ratio => changed.abs(),
    };
    let unit = 10_f64.powf(DIGITS - scale.log10().ceil());
    let rounded = (changed * unit).round() / unit;
    if rounded.is_finite() { rounded } else { changed }
}

fn broken(quantity: String, bound: String, why: String) -> Row {
    let verdict = Verdict::Broken(Some(why));
    Row { quantity, value: None, shown: "-".to_owned(), bound, verdict }
}

fn verdict(value: f64, bounds: &[Bound]) -> Verdict {
    if bounds.iter().all(|bound| bound.holds(value)) {
        Verdict::Holds
    } else {
        Verdict::Broken(None)
    }
}

/// What a number counts.
#[derive(Clone, Copy, Debug)]
enum Unit {
    None,
    Bytes,
    Seconds,
}

impl Unit {
    fn value(self, value: f64) -> String {
        match self {
            Self::None => number(value),
            Self::Bytes => bytes(value),
            Self::Seconds => seconds(value),
        }
    }

    /// A limit is shown as written, without rounding, unless it has a unit.
    fn limit(self, limit: f64) -> String {
        match self {
            Self::None => limit.to_string(),
            Self::Bytes => bytes(limit),
            Self::Seconds => seconds(limit),
        }
    }
}

/// A duration with three digits that matter.
fn seconds(value: f64) -> String {
    let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs")];
    let fits = |(unit, _): &&(f64, &str)| value >= *unit;
    let (unit, name) = units.iter().find(fits).copied().unwrap_or((1e-9, "ns"));
    let scaled = value / unit;
    let places = if scaled < 9.995 { 2 } else { usize::from(scaled < 99.95) };
    let text = format!("{scaled:.places$}");
    let text = if places > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} {name}")
}

fn bounds(bounds: &[Bound], unit: Unit) -> String {
    let shown = bounds
        .iter()
        .map(|bound| format!("{}{}", bound.op.as_str(), unit.limit(bound.value.as_f64())));
    shown.collect::<Vec<_>>().join(" ")
}

/// A number with the digits that matter: six, as many as metrics are compared with.
pub(crate) fn number(value: f64) -> String {
    if value == 0.0 || (1e-4..1e15).contains(&value.abs()) {
        let text = format!("{value:.6}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        if text == "-0" { "0".to_owned() } else { text.to_owned() }
    } else {
        format!("{value:e}")
    }
}

/// A size in the units it was most likely written in: binary ones when they divide it.
pub(crate) fn bytes(value: f64) -> String {
    const MEBI: f64 = 1_048_576.0;
    let decimal = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let binary = [(MEBI * MEBI, "TiB"), (MEBI * 1024.0, "GiB"), (MEBI, "MiB")];
    let units: &[(f64, &str)] = if value % MEBI == 0.0 { &binary } else { &decimal };
    match units.iter().find(|(unit, _)| value >= *unit) {
        Some((unit, name)) => {
            let text = format!("{:.2}", value / unit);
            format!("{} {name}", text.trim_end_matches('0').trim_end_matches('.'))
        }
        None => format!("{value:.0} B"),
    }
}

/// Reads a value as a number; says what it is when it is none.
fn as_number(value: &Value) -> Result<f64, String> {
    match value.as_f64() {
        Some(number) if number.is_nan() => Err("is NaN".to_owned()),
        Some(number) => Ok(number),
        None => Err(format!("is {}, not a number", crate::exec::reason::value_text(value))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_as_exact_as_what_was_written() {
        for (measure, value, reference, changed) in [
            (Measure::Drop, 0.88, 0.9, 0.02),
            (Measure::Rise, 0.3, 0.1, 0.2),
            (Measure::Drop, 120.1, 120.3, 0.2),
            (Measure::Ratio, 0.836, 0.88, 0.95),
            (Measure::Drop, 0.5, 0.5, 0.0),
            (Measure::Drop, 0.0, 0.0, 0.0),
        ] {
            let operands = f64::max(value, reference);
            let exact = without_noise(measure.of(value, reference), measure, operands);
            assert!(
                f64::to_bits(exact) == f64::to_bits(changed),
                "{measure:?} {value} {reference}: {exact}"
            );
        }
    }

    #[test]
    fn numbers_read_well() {
        for (value, text) in [
            (0.85, "0.85"),
            (0.1 + 0.2, "0.3"),
            (0.0, "0"),
            (12.0, "12"),
            (-0.000_000_1, "-1e-7"),
            (1.0 / 3.0, "0.333333"),
        ] {
            assert_eq!(number(value), text);
        }
        for (value, text) in
            [(0.0, "0 B"), (1_536.0, "1.54 kB"), (5e8, "500 MB"), (4_294_967_296.0, "4 GiB")]
        {
            assert_eq!(bytes(value), text);
        }
    }
    #[test]
    fn durations_read_well() {
        for (value, text) in [
            (0.0, "0 ns"),
            (0.05, "50 ms"),
            (0.012_34, "12.3 ms"),
            (1.5, "1.5 s"),
            (250.4, "250 s"),
            (0.000_001_25, "1.25 µs"),
        ] {
            assert_eq!(seconds(value), text);
        }
    }
}
