//! `metric-scale`: a bound above 1 on a metric that lies between 0 and 1.

use crate::base::bound::Bound;
use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::thresholds::{Subject, metric, shown};
use crate::check::{Context, Rule};
use crate::model::policy::{Quantity, Threshold};

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "metric-scale",
        "a bound above 1 on a metric that lies between 0 and 1",
        include_str!("metric_scale.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for threshold in context.project.gates.iter().flat_map(|gate| &gate.thresholds) {
        let (Some((name, _)), subject) = (metric(threshold), Subject::of(&threshold.quantity))
        else {
            continue;
        };
        for bound in threshold.bounds.iter().filter(|bound| subject.is_exceeded(bound)) {
            report(context, name, threshold, bound, sink);
        }
    }
}

fn report(
    context: &Context<'_>,
    name: &str,
    threshold: &Threshold,
    bound: &Bound,
    sink: &mut Sink,
) {
    let written = shown(context, bound);
    let diagnostic = RULE
        .code
        .at(bound.span, format!("`{written}` bounds `{name}`, which lies between 0 and 1"))
        .label("a part of 1, not of 100");
    sink.report(match in_parts_of_one(written, bound, &threshold.quantity) {
        Some(mended) => diagnostic.fix(format!("write `{mended}`"), bound.span, mended),
        None => diagnostic.help("write it as a part of 1, such as `>=0.85`"),
    });
}

/// The bound divided by 100, when it was hardly meant otherwise.
fn in_parts_of_one(text: &str, bound: &Bound, quantity: &Quantity) -> Option<String> {
    let value = bound.value.as_f64();
    let likely = match quantity {
        Quantity::Metric(_) | Quantity::Slice { .. } | Quantity::Interval { .. } => {
            (10.0..=100.0).contains(&value)
        }
        Quantity::Change { .. } | Quantity::Size(_) | Quantity::Latency { .. } => value <= 100.0,
    };
    // Divides in text, so that 85 becomes 0.85 and not its neighbour.
    let share: f64 = format!("{value}e-2").parse().ok()?;
    let sign = text.find(bound.op.as_str())? + bound.op.as_str().len();
    likely.then(|| format!("{}{share}", text.get(..sign).unwrap_or_default()))
}
