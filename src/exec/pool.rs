//! What steps share while they run: processors, memory, graphics processors, mutexes. Unaware of
//! states and order.

use crate::exec::scheduler::Limits;
use crate::model::ids::StepId;
use crate::model::stage::Resources;
use crate::plan::Plan;
use crate::plan::step::Step;
use std::collections::BTreeMap;

/// Which graphics processors a step has for itself: a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slots(u128);

impl Slots {
    /// More graphics processors than this are not told apart.
    pub(crate) const MOST: u32 = u128::BITS;

    fn first(count: u32) -> Self {
        Self(1_u128.checked_shl(count).map_or(u128::MAX, |bit| bit - 1))
    }

    /// Places in the list of graphics processors, ascending.
    pub(crate) fn places(self) -> impl Iterator<Item = usize> {
        (0..u128::BITS).filter(move |bit| self.0 >> bit & 1 == 1).map(|bit| bit as usize)
    }

    fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// Takes out the lowest `count`. Precondition: there are as many.
    fn split(&mut self, count: u32) -> Self {
        let mut taken = Self::default();
        for _ in 0..count {
            let lowest = self.0 & self.0.wrapping_neg();
            self.0 ^= lowest;
            taken.0 |= lowest;
        }
        taken
    }
}

/// What a step takes while it runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Need {
    cpus: u32,
    memory: u64,
    gpus: u32,
    /// Ascending.
    mutexes: Vec<usize>,
}

/// Steps that need the same: when one of them must wait, all must.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Class(usize);

impl Class {
    pub(crate) fn index(self) -> usize {
        self.0
    }
}

/// What running steps leave over.
#[derive(Debug)]
pub(crate) struct Pool {
    /// By class.
    needs: Vec<Need>,
    /// By step.
    classes: Vec<Class>,
    cpus: u32,
    memory: u64,
    gpus: Slots,
    /// By mutex.
    held: Vec<bool>,
    /// Slots of the steps that have some.
    taken: BTreeMap<StepId, Slots>,
}

impl Pool {
    pub(crate) fn new(plan: &Plan, limits: Limits) -> Self {
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        let mut known: BTreeMap<Need, Class> = BTreeMap::new();
        let mut needs = Vec::new();
        let mut classes = Vec::with_capacity(plan.steps.len());
        for step in &plan.steps {
            let need = need(step, limits, &mut names);
            let class = *known.entry(need).or_insert_with_key(|need| {
                needs.push(need.clone());
                Class(needs.len() - 1)
            });
            classes.push(class);
        }
        Self {
            needs,
            classes,
            cpus: limits.cpus,
            memory: limits.memory,
            gpus: Slots::first(limits.gpus),
            held: vec![false; names.len()],
            taken: BTreeMap::new(),
        }
    }

    pub(crate) fn class_count(&self) -> usize {
        self.needs.len()
    }

    pub(crate) fn class(&self, id: StepId) -> Class {
        self.classes.get(id.index()).copied().expect("invariant: step ids come from this plan")
    }

    /// Whether a step of this class could run now.
    pub(crate) fn fits(&self, class: Class) -> bool {
        let need = self.need(class);
        let free = |mutex: &usize| self.held.get(*mutex) == Some(&false);
        need.cpus <= self.cpus
            && need.memory <= self.memory
            && need.gpus <= self.gpus.count()
            && need.mutexes.iter().all(free)
    }

    /// Precondition: the step's class fits.
    pub(crate) fn take(&mut self, id: StepId) -> Slots {
        let need = self.need(self.class(id)).clone();
        self.cpus -= need.cpus;
        self.memory -= need.memory;
        self.hold(&need.mutexes, true);
        let slots = self.gpus.split(need.gpus);
        self.taken.insert(id, slots);
        slots
    }

    /// Precondition: the step took its part and has not given it back.
    pub(crate) fn give_back(&mut self, id: StepId) {
        let need = self.need(self.class(id)).clone();
        self.cpus += need.cpus;
        self.memory += need.memory;
        self.hold(&need.mutexes, false);
        self.gpus.0 |= self.taken.remove(&id).unwrap_or_default().0;
    }

    fn hold(&mut self, mutexes: &[usize], held: bool) {
        for &mutex in mutexes {
            if let Some(it) = self.held.get_mut(mutex) {
                *it = held;
            }
        }
    }

    fn need(&self, class: Class) -> &Need {
        self.needs.get(class.0).expect("invariant: classes come from this pool")
    }
}

/// One that asks for more than there is gets all there is, so that it runs alone rather than never.
fn need<'a>(step: &'a Step, limits: Limits, names: &mut BTreeMap<&'a str, usize>) -> Need {
    let Resources { cpus, memory, gpus } = step.resources;
    let mut mutexes: Vec<usize> = Vec::with_capacity(step.mutex.len());
    for name in &step.mutex {
        let next = names.len();
        mutexes.push(*names.entry(name).or_insert(next));
    }
    mutexes.sort_unstable();
    Need {
        cpus: cpus.unwrap_or(0).min(limits.cpus),
        memory: memory.unwrap_or(0).min(limits.memory),
        gpus: gpus.unwrap_or(0).min(limits.gpus),
        mutexes,
    }
}

/// What a step asks for beyond what there is: `64 of 2 cpus`.
pub(crate) fn beyond(step: &Step, limits: Limits) -> Vec<String> {
    let Resources { cpus, memory, gpus } = step.resources;
    let mut beyond = Vec::new();
    if let Some(cpus) = cpus.filter(|&it| it > limits.cpus) {
        beyond.push(format!("{cpus} of {} cpus", limits.cpus));
    }
    if let Some(memory) = memory.filter(|&it| it > limits.memory) {
        let bytes = |it: u64| crate::exec::gate::bytes(it as f64);
        beyond.push(format!("{} of {} memory", bytes(memory), bytes(limits.memory)));
    }
    if let Some(gpus) = gpus.filter(|&it| it > limits.gpus) {
        beyond.push(format!("{gpus} of {} gpus", limits.gpus));
    }
    beyond
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_handed_out_from_the_lowest() {
        let mut free = Slots::first(4);
        let two = free.split(2);
        assert_eq!(two.places().collect::<Vec<_>>(), [0, 1]);
        assert_eq!(free.places().collect::<Vec<_>>(), [2, 3]);
        assert_eq!(Slots::first(Slots::MOST).count(), Slots::MOST);
        assert_eq!(Slots::first(0).count(), 0);
    }
}
