//! Which files of a directory differ from when it was recorded, for people who ask why.
//!
//! The cache has the listings of what stages wrote. Of directories that stages only read, mlc
//! keeps the last one itself, under `.mlc/listings`.
#![expect(clippy::disallowed_methods, reason = "keeps files of its own")]

use crate::exec::atomic;
use crate::exec::disk::Disk;
use crate::exec::hash::Member;
use crate::exec::lock::Entry;
use crate::exec::logs::file_name;
use crate::exec::reason::Reason;
use crate::plan::step::Step;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;

/// Adds to each reason about a directory which of its files differ, as far as that is known.
pub(crate) fn tell(reasons: &mut Vec<Reason>, disk: &Disk) {
    let told = reasons.iter().flat_map(|reason| [Some(reason.clone()), differences(reason, disk)]);
    *reasons = told.flatten().collect();
}

/// Remembers the files of the directories that a step reads.
pub(crate) fn remember(step: &Step, entry: &Entry, disk: &Disk) {
    let read = step.deps.iter().zip(&entry.deps);
    for (dep, recorded) in read {
        let Some(oid) = recorded.md5.as_deref().filter(|oid| oid.ends_with(".dir")) else {
            continue;
        };
        let path = remembered(disk, &dep.path);
        if is_of(&path, oid) || disk.cache.members(oid).is_ok() {
            continue;
        }
        if let Some(listing) = disk.hasher.listing(&dep.path, oid) {
            // Without it one line of an explanation is missing.
            let text = format!("{oid}\n{listing}");
            let _ = atomic::write_lazily(&path, text.as_bytes());
        }
    }
}

/// The files in which the directory of a reason differs from the recorded one.
fn differences(reason: &Reason, disk: &Disk) -> Option<Reason> {
    let (Reason::Dep { path, old: Some(old), new: Some(new) }
    | Reason::Out { path, old: Some(old), new: Some(new) }) = reason
    else {
        return None;
    };
    if !old.ends_with(".dir") || !new.ends_with(".dir") {
        return None;
    }
    let old = recorded(disk, Utf8Path::new(path), old)?;
    let new = disk.hasher.members(Utf8Path::new(path)).ok()?;
    Some(compare(path, &old, &new))
}

fn compare(path: &str, old: &[Member], new: &[Member]) -> Reason {
    let by_path = |members: &[Member]| -> BTreeMap<String, String> {
        members.iter().map(|member| (member.relpath.clone(), member.md5.clone())).collect()
    };
    let (old, new) = (by_path(old), by_path(new));
    let missing_in = |these: &BTreeMap<String, String>, those: &BTreeMap<String, String>| {
        those.keys().filter(|name| !these.contains_key(*name)).cloned().collect()
    };
    let differs = |(name, md5): &(&String, &String)| new.get(*name).is_some_and(|it| it != *md5);
    Reason::Members {
        path: path.to_owned(),
        added: missing_in(&old, &new),
        removed: missing_in(&new, &old),
        changed: old.iter().filter(differs).map(|(name, _)| name.clone()).collect(),
    }
}

fn recorded(disk: &Disk, path: &Utf8Path, oid: &str) -> Option<Vec<Member>> {
    if let Ok(members) = disk.cache.members(oid) {
        return Some(members);
    }
    let text = fs::read_to_string(remembered(disk, path)).ok()?;
    let (name, listing) = text.split_once('\n')?;
    let parsed: serde_json::Value = serde_json::from_str(listing).ok().filter(|_| name == oid)?;
    let member = |item: &serde_json::Value| {
        let text = |key: &str| Some(item.get(key)?.as_str()?.to_owned());
        Some(Member { relpath: text("relpath")?, md5: text("md5")? })
    };
    parsed.as_array()?.iter().map(member).collect()
}

/// Whether the listing that is kept in a file is this one; reads no more than its first line.
fn is_of(path: &Utf8Path, oid: &str) -> bool {
    let mut name = vec![0; oid.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut name));
    read.is_ok() && name == oid.as_bytes()
}

fn remembered(disk: &Disk, path: &Utf8Path) -> Utf8PathBuf {
    disk.root.join(".mlc/listings").join(file_name(path.as_str()))
}
