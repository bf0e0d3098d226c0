//! Stages: templates, paths, references and the instances of a matrix.

use crate::base::source::{Span, Spanned};
use crate::base::suggest::{did_you_mean, nearest};
use crate::base::value::Value;
use crate::model::codes;
use crate::model::resolve::interpolate::Place;
use crate::model::resolve::{Resolver, duplicate};
use crate::model::stage::{Axis, Dep, DepSource, Instance, Out, OutKind, Resources, Retry, Stage};
use crate::model::template::Template;
use crate::syntax::ast;
use crate::syntax::tree::{Entry, Literal, Node, Scalar};
use camino::Utf8PathBuf;
use std::collections::BTreeMap;
use std::time::Duration;

/// A matrix expands to at most this many instances.
const MAX_INSTANCES: usize = 10_000;

/// The longest pause between two attempts unless the spec says another.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

impl Resolver<'_> {
    /// All stages by id.
    pub(super) fn stages(&mut self) -> Vec<Stage> {
        let spec = self.spec;
        let mut stages = Vec::new();
        for raw in &spec.stages {
            if let Some(name) = raw.name.as_ref().filter(|name| self.stages.is_first(name)) {
                stages.push(self.stage(raw, name));
            }
        }
        stages
    }

    fn stage(&mut self, raw: &ast::Stage, name: &ast::Text) -> Stage {
        let matrix = self.matrix(raw);
        let mut stage = Stage {
            name: name.clone(),
            span: raw.span,
            desc: raw.desc.as_ref().map(|it| self.interpolate(it, &[], Place::Value).render(&[])),
            meta: (!raw.meta.is_empty()).then(|| self.meta(&raw.meta)),
            cmd: raw.cmd.iter().map(|it| self.command(it, &matrix)).collect(),
            wdir: raw.wdir.as_ref().and_then(|it| self.plain_path(it)),
            deps: raw.deps.iter().filter_map(|it| self.dep(it, &matrix)).collect(),
            outs: raw.outs.iter().filter_map(|it| self.out(it, &matrix)).collect(),
            params: raw.params.iter().filter_map(|it| self.params_use(it)).collect(),
            env: raw.env.iter().map(|it| self.variable(it, &matrix)).collect(),
            retry: self.retry(raw),
            timeout: raw.timeout.as_ref().and_then(|it| self.duration(it)),
            resources: self.resources(raw),
            mutex: self.mutexes(raw, &matrix),
            frozen: raw.frozen,
            always: raw.always,
            matrix,
            instances: Vec::new(),
        };
        stage.instances = self.instances(&stage);
        stage
    }

    fn command(&mut self, text: &ast::Text, matrix: &[Axis]) -> Spanned<Template> {
        Spanned::new(self.interpolate(text, matrix, Place::Command), text.span)
    }

    fn matrix(&mut self, raw: &ast::Stage) -> Vec<Axis> {
        let mut axes: Vec<Axis> = Vec::new();
        for axis in &raw.matrix {
            if let Some(first) = axes.iter().find(|it| it.key.value == axis.name.value) {
                let first = first.key.span;
                self.sink.report(super::duplicate("axis", &axis.name, first));
                continue;
            }
            let mut values: Vec<Spanned<String>> = Vec::new();
            for literal in &axis.values {
                let text = Spanned::new(self.written(literal), literal.span);
                let value = self.interpolate(&text, &[], Place::Value).render(&[]);
                match values.iter().find(|it| it.value == value) {
                    Some(first) => {
                        let first = first.span;
                        let name = Spanned::new(value, literal.span);
                        self.sink.report(super::duplicate("value", &name, first));
                    }
                    None => values.push(Spanned::new(value, literal.span)),
                }
            }
            axes.push(Axis { key: axis.name.clone(), values });
        }
        let sizes = axes.iter().map(|axis| axis.values.len());
        let count = sizes.fold(1, usize::saturating_mul);
        if count > MAX_INSTANCES
            && let Some(first) = axes.first()
        {
            self.sink.report(
                codes::MATRIX_TOO_LARGE
                    .at(first.key.span, format!("this matrix has {count} combinations"))
                    .label(format!("at most {MAX_INSTANCES} are possible")),
            );
            // The names stay known.
            axes.iter_mut().for_each(|axis| axis.values.truncate(1));
        }
        axes
    }

    fn dep(&mut self, raw: &ast::Dep, matrix: &[Axis]) -> Option<Dep> {
        let span = raw.what.span;
        let schema = self.schema_reference(raw.schema.as_ref());
        let source = match raw.what.word() {
            Some(word) => self.reference(&Spanned::new(word.to_owned(), span))?,
            None => {
                let text = Spanned::new(raw.what.as_str()?.to_owned(), span);
                DepSource::Path(self.path(&text, matrix)?)
            }
        };
        Some(Dep { source, span, schema })
    }

    /// What a bare name in `deps` means.
    fn reference(&mut self, name: &ast::Text) -> Option<DepSource> {
        let found = |this: &Self, name: &str| {
            let stage = this.stages.get(name).map(DepSource::Stage);
            stage.or_else(|| this.datasets.get(name).map(DepSource::Dataset))
        };
        if let Some(source) = found(self, &name.value) {
            return Some(source);
        }
        let known: Vec<&str> = self.stages.iter().chain(self.datasets.iter()).collect();
        let near = nearest(&name.value, known.iter().copied()).map(str::to_owned);
        // A stage or dataset whose name was taken by another may be what is meant.
        if near.is_none() && (self.stages.lost || self.datasets.lost) {
            return None;
        }
        let base = codes::UNKNOWN_REFERENCE
            .at(name.span, format!("there is no stage or dataset `{}`", name.value))
            .label("a bare name is a stage or a dataset");
        let path = camino::Utf8Path::new(&name.value);
        let diagnostic = match &near {
            Some(near) => base
                .help(format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), name.span, near.clone())
                .defined_at(self.stages.place_of(near).or_else(|| self.datasets.place_of(near))),
            None if self.files.entry(path).exists() || path.extension().is_some() => {
                let quoted = format!("\"{}\"", name.value);
                base.help("paths are quoted").fix(format!("write `{quoted}`"), name.span, quoted)
            }
            None => base.maybe_help(did_you_mean(&name.value, known.iter().copied())),
        };
        self.sink.report(diagnostic);
        found(self, &near?)
    }

    fn repeated_metrics(&mut self, provides: &[ast::Text]) {
        let mut seen = BTreeMap::new();
        for metric in provides {
            match seen.get(&metric.value) {
                Some(first) => self.sink.report(duplicate("metric", metric, *first)),
                None => drop(seen.insert(&metric.value, metric.span)),
            }
        }
    }

    fn out(&mut self, raw: &ast::Out, matrix: &[Axis]) -> Option<Out> {
        if let ast::OutKind::Metrics { provides } = &raw.kind {
            self.repeated_metrics(provides);
        }
        let kind = match &raw.kind {
            ast::OutKind::Data => OutKind::Data,
            ast::OutKind::Metrics { provides } => OutKind::Metrics { provides: provides.clone() },
            ast::OutKind::Plots { properties } => OutKind::Plots {
                properties: properties
                    .iter()
                    .map(|(name, value)| (name.replace('-', "_"), value_of(value)))
                    .collect(),
            },
        };
        Some(Out {
            path: self.path(&raw.path, matrix)?,
            span: raw.path.span,
            kind,
            cache: raw.cache.unwrap_or(true),
            persist: raw.persist.unwrap_or(false),
            push: raw.push.unwrap_or(true),
            desc: raw.desc.as_ref().map(|it| it.value.clone()),
            schema: self.schema_reference(raw.schema.as_ref()),
            on_fail: self.on_fail(raw.on_fail.as_ref(), raw.schema.is_some()),
        })
    }

    fn variable(
        &mut self,
        (name, value): &(ast::Text, Literal),
        matrix: &[Axis],
    ) -> (Spanned<String>, Spanned<Template>) {
        let text = Spanned::new(self.written(value), value.span);
        (name.clone(), self.command(&text, matrix))
    }

    fn retry(&mut self, raw: &ast::Stage) -> Option<Retry> {
        let ast::Retry { times, backoff, cap } = raw.retry.as_ref()?;
        let times = self.count(times)?;
        let backoff = backoff.as_ref().and_then(|it| self.duration(it));
        let backoff = backoff.unwrap_or(Duration::from_secs(1));
        let cap = cap.as_ref().and_then(|it| self.duration(it));
        Some(Retry { times, backoff, cap: cap.unwrap_or(LONGEST_PAUSE.max(backoff)) })
    }

    fn mutexes(&mut self, raw: &ast::Stage, matrix: &[Axis]) -> Vec<Spanned<Template>> {
        let mut names: Vec<Spanned<Template>> = Vec::new();
        for text in &raw.mutex {
            let name = self.interpolate(text, matrix, Place::Value);
            match names.iter().find(|it| it.value == name) {
                Some(first) => {
                    let first = first.span;
                    self.sink.report(super::duplicate("mutex", text, first));
                }
                None => names.push(Spanned::new(name, text.span)),
            }
        }
        names
    }

    fn resources(&mut self, raw: &ast::Stage) -> Resources {
        Resources {
            cpus: raw.cpus.as_ref().and_then(|it| self.count(it)),
            memory: raw.memory.as_ref().and_then(|it| self.size(it)),
            gpus: raw.gpus.as_ref().and_then(|it| self.count(it)),
        }
    }

    /// Notes as data: one value is a scalar, several are a list, a block is a map.
    fn meta(&mut self, nodes: &[Node]) -> Value {
        let entries = nodes.iter().map(|node| (&node.name, self.note(node))).collect();
        self.notes(entries)
    }

    fn note(&mut self, node: &Node) -> Value {
        let mut values = Vec::new();
        let mut entries = Vec::new();
        for entry in &node.entries {
            match entry {
                Entry::Argument(literal) => values.push(value_of(literal)),
                Entry::Property { key, value, .. } => entries.push((key, value_of(value))),
                Entry::Bound(_) => {}
            }
        }
        let children = node.block.iter().flat_map(|block| &block.nodes);
        entries.extend(children.map(|child| (&child.name, self.note(child))));
        match (values.len(), entries.is_empty()) {
            (_, false) => self.notes(entries),
            (1, true) => values.remove(0),
            (0, true) => Value::Bool(true),
            (_, true) => Value::List(values),
        }
    }

    /// A map of notes; a name that is there already is reported and left out.
    fn notes(&mut self, entries: Vec<(&ast::Text, Value)>) -> Value {
        let mut first_of: BTreeMap<&str, Span> = BTreeMap::new();
        let mut map = Vec::new();
        for (name, value) in entries {
            match first_of.get(name.value.as_str()) {
                Some(&first) => self.sink.report(super::duplicate("note", name, first)),
                None => {
                    first_of.insert(&name.value, name.span);
                    map.push((name.value.clone(), value));
                }
            }
        }
        Value::Map(map)
    }

    /// One instance for each combination of axis values, the last axis changing fastest.
    fn instances(&mut self, stage: &Stage) -> Vec<Instance> {
        let mut rows: Vec<Vec<&Spanned<String>>> = vec![Vec::new()];
        for axis in &stage.matrix {
            let extend = |row: &Vec<_>| {
                let row = row.clone();
                axis.values.iter().map(move |value| row.iter().copied().chain([value]).collect())
            };
            rows = rows.iter().flat_map(extend).collect();
        }
        rows.iter().map(|row| self.instance(stage, row)).collect()
    }

    fn instance(&mut self, stage: &Stage, row: &[&Spanned<String>]) -> Instance {
        let values: Vec<String> = row.iter().map(|value| value.value.clone()).collect();
        let name = match values.is_empty() {
            true => stage.name.value.clone(),
            false => format!("{}@{}", stage.name.value, values.join("-")),
        };
        let deps = stage.deps.iter().enumerate().filter_map(|(index, dep)| match &dep.source {
            DepSource::Path(template) => Some((index, path(template, &values))),
            DepSource::Stage(_) | DepSource::Dataset(_) => None,
        });
        let outs = stage.outs.iter().map(|out| path(&out.path, &values)).collect();
        for value in row.iter().filter(|value| strange(&value.value)) {
            self.strange_value(value.span, &value.value);
        }
        Instance { name, deps: deps.collect(), outs, values }
    }

    fn strange_value(&mut self, span: Span, value: &str) {
        let seen = self.sink.iter().any(|it| it.primary.span == span);
        if !seen {
            self.sink.report(
                codes::STRANGE_MATRIX_VALUE
                    .at(span, format!("`{value}` cannot be part of a stage's name"))
                    .label("stage names have no blanks, slashes, `@` or `:`"),
            );
        }
    }
}

/// Whether a matrix value would make a stage name or a path that DVC cannot address.
fn strange(value: &str) -> bool {
    value.is_empty()
        || value.contains([
            '/', '\\', '@', ':', '$', '{', '}', '\'', '"', '`', '*', '?', '&', '|', ';', '<', '>',
            '(', ')', '#',
        ])
        || value.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn path(template: &Template, values: &[String]) -> Utf8PathBuf {
    template.render(values).into()
}

fn value_of(literal: &Literal) -> Value {
    match &literal.value {
        Scalar::Null => Value::Null,
        Scalar::Bool(value) => Value::Bool(*value),
        Scalar::Int(value) => Value::Int(*value),
        Scalar::Float(value) => Value::Float(*value),
        Scalar::Str(text) => Value::Str(text.clone()),
    }
}
