//! Collects what a report tells, from the metrics, the ledger, the registry and the lock.

use super::plots;
use crate::cli::commands::{dag, forecasts, gatereport};
use crate::cli::context::Context;
use crate::data::words::grouped;
use crate::exec::boundary::inspection::Verdict as Checked;
use crate::exec::disk::Disk;
use crate::exec::gate::measure::Metrics;
use crate::exec::gate::{self, reference};
use crate::exec::ledger::git::Checkout;
use crate::exec::ledger::{Done, Ledger};
use crate::exec::registry::card::{Card, Content};
use crate::exec::registry::{Shelf, identity};
use crate::exec::task::duration;
use crate::exec::time::moment;
use crate::model::ids::StepId;
use crate::model::policy::{Registered, Registry};
use crate::plan::Plan;
use crate::plan::step::{Step, StepOutKind};
use crate::report::dag::{View, mermaid, svg};
use crate::report::project::{Data, Gate, Metric, Model, Stage, Summary};
use camino::Utf8Path;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn summary(context: &Context, plan: &Plan) -> anyhow::Result<Summary> {
    let root = &context.root;
    let project = &plan.project;
    let all: BTreeSet<StepId> = plan.steps.iter().map(|step| step.id).collect();
    let states = forecasts::states(context, plan, &all)?;
    let view = View::new(&dag::graph(plan, &[]), false);
    let mut checkout = Checkout::look(root);
    let dirty = checkout.dirty(true).unwrap_or_default();
    let ledger = Ledger::open(root).ok().flatten();
    let last: Vec<(&Step, Option<Done>)> =
        plan.steps.iter().map(|step| (step, done(ledger.as_ref(), step))).collect();
    Ok(Summary {
        name: if project.name.is_empty() { "mlc".to_owned() } else { project.name.clone() },
        description: project.description.clone(),
        commit: checkout.commit.map(|commit| (commit.chars().take(12).collect(), dirty)),
        picture: svg::render(&view, &project.name),
        mermaid: mermaid::render(&view),
        stages: last.iter().map(|(step, done)| stage(&states, step, done.as_ref())).collect(),
        metrics: metrics(root, plan),
        gates: gates(root, plan),
        data: data(&last),
        plots: plots::plots(root, plan),
        models: models(root, plan)?,
    })
}

/// What the newest run did that did something for the step.
fn done(ledger: Option<&Ledger>, step: &Step) -> Option<Done> {
    let done = ledger?.of_stage(&step.name).ok()?;
    done.into_iter().find(|it| it.status != "skipped")
}

fn stage(states: &BTreeMap<StepId, String>, step: &Step, done: Option<&Done>) -> Stage {
    let state = states.get(&step.id).cloned().unwrap_or_default();
    let last = done.map(|it| (it.status.clone(), moment(it.start), duration(it.took())));
    Stage { name: step.name.clone(), is_current: state == "up to date", state, last }
}

/// Every number of every metrics file that a stage writes.
fn metrics(root: &Utf8Path, plan: &Plan) -> Vec<Metric> {
    let outs = plan.steps.iter().flat_map(|step| &step.outs);
    let files = outs.filter(|out| out.kind == StepOutKind::Metrics).map(|out| &out.path.path);
    let mut metrics = Vec::new();
    for file in files {
        let production = reference::in_production(root, plan, file);
        for (key, value) in Metrics::read(root, file).numbers() {
            let old = production.as_ref().and_then(|it| it.number(&key).ok());
            let change = |old: f64| (gate::number(old), format!("{:+}", rounded(value - old)));
            metrics.push(Metric {
                file: file.to_string(),
                value: gate::number(value),
                production: old.map(change),
                key,
            });
        }
    }
    metrics
}

/// Without what binary arithmetic adds.
fn rounded(value: f64) -> f64 {
    let rounded = (value * 1e6).round() / 1e6;
    if rounded == 0.0 { 0.0 } else { rounded }
}

fn gates(root: &Utf8Path, plan: &Plan) -> Vec<Gate> {
    let told = |it| gatereport::told(&gate::evaluate(root, plan, it));
    plan.project.gates.iter().map(told).collect()
}

/// What came of the data that the last runs looked at, each once.
fn data(last: &[(&Step, Option<Done>)]) -> Vec<Data> {
    let mut data: Vec<Data> = Vec::new();
    for it in last.iter().filter_map(|(_, done)| done.as_ref()).flat_map(|it| &it.data) {
        if data.iter().any(|known| known.path == it.path && known.schema == it.schema) {
            continue;
        }
        data.push(Data {
            path: it.path.clone(),
            schema: it.schema.clone(),
            verdict: it.verdict.words().to_owned(),
            holds: it.verdict != Checked::Breaks,
            counts: format!("{} rows, {} checks", grouped(it.rows), it.checks),
            lines: it.lines.clone(),
        });
    }
    data
}

fn models(root: &Utf8Path, plan: &Plan) -> anyhow::Result<Vec<Model>> {
    let Some(registry) = &plan.project.registry else { return Ok(Vec::new()) };
    let disk = Disk::look(root)?;
    registry.models.iter().map(|model| told(&disk, plan, registry, model)).collect()
}

fn told(
    disk: &Disk,
    plan: &Plan,
    registry: &Registry,
    model: &Registered,
) -> anyhow::Result<Model> {
    let aliases = Shelf::new(&disk.root, registry, model).aliases()?;
    Ok(Model {
        name: model.name.value.clone(),
        aliases: aliases.into_iter().map(|(alias, it)| (alias, it.to_string())).collect(),
        parts: identity::card(disk, plan, model).map(parts).map_err(|error| format!("{error:#}")),
    })
}

fn parts(card: Card) -> Vec<(&'static str, String, String)> {
    let content = |kind: &'static str| move |it: Content| (kind, it.path, it.md5);
    let mut parts = vec![content("model")(card.file)];
    parts.extend(card.data.into_iter().map(content("data")));
    parts.extend(card.code.into_iter().map(content("code")));
    for (key, value) in card.params.into_values().flatten() {
        parts.push(("param", key, value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    }
    parts.extend(card.environment.into_iter().map(content("libraries")));
    parts
}
