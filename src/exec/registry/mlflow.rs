//! Versions of a model in MLflow: a run for each, with params, metrics, data and the lock, a model
//! version beside it, and the aliases. The registry in git stays the one that decides.
//!
//! What the server has is asked of the server, so that syncing again, or by somebody else, adds
//! nothing twice. REST of MLflow 3: <https://mlflow.org/docs/latest/rest-api.html>.
#![expect(clippy::disallowed_methods, reason = "reads models to upload")]

mod server;

use crate::data::field::day;
use crate::exec::cache::Cache;
use crate::exec::registry::Shelf;
use crate::exec::registry::card::{Card, Content};
use crate::exec::registry::version::Version;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Map, Value, json};
pub(crate) use server::Server;
use std::collections::BTreeMap;
use std::fs;

/// Most values of a batch, and the longest value of a param, as MLflow takes them.
const BATCH: usize = 100;
const LONGEST: usize = 6_000;

/// What was brought to the server.
#[derive(Debug, Default)]
pub(crate) struct Synced {
    /// Versions, and their numbers there.
    pub(crate) versions: Vec<(Version, String)>,
    pub(crate) aliases: Vec<(String, Version)>,
    /// What could not be uploaded, and why.
    pub(crate) left: Vec<String>,
}

/// Brings all versions and aliases of a model to the server that it does not have.
pub(crate) fn sync(
    server: &Server,
    root: &Utf8Path,
    shelf: &Shelf,
    experiment: &str,
) -> anyhow::Result<Synced> {
    let mut synced = Synced::default();
    let known = known(server, &shelf.model)?;
    let mut numbers: BTreeMap<Version, String> = BTreeMap::new();
    let mut place = None;
    for version in shelf.versions()? {
        let (card, lock) = shelf.card(version)?;
        if let Some(number) = known.get(&lock) {
            numbers.insert(version, number.clone());
            continue;
        }
        let experiment = match &place {
            Some(id) => id,
            None => place.insert(experiment_id(server, experiment)?),
        };
        let logged = log(server, root, (&card, &lock), experiment, &mut synced.left)?;
        let number = register(server, &card, &lock, &logged)?;
        numbers.insert(version, number.clone());
        synced.versions.push((version, number));
    }
    let there = aliases(server, &shelf.model)?;
    for (alias, version) in shelf.aliases()? {
        let Some(number) = numbers.get(&version) else { continue };
        if there.get(&alias) != Some(number) {
            let body = json!({"name": shelf.model, "alias": alias, "version": number});
            server.post("registered-models/alias", &body)?;
            synced.aliases.push((alias, version));
        }
    }
    Ok(synced)
}

/// The text at a pointer of JSON, such as `/run/info/run_id`.
fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_str().map(str::to_owned)
}

/// The list at a pointer; empty where there is none.
fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The numbers of the versions that the server has, by the MD5 of their cards.
fn known(server: &Server, model: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let mut known = BTreeMap::new();
    let filter = format!("name='{model}'");
    let mut token = String::new();
    loop {
        let query = [("filter", filter.as_str()), ("max_results", "200"), ("page_token", &token)];
        let page = server.get("model-versions/search", &query)?;
        for version in list(&page, "/model_versions") {
            let lock = tag(version, "mlc.lock");
            known.extend(lock.zip(text(version, "/version")));
        }
        match text(&page, "/next_page_token").filter(|it| !it.is_empty()) {
            Some(next) => token = next,
            None => return Ok(known),
        }
    }
}

fn tag(of: &Value, key: &str) -> Option<String> {
    let named = |it: &&Value| text(it, "/key").as_deref() == Some(key);
    list(of, "/tags").iter().find(named).and_then(|it| text(it, "/value"))
}

fn aliases(server: &Server, model: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let answer = server.get("registered-models/get", &[("name", model)]);
    let answer = server::unless_missing(answer)?.unwrap_or_default();
    let pair = |it: &Value| text(it, "/alias").zip(text(it, "/version"));
    Ok(list(&answer, "/registered_model/aliases").iter().filter_map(pair).collect())
}

fn experiment_id(server: &Server, name: &str) -> anyhow::Result<String> {
    let found = server.get("experiments/get-by-name", &[("experiment_name", name)]);
    if let Some(found) = server::unless_missing(found)?
        && let Some(id) = text(&found, "/experiment/experiment_id")
    {
        return Ok(id);
    }
    let made = server.post("experiments/create", &json!({"name": name}))?;
    text(&made, "/experiment_id").context("MLflow made no experiment")
}

/// A run of the server.
struct Run {
    id: String,
    /// Where its files are.
    files: String,
}

/// The run of a version, finished. One that an earlier attempt left is taken up.
fn log(
    server: &Server,
    root: &Utf8Path,
    (card, lock): (&Card, &str),
    experiment: &str,
    left: &mut Vec<String>,
) -> anyhow::Result<Run> {
    let run = run(server, (card, lock), experiment)?;
    let key = |it: &str| it.replace(|c: char| !(c.is_alphanumeric() || "_-. :/".contains(c)), "_");
    let mut params = Vec::new();
    for (name, value) in card.params.values().flatten() {
        let value = text(value, "").unwrap_or_else(|| value.to_string());
        let value: String = value.chars().take(LONGEST).collect();
        params.push(json!({"key": key(name), "value": value}));
    }
    for params in params.chunks(BATCH) {
        server.post("runs/log-batch", &json!({"run_id": run.id, "params": params}))?;
    }
    let at = millis(&card.locked_at);
    let mut metrics = Vec::new();
    if let Some(known) = &card.metrics {
        numbers("", &known.values, &mut |name, value| {
            metrics.push(json!({"key": key(name), "value": value, "timestamp": at, "step": 0}));
        });
    }
    for metrics in metrics.chunks(BATCH) {
        server.post("runs/log-batch", &json!({"run_id": run.id, "metrics": metrics}))?;
    }
    let dataset = |it: &Content| {
        let source = json!({"path": it.path, "md5": it.md5}).to_string();
        json!({
            "tags": [{"key": "mlflow.data.context", "value": "training"}],
            "dataset": {"name": it.path, "digest": it.md5, "source_type": "dvc", "source": source},
        })
    };
    if !card.data.is_empty() {
        let datasets: Vec<Value> = card.data.iter().map(dataset).collect();
        server.post("runs/log-inputs", &json!({"run_id": run.id, "datasets": datasets}))?;
    }
    upload(server, root, card, &run, left)?;
    let done = json!({"run_id": run.id, "status": "FINISHED", "end_time": at});
    server.post("runs/update", &done)?;
    Ok(run)
}

fn run(server: &Server, (card, lock): (&Card, &str), experiment: &str) -> anyhow::Result<Run> {
    let wanted = json!({
        "experiment_ids": [experiment], "filter": format!("tags.`mlc.lock` = '{lock}'"), "max_results": 1,
    });
    let found = server.post("runs/search", &wanted)?;
    let mut info = found.pointer("/runs/0/info").cloned();
    if info.is_none() {
        let tags = [
            ("mlc.model", Some(card.model.clone())),
            ("mlc.version", Some(card.version.clone())),
            ("mlc.lock", Some(lock.to_owned())),
            ("mlc.dirty", card.dirty.map(|it| it.to_string())),
            ("mlflow.source.git.commit", card.commit.clone()),
            ("mlflow.user", card.locked_by.clone()),
        ];
        let tag = |(key, value): (&str, Option<String>)| Some(json!({"key": key, "value": value?}));
        let start = millis(card.trained_at.as_ref().unwrap_or(&card.locked_at));
        let body = json!({
            "experiment_id": experiment,
            "run_name": format!("{} {}", card.model, card.version),
            "start_time": start,
            "tags": tags.into_iter().filter_map(tag).collect::<Vec<_>>(),
        });
        info = server.post("runs/create", &body)?.pointer("/run/info").cloned();
    }
    let info = info.context("MLflow made no run")?;
    let id = text(&info, "/run_id").context("MLflow made no run")?;
    Ok(Run { id, files: text(&info, "/artifact_uri").unwrap_or_default() })
}

/// Numbers by dotted key.
fn numbers(prefix: &str, value: &Value, take: &mut impl FnMut(&str, f64)) {
    if let Some(map) = value.as_object() {
        for (key, value) in map {
            let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            numbers(&key, value, take);
        }
    } else if let Some(number) = value.as_f64() {
        take(prefix, number);
    }
}

/// The card, and the model as it was locked, wherever it still is.
fn upload(
    server: &Server,
    root: &Utf8Path,
    card: &Card,
    run: &Run,
    left: &mut Vec<String>,
) -> anyhow::Result<()> {
    let Some(folder) = run.files.strip_prefix("mlflow-artifacts:/") else {
        left.push(format!("files of {}: the server does not take them itself", card.version));
        return Ok(());
    };
    let text = serde_json::to_vec_pretty(card)?;
    server.put(&format!("{folder}/lock.json"), text.as_slice(), text.len() as u64)?;
    let cache = Cache::look(root)?;
    let name = Utf8Path::new(&card.file.path).file_name().unwrap_or("model");
    let files = match cache.members(&card.file.md5) {
        Ok(members) if card.file.md5.ends_with(".dir") => {
            members.into_iter().map(|it| (format!("{name}/{}", it.relpath), it.md5)).collect()
        }
        _ => vec![(name.to_owned(), card.file.md5.clone())],
    };
    for (name, md5) in files {
        let Some(place) = stored(&cache, root, card, &md5) else {
            left.push(format!("{} of {}: it is not in the cache", card.file.path, card.version));
            return Ok(());
        };
        let file = fs::File::open(&place).with_context(|| format!("cannot read {place}"))?;
        let size = file.metadata()?.len();
        server.put(&format!("{folder}/model/{name}"), file, size)?;
    }
    Ok(())
}

/// Where the content is.
fn stored(cache: &Cache, root: &Utf8Path, card: &Card, md5: &str) -> Option<Utf8PathBuf> {
    let object = cache.object(md5).ok().filter(|it| it.is_file());
    object.or_else(|| {
        let own = root.join(&card.file.path);
        let same = crate::exec::md5::Md5::of(&fs::read(&own).ok()?).to_string() == md5;
        same.then_some(own)
    })
}

/// A version of the registered model there, for the run. Returns its number.
fn register(server: &Server, card: &Card, lock: &str, run: &Run) -> anyhow::Result<String> {
    let made = server.post("registered-models/create", &json!({"name": card.model}));
    server::unless_there(made)?;
    let mut tags: Map<String, Value> = Map::new();
    tags.insert("mlc.version".to_owned(), card.version.clone().into());
    tags.insert("mlc.lock".to_owned(), lock.into());
    let tags: Vec<Value> =
        tags.into_iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    let source = format!("{}/model", run.files);
    let body = json!({"name": card.model, "source": source, "run_id": run.id, "tags": tags});
    let made = server.post("model-versions/create", &body)?;
    text(&made, "/model_version/version").context("MLflow made no version")
}

/// `2025-01-31T12:00:00Z` in milliseconds since 1970.
fn millis(moment: &str) -> i64 {
    let (date, time) = moment.split_once('T').unwrap_or((moment, ""));
    let mut seconds = 0;
    for part in time.trim_end_matches('Z').split(':') {
        seconds = seconds * 60 + part.parse().unwrap_or(0_i64);
    }
    (day(date).unwrap_or(0) * 86_400 + seconds) * 1000
}

#[cfg(test)]
mod tests {
    use super::millis;

    #[test]
    fn moments_are_milliseconds() {
        assert_eq!(millis("1970-01-02T00:00:01Z"), 86_401_000);
        assert_eq!(millis("2000-02-29T12:34:56Z"), 951_827_696_000);
    }
}
