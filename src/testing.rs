//! What integration tests may see of the library. Not part of the interface.
#![expect(clippy::disallowed_methods, reason = "reads the lock that it updates")]

mod reference;
pub mod specs;

use crate::base::params;
use crate::base::python::json_sorted;
use crate::base::value::Value;
use crate::base::yaml;
use crate::exec::cache::{self, Cache};
use crate::exec::hash::Hasher;
use crate::exec::lock::{self, Artifact, Cmd, Entry, LockFile};
use crate::exec::params::ParamsFiles;
use crate::exec::{atomic, gitignore, runcache};
use crate::plan::step::{PathRef, StepParams};
use camino::{Utf8Path, Utf8PathBuf};

pub use reference::{Kind, Shape, checks, codes, grammar};

/// A YAML document with each string as a map's value, as a key, in a list and in a nested list.
#[must_use]
pub fn yaml_of_strings(strings: &[String]) -> String {
    let list = |make: fn(Value) -> Value| {
        Value::List(strings.iter().cloned().map(Value::Str).map(make).collect())
    };
    let map = |entry: fn(usize, &String) -> (String, Value)| {
        Value::Map(strings.iter().enumerate().map(|(at, it)| entry(at, it)).collect())
    };
    yaml::to_string(&Value::Map(vec![
        ("values".into(), map(|at, text| (format!("k{at}"), Value::Str(text.clone())))),
        ("keys".into(), map(|at, text| (text.clone(), Value::Int(at as i128)))),
        ("items".into(), list(|text| text)),
        ("nested".into(), list(|text| Value::List(vec![text]))),
    ]))
}

/// What our reader makes of a document, as Python's `json.dumps(…, sort_keys=True)` writes it.
pub fn yaml_to_json(text: &str) -> Result<String, String> {
    yaml::parse(text).map(|node| json_sorted(&node.to_value())).map_err(|error| error.to_string())
}

/// A JSON document as DVC would write it in YAML; `{"$": "nan"}` stands for what JSON lacks.
pub fn lock_document(json: &str) -> Result<String, String> {
    let read = params::parse("x.json".into(), json).map_err(|error| error.to_string())?;
    Ok(lock::document(&revive(read.value)))
}

/// A JSON document as `lock_document` takes it, as Python's `json.dumps(…, sort_keys=True)`.
pub fn json(json: &str) -> Result<String, String> {
    let read = params::parse("x.json".into(), json).map_err(|error| error.to_string())?;
    Ok(json_sorted(&revive(read.value)))
}

fn revive(value: Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.into_iter().map(revive).collect()),
        Value::Map(entries) => match entries.as_slice() {
            [(key, Value::Str(text))] if key == "$" => number(text),
            _ => Value::Map(entries.into_iter().map(|(key, it)| (key, revive(it))).collect()),
        },
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => value,
    }
}

fn number(text: &str) -> Value {
    match text.parse() {
        Ok(int) => Value::Int(int),
        Err(_) => Value::Float(text.parse().unwrap_or(f64::NAN)),
    }
}

/// Reads a lock, sets the named stages to what they are in `other`, and writes it.
pub fn lock_update(text: &str, other: &str, stages: &[&str]) -> Result<String, String> {
    let mut lock = LockFile::parse(text).map_err(|error| error.to_string())?;
    let other = LockFile::parse(other).map_err(|error| error.to_string())?;
    for &stage in stages {
        lock.set(stage, other.get(stage).cloned().ok_or("no such stage")?, None);
    }
    Ok(lock.to_text())
}

/// A stage that has run; paths are relative to `wdir`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ran<'a> {
    pub name: &'a str,
    /// One is a string in the lock, several are a list.
    pub cmd: &'a [&'a str],
    pub wdir: &'a str,
    pub deps: &'a [&'a str],
    /// Files with their keys; no keys is the whole file.
    pub params: &'a [(&'a str, &'a [&'a str])],
    /// Paths, and whether git ignores them.
    pub outs: &'a [(&'a str, bool)],
}

/// Stores what a stage wrote and records it in `dvc.lock` and the run cache.
pub fn record(root: &Utf8Path, ran: &Ran<'_>) -> anyhow::Result<()> {
    let hasher = Hasher::new(root, 2);
    let cache = Cache::open(root)?;
    let mut entry = wanted(root, ran, &hasher)?;
    for &(out, is_ignored) in ran.outs {
        let path = join(ran.wdir, out);
        let digest = hasher.store(&path, &cache)?;
        if is_ignored {
            gitignore::ignore_all([root.join(&path).as_path()])?;
        }
        entry.outs.push(Artifact::new(out, &digest));
    }
    hasher.save()?;
    runcache::save(&cache, &entry)?;
    let file = root.join("dvc.lock");
    let mut lock = match std::fs::read_to_string(&file) {
        Ok(text) => LockFile::parse(&text)?,
        Err(_) => LockFile::default(),
    };
    lock.set(ran.name, entry, None);
    atomic::write(&file, lock.to_text().as_bytes())
}

/// Restores a stage's outs from the run cache; false when it holds nothing that answers.
pub fn restore(root: &Utf8Path, ran: &Ran<'_>) -> anyhow::Result<bool> {
    let cache = Cache::open(root)?;
    let mut entry = wanted(root, ran, &Hasher::new(root, 2))?;
    let out = |&(out, _): &(&str, bool)| Artifact { path: out.into(), ..Artifact::default() };
    entry.outs = ran.outs.iter().map(out).collect();
    let Some(found) = runcache::find(&cache, &entry) else { return Ok(false) };
    for out in &found.outs {
        let path = root.join(join(ran.wdir, &out.path));
        cache.checkout(out.md5.as_deref().unwrap_or_default(), &path, out.isexec)?;
    }
    Ok(true)
}

/// Removes a path whatever it is.
pub fn remove(path: &Utf8Path) -> anyhow::Result<()> {
    cache::remove(path)
}

/// The digest of a path, or why it has none.
pub fn digest(root: &Utf8Path, path: &str) -> Result<String, String> {
    Hasher::new(root, 2).digest(path.into()).map(|it| it.md5).map_err(|error| error.to_string())
}

/// The files of a directory and their digests.
pub fn members(root: &Utf8Path, path: &str) -> Result<Vec<(String, String)>, String> {
    let members = Hasher::new(root, 2).members(path.into()).map_err(|error| error.to_string())?;
    Ok(members.into_iter().map(|member| (member.relpath, member.md5)).collect())
}

fn wanted(root: &Utf8Path, ran: &Ran<'_>, hasher: &Hasher) -> anyhow::Result<Entry> {
    let paths: Vec<Utf8PathBuf> = ran.deps.iter().map(|dep| join(ran.wdir, dep)).collect();
    let digests = hasher.digest_all(&paths).into_iter().collect::<Result<Vec<_>, _>>()?;
    let deps =
        ran.deps.iter().zip(digests).map(|(dep, digest)| Artifact::new(dep, &digest)).collect();
    let step = |&(file, keys): &(&str, &[&str])| StepParams {
        file: PathRef { path: join(ran.wdir, file), local: file.to_owned() },
        keys: keys.iter().map(|&key| key.to_owned()).collect(),
    };
    let steps: Vec<StepParams> = ran.params.iter().map(step).collect();
    let params = ParamsFiles::new(root).values(&steps)?;
    let cmd = match ran.cmd {
        [line] => Cmd::Text((*line).to_owned()),
        lines => Cmd::List(lines.iter().map(|&line| Value::Str(line.to_owned())).collect()),
    };
    Ok(Entry { cmd, deps, params, outs: Vec::new() })
}

/// Joins and resolves `..`, as the plan does for the executor.
fn join(wdir: &str, path: &str) -> Utf8PathBuf {
    let mut joined = Utf8PathBuf::from(wdir);
    for part in path.split('/') {
        if part == ".." {
            joined.pop();
        } else {
            joined.push(part);
        }
    }
    joined
}
