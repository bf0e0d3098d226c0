//! Tests of the model and of the service, for pytest: a test for each line of the spec.

use crate::base::bound::{Bound, Number};
use crate::base::files::FileSet;
use crate::base::source::Span;
use crate::emit::service::{dictionary, python_type, target, values};
use crate::emit::targets::module;
use crate::emit::{Input, service};
use crate::model::policy::{Gate, Quantity, Reference, Registered, Threshold};
use crate::model::service::{DURATIONS, Service};
use crate::schema::python::{Entry, Expr};
use serde::Serialize;
use std::collections::BTreeSet;

/// The variable that says where the service runs, where the spec names none.
const URL: &str = "SERVING_URL";

#[derive(Serialize)]
struct Model {
    thresholds: String,
}

#[derive(Serialize)]
struct Running {
    url: String,
    url_text: String,
    health: String,
    predict: String,
    model: String,
    sample: String,
    expects: String,
    values: String,
    types: String,
    latencies: String,
    needed: String,
    durations: String,
    has_row: bool,
}

pub(super) fn emit(input: &Input<'_>) -> FileSet {
    let project = &input.plan.project;
    let mut files = FileSet::new();
    if project.gates.iter().any(|gate| !gate.thresholds.is_empty()) {
        let view = Model { thresholds: thresholds(input).render(0, 39, 0) };
        let source = include_str!("../../templates/harness/test_model.py");
        files.extend([module("tests/mlc/test_model.py", source, view, input)]);
    }
    if let Some(service) = &project.service {
        let source = include_str!("../../templates/harness/test_service.py");
        files.extend([module("tests/mlc/test_service.py", source, running(input, service), input)]);
    }
    files
}

fn number(value: Number) -> Expr {
    match value {
        Number::Int(value) => Expr::Code(value.to_string()),
        Number::Float(value) => Expr::float(value),
    }
}

fn bounds(bounds: &[Bound]) -> Expr {
    let pair = |it: &Bound| Expr::Tuple(vec![Expr::text(it.op.as_str()), number(it.value)]);
    Expr::List(bounds.iter().map(pair).collect())
}

/// Bounds as they are written, and where.
fn written(input: &Input<'_>, what: &str, bounds: &[Bound], span: Span) -> String {
    let text = |it: &Bound| input.sources.text(it.span).replace('"', "");
    let bounds: Vec<String> = bounds.iter().map(text).collect();
    format!("{what} {} ({})", bounds.join(" "), input.place(span))
}

fn thresholds(input: &Input<'_>) -> Expr {
    let mut entries = Vec::new();
    let mut met = BTreeSet::new();
    for gate in &input.plan.project.gates {
        for (row, threshold) in gate.thresholds.iter().enumerate() {
            // The tests of the service measure it.
            if matches!(threshold.quantity, Quantity::Latency { samples: None, .. }) {
                continue;
            }
            let what = format!("{}: {}", gate.name.value, name(&threshold.quantity));
            let mut name = written(input, &what, &threshold.bounds, threshold.span);
            while !met.insert(name.clone()) {
                name.push_str(" again");
            }
            let value = dictionary(facts(input, gate, (row, threshold)));
            entries.push(Entry { comment: None, key: Expr::Str(name), value });
        }
    }
    Expr::Dict(entries)
}

fn name(quantity: &Quantity) -> String {
    match quantity {
        Quantity::Metric(key) => key.value.clone(),
        Quantity::Change { metric, against, .. } => {
            format!("{} against={}", metric.value, reference(&against.value))
        }
        Quantity::Slice { segments, metric } => {
            format!("slice {} {}", segments.value, metric.value)
        }
        Quantity::Size(path) => format!("size {}", path.value),
        Quantity::Latency { percentile, .. } => format!("latency p{percentile}"),
        Quantity::Interval { metric, confidence } => {
            format!("{} confidence={confidence}", metric.value.as_str())
        }
    }
}

fn reference(reference: &Reference) -> &str {
    match reference {
        Reference::Production => "production",
        Reference::Baseline => "baseline",
        Reference::Revision(name) => name,
    }
}

/// What a test needs to know of a threshold.
fn facts(
    input: &Input<'_>,
    gate: &Gate,
    (row, threshold): (usize, &Threshold),
) -> Vec<(&'static str, Expr)> {
    let text = |text: &str| Expr::text(text);
    let or_none = |it: Option<String>| it.map_or(Expr::code("None"), Expr::Str);
    let file = || ("file", or_none(gate.metrics.as_ref().map(|it| it.value.to_string())));
    let mut facts = match &threshold.quantity {
        Quantity::Metric(key) => vec![("kind", text("metric")), file(), ("key", text(&key.value))],
        Quantity::Slice { segments, metric } => vec![
            ("kind", text("slice")),
            file(),
            ("segments", text(&segments.value)),
            ("key", text(&metric.value)),
        ],
        Quantity::Change { metric, against, measure } => vec![
            ("kind", text("change")),
            file(),
            ("key", text(&metric.value)),
            ("measure", text(measure.as_str())),
            ("against", text(reference(&against.value))),
            ("baseline", or_none(gate.baseline.as_ref().map(|it| it.value.to_string()))),
            ("registry", or_none(shelf(input, gate))),
        ],
        Quantity::Size(path) => vec![("kind", text("size")), ("path", text(path.value.as_str()))],
        Quantity::Latency { percentile, samples } => vec![
            ("kind", text("latency")),
            ("path", or_none(samples.as_ref().map(|it| it.value.to_string()))),
            ("percentile", Expr::float(*percentile)),
        ],
        Quantity::Interval { .. } => vec![
            ("kind", text("interval")),
            ("gate", text(&gate.name.value)),
            ("row", Expr::Code(row.to_string())),
        ],
    };
    facts.push(("bounds", bounds(&threshold.bounds)));
    facts
}

/// The folder of the model that the metrics of a gate speak of.
fn shelf(input: &Input<'_>, gate: &Gate) -> Option<String> {
    let registry = input.plan.project.registry.as_ref()?;
    let metrics = gate.metrics.as_ref().map(|it| &it.value);
    let speaks = |it: &&Registered| it.metrics.as_ref().map(|it| &it.value) == metrics;
    let model = registry.models.iter().find(speaks)?;
    Some(registry.folder.value.join(&model.name.value).into_string())
}

fn running(input: &Input<'_>, service: &Service) -> Running {
    let target = target(input, service);
    let text = |text: &str| Expr::text(text).render(0, 0, 0);
    let url = service.url.as_deref().unwrap_or(URL);
    let types: &[&str] = match target.map(python_type) {
        Some("int") => &["int"],
        Some("float") => &["int", "float"],
        Some("bool") => &["bool"],
        Some("str" | "date" | "datetime") => &["str"],
        _ => &["bool", "dict", "float", "int", "list", "str"],
    };
    let latency = |percentile: f64, limits: &[Bound], span: Span| {
        let place = written(input, &format!("p{percentile}"), limits, span);
        Expr::Tuple(vec![Expr::float(percentile), bounds(limits), Expr::Str(place)])
    };
    let own = service.latency.iter().map(|it| latency(it.percentile, &it.bounds, it.span));
    let of_gates = input.plan.project.gates.iter().flat_map(|gate| &gate.thresholds);
    let of_gates = of_gates.filter_map(|it| {
        let Quantity::Latency { percentile, samples: None } = it.quantity else { return None };
        Some(latency(percentile, &it.bounds, it.span))
    });
    let latencies = Expr::List(own.chain(of_gates).collect());
    let loads = service.code.is_none().then_some("joblib");
    let needed = ["fastapi", "pandas", "prometheus_client", "uvicorn"].into_iter().chain(loads);
    Running {
        url: url.to_owned(),
        url_text: text(url),
        health: text(&service.health),
        predict: text(&service.predict),
        model: text(service.model.value.as_str()),
        sample: service.sample.as_ref().map_or("None".to_owned(), |it| text(it.value.as_str())),
        expects: text(&service.expects),
        values: target
            .and_then(values)
            .map_or("None".to_owned(), |it| Expr::List(it).render(0, 30, 0)),
        types: Expr::Tuple(types.iter().map(|it| Expr::code(it)).collect()).render(0, 0, 0),
        latencies: latencies.render(0, 68, 0),
        durations: text(DURATIONS),
        needed: Expr::List(needed.map(Expr::text).collect()).render(0, 9, 0),
        has_row: service::has_row(input, service),
    }
}
