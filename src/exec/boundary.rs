//! Data at the boundaries of a step: what comes in is checked before its first reader runs, what it
//! promises after it. Unaware of how a step runs and of what a check is.

pub(crate) mod inspection;
mod kept;

use crate::base::source::Spanned;
use crate::data::{relate, validate};
use crate::exec::boundary::inspection::{Inspection, Verdict};
use crate::exec::disk::Disk;
use crate::exec::quarantine;
use crate::model::ids::{SchemaId, StepId};
use crate::model::project::Project;
use crate::model::stage::{DepSource, OnFail, Out};
use crate::plan::step::Step;
use camino::Utf8PathBuf;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A file and what is demanded of it.
struct Demand {
    path: Utf8PathBuf,
    schema: SchemaId,
    /// What follows when it does not hold.
    on_fail: OnFail,
}

/// A look that several steps may wait for.
type Look = Arc<Mutex<Option<Inspection>>>;

/// Looks at data, at each file that comes in once a run.
#[derive(Debug, Default)]
pub(crate) struct Boundaries {
    seen: Mutex<BTreeMap<(Utf8PathBuf, SchemaId), Look>>,
    /// What came of it for each step.
    told: Mutex<BTreeMap<StepId, Vec<Inspection>>>,
    /// Why data was not looked at, a sentence each.
    unread: Mutex<BTreeSet<String>>,
    /// What does not hold and only warns.
    warnings: Mutex<BTreeSet<String>>,
}

/// A failure, or data that breaks its schema.
#[derive(Debug)]
pub(crate) enum Stop {
    Breach(Arc<Inspection>),
    Other(anyhow::Error),
}

impl Boundaries {
    /// Checks what a step reads; steps that read the same file share one look at it.
    pub(crate) fn before(&self, disk: &Disk, project: &Project, step: &Step) -> Result<(), Stop> {
        demands(project, step).into_iter().try_for_each(|demand| {
            let key = (demand.path.clone(), demand.schema);
            let place = Arc::clone(locked(&self.seen).entry(key).or_default());
            let mut seen = locked(&place);
            let inspection = match &*seen {
                Some(inspection) => inspection.clone(),
                None => {
                    let found = look(disk, project, &demand, true);
                    let found = settle(disk, project, &demand, found, true).map_err(Stop::Other)?;
                    seen.insert(found).clone()
                }
            };
            self.judge(step.id, inspection, demand.on_fail)
        })
    }

    /// Checks what a step has written.
    pub(crate) fn after(&self, disk: &Disk, project: &Project, step: &Step) -> Result<(), Stop> {
        promises(project, step).into_iter().try_for_each(|demand| {
            let found = look(disk, project, &demand, false);
            let found = settle(disk, project, &demand, found, false).map_err(Stop::Other)?;
            self.judge(step.id, found, demand.on_fail)
        })
    }

    fn judge(&self, step: StepId, mut found: Inspection, on_fail: OnFail) -> Result<(), Stop> {
        if found.verdict == Verdict::Breaks && on_fail == OnFail::Warn {
            found.verdict = Verdict::Warns;
        }
        locked(&self.told).entry(step).or_default().push(found.clone());
        match found.verdict {
            Verdict::Holds => Ok(()),
            Verdict::Warns => {
                locked(&self.warnings).extend(found.warnings());
                Ok(())
            }
            Verdict::Breaks => Err(Stop::Breach(Arc::new(found))),
            Verdict::Unread => {
                locked(&self.unread).extend(found.lines);
                Ok(())
            }
        }
    }

    /// What came of the data of a step, told once.
    pub(crate) fn take(&self, step: StepId) -> Vec<Inspection> {
        locked(&self.told).remove(&step).unwrap_or_default()
    }

    /// What only warns, for the end of a run: a sentence each.
    pub(crate) fn warnings(&self) -> Vec<String> {
        locked(&self.warnings).iter().cloned().collect()
    }

    /// What was not checked, for the end of a run.
    pub(crate) fn unread(&self) -> Option<String> {
        let unread: Vec<String> = locked(&self.unread).iter().cloned().collect();
        (!unread.is_empty())
            .then(|| format!("not checked against its schema: {}", unread.join("; ")))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads data, or remembers what came of it when it was the same.
///
/// Of what was just written the digest is not known yet, and it is rarely what it was.
fn look(disk: &Disk, project: &Project, demand: &Demand, remembers: bool) -> Inspection {
    let Demand { path, schema: id, .. } = demand;
    let schema = project.schema(*id);
    // What a dataset must be beside others is checked with the schema that it demands.
    let dataset = project.datasets.iter().find(|it| {
        it.path.value == *path && it.schema.as_ref().is_some_and(|own| own.value == *id)
    });
    let place = match remembers {
        true => kept::place(disk, project, path, schema, dataset),
        false => None,
    };
    if let Some(found) = place.as_deref().and_then(kept::find) {
        return found;
    }
    let report = validate::file(&disk.root.join(path), path, &schema.schema);
    let report = report.and_then(|mut report| {
        if let Some(dataset) = dataset {
            report.results.extend(relate::of_dataset(&disk.root, project, dataset)?);
        }
        Ok(report)
    });
    let found = Inspection::new(path, &schema.name.value, report);
    if let Some(place) = place {
        kept::keep(&place, &found);
    }
    found
}

/// Moves bad rows out of the data where that is wanted, and looks again.
///
/// Rows that a dataset lost earlier stay beside it; a stage writes all of its rows each time.
fn settle(
    disk: &Disk,
    project: &Project,
    demand: &Demand,
    found: Inspection,
    is_dataset: bool,
) -> anyhow::Result<Inspection> {
    if demand.on_fail != OnFail::Quarantine {
        return Ok(found);
    }
    if !is_dataset {
        quarantine::forget(&disk.root, &demand.path)?;
    }
    if found.verdict != Verdict::Breaks {
        return Ok(found);
    }
    disk.cache.unprotect(&disk.root.join(&demand.path))?;
    let schema = project.schema(demand.schema);
    Ok(match quarantine::sift(&disk.root, &demand.path, schema, is_dataset) {
        Ok(Some(moved)) => look(disk, project, demand, false).without(moved),
        Ok(None) => found,
        Err(error) => found.untouched(&error),
    })
}

/// What is demanded of the paths that a step reads.
fn demands(project: &Project, step: &Step) -> Vec<Demand> {
    if project.steps.is_empty() {
        // The stages of a dvc.yaml know no schemas.
        return Vec::new();
    }
    let (stage, instance) = project.step(step.id);
    let mut demands = Vec::new();
    for (place, dep) in stage.deps.iter().enumerate() {
        let paths: Vec<&Utf8PathBuf> = match &dep.source {
            DepSource::Dataset(id) => vec![&project.dataset(*id).path.value],
            DepSource::Path(_) => {
                let own = instance.deps.iter().filter(|(at, _)| *at == place);
                own.map(|(_, path)| path).collect()
            }
            DepSource::Stage(id) => {
                project.stage(*id).instances.iter().flat_map(|it| &it.outs).collect()
            }
        };
        for path in paths {
            let known = project.datasets.iter().find(|it| it.path.value == *path);
            let demand = |schema: &Spanned<SchemaId>, on_fail| {
                let (path, schema) = (path.clone(), schema.value);
                Demand { path, schema, on_fail }
            };
            let own = known.and_then(|it| Some(demand(it.schema.as_ref()?, it.on_fail)));
            demands.extend(
                own.into_iter().chain(dep.schema.iter().map(|it| demand(it, OnFail::Stop))),
            );
        }
    }
    demands
}

/// What a step promises of the paths that it writes.
fn promises(project: &Project, step: &Step) -> Vec<Demand> {
    if project.steps.is_empty() {
        return Vec::new();
    }
    let (stage, instance) = project.step(step.id);
    let outs = instance.outs.iter().zip(&stage.outs);
    let demand = |(path, out): (&Utf8PathBuf, &Out)| {
        let schema = out.schema.as_ref()?.value;
        Some(Demand { path: path.clone(), schema, on_fail: out.on_fail })
    };
    outs.filter_map(demand).collect()
}
