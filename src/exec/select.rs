//! Which steps a command is about. Unaware of their state.

use crate::base::suggest::did_you_mean;
use crate::exec::scheduler::waits_for;
use crate::model::ids::StepId;
use crate::plan::Plan;
use std::collections::BTreeSet;

/// What was asked for on the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// Stages or single instances; none means all.
    pub(crate) names: Vec<String>,
    /// Nothing upstream of these is looked at.
    pub(crate) from: Vec<String>,
    /// The named alone, without what they need.
    pub(crate) only: bool,
    /// The named and everything that depends on them, without what those need, as DVC means it.
    pub(crate) downstream: bool,
}

/// A name that no stage has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownStage {
    pub(crate) name: String,
    pub(crate) help: Option<String>,
}

/// Finds the steps that are asked for.
pub(crate) fn select(plan: &Plan, request: &Request) -> Result<BTreeSet<StepId>, UnknownStage> {
    let downstream = downstream(plan);
    let mut chosen: BTreeSet<StepId> = if request.names.is_empty() {
        plan.order.iter().copied().collect()
    } else {
        named(plan, &request.names)?
    };
    if request.downstream {
        chosen = closure(chosen, |id| children(&downstream, id));
    }
    if !request.only && !request.downstream {
        chosen = closure(chosen, |id| waits_for(plan.step(id)));
    }
    if !request.from.is_empty() {
        let from = named(plan, &request.from)?;
        let reached = closure(from, |id| children(&downstream, id));
        chosen.retain(|id| reached.contains(id));
    }
    Ok(chosen)
}

/// The steps of one stage, or the one instance of that name.
pub(crate) fn find(plan: &Plan, name: &str) -> Result<Vec<StepId>, UnknownStage> {
    let of_stage = |id: &StepId| plan.project.step(*id).0.name.value == name;
    let mut found: Vec<StepId> = plan.project.step_ids().filter(of_stage).collect();
    if found.is_empty() {
        found.extend(plan.steps.iter().find(|step| step.name == name).map(|step| step.id));
    }
    if found.is_empty() { Err(unknown(plan, name)) } else { Ok(found) }
}

/// Steps that wait for each step, by step.
pub(crate) fn downstream(plan: &Plan) -> Vec<Vec<StepId>> {
    let mut found = vec![Vec::new(); plan.steps.len()];
    for step in &plan.steps {
        for upstream in &step.upstream {
            if let Some(list) = found.get_mut(upstream.index()) {
                list.push(step.id);
            }
        }
    }
    found
}

fn named(plan: &Plan, names: &[String]) -> Result<BTreeSet<StepId>, UnknownStage> {
    let mut found = BTreeSet::new();
    for name in names {
        found.extend(find(plan, name)?);
    }
    Ok(found)
}

fn unknown(plan: &Plan, name: &str) -> UnknownStage {
    let stages = plan.project.stages.iter().map(|stage| stage.name.value.as_str());
    let instances = plan.steps.iter().map(|step| step.name.as_str());
    // Instances only compete when an instance was meant.
    let help =
        if name.contains('@') { did_you_mean(name, instances) } else { did_you_mean(name, stages) };
    UnknownStage { name: name.to_owned(), help }
}

fn children(downstream: &[Vec<StepId>], id: StepId) -> &[StepId] {
    downstream.get(id.index()).map_or(&[], Vec::as_slice)
}

fn closure<'a>(start: BTreeSet<StepId>, next: impl Fn(StepId) -> &'a [StepId]) -> BTreeSet<StepId> {
    let mut pending: Vec<StepId> = start.iter().copied().collect();
    let mut found = start;
    while let Some(id) = pending.pop() {
        for &other in next(id) {
            if found.insert(other) {
                pending.push(other);
            }
        }
    }
    found
}
