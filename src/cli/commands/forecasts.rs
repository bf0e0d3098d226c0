//! What a run would do, written out: for `mlc status` and `mlc run --dry-run`.

use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::exec::disk::Disk;
use crate::exec::forecast::{Fate, Force, Forecast, forecast};
use crate::exec::members;
use crate::exec::reason::Reason;
use crate::exec::recorder::Recorder;
use crate::exec::select::{Request, select};
use crate::model::ids::StepId;
use crate::plan::Plan;
use crate::report::paint::{Ink, Paint};
use std::collections::{BTreeMap, BTreeSet};

/// How it is said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wording {
    /// As a plan of a run; else as a state.
    pub(crate) dry: bool,
    /// Every step with every reason.
    pub(crate) explain: bool,
    pub(crate) json: bool,
}

/// What was asked for that changes what a run does.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) force: Force,
    pub(crate) no_run_cache: bool,
}

/// Writes the fate of each selected step. Changes nothing on disk.
pub(crate) fn show(
    context: &Context,
    plan: &Plan,
    selected: &BTreeSet<StepId>,
    asked: Asked,
    wording: Wording,
) -> anyhow::Result<Exit> {
    let forecasts = forecasts(context, plan, selected, asked)?;
    let text = if wording.json {
        format!("{:#}\n", json(plan, &forecasts, wording))
    } else {
        text(plan, &forecasts, wording, Paint { color: context.color })
    };
    context::print(&text);
    Ok(Exit::Success)
}

fn forecasts(
    context: &Context,
    plan: &Plan,
    selected: &BTreeSet<StepId>,
    asked: Asked,
) -> anyhow::Result<Vec<Forecast>> {
    let lock = Recorder::read(&context.root, &plan.folder)?;
    let mut disk = Disk::look(&context.root)?;
    disk.keep.runs = !asked.no_run_cache;
    let mut forecasts = forecast(plan, selected, &lock, &disk, asked.force)?;
    for forecast in &mut forecasts {
        members::tell(&mut forecast.reasons, &disk);
    }
    Ok(forecasts)
}

fn text(plan: &Plan, forecasts: &[Forecast], wording: Wording, paint: Paint) -> String {
    let names = forecasts.iter().map(|it| plan.step(it.id).name.chars().count());
    let width = names.max().unwrap_or(0);
    let mut out = String::new();
    for Forecast { id, fate, reasons } in forecasts {
        if *fate == Fate::UpToDate && wording.dry && !wording.explain {
            continue;
        }
        let verb = paint.text(ink(*fate), &format!("{:<13}", words(*fate, wording)));
        let name = &plan.step(*id).name;
        let mut lines = lines(*fate, reasons, wording).into_iter();
        let first = lines.next().unwrap_or_default();
        out.push_str(format!("{verb} {name:<width$} {first}").trim_end());
        out.push('\n');
        for line in lines {
            out.push_str(&format!("{:<13} {:<width$} {line}\n", "", ""));
        }
    }
    out.push_str(&paint.text(Ink::Strong, &summary(forecasts, wording)));
    out.push('\n');
    out
}

fn lines(fate: Fate, reasons: &[Reason], wording: Wording) -> Vec<String> {
    if fate == Fate::MayRun {
        return may_run(reasons, wording);
    }
    let shown = if wording.dry && !wording.explain { 1 } else { reasons.len() };
    let certain = reasons.iter().filter(|reason| reason.is_certain());
    certain.take(shown).map(Reason::to_string).collect()
}

fn may_run(reasons: &[Reason], wording: Wording) -> Vec<String> {
    let mut steps: Vec<&str> = Vec::new();
    for reason in reasons {
        if let Reason::Follows { step, .. } = reason
            && !steps.contains(&step.as_str())
        {
            steps.push(step);
        }
    }
    let steps: Vec<String> = steps.iter().map(|step| format!("`{step}`")).collect();
    let will = if wording.dry { "will run" } else { "must run first" };
    vec![format!("because {} {will}", steps.join(", "))]
}

fn words(fate: Fate, wording: Wording) -> &'static str {
    match (fate, wording.dry) {
        (Fate::Run, true) => "would run",
        (Fate::Run, false) => "out of date",
        (Fate::MayRun, true) => "may run",
        (Fate::MayRun, false) => "may change",
        (Fate::Restore, true) => "would restore",
        (Fate::Restore, false) => "restorable",
        (Fate::Record, true) => "would record",
        (Fate::Record, false) => "frozen",
        (Fate::UpToDate, _) => "up to date",
    }
}

fn ink(fate: Fate) -> Ink {
    match fate {
        Fate::Run => Ink::Error,
        Fate::MayRun | Fate::Restore | Fate::Record => Ink::Help,
        Fate::UpToDate => Ink::Good,
    }
}

fn counts(forecasts: &[Forecast]) -> BTreeMap<Fate, usize> {
    let mut counts = BTreeMap::new();
    for forecast in forecasts {
        *counts.entry(forecast.fate).or_default() += 1;
    }
    counts
}

fn summary(forecasts: &[Forecast], wording: Wording) -> String {
    let total = forecasts.len();
    let noun = if total == 1 { "stage" } else { "stages" };
    let parts: Vec<String> = counts(forecasts)
        .into_iter()
        .map(|(fate, count)| format!("{count} {}", words(fate, wording)))
        .collect();
    if parts.is_empty() {
        format!("{total} {noun}")
    } else {
        format!("{total} {noun}: {}", parts.join(", "))
    }
}

fn slug(fate: Fate) -> &'static str {
    match fate {
        Fate::Run => "run",
        Fate::MayRun => "may-run",
        Fate::Restore => "restore",
        Fate::Record => "record",
        Fate::UpToDate => "up-to-date",
    }
}

fn json(plan: &Plan, forecasts: &[Forecast], wording: Wording) -> serde_json::Value {
    let stages: Vec<serde_json::Value> = forecasts
        .iter()
        .map(|it| {
            let reasons: Vec<_> = it.reasons.iter().map(Reason::to_json).collect();
            let name = plan.step(it.id).name.as_str();
            serde_json::json!({ "stage": name, "fate": slug(it.fate), "reasons": reasons })
        })
        .collect();
    serde_json::json!({ "format": 1, "dry_run": wording.dry, "stages": stages })
}

/// The state of one step, with everything upstream considered, on one line.
pub(crate) fn state_of(context: &Context, plan: &Plan, id: StepId) -> anyhow::Result<String> {
    let request = Request { names: vec![plan.step(id).name.clone()], ..Request::default() };
    let selected = select(plan, &request).unwrap_or_default();
    Ok(states(context, plan, &selected)?.remove(&id).unwrap_or_default())
}

/// The states of steps, each on one line.
pub(crate) fn states(
    context: &Context,
    plan: &Plan,
    selected: &BTreeSet<StepId>,
) -> anyhow::Result<BTreeMap<StepId, String>> {
    let wording = Wording { dry: false, explain: true, json: false };
    let state = |it: &Forecast| {
        let lines = lines(it.fate, &it.reasons, wording).join("; ");
        let colon = if lines.is_empty() { "" } else { ": " };
        (it.id, format!("{}{colon}{lines}", words(it.fate, wording)))
    };
    Ok(forecasts(context, plan, selected, Asked::default())?.iter().map(state).collect())
}
