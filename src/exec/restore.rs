//! Brings outputs back from the cache instead of running a step.

use crate::exec::commit::{deps, is_restorable};
use crate::exec::disk::Disk;
use crate::exec::lock::{Artifact, Cmd, Entry};
use crate::exec::verdict::{Seen, World as _, is_legacy};
use crate::exec::{gitignore, runcache};
use crate::plan::step::{Step, StepOut};

/// Restores the outputs that a lock entry records. Precondition: everything else of the step is
/// as the entry says. Returns false, and changes nothing, when the cache lacks something.
pub(crate) fn from_lock(step: &Step, entry: &Entry, disk: &Disk) -> anyhow::Result<bool> {
    let Some(lacking) = lacking(step, &entry.outs, disk)? else { return Ok(false) };
    for (out, recorded, oid) in lacking {
        let path = disk.root.join(&out.path.path);
        disk.cache.checkout(oid, &path, recorded.isexec)?;
    }
    for out in step.outs.iter().filter(|out| out.cache) {
        gitignore::ignore(&disk.root.join(&out.path.path))?;
    }
    Ok(true)
}

/// Restores what the step wrote at some time before, for the same command, deps and params.
/// Returns its lock entry when it did.
pub(crate) fn from_run_cache(step: &Step, disk: &Disk) -> anyhow::Result<Option<Entry>> {
    if !is_restorable(step) || !disk.cache.runs().is_dir() {
        return Ok(None);
    }
    // Whatever is missing here is told when the step is about to run.
    let (Ok(deps), Ok(params)) = (deps(step, disk), disk.params.values(&step.params)) else {
        return Ok(None);
    };
    let out = |out: &StepOut| Artifact { path: out.path.local.clone(), ..Artifact::default() };
    let outs = step.outs.iter().map(out).collect();
    let wanted = Entry { cmd: Cmd::from(&step.cmd), deps, params, outs };
    let Some(found) = runcache::find(&disk.cache, &wanted) else { return Ok(None) };
    let restored = from_lock(step, &found, disk)?;
    Ok(restored.then_some(Entry { outs: found.outs, ..wanted }))
}

/// The outputs that are not as recorded, if the cache holds all of them.
fn lacking<'a>(
    step: &'a Step,
    recorded: &'a [Artifact],
    disk: &Disk,
) -> anyhow::Result<Option<Vec<(&'a StepOut, &'a Artifact, &'a str)>>> {
    let mut lacking = Vec::new();
    for out in &step.outs {
        let artifact = recorded.iter().find(|artifact| artifact.path == out.path.local);
        let Some((artifact, oid)) = artifact.and_then(|it| Some((it, it.md5.as_deref()?))) else {
            return Ok(None);
        };
        let cached = disk.is_cached(oid, is_legacy(artifact))?;
        if disk.see(&out.path, false)? == Seen::Md5(oid.to_owned()) && (cached || !out.cache) {
            continue;
        }
        if out.persist || !cached {
            return Ok(None);
        }
        lacking.push((out, artifact, oid));
    }
    Ok(Some(lacking))
}
