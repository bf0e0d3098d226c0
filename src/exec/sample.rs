//! Plans for unit tests, made without a spec.

use crate::model::ids::{StageId, StepId};
use crate::model::project::Project;
use crate::model::stage::Resources;
use crate::plan::Plan;
use crate::plan::step::{Command, PathRef, Step, StepOut, StepOutKind};

/// What a test says of a step; everything else is the default.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sample<'a> {
    pub(crate) name: &'a str,
    pub(crate) cmd: &'a str,
    pub(crate) deps: &'a [&'a str],
    pub(crate) outs: &'a [&'a str],
    pub(crate) cpus: Option<u32>,
    pub(crate) gpus: Option<u32>,
    pub(crate) mutex: &'a [&'a str],
    pub(crate) frozen: bool,
    pub(crate) always: bool,
}

/// A plan of these steps; each must come after the steps whose outputs it reads.
pub(crate) fn plan(samples: &[Sample<'_>]) -> Plan {
    let mut steps: Vec<Step> = Vec::new();
    for sample in samples {
        let deps = sample.deps.iter().map(|path| path_ref(path)).collect::<Vec<_>>();
        let upstream = steps
            .iter()
            .filter(|step| step.outs.iter().any(|out| deps.contains(&out.path)))
            .map(|step| step.id)
            .collect();
        steps.push(Step {
            id: StepId::new(steps.len()),
            name: sample.name.to_owned(),
            cmd: Command::Line(sample.cmd.to_owned()),
            wdir: "".into(),
            deps,
            outs: sample.outs.iter().map(|path| out(path)).collect(),
            params: Vec::new(),
            frozen: sample.frozen,
            always: sample.always,
            retry: None,
            timeout: None,
            resources: Resources { cpus: sample.cpus, memory: None, gpus: sample.gpus },
            mutex: sample.mutex.iter().map(|name| (*name).to_owned()).collect(),
            upstream,
        });
    }
    let order = steps.iter().map(|step| step.id).collect::<Vec<_>>();
    let project = Project {
        steps: order.iter().map(|id| (StageId::new(id.index()), 0)).collect(),
        ..Project::default()
    };
    Plan { project, steps, order, folder: "".into() }
}

fn path_ref(path: &str) -> PathRef {
    PathRef { path: path.into(), local: path.to_owned() }
}

fn out(path: &str) -> StepOut {
    StepOut {
        path: path_ref(path),
        kind: StepOutKind::Data,
        cache: true,
        persist: false,
        push: true,
    }
}
