//! Makes the card of what lies in the project now.
#![expect(clippy::disallowed_methods, reason = "asks git and the environment, reads the lock")]

use crate::base::params;
use crate::exec::disk::Disk;
use crate::exec::gate;
use crate::exec::ledger::git::Checkout;
use crate::exec::ledger::{Done, Ledger, Record};
use crate::exec::lock::LockFile;
use crate::exec::md5::Md5;
use crate::exec::reason::value_json;
use crate::exec::registry::card::{Card, Content, Gate, Metrics, Row};
use crate::exec::time::{moment, utc};
use crate::exec::verdict::{Depth, judge};
use crate::model::ids::StepId;
use crate::model::policy::Registered;
use crate::plan::Plan;
use crate::plan::step::Step;
use anyhow::{Context as _, bail};
use camino::Utf8Path;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::process::{Command, Stdio};
use std::time::SystemTime;

/// Files that pin libraries, where a project has them.
const PINS: &[&str] = &[
    "Pipfile.lock",
    "conda-lock.yml",
    "environment.yml",
    "pdm.lock",
    "pixi.lock",
    "poetry.lock",
    "pylock.toml",
    "requirements.lock",
    "requirements.txt",
    "uv.lock",
];

/// The card of a model as it lies in the project, without its version. An error when its stages
/// are out of date.
pub(crate) fn card(disk: &Disk, plan: &Plan, model: &Registered) -> anyhow::Result<Card> {
    let root = &disk.root;
    let steps = made_by(plan, model);
    let lock = lock(root)?;
    for id in &steps {
        let step = plan.step(*id);
        let verdict = judge(step, lock.get(&step.name), disk, Depth::Decide)?;
        if let Some(reason) = verdict.reasons.first() {
            bail!("stage `{}` is out of date ({reason}): `mlc run` first", step.name);
        }
    }
    let mut checkout = Checkout::look(root);
    let mut card = Card {
        format: 1,
        model: model.name.value.clone(),
        version: String::new(),
        locked_at: utc(SystemTime::now()),
        locked_by: who(root),
        dirty: checkout.dirty(true),
        commit: checkout.commit,
        trained_at: None,
        run: None,
        file: content(disk, &model.file.value)?,
        data: Vec::new(),
        code: Vec::new(),
        environment: Vec::new(),
        params: BTreeMap::new(),
        metrics: None,
        schemas: schemas(plan),
        gates: gates(disk, plan, model),
    };
    if let Some(done) = trained(root, plan, &card.file) {
        card.trained_at = Some(moment(done.start));
        card.run = Some(done.run);
    }
    for id in &steps {
        let step = plan.step(*id);
        for (file, values) in lock.get(&step.name).iter().flat_map(|it| &it.params) {
            let local = step.params.iter().find(|it| it.file.local == *file);
            let file = local.map_or(file.clone(), |it| it.file.path.to_string());
            let known = card.params.entry(file).or_default();
            known.extend(values.iter().map(|(key, value)| (key.clone(), value_json(value))));
        }
    }
    sources(disk, plan, &steps, &mut card)?;
    for name in PINS.iter().filter(|it| root.join(it).is_file()) {
        card.environment.push(content(disk, Utf8Path::new(name))?);
    }
    if let Some(path) = &model.metrics {
        let Content { path: shown, md5 } = content(disk, &path.value)?;
        let text = fs::read_to_string(root.join(&path.value))?;
        let values = params::parse(&path.value, &text)
            .map_err(|error| anyhow::anyhow!("`{shown}` cannot be read: {error}"))?;
        card.metrics = Some(Metrics { path: shown, md5, values: value_json(&values.value) });
    }
    Ok(card)
}

/// The newest run in which the command of the model's stage wrote this very content.
fn trained(root: &Utf8Path, plan: &Plan, file: &Content) -> Option<Done> {
    let step = writer(plan, Utf8Path::new(&file.path))?;
    let done = Ledger::open(root).ok()??.of_stage(&step.name).ok()?;
    let wrote = |it: &Record| it.outs.iter().any(|out| out.md5.as_ref() == Some(&file.md5));
    done.into_iter().find(|it| it.status == "ran" && it.record.as_ref().is_some_and(wrote))
}

/// `dvc.lock`; empty when there is none.
fn lock(root: &Utf8Path) -> anyhow::Result<LockFile> {
    let text = match fs::read_to_string(root.join("dvc.lock")) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(LockFile::default()),
        text => text.context("dvc.lock cannot be read")?,
    };
    LockFile::parse(&text).context("dvc.lock cannot be read")
}

pub(super) fn content(disk: &Disk, path: &Utf8Path) -> anyhow::Result<Content> {
    let md5 = disk.digest(path, false)?.md5;
    Ok(Content { path: path.to_string(), md5 })
}

/// The step that writes a path.
fn writer<'a>(plan: &'a Plan, path: &Utf8Path) -> Option<&'a Step> {
    plan.steps.iter().find(|step| step.outs.iter().any(|out| path.starts_with(&out.path.path)))
}

/// The steps that the model and its metrics come from.
fn made_by(plan: &Plan, model: &Registered) -> BTreeSet<StepId> {
    let files = std::iter::once(&model.file).chain(&model.metrics);
    let mut open: Vec<StepId> =
        files.filter_map(|it| writer(plan, &it.value)).map(|step| step.id).collect();
    let mut steps = BTreeSet::new();
    while let Some(id) = open.pop() {
        if steps.insert(id) {
            open.extend(&plan.step(id).upstream);
        }
    }
    steps
}

/// What the steps read and no step writes.
fn sources(
    disk: &Disk,
    plan: &Plan,
    steps: &BTreeSet<StepId>,
    card: &mut Card,
) -> anyhow::Result<()> {
    let deps = steps.iter().flat_map(|id| &plan.step(*id).deps);
    let paths: BTreeSet<&Utf8Path> = deps.map(|dep| dep.path.as_path()).collect();
    for path in paths {
        let touches = |out: &Utf8Path| out.starts_with(path) || path.starts_with(out);
        let outs = || plan.steps.iter().flat_map(|step| &step.outs);
        if outs().any(|out| touches(&out.path.path)) {
            continue;
        }
        let is_dataset = plan.project.datasets.iter().any(|it| it.path.value == path);
        let is_tracked = disk.root.join(format!("{path}.dvc")).is_file();
        let place = if is_dataset || is_tracked { &mut card.data } else { &mut card.code };
        place.push(content(disk, path)?);
    }
    Ok(())
}

/// The MD5 of each schema as the spec says it.
pub(super) fn schemas(plan: &Plan) -> BTreeMap<String, String> {
    let digest = |text: String| Md5::of(text.as_bytes()).to_string();
    let schemas = plan.project.schemas.iter();
    schemas.map(|it| (it.name.value.clone(), digest(it.schema.spelled()))).collect()
}

fn gates(disk: &Disk, plan: &Plan, model: &Registered) -> Vec<Gate> {
    let required = |name: &str| model.requires.as_deref().is_none_or(|it| it == name);
    let gates = plan.project.gates.iter().filter(|it| required(&it.name.value));
    let told = gates.map(|it| {
        let report = gate::evaluate(&disk.root, plan, it);
        let holds = report.holds();
        let rows = report.rows.into_iter().map(|row| Row {
            holds: row.holds(),
            quantity: row.quantity,
            value: row.value,
            bound: row.bound,
        });
        Gate { name: report.gate, holds, rows: rows.collect() }
    });
    told.collect()
}

/// Whether git passes over a path.
pub(crate) fn is_ignored(root: &Utf8Path, path: &Utf8Path) -> bool {
    let asked = Command::new("git")
        .args(["check-ignore", "-q", "--no-index", path.as_str()])
        .current_dir(root)
        .stderr(Stdio::null())
        .status();
    asked.is_ok_and(|it| it.success())
}

/// Who works here, as git knows them, or the system.
pub(crate) fn who(root: &Utf8Path) -> Option<String> {
    let ask = |key: &str| -> Option<String> {
        let output = Command::new("git").args(["config", key]).current_dir(root).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
        Some(text).filter(|it| !it.is_empty())
    };
    match (ask("user.name"), ask("user.email")) {
        (Some(name), Some(email)) => Some(format!("{name} <{email}>")),
        (Some(one), None) | (None, Some(one)) => Some(one),
        (None, None) => std::env::var("USER").ok().filter(|it| !it.is_empty()),
    }
}
