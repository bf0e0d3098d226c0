//! Which of the steps that could go now goes first: the one with the longest way hanging on it.
//! Unaware of states and resources.

use crate::exec::scheduler::waits_for;
use crate::model::ids::StepId;
use crate::plan::Plan;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What a step is taken to last while nothing is known of any.
const UNKNOWN: Duration = Duration::from_secs(1);

/// A place for each step; the smaller, the earlier. By the plan's order.
pub(crate) fn in_order(plan: &Plan) -> Vec<usize> {
    let mut ranks = vec![0; plan.steps.len()];
    for (place, id) in plan.order.iter().enumerate() {
        set(&mut ranks, *id, place);
    }
    ranks
}

/// A place for each step by the time that it and the longest way behind it take; among equals the
/// plan's order. Steps that never ran are taken to last as long as the median of those that did.
pub(crate) fn by_critical_path(
    plan: &Plan,
    selected: &BTreeSet<StepId>,
    durations: &BTreeMap<String, Duration>,
) -> Vec<usize> {
    let unknown = median(plan, selected, durations).unwrap_or(UNKNOWN);
    let mut lengths = vec![Duration::ZERO; plan.steps.len()];
    // Backwards, so that everything behind a step is known when its turn comes.
    for &id in plan.order.iter().rev().filter(|id| selected.contains(id)) {
        let step = plan.step(id);
        let own = durations.get(&step.name).copied().unwrap_or(unknown);
        let length = get(&lengths, id).saturating_add(own);
        set(&mut lengths, id, length);
        for &upstream in waits_for(step) {
            let longest = get(&lengths, upstream).max(length);
            set(&mut lengths, upstream, longest);
        }
    }
    let mut order: Vec<StepId> = plan.order.clone();
    // Stable: equals stay in the plan's order.
    order.sort_by_key(|&id| Reverse(get(&lengths, id)));
    let mut ranks = vec![0; plan.steps.len()];
    for (rank, &id) in order.iter().enumerate() {
        set(&mut ranks, id, rank);
    }
    ranks
}

fn median(
    plan: &Plan,
    selected: &BTreeSet<StepId>,
    durations: &BTreeMap<String, Duration>,
) -> Option<Duration> {
    let known = selected.iter().filter_map(|&id| durations.get(&plan.step(id).name));
    let mut known: Vec<Duration> = known.copied().collect();
    known.sort_unstable();
    known.get(known.len() / 2).copied()
}

fn get(items: &[Duration], id: StepId) -> Duration {
    items.get(id.index()).copied().expect("invariant: step ids come from this plan")
}

fn set<T>(items: &mut [T], id: StepId, to: T) {
    *items.get_mut(id.index()).expect("invariant: step ids come from this plan") = to;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::sample::{self, Sample};

    fn plan() -> Plan {
        sample::plan(&[
            Sample { name: "short", outs: &["s"], ..Sample::default() },
            Sample { name: "long", outs: &["l"], ..Sample::default() },
            Sample { name: "alone", outs: &["a"], ..Sample::default() },
            Sample { name: "middle", deps: &["l"], outs: &["m"], ..Sample::default() },
            Sample { name: "end", deps: &["s", "m"], outs: &["e"], ..Sample::default() },
        ])
    }

    fn order(plan: &Plan, durations: &[(&str, u64)]) -> Vec<String> {
        let selected: BTreeSet<StepId> = plan.order.iter().copied().collect();
        let durations = durations
            .iter()
            .map(|(name, seconds)| ((*name).to_owned(), Duration::from_secs(*seconds)));
        let ranks = by_critical_path(plan, &selected, &durations.collect());
        let mut order: Vec<&str> = plan.steps.iter().map(|step| step.name.as_str()).collect();
        order.sort_by_key(|name| {
            let at = plan.steps.iter().position(|step| step.name == *name).expect("it is there");
            ranks[at]
        });
        order.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn without_history_the_longest_chain_goes_first() {
        assert_eq!(order(&plan(), &[]), ["long", "short", "middle", "alone", "end"]);
    }

    #[test]
    fn known_durations_outweigh_the_number_of_steps() {
        let known = [("alone", 60), ("end", 1), ("long", 2), ("middle", 2), ("short", 9)];
        assert_eq!(order(&plan(), &known), ["alone", "short", "long", "middle", "end"]);
    }

    #[test]
    fn unknown_steps_last_as_long_as_the_median() {
        // The median of 1, 20 and 60 is 20: `short` and `long` tie with it in mind.
        let known = [("alone", 60), ("end", 1), ("middle", 20)];
        assert_eq!(order(&plan(), &known), ["alone", "long", "short", "middle", "end"]);
    }
}
