//! Stores what a step wrote that ended well: digests, cache, run cache, and its lock entry.

use crate::base::suggest::quoted;
use crate::exec::disk::Disk;
use crate::exec::hash::{Digest, HashError};
use crate::exec::lock::{Artifact, Cmd, Entry};
use crate::exec::runcache;
use crate::plan::step::{PathRef, Step, StepOut, StepOutKind};
use anyhow::bail;

/// Stores what the step wrote and returns its lock entry.
///
/// Dependencies are hashed again: one that the step itself changed is recorded as it is now.
pub(crate) fn commit(step: &Step, disk: &Disk) -> anyhow::Result<Entry> {
    let outs = store(step, disk)?;
    let deps = deps(step, disk)?;
    let params = disk.params.values(&step.params)?;
    let outs = step.outs.iter().zip(&outs).map(|(out, digest)| artifact(&out.path, digest));
    let entry = Entry { cmd: Cmd::from(&step.cmd), deps, params, outs: outs.collect() };
    if is_restorable(step) && disk.keep.outputs {
        runcache::save(&disk.cache, &entry)?;
    }
    Ok(entry)
}

/// What the step reads, as the lock records it.
pub(crate) fn deps(step: &Step, disk: &Disk) -> Result<Vec<Artifact>, HashError> {
    let digest = |dep: &PathRef| Ok(artifact(dep, &disk.hasher.digest(&dep.path)?));
    step.deps.iter().map(digest).collect()
}

/// Whether DVC would keep the step in its run cache: its outputs follow from what it reads, and
/// all of them are stored.
pub(crate) fn is_restorable(step: &Step) -> bool {
    let stored = |out: &StepOut| !out.persist && (out.cache || out.kind != StepOutKind::Data);
    let reads = !step.deps.is_empty() || !step.params.is_empty();
    reads && !step.always && !step.outs.is_empty() && step.outs.iter().all(stored)
}

/// Digests of the outputs, of which the cache holds those that it should; names all that are
/// missing.
fn store(step: &Step, disk: &Disk) -> anyhow::Result<Vec<Digest>> {
    let is_missing = |out: &&StepOut| !disk.root.join(&out.path.path).exists();
    let missing = step.outs.iter().filter(is_missing).map(|out| out.path.path.as_str());
    let missing: Vec<&str> = missing.collect();
    if !missing.is_empty() {
        bail!("its command ended well but did not write {}", quoted(&missing));
    }
    let restorable = is_restorable(step);
    let mut digests = Vec::with_capacity(step.outs.len());
    for out in &step.outs {
        let path = &out.path.path;
        if !disk.keep.outputs || (!out.cache && !restorable) {
            digests.push(disk.hasher.digest(path)?);
            continue;
        }
        let digest = disk.hasher.store(path, &disk.cache)?;
        if out.cache {
            disk.cache.relink(&disk.root.join(path), &digest.md5)?;
        }
        digests.push(digest);
    }
    Ok(digests)
}

fn artifact(path: &PathRef, digest: &Digest) -> Artifact {
    Artifact {
        path: path.local.clone(),
        hash: Some("md5".to_owned()),
        md5: Some(digest.md5.clone()),
        size: Some(digest.size),
        nfiles: digest.nfiles,
        isexec: digest.isexec,
        other: Vec::new(),
    }
}
