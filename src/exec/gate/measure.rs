//! Numbers that a gate measures: from its metrics file, and sizes on disk.
#![expect(clippy::disallowed_methods, reason = "reads metrics files")]

use crate::base::params;
use crate::base::suggest::did_you_mean;
use crate::base::value::Value;
use crate::exec::gate::as_number;
use crate::exec::gate::interval::percentile;
use crate::exec::table;
use crate::model::policy::Gate;
use camino::Utf8Path;
use std::io::{self, ErrorKind};

/// A number, or a sentence that says why there is none.
pub(crate) type Measured = Result<f64, String>;

/// A metrics file, read once.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    /// How it is called in sentences.
    name: String,
    content: Result<Value, String>,
}

impl Metrics {
    /// The metrics file that a gate names.
    pub(crate) fn of_gate(root: &Utf8Path, gate: &Gate) -> Self {
        match &gate.metrics {
            Some(path) => Self::read(root, &path.value),
            None => Self::failed(String::new(), "the gate names no metrics file".to_owned()),
        }
    }

    pub(crate) fn read(root: &Utf8Path, path: &Utf8Path) -> Self {
        let content = match std::fs::read_to_string(root.join(path)) {
            Ok(text) => return Self::parse(path.as_str().to_owned(), path, &text),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(format!("`{path}` does not exist; `mlc run` makes it"))
            }
            Err(error) => Err(format!("`{path}` cannot be read: {error}")),
        };
        Self { name: path.as_str().to_owned(), content }
    }

    /// Parses text by the suffix of `path`; `name` is how it is called in sentences.
    pub(crate) fn parse(name: String, path: &Utf8Path, text: &str) -> Self {
        let content = match path.extension() {
            Some("csv") => last_row(text, b','),
            Some("tsv") => last_row(text, b'\t'),
            _ => params::parse(path, text)
                .map(|params| params.value)
                .map_err(|error| error.to_string()),
        };
        let content = content.map_err(|error| format!("`{name}` cannot be read: {error}"));
        Self { name, content }
    }

    pub(crate) fn failed(name: String, why: String) -> Self {
        Self { name, content: Err(why) }
    }

    /// The number under a key of each map below another, with the name of the map.
    pub(crate) fn slices(&self, segments: &str, key: &str) -> Result<Vec<(String, f64)>, String> {
        let content = self.content.as_ref().map_err(Clone::clone)?;
        let Some(found) = lookup(content, segments) else {
            let paths = content.paths();
            let help = did_you_mean(segments, paths.iter().map(String::as_str));
            let help = help.map(|help| format!("; {help}")).unwrap_or_default();
            return Err(format!("`{}` has no `{segments}`{help}", self.name));
        };
        let maps = found.as_map().filter(|it| !it.is_empty());
        let maps =
            maps.ok_or_else(|| format!("`{segments}` in `{}` has no segments", self.name))?;
        let number = |(name, value): &(String, Value)| {
            let value = lookup(value, key).ok_or_else(|| {
                format!("segment `{name}` of `{segments}` in `{}` has no `{key}`", self.name)
            })?;
            let number = as_number(value)
                .map_err(|what| format!("`{key}` of segment `{name}` in `{}` {what}", self.name))?;
            Ok((name.clone(), number))
        };
        maps.iter().map(number).collect()
    }

    /// All numbers, by dotted key.
    pub(crate) fn numbers(&self) -> Vec<(String, f64)> {
        let Ok(content) = &self.content else { return Vec::new() };
        let number = |key: String| self.number(&key).ok().map(|number| (key, number));
        content.paths().into_iter().filter_map(number).collect()
    }

    /// The number under a dotted key.
    pub(crate) fn number(&self, key: &str) -> Measured {
        let content = self.content.as_ref().map_err(Clone::clone)?;
        let Some(value) = lookup(content, key) else {
            let paths = content.paths();
            let help = did_you_mean(key, paths.iter().map(String::as_str));
            let help = help.map(|help| format!("; {help}")).unwrap_or_default();
            return Err(format!("`{}` has no `{key}`{help}", self.name));
        };
        as_number(value).map_err(|what| format!("`{key}` in `{}` {what}", self.name))
    }
}

/// The columns of the last row, where training logs have what counts; or the pairs of a table of
/// names and values.
fn last_row(text: &str, delimiter: u8) -> Result<Value, String> {
    let columns = table::separated(text, delimiter)?;
    let value = |text: &String| match text.trim().parse() {
        Ok(number) => Value::Float(number),
        Err(_) => Value::Str(text.clone()),
    };
    if let (2, Some(values)) = (columns.len(), columns.get("value"))
        && let Some(names) = ["metric", "name"].iter().find_map(|it| columns.get(*it))
    {
        return Ok(Value::Map(names.iter().cloned().zip(values.iter().map(value)).collect()));
    }
    let last =
        |(name, column): (&String, &Vec<String>)| Some((name.clone(), value(column.last()?)));
    Ok(Value::Map(columns.iter().filter_map(last).collect()))
}

/// A percentile of the durations in a file, in seconds: a list in JSON, also under `seconds`, or
/// the column `seconds` of a table.
pub(super) fn latency(root: &Utf8Path, path: &Utf8Path, percent: f64) -> Measured {
    let mut seconds = if path.extension() == Some("json") {
        let content: serde_json::Value = serde_json::from_str(&table::text(root, path)?)
            .map_err(|error| format!("`{path}` cannot be read: {error}"))?;
        let list = content.get("seconds").unwrap_or(&content).as_array();
        let list = list.ok_or_else(|| format!("`{path}` holds no list of `seconds`"))?;
        let numbers = list.iter().map(serde_json::Value::as_f64).collect::<Option<Vec<_>>>();
        numbers.ok_or_else(|| format!("`{path}` has a duration that is not a number"))?
    } else {
        table::Table::read(root, path)?.numbers("seconds")?
    };
    if seconds.is_empty() {
        return Err(format!("`{path}` has no durations"));
    }
    seconds.sort_unstable_by(f64::total_cmp);
    Ok(percentile(&seconds, percent))
}

/// A key as it stands, dots and all, before the path it may spell.
fn lookup<'a>(content: &'a Value, key: &str) -> Option<&'a Value> {
    content.get(key).or_else(|| content.lookup(key))
}

/// Bytes of a file, or of all files below a folder; links to folders are not followed, as DVC
/// does not follow them.
#[expect(clippy::cast_precision_loss, reason = "sizes are compared as floats")]
pub(crate) fn size(root: &Utf8Path, path: &Utf8Path) -> Measured {
    total_size(&root.join(path)).map(|total| total as f64).map_err(|error| {
        if error.kind() == ErrorKind::NotFound {
            format!("`{path}` does not exist")
        } else {
            format!("`{path}` cannot be measured: {error}")
        }
    })
}

fn total_size(path: &Utf8Path) -> io::Result<u64> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_dir() {
        return Ok(metadata.len());
    }
    let mut total = 0;
    let mut pending = vec![path.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in folder.read_dir_utf8()? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let metadata = std::fs::metadata(entry.path())?;
            if kind.is_dir() {
                pending.push(entry.into_path());
            } else if metadata.is_file() {
                total += metadata.len();
            }
        }
    }
    Ok(total)
}
