//! Brings outputs back from the cache instead of running a step.

use crate::exec::commit::{self, is_restorable};
use crate::exec::disk::Disk;
use crate::exec::lock::{Artifact, Cmd, Entry};
use crate::exec::verdict::{Seen, World, is_legacy};
use crate::plan::step::{Step, StepOut};

/// Restores the outputs that a lock entry records. Precondition: everything else of the step is
/// as the entry says. Returns false, and changes nothing, when the cache lacks something.
pub(crate) fn from_lock(step: &Step, entry: &Entry, disk: &Disk) -> anyhow::Result<bool> {
    let Some(lacking) = lacking(step, &entry.outs, disk)? else { return Ok(false) };
    for (out, recorded, oid) in lacking {
        let path = disk.root.join(&out.path.path);
        disk.cache.checkout(oid, &path, recorded.isexec)?;
    }
    Ok(true)
}

/// Restores what the step wrote at some time before, for the same command, deps and params.
/// Returns its lock entry when it did.
pub(crate) fn from_run_cache(step: &Step, disk: &Disk) -> anyhow::Result<Option<Entry>> {
    let Some(wanted) = wanted(step, disk)? else { return Ok(None) };
    let Some(found) = disk.remembered(&wanted) else { return Ok(None) };
    if !from_lock(step, &found, disk)? {
        return Ok(None);
    }
    // The entry found may have been written elsewhere; the sizes are those of what lies here.
    Ok(Some(Entry { deps: commit::deps(step, disk)?, outs: found.outs, ..wanted }))
}

/// What to look for in the run cache; `None` when DVC would not look, or when something that the
/// step reads is missing or not known yet: that is told when the step is about to run.
pub(crate) fn wanted(step: &Step, world: &dyn World) -> anyhow::Result<Option<Entry>> {
    if !is_restorable(step) {
        return Ok(None);
    }
    let mut deps = Vec::with_capacity(step.deps.len());
    for dep in &step.deps {
        let Seen::Found { md5, isexec } = world.see(dep, false)? else { return Ok(None) };
        let (path, hash) = (dep.local.clone(), Some("md5".to_owned()));
        deps.push(Artifact { path, hash, md5: Some(md5), isexec, ..Artifact::default() });
    }
    let mut params = Vec::with_capacity(step.params.len());
    for file in &step.params {
        let values = world.params(file)?.into_iter().map(|(key, value)| Some((key, value?)));
        let Some(values) = values.collect::<Option<Vec<_>>>() else { return Ok(None) };
        params.push((file.file.local.clone(), values));
    }
    let out = |out: &StepOut| Artifact { path: out.path.local.clone(), ..Artifact::default() };
    let outs = step.outs.iter().map(out).collect();
    Ok(Some(Entry { cmd: Cmd::from(&step.cmd), deps, params, outs }))
}

/// An output, what is recorded of it, and the name of its object.
type Lacking<'a> = (&'a StepOut, &'a Artifact, &'a str);

/// The outputs that are not as recorded, if the cache holds all of them.
fn lacking<'a>(
    step: &'a Step,
    recorded: &'a [Artifact],
    disk: &Disk,
) -> anyhow::Result<Option<Vec<Lacking<'a>>>> {
    let mut lacking = Vec::new();
    for out in &step.outs {
        let artifact = recorded.iter().find(|artifact| artifact.path == out.path.local);
        let Some((artifact, oid)) = artifact.and_then(|it| Some((it, it.md5.as_deref()?))) else {
            return Ok(None);
        };
        let cached = disk.is_cached(oid, is_legacy(artifact))?;
        let as_recorded =
            matches!(disk.see(&out.path, false)?, Seen::Found { md5, .. } if md5 == oid);
        if as_recorded && (cached || !out.cache) {
            continue;
        }
        if out.persist || !cached {
            return Ok(None);
        }
        lacking.push((out, artifact, oid));
    }
    Ok(Some(lacking))
}
