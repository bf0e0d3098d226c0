//! The plan: what runs, in which order, with which inputs. `build` and `run` both read it.

pub(crate) mod step;

use crate::base::graph;
use crate::model::ids::StepId;
use crate::model::project::Project;
use crate::model::stage::{DepSource, Instance, OutKind, Stage};
use crate::model::template::{Piece, Template};
use crate::plan::step::{Command, PathRef, Step, StepOut, StepOutKind, StepParams};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

/// The project and its steps in an order in which each follows all it needs.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) project: Project,
    /// Indexed by [`StepId`]: stage order, then axis order.
    pub(crate) steps: Vec<Step>,
    /// Topological; among free steps the order written.
    pub(crate) order: Vec<StepId>,
    /// Where `dvc.yaml` and `dvc.lock` stand, relative to the root; empty for the root itself.
    pub(crate) folder: Utf8PathBuf,
}

impl Plan {
    pub(crate) fn step(&self, id: StepId) -> &Step {
        self.steps.get(id.index()).expect("invariant: step ids come from this plan")
    }
}

/// Decides every detail of every step. Precondition: the project has no errors.
pub(crate) fn plan(project: Project) -> Plan {
    let steps: Vec<Step> = project.step_ids().map(|id| step(&project, id)).collect();
    let upstream: Vec<Vec<usize>> =
        steps.iter().map(|step| step.upstream.iter().map(|id| id.index()).collect()).collect();
    let order = graph::topological(&upstream).into_iter().map(StepId::new).collect();
    Plan { project, steps, order, folder: Utf8PathBuf::new() }
}

fn step(project: &Project, id: StepId) -> Step {
    let (stage, instance) = project.step(id);
    let wdir = working_folder(stage);
    let upstream = project.graph.upstream(id).iter().map(|edge| edge.from);
    Step {
        id,
        name: instance.name.clone(),
        cmd: command(stage, &instance.values),
        deps: deps(project, stage, instance, &wdir),
        outs: outs(stage, instance, &wdir),
        params: params(stage, &wdir),
        frozen: stage.frozen,
        always: stage.always,
        retry: stage.retry,
        timeout: stage.timeout,
        resources: stage.resources,
        mutex: mutex(stage, &instance.values),
        upstream: upstream.collect(),
        wdir,
    }
}

/// The mutexes of one instance.
fn mutex(stage: &Stage, values: &[String]) -> Vec<String> {
    let names = stage.mutex.iter().map(|name| name.value.render(values));
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The command of one instance.
fn command(stage: &Stage, values: &[String]) -> Command {
    let (scripts, is_line) = scripts(stage);
    let mut texts: Vec<String> = scripts.iter().map(|script| script.render(values)).collect();
    if is_line { Command::Line(texts.remove(0)) } else { Command::List(texts) }
}

/// The scripts of a stage, one process each, and whether it is a single line.
///
/// DVC runs each line of a string in a shell of its own, so a script of several lines is a list
/// with one item. It knows no environment of a stage, so that is exported in front.
/// Postcondition: a single line is one script.
pub(crate) fn scripts(stage: &Stage) -> (Vec<Template>, bool) {
    let scripts: Vec<Template> = stage.cmd.iter().map(|cmd| script(stage, &cmd.value)).collect();
    let is_line = matches!(scripts.as_slice(), [line] if !line.has_lines());
    (scripts, is_line)
}

fn script(stage: &Stage, cmd: &Template) -> Template {
    let mut cmd = cmd.clone();
    cmd.trim_end();
    let separator = if cmd.has_lines() { "\n" } else { "; " };
    let mut script = Template::default();
    for (name, value) in &stage.env {
        script.push_text(&format!("export {}=", name.value));
        push_quoted(&mut script, &value.value);
        script.push_text(separator);
    }
    cmd.pieces.into_iter().for_each(|piece| script.push(piece));
    script
}

/// A value for the shell: quoted when it holds more than plain characters, `$NAME` left to it.
///
/// Values of a matrix hold nothing that a shell would read as more than itself.
fn push_quoted(script: &mut Template, value: &Template) {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:,+@%=".contains(c);
    let is_plain = |piece: &Piece| match piece {
        Piece::Text(text) => text.chars().all(plain),
        Piece::Axis(_) => true,
        Piece::Env(_) => false,
    };
    let (quote, escape): (&str, fn(&str) -> String) = match value.has_environment() {
        true => ("\"", |text| text.replace('\\', "\\\\").replace('"', "\\\"").replace('`', "\\`")),
        false if value.pieces.iter().all(is_plain) && !value.pieces.is_empty() => {
            ("", str::to_owned)
        }
        false => ("'", |text| text.replace('\'', "'\\''")),
    };
    script.push_text(quote);
    for piece in &value.pieces {
        match piece {
            Piece::Text(text) => script.push_text(&escape(text)),
            Piece::Axis(_) | Piece::Env(_) => script.push(piece.clone()),
        }
    }
    script.push_text(quote);
}

/// The folder in which a stage runs, from the root; empty for the root itself.
pub(crate) fn working_folder(stage: &Stage) -> Utf8PathBuf {
    let written = stage.wdir.as_ref().map(|wdir| wdir.value.clone());
    written.filter(|wdir| wdir != ".").unwrap_or_default()
}

fn deps(project: &Project, stage: &Stage, instance: &Instance, wdir: &Utf8Path) -> Vec<PathRef> {
    let mut found: Vec<PathRef> = Vec::new();
    let mut seen: BTreeSet<Utf8PathBuf> = BTreeSet::new();
    let mut add = |path: PathRef| {
        if seen.insert(path.path.clone()) {
            found.push(path);
        }
    };
    for (index, dep) in stage.deps.iter().enumerate() {
        match &dep.source {
            DepSource::Path(template) => {
                let own = instance.deps.iter().filter(|(at, _)| *at == index);
                own.for_each(|(_, path)| add(instance_path(path, template, instance, wdir)));
            }
            DepSource::Stage(named) => {
                let instances = &project.stage(*named).instances;
                instances.iter().flat_map(|it| &it.outs).for_each(|path| add(path_ref(path, wdir)));
            }
            DepSource::Dataset(id) => add(path_ref(&project.dataset(*id).path.value, wdir)),
        }
    }
    found
}

fn outs(stage: &Stage, instance: &Instance, wdir: &Utf8Path) -> Vec<StepOut> {
    let outs = stage.outs.iter().zip(&instance.outs);
    outs.map(|(out, path)| StepOut {
        path: instance_path(path, &out.path, instance, wdir),
        kind: match out.kind {
            OutKind::Data => StepOutKind::Data,
            OutKind::Metrics { .. } => StepOutKind::Metrics,
            OutKind::Plots { .. } => StepOutKind::Plots,
        },
        cache: out.cache,
        persist: out.persist,
        push: out.push,
    })
    .collect()
}

/// Keys by file: several `params` of one file are one; a whole file swallows its keys.
fn params(stage: &Stage, wdir: &Utf8Path) -> Vec<StepParams> {
    let mut merged: Vec<StepParams> = Vec::new();
    for used in &stage.params {
        let file = path_ref(&used.file.value, wdir);
        let keys = used.keys.iter().map(|key| key.value.clone());
        match merged.iter_mut().find(|it| it.file == file) {
            Some(known) if known.keys.is_empty() || used.keys.is_empty() => known.keys.clear(),
            Some(known) => known.keys.extend(keys),
            None => merged.push(StepParams { file, keys: keys.collect() }),
        }
    }
    for it in &mut merged {
        it.keys.sort_unstable();
        it.keys.dedup();
    }
    merged
}

/// A path from the root, and as written from the working directory.
pub(crate) fn path_ref(path: &Utf8Path, wdir: &Utf8Path) -> PathRef {
    PathRef { path: path.to_owned(), local: relative(path.as_str(), wdir) }
}

/// A path of one instance. DVC fills a template in after it was made relative, so mlc does.
fn instance_path(
    path: &Utf8Path,
    template: &Template,
    instance: &Instance,
    wdir: &Utf8Path,
) -> PathRef {
    PathRef { path: path.to_owned(), local: local(template, wdir).render(&instance.values) }
}

/// Rewrites a path from the root as one from `wdir`, whatever stands in its holes.
pub(crate) fn local(path: &Template, wdir: &Utf8Path) -> Template {
    let (head, rest) = match path.pieces.split_first() {
        Some((Piece::Text(head), rest)) => (head.as_str(), rest),
        _ => ("", path.pieces.as_slice()),
    };
    if rest.is_empty() {
        return Template::text(relative(head, wdir));
    }
    let (folder, tail) = head.rsplit_once('/').unwrap_or((".", head));
    let mut local = Template::default();
    match relative(folder, wdir).as_str() {
        "." if has_colon(path) => local.push_text("./"),
        "." => {}
        folder => local.push_text(&format!("{folder}/")),
    }
    local.push_text(tail);
    rest.iter().cloned().for_each(|piece| local.push(piece));
    local
}

/// Rewrites a path from the root as one from `wdir`; both are normalized.
pub(crate) fn relative(path: &str, wdir: &Utf8Path) -> String {
    let mut base: Vec<&str> = wdir.as_str().split('/').filter(|it| !it.is_empty()).collect();
    let mut parts: Vec<&str> = path.split('/').filter(|it| *it != ".").collect();
    while let (Some(a), Some(b)) = (base.first(), parts.first())
        && a == b
    {
        base.remove(0);
        parts.remove(0);
    }
    let up = std::iter::repeat_n("..", base.len());
    let joined = up.chain(parts).collect::<Vec<_>>().join("/");
    match joined.split('/').next() {
        Some("") | None => ".".to_owned(),
        // DVC takes what stands before a colon for the protocol of a URL.
        Some(first) if first.contains(':') => format!("./{joined}"),
        Some(_) => joined,
    }
}

fn has_colon(path: &Template) -> bool {
    path.pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains(':')))
}
