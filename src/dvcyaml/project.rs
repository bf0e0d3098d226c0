//! The plan of a `dvc.yaml`, with as much of a project as the file tells of.

use crate::base::source::{FileId, Span, Spanned};
use crate::base::value::Value;
use crate::dvcyaml::groups::{Group, GroupKind, Resolved};
use crate::dvcyaml::order;
use crate::dvcyaml::paths::Home;
use crate::dvcyaml::python_text;
use crate::model::ids::{StageId, StepId};
use crate::model::project::{ParamsFile, Project};
use crate::model::stage::{Axis, Instance, Resources, Stage};
use crate::plan::Plan;
use crate::plan::step::Step;
use camino::Utf8PathBuf;
use std::collections::BTreeSet;

/// What a plan is made of.
pub(crate) struct Parts<'a> {
    pub(crate) groups: &'a [Group<'a>],
    /// In the order written.
    pub(crate) steps: Vec<Step>,
    /// For each step its group, and its place among the group's stages.
    pub(crate) origins: Vec<(usize, usize)>,
    /// For each step those that it needs.
    pub(crate) needs: Vec<Vec<usize>>,
    /// Files that values came from.
    pub(crate) params_files: BTreeSet<Utf8PathBuf>,
}

/// Numbers the steps in the order of DVC, so that what is recorded keeps that order.
pub(crate) fn plan(parts: Parts<'_>, home: &Home, file: FileId) -> Plan {
    let order = order::order(&parts.needs);
    let mut ids = vec![StepId::new(0); order.len()];
    for (number, &at) in order.iter().enumerate() {
        if let Some(id) = ids.get_mut(at) {
            *id = StepId::new(number);
        }
    }
    let id_of = |at: usize| ids.get(at).copied().unwrap_or(StepId::new(0));
    let mut project = project(&parts, home, file);
    let mut steps: Vec<(Step, (StageId, usize))> = Vec::with_capacity(order.len());
    let origins = parts.origins.iter().map(|&(group, index)| (StageId::new(group), index));
    let numbered = parts.steps.into_iter().zip(origins).zip(&parts.needs).enumerate();
    for (at, ((mut step, origin), needs)) in numbered {
        step.id = id_of(at);
        step.upstream = needs.iter().map(|&at| id_of(at)).collect();
        step.upstream.sort_unstable();
        steps.push((step, origin));
    }
    steps.sort_by_key(|(step, _)| step.id);
    let (steps, origins): (Vec<Step>, Vec<(StageId, usize)>) = steps.into_iter().unzip();
    project.steps = origins;
    let order = steps.iter().map(|step| step.id).collect();
    Plan { project, steps, order, folder: home.folder.clone() }
}

fn project(parts: &Parts<'_>, home: &Home, file: FileId) -> Project {
    let mut files = parts.params_files.clone();
    let params = parts.steps.iter().flat_map(|step| &step.params);
    files.extend(params.map(|params| params.file.path.clone()));
    let root = home.root.join(&home.folder);
    Project {
        name: root.file_name().unwrap_or_default().to_owned(),
        stages: parts.groups.iter().map(|group| stage(group, file)).collect(),
        params_files: files.into_iter().map(|path| ParamsFile { path, value: None }).collect(),
        default_params: home.folder.join("params.yaml"),
        ..Project::default()
    }
}

fn stage(group: &Group<'_>, file: FileId) -> Stage {
    let span = Span::new(file, group.name_node.start, group.name_node.end);
    let desc = group.field("desc").and_then(|desc| desc.as_str()).map(str::to_owned);
    Stage {
        name: Spanned::new(group.name.to_owned(), span),
        span,
        desc,
        meta: None,
        matrix: axes(group, span),
        cmd: Vec::new(),
        wdir: None,
        deps: Vec::new(),
        outs: Vec::new(),
        params: Vec::new(),
        env: Vec::new(),
        retry: None,
        timeout: None,
        mutex: Vec::new(),
        resources: Resources::default(),
        frozen: false,
        always: false,
        instances: group.stages.iter().map(instance).collect(),
    }
}

fn instance(resolved: &Resolved) -> Instance {
    let name = resolved.name.clone();
    Instance { name, values: Vec::new(), deps: Vec::new(), outs: Vec::new() }
}

/// What a group goes through: the axes of its matrix, or the keys or items of its `foreach`.
fn axes(group: &Group<'_>, span: Span) -> Vec<Axis> {
    let spanned = |text: String| Spanned::new(text, span);
    let members = || group.stages.iter();
    match group.kind {
        GroupKind::Plain => Vec::new(),
        GroupKind::Foreach => {
            let suffix = |stage: &Resolved| {
                let suffix = stage.name.strip_prefix(group.name)?.strip_prefix('@')?;
                Some(spanned(suffix.to_owned()))
            };
            let over_map =
                members().any(|stage| stage.local.iter().any(|(name, _)| *name == "key"));
            let key = if over_map { "key" } else { "item" };
            vec![Axis {
                key: spanned(key.to_owned()),
                values: members().filter_map(suffix).collect(),
            }]
        }
        GroupKind::Matrix => {
            let names: Vec<String> = members().next().map(item).unwrap_or_default();
            let axis = |key: String| {
                let mut seen = BTreeSet::new();
                let values = members().filter_map(|stage| item_value(stage, &key));
                let values =
                    values.filter(|value| seen.insert(value.clone())).map(spanned).collect();
                Axis { key: spanned(key), values }
            };
            names.into_iter().map(axis).collect()
        }
    }
}

fn item(stage: &Resolved) -> Vec<String> {
    let item = stage.local.iter().find(|(name, _)| *name == "item").map(|(_, value)| value);
    let entries = item.and_then(Value::as_map).unwrap_or_default();
    entries.iter().map(|(key, _)| key.clone()).collect()
}

fn item_value(stage: &Resolved, key: &str) -> Option<String> {
    let (_, item) = stage.local.iter().find(|(name, _)| *name == "item")?;
    let value = item.get(key)?;
    Some(python_text::scalar(value).unwrap_or_else(|| crate::base::python::json_sorted(value)))
}
