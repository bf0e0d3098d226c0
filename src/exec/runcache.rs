//! DVC's run cache: what a stage wrote for the same command, dependencies and params before.
//!
//! DVC leaves keys named `size` and `nfiles` out of the digest at any depth, params among them;
//! so an entry is only believed after its dependencies and params were compared in full.
#![expect(clippy::disallowed_methods, reason = "lists and reads entries")]

use crate::base::python::{equal, json_sorted};
use crate::base::value::Value;
use crate::exec::atomic;
use crate::exec::cache::Cache;
use crate::exec::hash::hex;
use crate::exec::lock::{Artifact, Cmd, Entry, document, read_entry};
use crate::exec::verdict::is_legacy;
use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::time::SystemTime;

/// Saves what a stage wrote, unless DVC could restore it for other params.
///
/// Precondition: the stage has dependencies or params, and outs, none persistent; all its outs
/// are in the cache.
pub(crate) fn save(cache: &Cache, entry: &Entry) -> anyhow::Result<()> {
    if has_hidden_params(entry) {
        return Ok(());
    }
    let path = folder(cache, entry).join(digest(&entry.to_value()));
    if path.exists() {
        return Ok(());
    }
    atomic::write_lazily(&path, document(&entry.to_value()).as_bytes())
}

/// The newest entry for the command, dependencies, params and out paths of `wanted`, if its outs
/// are all in the cache. DVC does not look at older ones either.
pub(crate) fn find(cache: &Cache, wanted: &Entry) -> Option<Entry> {
    let (_, path) = listed(&folder(cache, wanted)).into_iter().max()?;
    let entry = read_entry(&fs::read_to_string(path).ok()?).ok()?;
    (answers(&entry, wanted) && outs_cached(cache, &entry)).then_some(entry)
}

/// Entries under one key with the time they were written.
fn listed(folder: &Utf8Path) -> Vec<(SystemTime, Utf8PathBuf)> {
    let Ok(entries) = folder.read_dir_utf8() else { return Vec::new() };
    let modified = |entry: camino::Utf8DirEntry| {
        Some((entry.metadata().ok()?.modified().ok()?, entry.into_path()))
    };
    // Skip what another process is still writing.
    entries.flatten().filter(|entry| entry.file_name().len() == 64).filter_map(modified).collect()
}

fn answers(entry: &Entry, wanted: &Entry) -> bool {
    let same_cmd = match (&entry.cmd, &wanted.cmd) {
        (Cmd::Text(a), Cmd::Text(b)) => a == b,
        (Cmd::List(a), Cmd::List(b)) => equal(&Value::List(a.clone()), &Value::List(b.clone())),
        _ => false,
    };
    let key = |it: &Artifact| (it.path.clone(), it.hash.clone(), it.md5.clone());
    let sorted = |artifacts: &[Artifact]| {
        let mut keys: Vec<_> = artifacts.iter().map(key).collect();
        keys.sort();
        keys
    };
    let paths = |artifacts: &[Artifact]| {
        let mut paths: Vec<_> = artifacts.iter().map(|it| it.path.clone()).collect();
        paths.sort();
        paths
    };
    same_cmd
        && sorted(&entry.deps) == sorted(&wanted.deps)
        && entry.params_equal(&wanted.params)
        && paths(&entry.outs) == paths(&wanted.outs)
}

fn outs_cached(cache: &Cache, entry: &Entry) -> bool {
    let has = |out: &Artifact, oid: &str| cache.of(is_legacy(out)).has(oid);
    entry.outs.iter().all(|out| out.md5.as_deref().is_some_and(|oid| has(out, oid)))
}

/// Whether some param would not be part of DVC's digest.
fn has_hidden_params(entry: &Entry) -> bool {
    fn hides(value: &Value) -> bool {
        match value {
            Value::Map(entries) => {
                entries.iter().any(|(key, value)| is_left_out(key) || hides(value))
            }
            Value::List(items) => items.iter().any(hides),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => false,
        }
    }
    entry.params.iter().any(|(file, values)| {
        is_left_out(file) || values.iter().any(|(key, value)| is_left_out(key) || hides(value))
    })
}

fn is_left_out(key: &str) -> bool {
    key == "size" || key == "nfiles"
}

fn folder(cache: &Cache, entry: &Entry) -> Utf8PathBuf {
    let mut value = entry.to_value();
    if let Value::Map(entries) = &mut value {
        entries.retain(|(key, _)| key != "outs");
        let mut paths: Vec<_> = entry.outs.iter().map(|out| out.path.clone()).collect();
        paths.sort();
        let paths = paths.into_iter().map(Value::Str).collect();
        entries.push(("outs".to_owned(), Value::List(paths)));
    }
    let key = digest(&value);
    cache.runs().join(key.get(..2).unwrap_or_default()).join(key)
}

fn digest(value: &Value) -> String {
    hex(&Sha256::digest(json_sorted(&without_counts(value))))
}

fn without_counts(value: &Value) -> Value {
    match value {
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .filter(|(key, _)| !is_left_out(key))
                .map(|(key, value)| (key.clone(), without_counts(value)))
                .collect(),
        ),
        Value::List(items) => Value::List(items.iter().map(without_counts).collect()),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => {
            value.clone()
        }
    }
}
