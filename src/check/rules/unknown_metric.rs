//! `unknown-metric`: a threshold on a key that the metrics file does not have.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::params;
use crate::base::source::Span;
use crate::base::suggest::{did_you_mean, nearest};
use crate::check::{Context, Rule, thresholds};
use crate::model::policy::{Gate, Quantity, Reference};
use crate::model::stage::OutKind;
use camino::Utf8Path;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "unknown-metric",
        "a threshold on a key that the metrics file does not have",
        include_str!("unknown_metric.md"),
    ),
    run,
};

/// The keys of a metrics file, as far as they are known before it is written.
struct Known {
    keys: Vec<String>,
    /// Where a stage lists them, perhaps not down to the last; `None` when they are those of a
    /// file that exists.
    place: Option<Span>,
    /// Where each is listed.
    places: Vec<Span>,
}

fn run(context: &Context<'_>, sink: &mut Sink) {
    for gate in &context.project.gates {
        let metrics = gate.metrics.as_ref().and_then(|path| known(context, &path.value));
        if let Some(metrics) = &metrics {
            let all = gate.thresholds.iter().filter_map(thresholds::metric);
            examine(all, gate.metrics.as_ref().map(|it| it.value.as_path()), metrics, sink);
        }
        baseline(context, gate, metrics.as_ref(), sink);
    }
}

/// The keys that thresholds compare with the baseline, and that the gate's own file does have.
fn baseline(context: &Context<'_>, gate: &Gate, metrics: Option<&Known>, sink: &mut Sink) {
    let Some(path) = gate.baseline.as_ref().map(|it| it.value.as_path()) else { return };
    let Some(known) = known(context, path) else { return };
    let compared = gate.thresholds.iter().filter_map(|threshold| match &threshold.quantity {
        Quantity::Change { metric, against, .. } if against.value == Reference::Baseline => {
            let told = metrics.is_some_and(|metrics| !metrics.has(&metric.value));
            (!told).then_some((metric.value.as_str(), metric.span))
        }
        Quantity::Metric(_)
        | Quantity::Change { .. }
        | Quantity::Slice { .. }
        | Quantity::Size(_)
        | Quantity::Latency { .. }
        | Quantity::Interval { .. } => None,
    });
    examine(compared, Some(path), &known, sink);
}

fn examine<'a>(
    metrics: impl Iterator<Item = (&'a str, Span)>,
    path: Option<&Utf8Path>,
    known: &Known,
    sink: &mut Sink,
) {
    let path = path.unwrap_or(Utf8Path::new(""));
    for (name, span) in metrics.filter(|(name, _)| !known.has(name)) {
        let keys = known.keys.iter().map(String::as_str);
        let mut diagnostic = RULE
            .code
            .at(span, format!("`{path}` has no metric `{name}`"))
            .label("not a key of the metrics file")
            .maybe_help(did_you_mean(name, keys.clone()));
        if let Some(place) = known.place {
            diagnostic = diagnostic.also(place, "what the file will hold");
        }
        if let Some(near) = nearest(name, keys) {
            let index = known.keys.iter().position(|it| it == near);
            let place = index.and_then(|it| known.places.get(it)).copied();
            diagnostic = diagnostic.fix(format!("write `{near}`"), span, near).defined_at(place);
        }
        sink.report(diagnostic);
    }
}

impl Known {
    /// Whether the file has the key, or something above it of which no more is known.
    fn has(&self, name: &str) -> bool {
        let is_below = |key: &str| name.strip_prefix(key).is_some_and(|it| it.starts_with('.'));
        let listed = self.place.is_some();
        self.keys.iter().any(|key| name == key || listed && is_below(key))
    }
}

/// What a stage says the file will hold; else what it holds, when no stage writes it.
fn known(context: &Context<'_>, path: &Utf8Path) -> Option<Known> {
    let project = context.project;
    if let Some((step, index)) = project.graph.producer(path) {
        let out = project.step(step).0.outs.get(index)?;
        let OutKind::Metrics { provides } = &out.kind else { return None };
        let place = provides.first()?.span.to(provides.last()?.span);
        let keys = provides.iter().map(|key| key.value.clone()).collect();
        let places = provides.iter().map(|key| key.span).collect();
        return Some(Known { keys, place: Some(place), places });
    }
    if project.graph.writers(path).next().is_some() {
        return None;
    }
    let parsed = params::parse(path, &context.files.read(path)?).ok()?;
    Some(Known { keys: parsed.value.paths(), place: None, places: Vec::new() })
}
