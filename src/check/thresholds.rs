//! Thresholds of a gate by what they bound. Ignorant of which rule asks.

use crate::base::bound::{Bound, Number};
use crate::base::source::Span;
use crate::check::{Context, metrics};
use crate::model::policy::{Gate, Measure, Quantity, Reference, Threshold};
use crate::model::service::DURATIONS;
use camino::Utf8Path;

/// What a threshold bounds, places aside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Subject<'a> {
    Metric(&'a str),
    Change(&'a str, &'a Reference, Measure),
    /// A metric of segments.
    Slice(&'a str, &'a str),
    Size(&'a Utf8Path),
    Latency(f64, &'a Utf8Path),
    /// A metric of predictions, and how sure it must be.
    Interval(&'a str, f64),
}

/// All bounds of one gate on the same thing.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) subject: Subject<'a>,
    /// Each with the threshold that holds it, in the order written.
    pub(super) bounds: Vec<(&'a Bound, &'a Threshold)>,
}

/// The thresholds of a gate, in the order of their first bounds.
pub(super) fn groups(gate: &Gate) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for threshold in &gate.thresholds {
        let subject = Subject::of(&threshold.quantity);
        let bounds = threshold.bounds.iter().map(|bound| (bound, threshold));
        match groups.iter_mut().find(|group| group.subject == subject) {
            Some(group) => group.bounds.extend(bounds),
            None => groups.push(Group { subject, bounds: bounds.collect() }),
        }
    }
    groups
}

impl<'a> Subject<'a> {
    pub(super) fn of(quantity: &'a Quantity) -> Self {
        match quantity {
            Quantity::Metric(metric) => Self::Metric(&metric.value),
            Quantity::Change { metric, against, measure } => {
                Self::Change(&metric.value, &against.value, *measure)
            }
            Quantity::Slice { segments, metric } => Self::Slice(&segments.value, &metric.value),
            Quantity::Size(path) => Self::Size(&path.value),
            Quantity::Latency { percentile, samples } => {
                let samples = samples.as_ref().map(|it| it.value.as_path());
                Self::Latency(*percentile, samples.unwrap_or(Utf8Path::new(DURATIONS)))
            }
            Quantity::Interval { metric, confidence } => {
                Self::Interval(metric.value.as_str(), *confidence)
            }
        }
    }

    /// Whether a metric that lies between 0 and 1 is bounded by more.
    pub(super) fn is_exceeded(self, bound: &Bound) -> bool {
        let name = match self {
            Self::Metric(name) | Self::Slice(_, name) | Self::Interval(name, _) => name,
            Self::Change(name, _, measure) if measure != Measure::Ratio => name,
            Self::Change(..) | Self::Size(_) | Self::Latency(..) => return false,
        };
        bound.value > Number::Int(1) && metrics::nature(name).is_some_and(|nature| nature.share)
    }

    /// How a sentence calls it.
    pub(super) fn name(self) -> String {
        match self {
            Self::Metric(metric) => format!("`{metric}`"),
            Self::Change(metric, _, measure) => format!("the {} of `{metric}`", measure.as_str()),
            Self::Slice(segments, metric) => format!("`{metric}` by `{segments}`"),
            Self::Size(path) => format!("the size of `{path}`"),
            Self::Latency(percentile, path) => {
                format!("the percentile {percentile} of the durations in `{path}`")
            }
            Self::Interval(metric, _) => format!("`{metric}` of the predictions"),
        }
    }
}

/// The metric that a threshold names.
pub(super) fn metric(threshold: &Threshold) -> Option<(&str, Span)> {
    match &threshold.quantity {
        Quantity::Metric(metric) | Quantity::Change { metric, .. } => {
            Some((&metric.value, metric.span))
        }
        Quantity::Slice { .. }
        | Quantity::Size(_)
        | Quantity::Latency { .. }
        | Quantity::Interval { .. } => None,
    }
}

/// A bound as it is written; KDL's quotes around a whole bound are not shown.
pub(super) fn shown<'a>(context: &Context<'a>, bound: &Bound) -> &'a str {
    let text = context.sources.text(bound.span);
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

impl<'a> Group<'a> {
    /// The bounds that are of the scale of what they bound; the others are a mistake by
    /// themselves, from which nothing else is concluded.
    pub(super) fn sound(&self) -> impl Iterator<Item = &(&'a Bound, &'a Threshold)> + Clone {
        let subject = self.subject;
        self.bounds.iter().filter(move |(bound, _)| !subject.is_exceeded(bound))
    }
}
