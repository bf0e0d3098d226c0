//! What `against=` means: the values of a baseline, of production, of an earlier revision.
#![expect(clippy::disallowed_methods, reason = "asks git")]

use crate::exec::cache::Cache;
use crate::exec::gate::measure::Metrics;
use crate::exec::lock::LockFile;
use crate::exec::registry::{PRODUCTION, Shelf};
use crate::model::policy::{Gate, Reference, Registered};
use crate::plan::Plan;
use anyhow::Context as _;
use camino::Utf8Path;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::process::Command;

/// A reference as it is called in tables.
pub(crate) fn name(reference: &Reference) -> &str {
    match reference {
        Reference::Production => "production",
        Reference::Baseline => "baseline",
        Reference::Revision(revision) => revision,
    }
}

/// The metrics of the version in production whose metrics file this is.
pub(crate) fn in_production(root: &Utf8Path, plan: &Plan, metrics: &Utf8Path) -> Option<Metrics> {
    let metrics = Some(metrics);
    let references = References { root, plan, metrics, baseline: None, read: RefCell::default() };
    references.registered(PRODUCTION)
}

/// The references of one gate; each is read once.
pub(crate) struct References<'a> {
    root: &'a Utf8Path,
    plan: &'a Plan,
    metrics: Option<&'a Utf8Path>,
    baseline: Option<&'a Utf8Path>,
    read: RefCell<BTreeMap<String, Metrics>>,
}

impl<'a> References<'a> {
    pub(crate) fn new(root: &'a Utf8Path, plan: &'a Plan, gate: &'a Gate) -> Self {
        let metrics = gate.metrics.as_ref().map(|path| path.value.as_path());
        let baseline = gate.baseline.as_ref().map(|path| path.value.as_path());
        Self { root, plan, metrics, baseline, read: RefCell::default() }
    }

    /// The metric's value there; `None` when there is no such version yet.
    pub(crate) fn number(
        &self,
        reference: &Reference,
        metric: &str,
    ) -> Result<Option<f64>, String> {
        let alias = match reference {
            Reference::Production => Some(PRODUCTION),
            Reference::Revision(name) => Some(name.as_str()),
            Reference::Baseline => None,
        };
        if let Some(metrics) = alias.and_then(|alias| self.registered(alias)) {
            return metrics.number(metric).map(Some);
        }
        if *reference == Reference::Production {
            return Ok(None);
        }
        let mut read = self.read.borrow_mut();
        let metrics =
            read.entry(name(reference).to_owned()).or_insert_with(|| self.metrics(reference));
        metrics.number(metric).map(Some)
    }

    /// The metrics of the version that an alias of the registry stands for.
    fn registered(&self, alias: &str) -> Option<Metrics> {
        let registry = self.plan.project.registry.as_ref()?;
        let speaks =
            |it: &&Registered| it.metrics.as_ref().map(|it| it.value.as_path()) == self.metrics;
        let model = registry.models.iter().find(speaks)?;
        let shelf = Shelf::new(self.root, registry, model);
        let read = |version| -> anyhow::Result<Metrics> {
            let (card, _) = shelf.card(version)?;
            let metrics = card.metrics.context("it was locked without metrics")?;
            let name = format!("{} of {} {version}", metrics.path, shelf.model);
            // What is read is the card's text, whatever form the file had.
            Ok(Metrics::parse(name, Utf8Path::new("card.json"), &metrics.values.to_string()))
        };
        let version = match shelf.aliases() {
            Ok(aliases) => *aliases.get(alias)?,
            Err(error) => return Some(Metrics::failed(alias.to_owned(), format!("{error:#}"))),
        };
        Some(read(version).unwrap_or_else(|error| {
            Metrics::failed(alias.to_owned(), format!("`{alias}` cannot be read: {error:#}"))
        }))
    }

    fn metrics(&self, reference: &Reference) -> Metrics {
        match reference {
            Reference::Revision(revision) => self.at_revision(revision),
            Reference::Production | Reference::Baseline => match self.baseline {
                Some(path) => Metrics::read(self.root, path),
                None => Metrics::failed(
                    "baseline".to_owned(),
                    "the gate names no baseline: write `baseline=\"…\"`".to_owned(),
                ),
            },
        }
    }

    /// The gate's metrics file as it was: from git, or through that revision's lock and the cache.
    fn at_revision(&self, revision: &str) -> Metrics {
        let Some(path) = self.metrics else {
            let why = "the gate names no metrics file".to_owned();
            return Metrics::failed(revision.to_owned(), why);
        };
        let name = format!("{path} at {revision}");
        match self.text_at(revision, path) {
            Ok(text) => Metrics::parse(name, path, &text),
            Err(why) => Metrics::failed(name, why),
        }
    }

    fn text_at(&self, revision: &str, path: &Utf8Path) -> Result<String, String> {
        self.git(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])
            .map_err(|_| {
                format!("`{revision}` is neither a git revision nor a registered version")
            })?;
        if let Ok(text) = self.show(revision, path) {
            return Ok(text);
        }
        let md5 = self.recorded_at(revision, path)?;
        self.object(&md5).map_err(|error| {
            format!("`{path}` of `{revision}` is not in the cache ({error:#}); `dvc fetch` gets it")
        })
    }

    fn object(&self, md5: &str) -> anyhow::Result<String> {
        Cache::look(self.root)?.read(md5)
    }

    /// The digest that the lock of that revision holds for `path`.
    fn recorded_at(&self, revision: &str, path: &Utf8Path) -> Result<String, String> {
        let nowhere = || format!("`{path}` did not exist at `{revision}`");
        let text = self.show(revision, Utf8Path::new("dvc.lock")).map_err(|_| nowhere())?;
        let lock = LockFile::parse(&text)
            .map_err(|error| format!("dvc.lock at `{revision}` cannot be read: {error:#}"))?;
        let mut writers = self.plan.steps.iter().filter_map(|step| {
            let out = step.outs.iter().find(|out| out.path.path == path)?;
            let recorded = &lock.get(&step.name)?.outs;
            recorded.iter().find(|artifact| artifact.path == out.path.local)?.md5.clone()
        });
        writers.next_back().ok_or_else(nowhere)
    }

    fn show(&self, revision: &str, path: &Utf8Path) -> Result<String, String> {
        self.git(&["show", &format!("{revision}:./{path}")])
    }

    fn git(&self, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new("git")
            .args(arguments)
            .current_dir(self.root)
            .output()
            .map_err(|error| format!("git cannot be started: {error}"))?;
        if output.status.success() {
            String::from_utf8(output.stdout).map_err(|_| "git's answer is not UTF-8".to_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
    }
}
