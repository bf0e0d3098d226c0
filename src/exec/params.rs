//! Values of params from the project's files, as a stage depends on them.
#![expect(clippy::disallowed_methods, reason = "reads params files")]

use crate::base::params::{self, Params};
use crate::base::value::Value;
use crate::plan::step::StepParams;
use anyhow::{Context as _, bail};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Params files of one project, each read once.
#[derive(Debug)]
pub(crate) struct ParamsFiles {
    root: Utf8PathBuf,
    read: Mutex<BTreeMap<Utf8PathBuf, Arc<Params>>>,
}

/// Values as the lock holds them: by file, then by dotted key.
pub(crate) type Values = Vec<(String, Vec<(String, Value)>)>;

impl ParamsFiles {
    pub(crate) fn new(root: &Utf8Path) -> Self {
        Self { root: root.to_owned(), read: Mutex::default() }
    }

    /// Forgets what was read: a stage may have written a params file.
    pub(crate) fn forget(&self) {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The values that a step depends on now; a missing file or key is an error.
    pub(crate) fn values(&self, wanted: &[StepParams]) -> anyhow::Result<Values> {
        wanted.iter().map(|file| Ok((file.file.local.clone(), self.file_values(file)?))).collect()
    }

    /// The values as they are: `None` for a key that is not there, and for every key of a file
    /// that does not exist.
    pub(crate) fn look(&self, wanted: &StepParams) -> anyhow::Result<Vec<(String, Option<Value>)>> {
        if !self.root.join(&wanted.file.path).exists() {
            return Ok(wanted.keys.iter().map(|key| (key.clone(), None)).collect());
        }
        let params = self.load(&wanted.file.path)?;
        if wanted.keys.is_empty() {
            let all = params.value.as_map().unwrap_or_default();
            return Ok(all.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect());
        }
        let look = |key: &String| (key.clone(), params.value.lookup(key).cloned());
        Ok(wanted.keys.iter().map(look).collect())
    }

    fn file_values(&self, wanted: &StepParams) -> anyhow::Result<Vec<(String, Value)>> {
        let path = &wanted.file.path;
        let params = self.load(path)?;
        if let Some((_, why)) = params.unstorable() {
            bail!("{path}: {why}");
        }
        let mut values = select(&params.value, &wanted.keys)
            .map_err(|missing| anyhow::anyhow!("{path} has no param {missing}"))?;
        values.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(values)
    }

    fn load(&self, path: &Utf8Path) -> anyhow::Result<Arc<Params>> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(path) {
            return Ok(Arc::clone(known));
        }
        let text = std::fs::read_to_string(self.root.join(path))
            .with_context(|| format!("cannot read params file {path}"))?;
        let params = params::parse(path, &text).with_context(|| path.to_string())?;
        let params = Arc::new(params);
        read.insert(path.to_owned(), Arc::clone(&params));
        Ok(params)
    }
}

/// The values of some dotted keys, or of all keys at the top; the error names what is missing.
fn select(params: &Value, keys: &[String]) -> Result<Vec<(String, Value)>, String> {
    if keys.is_empty() {
        return Ok(params.as_map().unwrap_or_default().to_vec());
    }
    let missing: Vec<String> = keys
        .iter()
        .filter(|key| params.lookup(key).is_none())
        .map(|key| format!("`{key}`"))
        .collect();
    if !missing.is_empty() {
        return Err(missing.join(", "));
    }
    Ok(keys.iter().filter_map(|key| Some((key.clone(), params.lookup(key)?.clone()))).collect())
}
