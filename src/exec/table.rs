//! Small tables: predictions, durations, metrics and plots as CSV, TSV, JSON Lines or a list in JSON.
//! What they mean is told elsewhere.
#![expect(clippy::disallowed_methods, reason = "reads small files")]

use crate::base::suggest::did_you_mean;
use camino::Utf8Path;
use std::collections::BTreeMap;
use std::io::ErrorKind;

/// Columns by name; each value as text.
#[derive(Debug)]
pub(crate) struct Table {
    name: String,
    columns: BTreeMap<String, Vec<String>>,
}

impl Table {
    /// Reads a table, its form told by its suffix. An error is a sentence.
    pub(crate) fn read(root: &Utf8Path, path: &Utf8Path) -> Result<Self, String> {
        let text = text(root, path)?;
        let columns = match path.extension() {
            Some("csv") => separated(&text, b','),
            Some("tsv") => separated(&text, b'\t'),
            Some("jsonl" | "ndjson") => lines(&text),
            Some("json") => list(&text),
            _ => Err("its name ends in none of .csv, .tsv, .jsonl and .json".to_owned()),
        };
        let columns = columns.map_err(|why| format!("`{path}` cannot be read: {why}"))?;
        Ok(Self { name: path.to_string(), columns })
    }

    /// The names of the columns, in alphabetical order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }

    pub(crate) fn column(&self, name: &str) -> Result<&[String], String> {
        let column = self.columns.get(name).ok_or_else(|| {
            let help = did_you_mean(name, self.columns.keys().map(String::as_str));
            let help = help.map(|help| format!("; {help}")).unwrap_or_default();
            format!("`{}` has no column `{name}`{help}", self.name)
        })?;
        if column.is_empty() { Err(format!("`{}` has no rows", self.name)) } else { Ok(column) }
    }

    pub(crate) fn numbers(&self, name: &str) -> Result<Vec<f64>, String> {
        let number = |(row, text): (usize, &String)| {
            let number = text.trim().parse().ok().filter(|it: &f64| it.is_finite());
            number.ok_or_else(|| {
                format!("`{name}` of row {} in `{}` is `{text}`, not a number", row + 1, self.name)
            })
        };
        self.column(name)?.iter().enumerate().map(number).collect()
    }
}

/// The text of a file below the root.
pub(crate) fn text(root: &Utf8Path, path: &Utf8Path) -> Result<String, String> {
    std::fs::read_to_string(root.join(path)).map_err(|error| {
        if error.kind() == ErrorKind::NotFound {
            format!("`{path}` does not exist; `mlc run` makes it")
        } else {
            format!("`{path}` cannot be read: {error}")
        }
    })
}

/// The columns of a table with a header.
pub(crate) fn separated(
    text: &str,
    delimiter: u8,
) -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let mut columns = vec![Vec::new(); header.len()];
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        for (column, field) in columns.iter_mut().zip(&record) {
            column.push(field.to_owned());
        }
    }
    Ok(header.iter().map(str::to_owned).zip(columns).collect())
}

/// The keys of objects, one a line.
fn lines(text: &str) -> Result<BTreeMap<String, Vec<String>>, String> {
    let rows = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let row =
        |(at, line)| serde_json::from_str(line).map_err(|it| format!("line {}: {it}", at + 1));
    objects(rows.map(row))
}

/// The keys of objects in a list; DVC also takes an object that holds one list.
fn list(text: &str) -> Result<BTreeMap<String, Vec<String>>, String> {
    let content: serde_json::Value = serde_json::from_str(text).map_err(|it| it.to_string())?;
    let inner = content.as_object().and_then(|it| it.values().find(|it| it.is_array()));
    let rows = inner.unwrap_or(&content).as_array().ok_or("it holds no list")?;
    objects(rows.iter().map(|it| serde_json::from_value(it.clone()).map_err(|it| it.to_string())))
}

/// The values of objects by key; each has the keys of the first.
fn objects(
    rows: impl Iterator<Item = Result<serde_json::Map<String, serde_json::Value>, String>>,
) -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (row, object) in rows.enumerate() {
        for (key, value) in object? {
            let column = columns.entry(key).or_default();
            if column.len() == row {
                column.push(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            }
        }
        if let Some((key, _)) = columns.iter().find(|(_, column)| column.len() != row + 1) {
            return Err(format!("row {}: `{key}` is not in every row", row + 1));
        }
    }
    Ok(columns)
}
