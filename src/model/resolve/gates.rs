//! Thresholds: metrics, references and sizes.

use crate::base::bound::Bound;
use crate::base::source::Spanned;
use crate::base::units::Dimension;
use crate::model::codes;
use crate::model::policy::{Gate, Measure, Quantity, Reference, Score, Threshold};
use crate::model::resolve::{Resolver, duplicate};
use crate::syntax::ast;
use crate::syntax::tree::{Literal, RawBound};
use std::collections::BTreeMap;

impl Resolver<'_> {
    pub(super) fn gates(&mut self) -> Vec<Gate> {
        let spec = self.spec;
        let mut seen = BTreeMap::new();
        let mut gates = Vec::new();
        for raw in &spec.gates {
            if let Some(first) = seen.get(&raw.name.value) {
                self.sink.report(duplicate("thresholds", &raw.name, *first));
                continue;
            }
            seen.insert(raw.name.value.clone(), raw.name.span);
            gates.push(self.gate(raw));
        }
        gates
    }

    fn gate(&mut self, raw: &ast::Gate) -> Gate {
        if raw.metrics.is_none() {
            self.needs_metrics(raw);
        }
        Gate {
            name: raw.name.clone(),
            span: raw.span,
            metrics: raw.metrics.as_ref().and_then(|path| self.plain_path(path)),
            baseline: raw.baseline.as_ref().and_then(|path| self.plain_path(path)),
            predictions: raw.predictions.as_ref().and_then(|path| self.plain_path(path)),
            thresholds: raw.thresholds.iter().filter_map(|it| self.threshold(raw, it)).collect(),
        }
    }

    /// Reports thresholds on metrics of no file, once for all of them.
    fn needs_metrics(&mut self, gate: &ast::Gate) {
        let Some(first) = gate.thresholds.iter().find(|it| reads_metrics(it)) else { return };
        let outs = self.spec.stages.iter().flat_map(|stage| &stage.outs);
        let mut files = outs
            .filter(|out| matches!(out.kind, ast::OutKind::Metrics { .. }))
            .filter(|out| !out.path.value.contains("{{"));
        let mut diagnostic = codes::MISSING_REFERENCE
            .at(gate.name.span, format!("`{}` is a metric of which file?", first.name.value))
            .label("add `metrics=` and the metrics file here")
            .also(first.name.span, "the first metric");
        if let (Some(only), None) = (files.next(), files.next()) {
            let setting = format!("metrics=\"{}\"", only.path.value);
            diagnostic = diagnostic.fix(
                format!("add `{setting}`"),
                gate.name.span.after(),
                format!(" {setting}"),
            );
        }
        self.sink.report(diagnostic);
    }

    fn threshold(&mut self, gate: &ast::Gate, raw: &ast::Threshold) -> Option<Threshold> {
        if let Some(path) = &raw.size_of {
            let quantity = Quantity::Size(self.plain_path(path)?);
            let bounds = raw.bounds.iter().filter_map(|it| self.bound(it, &[Dimension::Size]));
            return Some(Threshold { span: raw.span, quantity, bounds: bounds.collect() });
        }
        if let Some((percentile, samples)) = &raw.latency {
            if samples.is_none() && self.spec.services.is_empty() && !self.spec.lost {
                self.sink.report(
                    codes::MISSING_REFERENCE
                        .at(raw.name.span, "the latency of what?")
                        .label("the spec has no service to measure")
                        .help("write a `service`, or add `of=` and a file of durations"),
                );
                return None;
            }
            let samples = match samples {
                Some(path) => Some(self.plain_path(path)?),
                None => None,
            };
            let quantity = Quantity::Latency { percentile: self.percentile(percentile)?, samples };
            let bounds = raw.bounds.iter().filter_map(|it| self.bound(it, &[Dimension::Duration]));
            return Some(Threshold { span: raw.span, quantity, bounds: bounds.collect() });
        }
        if let Some(confidence) = &raw.confidence {
            return self.interval(gate, raw, confidence);
        }
        gate.metrics.as_ref()?;
        if let Some((segments, metric)) = &raw.slice {
            let (segments, metric) = (segments.clone(), metric.clone());
            let bounds = self.bounds(&raw.bounds);
            let quantity = Quantity::Slice { segments, metric };
            return Some(Threshold { span: raw.span, quantity, bounds });
        }
        match &raw.against {
            Some(against) => self.change(gate, raw, against),
            None => self.absolute(raw),
        }
    }

    /// `p99` as 99, `p99.9` as 99.9.
    pub(super) fn percentile(&mut self, text: &ast::Text) -> Option<f64> {
        let digits = text.value.strip_prefix('p').filter(|it| it.starts_with(is_digit));
        let number = digits.and_then(|it| it.parse().ok());
        let number = number.filter(|it| (0.0..=100.0).contains(it));
        if number.is_none() {
            self.sink.report(
                codes::BAD_QUANTITY
                    .at(text.span, format!("`{}` is not a percentile", text.value))
                    .label("`p50`, `p95`, `p99` or `p99.9`"),
            );
        }
        number
    }

    /// A metric that is computed from predictions.
    fn interval(
        &mut self,
        gate: &ast::Gate,
        raw: &ast::Threshold,
        confidence: &Literal,
    ) -> Option<Threshold> {
        let bounds = self.bounds(&raw.bounds);
        let share = self.fraction(confidence)?;
        if !(0.5..1.0).contains(&share) {
            self.sink.report(
                codes::BAD_QUANTITY
                    .at(confidence.span, "a confidence lies between 0.5 and 1")
                    .label("0.95 is common"),
            );
            return None;
        }
        if let Some(against) = &raw.against {
            self.sink.report(
                codes::MIXED_MEASURES
                    .at(against.span, "a threshold has `against=` or `confidence=`, not both")
                    .label("write a threshold of its own for this"),
            );
            return None;
        }
        let name = &raw.name;
        let Some((_, score)) = Score::ALL.iter().find(|(it, _)| *it == name.value) else {
            let known: Vec<&str> = Score::ALL.iter().map(|(name, _)| *name).collect();
            self.sink.report(
                crate::syntax::codes::WRONG_VALUE
                    .at(name.span, format!("`{}` cannot be computed from predictions", name.value))
                    .label(format!("one of {}", known.join(", "))),
            );
            return None;
        };
        if gate.predictions.is_none() {
            self.sink.report(
                codes::MISSING_REFERENCE
                    .at(confidence.span, "a confidence needs predictions to compute from")
                    .also(gate.name.span, "add `predictions=` and a file here")
                    .help("a CSV or JSON Lines file with the columns `actual` and `predicted`"),
            );
            return None;
        }
        let metric = Spanned::new(*score, name.span);
        let quantity = Quantity::Interval { metric, confidence: share };
        Some(Threshold { span: raw.span, quantity, bounds })
    }

    fn absolute(&mut self, raw: &ast::Threshold) -> Option<Threshold> {
        let mut bounds = Vec::new();
        for bound in &raw.bounds {
            match &bound.name {
                Some(name) => self.needs_reference(name),
                None => bounds.extend(self.bounds(std::slice::from_ref(bound))),
            }
        }
        let quantity = Quantity::Metric(raw.name.clone());
        Some(Threshold { span: raw.span, quantity, bounds })
    }

    fn needs_reference(&mut self, name: &Spanned<String>) {
        self.sink.report(
            codes::MISSING_REFERENCE
                .at(name.span, format!("`{}` from what?", name.value))
                .label("a change needs something to compare with")
                .help("add `against=production`, `against=baseline` or a git revision"),
        );
    }

    fn change(
        &mut self,
        gate: &ast::Gate,
        raw: &ast::Threshold,
        against: &ast::Text,
    ) -> Option<Threshold> {
        let reference = match against.value.as_str() {
            "production" => Reference::Production,
            "baseline" => {
                if gate.baseline.is_none() {
                    self.sink.report(
                        codes::MISSING_REFERENCE
                            .at(against.span, "this gate has no baseline")
                            .also(gate.name.span, "add `baseline=` and a metrics file here"),
                    );
                }
                Reference::Baseline
            }
            other => {
                self.near_reference(against);
                Reference::Revision(other.to_owned())
            }
        };
        let (measure, bounds) = self.measured(raw)?;
        let quantity = Quantity::Change {
            metric: raw.name.clone(),
            against: Spanned::new(reference, against.span),
            measure,
        };
        Some(Threshold { span: raw.span, quantity, bounds })
    }

    /// A word that is nearly `production` or `baseline` was hardly meant as a git revision.
    fn near_reference(&mut self, against: &ast::Text) {
        let near = crate::base::suggest::nearest(&against.value, ["production", "baseline"]);
        let Some(near) = near else { return };
        self.sink.report(
            codes::MISSPELLED_REFERENCE
                .at(against.span, format!("`{}` is taken as a git revision", against.value))
                .label(format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), against.span, near),
        );
    }

    /// The measure that all bounds of a change share.
    fn measured(&mut self, raw: &ast::Threshold) -> Option<(Measure, Vec<Bound>)> {
        let mut measure = None;
        let mut bounds = Vec::new();
        for bound in &raw.bounds {
            let this = self.measure(bound)?;
            if measure.is_some_and(|it| it != this) {
                self.sink.report(
                    codes::MIXED_MEASURES
                        .at(bound.span, "one threshold bounds one measure")
                        .label("write this as a threshold of its own"),
                );
                continue;
            }
            measure = Some(this);
            bounds.extend(self.bounds(std::slice::from_ref(bound)));
        }
        measure.map(|measure| (measure, bounds))
    }

    fn measure(&mut self, bound: &RawBound) -> Option<Measure> {
        match bound.name.as_ref().map(|name| name.value.as_str()) {
            Some("drop") => Some(Measure::Drop),
            Some("rise") => Some(Measure::Rise),
            Some("ratio") => Some(Measure::Ratio),
            _ => {
                self.sink.report(
                    codes::MISSING_REFERENCE
                        .at(bound.span, "this bound says not what it compares")
                        .label("with `against=`, bounds are on `drop`, `rise` or `ratio`")
                        .help("for example `drop<=0.02`"),
                );
                None
            }
        }
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Whether a threshold bounds what the metrics file holds.
fn reads_metrics(threshold: &ast::Threshold) -> bool {
    let own = threshold.latency.is_some() || threshold.confidence.is_some();
    threshold.size_of.is_none() && !own
}
