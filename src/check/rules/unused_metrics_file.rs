//! `unused-metrics-file`: a gate names a metrics file or a baseline that no threshold reads.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, is_mistaken, thresholds};
use crate::model::policy::{Gate, Quantity, Reference};

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "unused-metrics-file",
        "a gate names a metrics file that no threshold reads",
        include_str!("unused_metrics_file.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for gate in context.project.gates.iter().filter(|gate| !gate.thresholds.is_empty()) {
        if is_mistaken(sink, gate.span) {
            continue;
        }
        if let Some(path) = gate.metrics.as_ref().filter(|_| !reads_metrics(gate)) {
            sink.report(
                RULE.code
                    .at(path.span, format!("no threshold reads `{}`", path.value))
                    .label("no threshold here bounds a metric of it")
                    .help("remove `metrics=`, or bound a metric"),
            );
        }
        if let Some(path) = gate.baseline.as_ref().filter(|_| !reads_baseline(gate)) {
            sink.report(
                RULE.code
                    .at(path.span, format!("nothing is compared with the baseline `{}`", path.value))
                    .label("no threshold says `against=baseline`")
                    .help("remove `baseline=`, or write a threshold such as `accuracy against=baseline drop<=0.02`"),
            );
        }
    }
}

fn reads_metrics(gate: &Gate) -> bool {
    gate.thresholds.iter().any(|threshold| match threshold.quantity {
        Quantity::Slice { .. } => true,
        Quantity::Metric(_)
        | Quantity::Change { .. }
        | Quantity::Size(_)
        | Quantity::Latency { .. }
        | Quantity::Interval { .. } => thresholds::metric(threshold).is_some(),
    })
}

fn reads_baseline(gate: &Gate) -> bool {
    gate.thresholds.iter().any(|threshold| match &threshold.quantity {
        Quantity::Change { against, .. } => against.value == Reference::Baseline,
        Quantity::Metric(_)
        | Quantity::Slice { .. }
        | Quantity::Size(_)
        | Quantity::Latency { .. }
        | Quantity::Interval { .. } => false,
    })
}
