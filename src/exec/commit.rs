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
    let outs = store(step, old, disk)?;
    let deps = deps(step, old, disk)?;
    let params = disk.params.values(&step.params)?;
    let outs = step.outs.iter().zip(&outs).map(|(out, digest)| artifact(&out.path, digest));
    let entry = Entry { cmd: Cmd::from(&step.cmd), deps, params, outs: outs.collect() };
    remember(step, &entry, disk)?;
    Ok(entry)
}

/// Puts an entry into the run cache, if DVC would.
pub(crate) fn remember(step: &Step, entry: &Entry, disk: &Disk) -> anyhow::Result<()> {
    let saves = disk.keep.outputs && is_restorable(step);
    if saves { runcache::save(&disk.cache, entry) } else { Ok(()) }
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
    match unchanged_legacy(path, old, disk)? {
        Some(digest) => Ok((digest, true)),
        None => Ok((disk.digest(&path.path, false)?, false)),
    }
}

/// The digest that DVC 2 recorded, while it is still right.
fn unchanged_legacy(
    path: &PathRef,
    old: &[Artifact],
    disk: &Disk,
) -> Result<Option<Digest>, HashError> {
    let old = old.iter().find(|it| it.path == path.local && is_legacy(it));
    let Some(old) = old else { return Ok(None) };
    let digest = disk.digest(&path.path, true)?;
    Ok(Some(digest).filter(|digest| old.md5.as_ref() == Some(&digest.md5)))
}

/// Whether DVC would keep the step in its run cache: its outputs follow from what it reads, and
/// all of them are stored.
fn is_restorable(step: &Step) -> bool {
    let stored = |out: &StepOut| !out.persist && (out.cache || out.kind != StepOutKind::Data);
    let reads = !step.deps.is_empty() || !step.params.is_empty();
    reads && !step.always && !step.outs.is_empty() && step.outs.iter().all(stored)
}

/// Digests of the outputs, of which the cache holds those that it should, and whether they are of
/// DVC 2; names all that are missing.
fn store(step: &Step, old: Option<&Entry>, disk: &Disk) -> anyhow::Result<Vec<(Digest, bool)>> {
    let is_missing = |out: &&StepOut| !disk.root.join(&out.path.path).exists();
    let missing = step.outs.iter().filter(is_missing).map(|out| out.path.path.as_str());
    let missing: Vec<&str> = missing.collect();
    if !missing.is_empty() {
        bail!("its command ended well but did not write {}", quoted(&missing));
    }
    let old = old.map_or(&[][..], |old| old.outs.as_slice());
    let restorable = is_restorable(step);
    let mut digests = Vec::with_capacity(step.outs.len());
    for out in &step.outs {
        let path = &out.path.path;
        if !disk.keep.outputs || (!out.cache && !restorable) {
            digests.push(digest(&out.path, old, disk)?);
            continue;
        }
        if let Some(digest) = unchanged_legacy(&out.path, old, disk)?
            && disk.cache.of(true).has(&digest.md5)
        {
            digests.push((digest, true));
            continue;
        }
        let digest = disk.hasher.store(path, &disk.cache)?;
        if out.cache {
            disk.cache.relink(&disk.root.join(path), &digest.md5)?;
        }
        digests.push((digest, false));
    }
    Ok(digests)
}

fn artifact(path: &PathRef, (digest, legacy): &(Digest, bool)) -> Artifact {
    let artifact = Artifact::new(&path.local, digest);
    if *legacy { Artifact { hash: None, ..artifact } } else { artifact }
}
