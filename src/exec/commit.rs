//! Stores what a step wrote that ended well: digests, cache, run cache, and its lock entry.

use crate::base::suggest::quoted;
use crate::exec::disk::Disk;
use crate::exec::hash::{Digest, HashError};
use crate::exec::lock::{Artifact, Cmd, Entry};
use crate::exec::runcache;
use crate::exec::verdict::is_legacy;
use crate::plan::step::{PathRef, Step, StepOut, StepOutKind};
use anyhow::bail;

/// Stores what the step wrote and returns its lock entry.
///
/// Dependencies are hashed again: one that the step itself changed is recorded as it is now.
/// What DVC 2 recorded in `old` stays as it is while the content does.
pub(crate) fn commit(step: &Step, old: Option<&Entry>, disk: &Disk) -> anyhow::Result<Entry> {
    let outs = digests(step, old, disk)?;
    let deps = deps(step, old, disk)?;
    let params = disk.params.values(&step.params)?;
    for (out, (digest, legacy)) in step.outs.iter().zip(&outs) {
        let path = disk.root.join(&out.path.path);
        if out.cache || is_restorable(step) {
            disk.cache.of(*legacy).put(&path, digest)?;
        }
    }
    let outs = step.outs.iter().zip(&outs).map(|(out, digest)| artifact(&out.path, digest));
    let entry = Entry { cmd: Cmd::from(&step.cmd), deps, params, outs: outs.collect() };
    remember(step, &entry, disk)?;
    Ok(entry)
}

/// Puts an entry into the run cache, if DVC would.
pub(crate) fn remember(step: &Step, entry: &Entry, disk: &Disk) -> anyhow::Result<()> {
    if is_restorable(step) { runcache::save(&disk.cache, entry) } else { Ok(()) }
}

/// What the step reads, as the lock records it.
pub(crate) fn deps(
    step: &Step,
    old: Option<&Entry>,
    disk: &Disk,
) -> Result<Vec<Artifact>, HashError> {
    let old = old.map_or(&[][..], |old| old.deps.as_slice());
    let digest = |dep: &PathRef| Ok(artifact(dep, &digest(dep, old, disk)?));
    step.deps.iter().map(digest).collect()
}

/// The digest of a path, and whether it is that of DVC 2.
fn digest(path: &PathRef, old: &[Artifact], disk: &Disk) -> Result<(Digest, bool), HashError> {
    let old = old.iter().find(|it| it.path == path.local && is_legacy(it));
    if let Some(old) = old {
        let digest = disk.digest(&path.path, true)?;
        if old.md5.as_ref() == Some(&digest.md5) {
            return Ok((digest, true));
        }
    }
    Ok((disk.digest(&path.path, false)?, false))
}

/// Whether DVC would keep the step in its run cache: its outputs follow from what it reads, and
/// all of them are stored.
fn is_restorable(step: &Step) -> bool {
    let stored = |out: &StepOut| !out.persist && (out.cache || out.kind != StepOutKind::Data);
    let reads = !step.deps.is_empty() || !step.params.is_empty();
    reads && !step.always && !step.outs.is_empty() && step.outs.iter().all(stored)
}

/// Digests of the outputs; names all that are missing.
fn digests(step: &Step, old: Option<&Entry>, disk: &Disk) -> anyhow::Result<Vec<(Digest, bool)>> {
    let old = old.map_or(&[][..], |old| old.outs.as_slice());
    let mut digests = Vec::with_capacity(step.outs.len());
    let mut missing = Vec::new();
    for out in &step.outs {
        match digest(&out.path, old, disk) {
            Ok(digest) => digests.push(digest),
            Err(error) if error.missing => missing.push(out.path.path.as_str()),
            Err(error) => return Err(error.into()),
        }
    }
    if !missing.is_empty() {
        bail!("its command ended well but did not write {}", quoted(&missing));
    }
    Ok(digests)
}

fn artifact(path: &PathRef, (digest, legacy): &(Digest, bool)) -> Artifact {
    let artifact = Artifact::new(&path.local, digest);
    if *legacy { Artifact { hash: None, ..artifact } } else { artifact }
}
