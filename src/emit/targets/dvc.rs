//! `dvc`: the pipeline as `dvc.yaml`, so that DVC and mlc run the same stages.

use crate::base::files::FileSet;
use crate::base::value::Value;
use crate::base::yaml::Document;
use crate::emit::ownership;
use crate::emit::{Input, Target};
use crate::model::project::Project;
use crate::model::stage::{Axis, DepSource, Out, OutKind, ParamsUse, Stage};
use crate::model::template::{Piece, Template};
use crate::plan;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

pub(super) static TARGET: Target = Target {
    name: "dvc",
    summary: "the pipeline for DVC: dvc.yaml",
    paths: &["dvc.yaml"],
    emit,
    docs: include_str!("dvc.md"),
};

fn emit(input: &Input<'_>) -> FileSet {
    let mut document = Document::new();
    let project = &input.plan.project;
    if let Some(description) = &project.description {
        document.comment(description);
    }
    document.section("stages", |stages| {
        for (index, stage) in project.stages.iter().enumerate() {
            if index > 0 {
                stages.blank();
            }
            stages.comment(&input.place(stage.name.span));
            stages.section(&stage.name.value, |entries| write_stage(project, stage, entries));
        }
    });
    let text = ownership::stamped(&document.finish(), "#", input.spec());
    FileSet::from([(Utf8PathBuf::from("dvc.yaml"), text)])
}

fn write_stage(project: &Project, stage: &Stage, entries: &mut Document) {
    let view = View { project, stage, wdir: plan::working_folder(stage) };
    if let Some(desc) = &stage.desc {
        entries.entry("desc", &escaped(desc));
    }
    if !stage.matrix.is_empty() {
        let axes = stage.matrix.iter().map(|axis| (axis.key.value.clone(), axis_values(axis)));
        entries.entry("matrix", &Value::Map(axes.collect()));
    }
    let cmd = view.command();
    if holds(&cmd, BACKSLASH) {
        let backslash = Value::Map(vec![(BACKSLASH_NAME.into(), Value::Str("\\".into()))]);
        entries.entry("vars", &Value::List(vec![backslash]));
    }
    entries.entry("cmd", &cmd);
    if !view.wdir.as_str().is_empty() {
        entries.entry("wdir", &escaped(view.wdir.as_str()));
    }
    let lists = [
        ("deps", view.deps()),
        ("params", view.params()),
        ("outs", view.outs(|kind| matches!(kind, OutKind::Data))),
        ("metrics", view.outs(|kind| matches!(kind, OutKind::Metrics { .. }))),
        ("plots", view.outs(|kind| matches!(kind, OutKind::Plots { .. }))),
    ];
    for (key, items) in lists {
        if !items.is_empty() {
            entries.entry(key, &Value::List(items));
        }
    }
    if stage.frozen {
        entries.entry("frozen", &true);
    }
    if stage.always {
        entries.entry("always_changed", &true);
    }
    if let Some(meta) = &stage.meta {
        entries.entry("meta", &escaped_value(meta));
    }
}

/// Values as text: a number of DVC's would be written its own way, and be no path.
fn axis_values(axis: &Axis) -> Value {
    Value::List(axis.values.iter().map(|it| Value::Str(it.value.clone())).collect())
}

/// A stage as DVC sees it: paths from its working folder, matrix values as `${item.…}`.
struct View<'a> {
    project: &'a Project,
    stage: &'a Stage,
    wdir: Utf8PathBuf,
}

impl View<'_> {
    fn command(&self) -> Value {
        let (scripts, is_line) = plan::scripts(self.stage);
        let mut texts: Vec<Value> =
            scripts.iter().map(|script| Value::Str(self.templated(script))).collect();
        if is_line { texts.remove(0) } else { Value::List(texts) }
    }

    /// DVC fills in `${…}` everywhere; what the shell shall see of it is escaped.
    ///
    /// To DVC a backslash in front of a hole escapes it, so those are put in as values too.
    fn templated(&self, template: &Template) -> String {
        let mut text = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Text(it) => text.push_str(&escaped(it)),
                Piece::Axis(axis) => {
                    let key = self.stage.matrix.get(*axis).map_or("", |axis| &axis.key.value);
                    let plain = text.trim_end_matches('\\').len();
                    let backslashes = text.len() - plain;
                    text.truncate(plain);
                    text.push_str(&BACKSLASH.repeat(backslashes));
                    text.push_str(&format!("${{item.{key}}}"));
                }
                Piece::Env(name) => text.push_str(&format!("\\${{{name}}}")),
            }
        }
        text
    }

    fn path(&self, template: &Template) -> String {
        self.templated(&plan::local(template, &self.wdir))
    }

    fn plain_path(&self, path: &Utf8Path) -> String {
        escaped(&plan::relative(path.as_str(), &self.wdir))
    }

    fn deps(&self) -> Vec<Value> {
        let mut paths: Vec<String> = Vec::new();
        let named = self.named();
        for (index, dep) in self.stage.deps.iter().enumerate() {
            let found = match &dep.source {
                DepSource::Path(_) if self.is_covered(index, &named) => Vec::new(),
                DepSource::Path(template) => vec![self.path(template)],
                DepSource::Dataset(id) => {
                    vec![self.plain_path(&self.project.dataset(*id).path.value)]
                }
                DepSource::Stage(id) => {
                    let instances = &self.project.stage(*id).instances;
                    let outs = instances.iter().flat_map(|instance| &instance.outs);
                    outs.map(|path| self.plain_path(path)).collect()
                }
            };
            for path in found {
                if !paths.contains(&path) {
                    paths.push(path);
                }
            }
        }
        paths.into_iter().map(Value::Str).collect()
    }

    /// The paths that come in by the names of datasets and stages.
    fn named(&self) -> BTreeSet<&Utf8Path> {
        let paths = self.stage.deps.iter().flat_map(|dep| match &dep.source {
            DepSource::Path(_) => Vec::new(),
            DepSource::Dataset(id) => vec![self.project.dataset(*id).path.value.as_path()],
            DepSource::Stage(id) => {
                let outs = self.project.stage(*id).instances.iter().flat_map(|it| &it.outs);
                outs.map(|path| path.as_path()).collect()
            }
        });
        paths.collect()
    }

    /// Whether every instance has this dependency by a name already; DVC would note it twice.
    fn is_covered(&self, index: usize, named: &BTreeSet<&Utf8Path>) -> bool {
        let mut own = self.stage.instances.iter().flat_map(|instance| &instance.deps);
        !named.is_empty() && own.all(|(at, path)| *at != index || named.contains(path.as_path()))
    }

    /// Keys of `params.yaml` stand alone, those of other files below their file.
    fn params(&self) -> Vec<Value> {
        self.stage.params.iter().flat_map(|used| self.params_of(used)).collect()
    }

    fn params_of(&self, used: &ParamsUse) -> Vec<Value> {
        let file = self.plain_path(&used.file.value);
        let keys = || used.keys.iter().map(|key| Value::Str(escaped(&key.value))).collect();
        match (file.as_str(), used.keys.is_empty()) {
            (_, true) => vec![Value::Map(vec![(file, Value::Null)])],
            ("params.yaml", false) => keys(),
            (_, false) => vec![Value::Map(vec![(file, Value::List(keys()))])],
        }
    }

    fn outs(&self, wanted: impl Fn(&OutKind) -> bool) -> Vec<Value> {
        let outs = self.stage.outs.iter().filter(|out| wanted(&out.kind));
        outs.map(|out| self.out(out)).collect()
    }

    /// A path, with what differs from DVC's defaults.
    fn out(&self, out: &Out) -> Value {
        let path = self.path(&out.path);
        let mut options: Vec<(String, Value)> = Vec::new();
        if let OutKind::Plots { properties } = &out.kind {
            let escaped = |(name, value): &(String, Value)| (name.clone(), escaped_value(value));
            options.extend(properties.iter().map(escaped));
        }
        let flags =
            [("cache", out.cache, true), ("persist", out.persist, false), ("push", out.push, true)];
        let changed = flags.into_iter().filter(|(_, value, default)| value != default);
        options.extend(changed.map(|(name, value, _)| (name.to_owned(), Value::Bool(value))));
        if let Some(desc) = &out.desc {
            options.push(("desc".to_owned(), Value::Str(escaped(desc))));
        }
        match options.is_empty() {
            true => Value::Str(path),
            false => Value::Map(vec![(path, Value::Map(options))]),
        }
    }
}

/// The name under which a stage has a backslash, where it needs one as a value.
const BACKSLASH_NAME: &str = "mlc_backslash";
const BACKSLASH: &str = "${mlc_backslash}";

/// Whether a command holds some text.
fn holds(cmd: &Value, text: &str) -> bool {
    match cmd {
        Value::Str(line) => line.contains(text),
        Value::List(scripts) => scripts.iter().any(|it| holds(it, text)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Map(_) => false,
    }
}

fn escaped(text: &str) -> String {
    text.replace("${", "\\${")
}

/// DVC looks for `${…}` in everything below a stage, also in keys.
fn escaped_value(value: &Value) -> Value {
    match value {
        Value::Str(text) => Value::Str(escaped(text)),
        Value::List(items) => Value::List(items.iter().map(escaped_value).collect()),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, it)| (escaped(key), escaped_value(it)));
            Value::Map(entries.collect())
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => value.clone(),
    }
}
