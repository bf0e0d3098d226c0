//! Data at the boundaries of a step: what comes in is checked before its first reader runs, what it
//! promises after it. Unaware of how a step runs and of what a check is.

use crate::base::code::Severity;
use crate::base::source::Spanned;
use crate::data::source::Trouble;
use crate::data::validate::{self, Finding, Report};
use crate::data::{relate, words};
use crate::model::ids::SchemaId;
use crate::model::project::Project;
use crate::model::stage::{DepSource, Out};
use crate::plan::step::Step;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a line begins with that stops nothing.
const WARNING: &str = "warning: ";

/// Data that is not what its schema says.
#[derive(Debug)]
pub(crate) struct Breach {
    path: Utf8PathBuf,
    schema: String,
    /// One line for each check that does not hold.
    lines: Vec<String>,
    /// How many checks there are.
    checks: usize,
}

/// `` `data/raw.csv` breaks schema `rows` in 2 of 12 checks``
impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, schema, lines, checks } = self;
        let noun = if *checks == 1 { "check" } else { "checks" };
        write!(f, "`{path}` breaks schema `{schema}` in {} of {checks} {noun}", lines.len())
    }
}

impl Breach {
    pub(crate) fn help(&self) -> String {
        let Self { path, schema, .. } = self;
        format!("`mlc validate {path} --schema {schema}` shows all of it")
    }

    /// All of it, for a log.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("--- {self} ---\n");
        for line in &self.lines {
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

/// What came of a look at one file.
#[derive(Clone, Debug)]
enum Seen {
    Holds,
    /// What does not hold where that stops nothing.
    Warns(Vec<String>),
    Breaks(Arc<Breach>),
    /// Why it was not looked at.
    Unread(String),
}

impl Seen {
    fn breaks(path: &Utf8Path, schema: &str, lines: Vec<String>, checks: usize) -> Self {
        let (path, schema) = (path.to_owned(), schema.to_owned());
        Self::Breaks(Arc::new(Breach { path, schema, lines, checks }))
    }
}

/// A file and what is demanded of it.
struct Demand {
    path: Utf8PathBuf,
    schema: SchemaId,
    /// Whether the run goes on without it.
    lenient: bool,
}

/// A look that several steps may wait for.
type Look = Arc<Mutex<Option<Seen>>>;

/// Looks at data, at each file that comes in once a run.
#[derive(Debug, Default)]
pub(crate) struct Boundaries {
    seen: Mutex<BTreeMap<(Utf8PathBuf, SchemaId), Look>>,
    /// Why data was not looked at, a sentence each.
    unread: Mutex<BTreeSet<String>>,
    /// What does not hold and only warns.
    warnings: Mutex<BTreeSet<String>>,
}

impl Boundaries {
    /// Checks what a step reads; steps that read the same file share one look at it.
    pub(crate) fn before(
        &self,
        root: &Utf8Path,
        project: &Project,
        step: &Step,
    ) -> Result<(), Arc<Breach>> {
        demands(project, step).into_iter().try_for_each(|Demand { path, schema, lenient }| {
            let place = Arc::clone(locked(&self.seen).entry((path.clone(), schema)).or_default());
            let mut seen = locked(&place);
            let seen = seen.get_or_insert_with(|| look(root, project, &path, schema));
            self.judge(seen.clone(), lenient)
        })
    }

    /// Checks what a step has written.
    pub(crate) fn after(
        &self,
        root: &Utf8Path,
        project: &Project,
        step: &Step,
    ) -> Result<(), Arc<Breach>> {
        let mut promises = promises(project, step).into_iter();
        promises.try_for_each(|Demand { path, schema, lenient }| {
            self.judge(look(root, project, &path, schema), lenient)
        })
    }

    fn judge(&self, seen: Seen, lenient: bool) -> Result<(), Arc<Breach>> {
        match seen {
            Seen::Holds => Ok(()),
            Seen::Warns(lines) => {
                locked(&self.warnings).extend(lines);
                Ok(())
            }
            Seen::Breaks(breach) if lenient => {
                let plain = |it: &String| it.strip_prefix(WARNING).unwrap_or(it).to_owned();
                let line = |it: &String| format!("`{}`: {}", breach.path, plain(it));
                locked(&self.warnings).extend(breach.lines.iter().map(line));
                Ok(())
            }
            Seen::Breaks(breach) => Err(breach),
            Seen::Unread(why) => {
                locked(&self.unread).insert(why);
                Ok(())
            }
        }
    }

    /// What only warns, for the end of a run: a sentence each.
    pub(crate) fn warnings(&self) -> Vec<String> {
        locked(&self.warnings).iter().cloned().collect()
    }

    /// What was not checked, for the end of a run.
    pub(crate) fn unread(&self) -> Option<String> {
        let unread: Vec<String> = locked(&self.unread).iter().cloned().collect();
        (!unread.is_empty())
            .then(|| format!("not checked against its schema: {}", unread.join("; ")))
    }
}

/// A line for each check that does not hold; those that only warn are marked.
fn lines(report: &Report) -> Vec<String> {
    let line = |it: &Finding| match it.severity {
        Severity::Error => words::sentence(it, report),
        Severity::Warning => format!("{WARNING}{}", words::sentence(it, report)),
    };
    report.broken().map(line).collect()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn look(root: &Utf8Path, project: &Project, path: &Utf8Path, id: SchemaId) -> Seen {
    let schema = project.schema(id);
    let name = &schema.name.value;
    let report = validate::file(&root.join(path), path, &schema.schema);
    // What a dataset must be beside others is checked with the schema that it demands.
    let dataset = project
        .datasets
        .iter()
        .find(|it| it.path.value == path && it.schema.as_ref().is_some_and(|own| own.value == id));
    let report = report.and_then(|mut report| {
        if let Some(dataset) = dataset {
            report.results.extend(relate::of_dataset(root, project, dataset)?);
        }
        Ok(report)
    });
    match report {
        Ok(report) if report.broken().next().is_none() => Seen::Holds,
        Ok(report) if report.holds() => {
            let warning = |it| format!("`{path}`: {}", words::sentence(it, &report));
            Seen::Warns(report.broken().map(warning).collect())
        }
        Ok(report) => Seen::breaks(path, name, lines(&report), report.results.len()),
        Err(Trouble::Broken(error)) => Seen::breaks(path, name, vec![error], 1),
        Err(Trouble::Foreign(why)) => Seen::Unread(why),
    }
}

/// What is demanded of the paths that a step reads.
fn demands(project: &Project, step: &Step) -> Vec<Demand> {
    if project.steps.is_empty() {
        // The stages of a dvc.yaml know no schemas.
        return Vec::new();
    }
    let (stage, instance) = project.step(step.id);
    let mut demands = Vec::new();
    for (place, dep) in stage.deps.iter().enumerate() {
        let paths: Vec<&Utf8PathBuf> = match &dep.source {
            DepSource::Dataset(id) => vec![&project.dataset(*id).path.value],
            DepSource::Path(_) => {
                let own = instance.deps.iter().filter(|(at, _)| *at == place);
                own.map(|(_, path)| path).collect()
            }
            DepSource::Stage(id) => {
                project.stage(*id).instances.iter().flat_map(|it| &it.outs).collect()
            }
        };
        for path in paths {
            let known = project.datasets.iter().find(|it| it.path.value == *path);
            let demand = |schema: &Spanned<SchemaId>, lenient| {
                let (path, schema) = (path.clone(), schema.value);
                Demand { path, schema, lenient }
            };
            let own = known.and_then(|it| Some(demand(it.schema.as_ref()?, it.lenient)));
            demands.extend(own.into_iter().chain(dep.schema.iter().map(|it| demand(it, false))));
        }
    }
    demands
}

/// What a step promises of the paths that it writes.
fn promises(project: &Project, step: &Step) -> Vec<Demand> {
    if project.steps.is_empty() {
        return Vec::new();
    }
    let (stage, instance) = project.step(step.id);
    let outs = instance.outs.iter().zip(&stage.outs);
    let demand = |(path, out): (&Utf8PathBuf, &Out)| {
        let schema = out.schema.as_ref()?.value;
        Some(Demand { path: path.clone(), schema, lenient: out.lenient })
    };
    outs.filter_map(demand).collect()
}
