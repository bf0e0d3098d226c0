//! Brings outputs back from the cache instead of running a step.

use crate::exec::commit;
use crate::exec::disk::Disk;
use crate::exec::lock::{Artifact, Cmd, Entry};
use crate::exec::verdict::{Seen, World, is_legacy};
use crate::plan::step::{PathRef, Step, StepOut};

/// Restores the outputs that a lock entry records. Precondition: everything else of the step is
/// as the entry says. Returns false, and changes nothing, when the cache lacks something.
pub(crate) fn from_lock(step: &Step, entry: &Entry, disk: &Disk) -> anyhow::Result<bool> {
    let Some(outs) = cached(step, &entry.outs, disk)? else { return Ok(false) };
    for (out, recorded, oid) in outs {
        let seen = disk.see(&out.path, is_legacy(recorded))?;
        if !matches!(seen, Seen::Found { md5, .. } if md5 == oid) {
            let path = disk.root.join(&out.path.path);
            disk.cache.of(is_legacy(recorded)).checkout(oid, &path, recorded.isexec)?;
        }
    }
    Ok(true)
}

/// Restores what the step wrote at some time before, for the same command, deps and params.
/// Returns its lock entry when it did.
pub(crate) fn from_run_cache(
    step: &Step,
    old: Option<&Entry>,
    disk: &Disk,
) -> anyhow::Result<Option<Entry>> {
    let Some(wanted) = wanted(step, old, disk)? else { return Ok(None) };
    let Some(found) = disk.remembered(&wanted) else { return Ok(None) };
    if !from_lock(step, &found, disk)? {
        return Ok(None);
    }
    // The entry found may have been written elsewhere; the sizes are those of what lies here.
    Ok(Some(Entry { deps: commit::deps(step, old, disk)?, outs: found.outs, ..wanted }))
}

/// What to look for in the run cache; `None` when DVC would not look, or when something that the
/// step reads is missing or not known yet: that is told when the step is about to run.
pub(crate) fn wanted(
    step: &Step,
    old: Option<&Entry>,
    world: &dyn World,
) -> anyhow::Result<Option<Entry>> {
    if !may_restore(step) {
        return Ok(None);
    }
    let mut deps = Vec::with_capacity(step.deps.len());
    for dep in &step.deps {
        let old = old.and_then(|old| old.deps.iter().find(|it| it.path == dep.local));
        let Some(artifact) = dependency(dep, old, world)? else { return Ok(None) };
        deps.push(artifact);
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

/// A dependency as the run cache knows it: what DVC 2 recorded, while it is the same.
fn dependency(
    dep: &PathRef,
    old: Option<&Artifact>,
    world: &dyn World,
) -> anyhow::Result<Option<Artifact>> {
    let path = dep.local.clone();
    if let Some(old) = old.filter(|old| is_legacy(old))
        && let Seen::Found { md5, isexec } = world.see(dep, true)?
        && old.md5.as_ref() == Some(&md5)
    {
        let md5 = Some(md5);
        return Ok(Some(Artifact { path, md5, isexec, ..Artifact::default() }));
    }
    let Seen::Found { md5, isexec } = world.see(dep, false)? else { return Ok(None) };
    let (hash, md5) = (Some("md5".to_owned()), Some(md5));
    Ok(Some(Artifact { path, hash, md5, isexec, ..Artifact::default() }))
}

/// Whether DVC brings the step's outputs back instead of running it. Others it runs again even
/// when the lock and the cache have all of them, and so do we: both must agree on what runs.
fn may_restore(step: &Step) -> bool {
    let reads = !step.deps.is_empty() || !step.params.is_empty();
    let keeps = step.outs.iter().any(|out| out.persist);
    reads && !keeps && !step.always && !step.outs.is_empty()
}

/// An output, what is recorded of it, and the name of its object.
pub(crate) type Cached<'a> = (&'a StepOut, &'a Artifact, &'a str);

/// The outputs with what is recorded of them, if the step may be restored and the cache holds
/// all, also those that are not cached themselves: DVC deletes them before it looks.
pub(crate) fn cached<'a>(
    step: &'a Step,
    recorded: &'a [Artifact],
    world: &dyn World,
) -> anyhow::Result<Option<Vec<Cached<'a>>>> {
    if !may_restore(step) {
        return Ok(None);
    }
    let mut outs = Vec::with_capacity(step.outs.len());
    for out in &step.outs {
        let artifact = recorded.iter().find(|artifact| artifact.path == out.path.local);
        let Some((artifact, oid)) = artifact.and_then(|it| Some((it, it.md5.as_deref()?))) else {
            return Ok(None);
        };
        if !world.is_cached(oid, is_legacy(artifact))? {
            return Ok(None);
        }
        outs.push((out, artifact, oid));
    }
    Ok(Some(outs))
}
