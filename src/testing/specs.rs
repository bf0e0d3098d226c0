//! Specs from texts in memory: what `check`, `fmt` and `build` make of them. Unaware of the disk.

use crate::base::diagnostic::Diagnostic;
use crate::base::files::{Entry, Files};
use crate::base::python::json_sorted;
use crate::base::source::{SourceMap, Span};
use crate::base::value::Value;
use crate::base::yaml;
use crate::cli::fixing;
use crate::driver::{self, Loaded};
use crate::dvcyaml;
use crate::emit::{Input, targets};
use crate::model::stage::{OutKind, Stage};
use crate::plan::step::{Command, Step, StepOut, StepOutKind};
use crate::report::human::{self, Screen};
use crate::report::paint::Paint;
use crate::report::summary::Summary;
use crate::report::{github, json, sarif, short};
use crate::syntax;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A project in memory; the spec is `mlc.kdl`.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: BTreeMap<Utf8PathBuf, Arc<str>>,
}

impl Tree {
    /// A tree with these files.
    #[must_use]
    pub fn new(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|&(path, text)| (Utf8PathBuf::from(path), Arc::from(text)));
        Self { files: files.collect() }
    }

    /// What each step of the spec is, by name, as JSON; or the errors.
    pub fn steps(&self) -> Result<String, String> {
        let loaded = self.load();
        let Some(plan) = &loaded.plan else { return Err(messages(&loaded)) };
        let steps = plan.steps.iter().map(|step| {
            let (stage, _) = plan.project.step(step.id);
            (step.name.clone(), described(stage, step))
        });
        Ok(json_sorted(&Value::Map(steps.collect())))
    }

    /// Pairs of name and fields, as JSON: the stages of a `dvc.yaml` as DVC resolves them.
    pub fn resolved(&self, path: &str) -> Result<String, String> {
        let stages = dvcyaml::resolved(self, Utf8Path::new(path));
        let pair = |(name, fields)| Value::List(vec![Value::Str(name), fields]);
        stages
            .map(|stages| json_sorted(&Value::List(stages.into_iter().map(pair).collect())))
            .map_err(|wrong| wrong.join("\n"))
    }

    /// What each step of a `dvc.yaml` is, by name, as JSON; or the errors.
    pub fn pipeline(&self, path: &str) -> Result<String, String> {
        let loaded = driver::load_pipeline(self, Utf8Path::new("/"), Utf8Path::new(path));
        let Some(plan) = &loaded.plan else { return Err(messages(&loaded)) };
        let steps = plan.steps.iter().map(|step| {
            let (stage, _) = plan.project.step(step.id);
            (step.name.clone(), described(stage, step))
        });
        Ok(json_sorted(&Value::Map(steps.collect())))
    }

    /// What `mlc build` writes, by path; or the errors.
    pub fn build(&self) -> Result<Vec<(String, String)>, String> {
        let loaded = self.load();
        let Some(plan) = &loaded.plan else { return Err(messages(&loaded)) };
        let input = Input { plan, sources: &loaded.sources };
        let targets = plan.project.targets.iter().filter_map(|it| targets::find(&it.value));
        let files = targets.flat_map(|target| (target.emit)(&input));
        Ok(files.map(|(path, text)| (path.into_string(), text)).collect())
    }

    /// What `mlc check` finds, and what no diagnostic may be.
    #[must_use]
    pub fn check(&self) -> Checked {
        checked(&self.load())
    }

    /// What `mlc check --fix` leaves, after how many fixes; the spec becomes what it writes.
    pub fn mend(&mut self) -> Checked {
        let (fixed, texts) = fixing::mend(self, Utf8Path::new("mlc.kdl"), self.load());
        self.files.extend(texts);
        checked(&fixed.loaded)
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(Utf8Path::new(path)).map(|text| &**text)
    }

    fn load(&self) -> Loaded {
        driver::load(self, Utf8Path::new("mlc.kdl"))
    }
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    pub errors: usize,
    /// Of all diagnostics, sorted.
    pub slugs: Vec<&'static str>,
    /// Places outside of the text or inside of a character, edits that overlap.
    pub broken: Vec<String>,
    /// Bytes of all reports together.
    pub reported: usize,
}

/// What `mlc fmt` makes of a text; `None` when it is not KDL.
#[must_use]
pub fn format(text: &str) -> Option<String> {
    syntax::format::format(text).ok()
}

/// Whether a text is YAML as DVC reads it.
#[must_use]
pub fn is_yaml(text: &str) -> bool {
    yaml::parse(text).is_ok()
}

fn checked(loaded: &Loaded) -> Checked {
    let (sources, diagnostics) = (&loaded.sources, &loaded.diagnostics);
    let mut slugs: Vec<&str> = diagnostics.iter().map(|it| it.code.slug).collect();
    slugs.sort_unstable();
    let screen = Screen { paint: Paint { color: false }, width: 80 };
    let folder = Utf8Path::new("");
    let reports = [
        human::render(sources, diagnostics, screen),
        json::render(sources, diagnostics),
        sarif::render(sources, diagnostics, folder),
        short::render(sources, diagnostics),
        github::render(sources, diagnostics, folder),
    ];
    Checked {
        errors: Summary::of(diagnostics).errors,
        slugs,
        broken: diagnostics.iter().flat_map(|it| broken(it, sources)).collect(),
        reported: reports.iter().map(String::len).sum(),
    }
}

fn broken(it: &Diagnostic, sources: &SourceMap) -> Vec<String> {
    let edits = it.fix.as_ref().map_or(&[][..], |fix| &fix.edits);
    let labels = it.secondary.iter().map(|label| label.span).chain([it.primary.span]);
    let places = labels.chain(edits.iter().map(|edit| edit.span));
    let outside = places.filter(|span| sources.file(span.file).text.get(span.range()).is_none());
    let mut found: Vec<String> =
        outside.map(|span| format!("{}: {span:?} is no place in the text", it.code.slug)).collect();
    let mut sorted: Vec<Span> = edits.iter().map(|edit| edit.span).collect();
    sorted.sort_unstable();
    let overlap = |pair: &[Span]| match pair {
        [a, b] => a.file == b.file && b.start < a.end,
        _ => false,
    };
    if sorted.windows(2).any(overlap) {
        found.push(format!("{}: edits overlap: {edits:?}", it.code.slug));
    }
    found
}

impl Files for Tree {
    fn read(&self, path: &Utf8Path) -> Option<Arc<str>> {
        self.files.get(path).cloned()
    }

    fn entry(&self, path: &Utf8Path) -> Entry {
        if self.files.contains_key(path) {
            Entry::File
        } else if self.files.keys().any(|file| file.starts_with(path)) {
            Entry::Directory
        } else {
            Entry::Missing
        }
    }

    fn list(&self, path: &Utf8Path) -> Vec<String> {
        let below = self.files.keys().filter_map(|file| file.strip_prefix(path).ok());
        let names = below.filter_map(|rest| Some(rest.components().next()?.as_str().to_owned()));
        let mut names: Vec<String> = names.collect();
        names.sort();
        names.dedup();
        names
    }

    fn tracked_by_git(&self, _path: &Utf8Path) -> bool {
        false
    }

    fn dvc_ignored(&self, _path: &Utf8Path) -> bool {
        false
    }
}

fn messages(loaded: &Loaded) -> String {
    let lines = loaded.diagnostics.iter().map(|it| {
        let at = loaded.sources.file(it.primary.span.file).position(it.primary.span.start as usize);
        format!("{}:{}: {}: {}", at.line, at.column, it.code.slug, it.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A step as `tests/python/dvc_stages.py` describes one of DVC's.
fn described(stage: &Stage, step: &Step) -> Value {
    let text = |text: &str| Value::Str(text.to_owned());
    let cmd = match &step.cmd {
        Command::Line(line) | Command::Lines { text: line, .. } => text(line),
        Command::List(scripts) => Value::List(scripts.iter().map(|it| text(it)).collect()),
    };
    let params = step.params.iter().map(|it| {
        let keys = it.keys.iter().map(|key| text(key)).collect();
        (it.file.local.clone(), Value::List(keys))
    });
    // What is said of outputs beyond that is only known of a spec.
    let outs = step.outs.iter().enumerate().map(|(at, out)| {
        let mut fields = flags(out);
        let Some(of) = stage.outs.get(at) else {
            return (out.path.local.clone(), Value::Map(fields));
        };
        fields.push(("desc".into(), of.desc.as_deref().map_or(Value::Null, text)));
        let properties = match &of.kind {
            OutKind::Plots { properties } => properties.clone(),
            OutKind::Data | OutKind::Metrics { .. } => Vec::new(),
        };
        fields.push(("plot".into(), Value::Map(properties)));
        (out.path.local.clone(), Value::Map(fields))
    });
    let fields = [
        ("cmd", cmd),
        ("wdir", text(if step.wdir.as_str().is_empty() { "." } else { step.wdir.as_str() })),
        ("deps", Value::List(step.deps.iter().map(|it| text(&it.local)).collect())),
        ("params", Value::Map(params.collect())),
        ("outs", Value::Map(outs.collect())),
        ("frozen", Value::Bool(step.frozen)),
        ("always", Value::Bool(step.always)),
        ("desc", stage.desc.as_deref().map_or(Value::Null, text)),
        ("meta", stage.meta.clone().unwrap_or(Value::Null)),
    ];
    Value::Map(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn flags(out: &StepOut) -> Vec<(String, Value)> {
    let kind = match out.kind {
        StepOutKind::Data => "data",
        StepOutKind::Metrics => "metrics",
        StepOutKind::Plots => "plots",
    };
    vec![
        ("kind".into(), Value::Str(kind.into())),
        ("cache".into(), Value::Bool(out.cache)),
        ("persist".into(), Value::Bool(out.persist)),
        ("push".into(), Value::Bool(out.push)),
    ]
}
