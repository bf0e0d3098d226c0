//! Thresholds.

use crate::base::diagnostic::Sink;
use crate::base::suggest::nearest;
use crate::base::units;
use crate::syntax::ast::{Allow, Gate, Threshold};
use crate::syntax::codes;
use crate::syntax::decode::allow;
use crate::syntax::grammar::core::ALLOW;
use crate::syntax::grammar::thresholds::{LATENCY, SIZE, SLICE, THRESHOLD};
use crate::syntax::reader::{self, Form};
use crate::syntax::tree::{Entry, Node};

pub(super) fn gate(form: &Form<'_>, sink: &mut Sink, allows: &mut Vec<Allow>) -> Option<Gate> {
    let mut thresholds = Vec::new();
    for item in &form.items {
        if item.name.value == "allow" {
            allow(&reader::read(item, &ALLOW, sink), Some(form.node.span), allows);
        } else if item.name.value == "slice" && item.entries.iter().any(is_argument) {
            thresholds.extend(slice(item, sink));
        } else if item.name.value == "latency" && !item.entries.iter().all(is_bound) {
            thresholds.extend(latency(item, sink));
        } else {
            thresholds.push(threshold(item, sink));
        }
    }
    Some(Gate {
        name: form.text(0)?,
        span: form.node.span,
        metrics: form.property_text("metrics"),
        baseline: form.property_text("baseline"),
        predictions: form.property_text("predictions"),
        thresholds,
    })
}

fn threshold(node: &Node, sink: &mut Sink) -> Threshold {
    let has_path = node.entries.iter().any(|entry| match entry {
        Entry::Argument(literal) => literal.quoted().is_some(),
        Entry::Property { .. } | Entry::Bound(_) => false,
    });
    let sized = |entry: &Entry| match entry {
        Entry::Bound(bound) => bound.value.quoted().is_some_and(|it| units::parse_size(it).is_ok()),
        Entry::Argument(_) | Entry::Property { .. } => false,
    };
    let named = node.name.value == "size";
    let has_path = has_path || named && node.entries.iter().any(sized);
    // Only a size has a path.
    let misspelled = !named && has_path && nearest(&node.name.value, ["size"]).is_some();
    if misspelled {
        sink.report(
            codes::UNKNOWN_FIELD
                .at(node.name.span, format!("`{}` is not `size`", node.name.value))
                .label("only `size` takes a path")
                .fix("write `size`", node.name.span, "size"),
        );
    }
    let rule = if has_path && (named || misspelled) { &SIZE } else { &THRESHOLD };
    let form = reader::read(node, rule, sink);
    // What stands where the bound should is told by itself.
    let odd = node.entries.iter().any(|entry| match entry {
        Entry::Argument(literal) => literal.quoted().is_none(),
        Entry::Bound(_) => true,
        Entry::Property { .. } => false,
    });
    if form.bounds.is_empty() && !odd {
        sink.report(
            codes::MISSING_BOUND
                .at(node.name.span, format!("`{}` needs a bound", node.name.value))
                .help(format!("for example `{} >=0.85`", node.name.value)),
        );
    }
    Threshold {
        name: node.name.clone(),
        size_of: form.text(0),
        slice: None,
        latency: None,
        against: form.property_text("against"),
        confidence: form.property("confidence").cloned(),
        bounds: form.bounds.clone(),
        span: node.span,
    }
}

/// A metric may be called `slice`, too; then no words follow.
fn is_argument(entry: &Entry) -> bool {
    matches!(entry, Entry::Argument(_))
}

/// Nor is `latency` with nothing but bounds.
fn is_bound(entry: &Entry) -> bool {
    matches!(entry, Entry::Bound(_))
}

/// A percentile of durations that were measured.
fn latency(node: &Node, sink: &mut Sink) -> Option<Threshold> {
    let form = reader::read(node, &LATENCY, sink);
    let example = "for example `latency p99 <=\"50ms\"`";
    let Some(percentile) = form.text(0) else {
        let message = "`latency` needs a percentile";
        sink.report(codes::MISSING_VALUE.at(node.name.span, message).help(example));
        return None;
    };
    if form.bounds.is_empty() {
        let message = "`latency` needs a bound";
        sink.report(codes::MISSING_BOUND.at(node.name.span, message).help(example));
    }
    Some(Threshold {
        name: node.name.clone(),
        size_of: None,
        slice: None,
        latency: Some((percentile, form.property_text("of"))),
        against: None,
        confidence: None,
        bounds: form.bounds.clone(),
        span: node.span,
    })
}

fn slice(node: &Node, sink: &mut Sink) -> Option<Threshold> {
    let form = reader::read(node, &SLICE, sink);
    let [segments, metric] = form.texts().try_into().ok().or_else(|| {
        sink.report(
            codes::MISSING_VALUE
                .at(node.name.span, "`slice` needs the key of the segments and that of the metric")
                .help("for example `slice segments.country accuracy >=0.8`"),
        );
        None
    })?;
    if form.bounds.is_empty() {
        sink.report(
            codes::MISSING_BOUND
                .at(node.name.span, "`slice` needs a bound")
                .help(format!("for example `slice {} {} >=0.8`", segments.value, metric.value)),
        );
    }
    Some(Threshold {
        name: metric.clone(),
        size_of: None,
        slice: Some((segments, metric)),
        latency: None,
        against: None,
        confidence: None,
        bounds: form.bounds.clone(),
        span: node.span,
    })
}
