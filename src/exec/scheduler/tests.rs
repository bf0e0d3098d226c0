//! The scheduler driven without workers.

use super::*;
use crate::exec::sample::{self, Sample};

const WIDE: Limits = Limits {
    jobs: 8,
    cpus: 8,
    memory: 1 << 34,
    gpus: 1,
    keep_going: false,
    force_downstream: false,
};

fn diamond() -> Plan {
    sample::plan(&[
        Sample { name: "prepare", outs: &["p"], ..Sample::default() },
        Sample { name: "left", deps: &["p"], outs: &["l"], ..Sample::default() },
        Sample { name: "right", deps: &["p"], outs: &["r"], ..Sample::default() },
        Sample { name: "join", deps: &["l", "r"], outs: &["j"], ..Sample::default() },
    ])
}

fn all(plan: &Plan) -> BTreeSet<StepId> {
    plan.order.iter().copied().collect()
}

/// Drives a scheduler to its end; `fails` names the steps whose command fails.
fn drive(plan: &Plan, limits: Limits, fails: &[&str]) -> (Vec<String>, Vec<State>) {
    let mut scheduler = Scheduler::new(plan, &all(plan), limits);
    let (mut log, mut open) = (Vec::new(), Vec::new());
    while !scheduler.is_over() {
        while let Some(job) = scheduler.next() {
            open.push(job);
        }
        let job = open.remove(0);
        let (id, outcome) = match job {
            Job::Check(id) | Job::Force(id) => (id, Outcome::Stale),
            Job::Run(id, _) if fails.contains(&plan.step(id).name.as_str()) => {
                (id, Outcome::Failed)
            }
            Job::Run(id, _) => (id, Outcome::Ran),
        };
        if matches!(job, Job::Run(..)) {
            log.push(plan.step(id).name.clone());
        }
        scheduler.finish(id, outcome);
    }
    let states = plan.steps.iter().map(|step| scheduler.state(step.id)).collect();
    (log, states)
}

#[test]
fn steps_follow_what_they_need() {
    let plan = diamond();
    assert_eq!(drive(&plan, WIDE, &[]).0, ["prepare", "left", "right", "join"]);
    let single = Limits { jobs: 1, ..WIDE };
    assert_eq!(drive(&plan, single, &[]).0, ["prepare", "left", "right", "join"]);
}

#[test]
fn a_failure_stops_the_rest_unless_told_to_keep_going() {
    let plan = diamond();
    let single = Limits { jobs: 1, ..WIDE };
    let (ran, states) = drive(&plan, single, &["left"]);
    assert_eq!(ran, ["prepare", "left"]);
    assert_eq!(states[2], State::Ready, "right was never looked at");
    let (ran, states) = drive(&plan, Limits { keep_going: true, ..single }, &["left"]);
    assert_eq!(ran, ["prepare", "left", "right"]);
    assert_eq!(states[3], State::Skipped(plan.steps[1].id));
}

#[test]
fn skipping_reaches_everything_downstream_once() {
    let plan = diamond();
    let (_, states) = drive(&plan, Limits { keep_going: true, ..WIDE }, &["prepare"]);
    assert_eq!(states[0], State::Failed);
    assert!(states[1..].iter().all(|state| matches!(state, State::Skipped(_))), "{states:?}");
}

#[test]
fn resources_are_never_overdrawn_and_the_greedy_run_alone() {
    let plan = sample::plan(&[
        Sample { name: "small", cpus: Some(1), ..Sample::default() },
        Sample { name: "huge", cpus: Some(64), ..Sample::default() },
        Sample { name: "other", cpus: Some(1), ..Sample::default() },
        Sample { name: "gpu-a", gpus: Some(1), ..Sample::default() },
        Sample { name: "gpu-b", gpus: Some(1), ..Sample::default() },
    ]);
    let mut scheduler = Scheduler::new(&plan, &all(&plan), Limits { cpus: 2, ..WIDE });
    let mut running = Vec::new();
    while let Some(job) = scheduler.next() {
        match job {
            Job::Check(id) | Job::Force(id) => scheduler.finish(id, Outcome::Stale),
            Job::Run(id, _) => running.push(plan.step(id).name.clone()),
        }
    }
    assert_eq!(running, ["small", "other", "gpu-a"]);
    for name in ["small", "other"] {
        let id = plan.steps.iter().find(|step| step.name == name).expect("it is there").id;
        scheduler.finish(id, Outcome::Ran);
    }
    assert!(matches!(scheduler.next(), Some(Job::Run(id, _)) if id == plan.steps[1].id));
}

#[test]
fn unselected_and_frozen_steps_hold_nobody_up() {
    let plan = diamond();
    let only: BTreeSet<StepId> = [plan.steps[3].id].into();
    let mut scheduler = Scheduler::new(&plan, &only, WIDE);
    assert_eq!(scheduler.next(), Some(Job::Check(plan.steps[3].id)));
    assert_eq!(scheduler.state(plan.steps[0].id), State::Outside);
}

/// Looks at everything, and returns what then runs, with its graphics processors.
fn start(scheduler: &mut Scheduler<'_>, plan: &Plan) -> Vec<(String, Vec<usize>)> {
    let mut running = Vec::new();
    while let Some(job) = scheduler.next() {
        match job {
            Job::Check(id) | Job::Force(id) => scheduler.finish(id, Outcome::Stale),
            Job::Run(id, slots) => {
                running.push((plan.step(id).name.clone(), slots.places().collect()));
            }
        }
    }
    running
}

fn end(scheduler: &mut Scheduler<'_>, plan: &Plan, name: &str) {
    let step = plan.steps.iter().find(|step| step.name == name).expect("it is there");
    scheduler.finish(step.id, Outcome::Ran);
}

#[test]
fn no_two_steps_hold_one_mutex() {
    let plan = sample::plan(&[
        Sample { name: "both", mutex: &["a", "b"], ..Sample::default() },
        Sample { name: "first", mutex: &["a"], ..Sample::default() },
        Sample { name: "second", mutex: &["b"], ..Sample::default() },
        Sample { name: "again", mutex: &["b"], ..Sample::default() },
        Sample { name: "free", ..Sample::default() },
    ]);
    let mut scheduler = Scheduler::new(&plan, &all(&plan), WIDE);
    let names = |started: Vec<(String, Vec<usize>)>| -> Vec<String> {
        started.into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(names(start(&mut scheduler, &plan)), ["both", "free"]);
    end(&mut scheduler, &plan, "both");
    assert_eq!(names(start(&mut scheduler, &plan)), ["first", "second"]);
    end(&mut scheduler, &plan, "first");
    assert!(start(&mut scheduler, &plan).is_empty());
    end(&mut scheduler, &plan, "second");
    assert_eq!(names(start(&mut scheduler, &plan)), ["again"]);
}

#[test]
fn each_step_has_its_graphics_processors_to_itself() {
    let gpus = |name, gpus| Sample { name, gpus: Some(gpus), ..Sample::default() };
    let plan = sample::plan(&[gpus("one", 1), gpus("two", 2), gpus("three", 1), gpus("all", 9)]);
    let mut scheduler = Scheduler::new(&plan, &all(&plan), Limits { gpus: 3, ..WIDE });
    let started = start(&mut scheduler, &plan);
    assert_eq!(started, [("one".to_owned(), vec![0]), ("two".to_owned(), vec![1, 2])]);
    end(&mut scheduler, &plan, "two");
    assert_eq!(start(&mut scheduler, &plan), [("three".to_owned(), vec![1])]);
    end(&mut scheduler, &plan, "one");
    assert!(start(&mut scheduler, &plan).is_empty());
    end(&mut scheduler, &plan, "three");
    assert_eq!(start(&mut scheduler, &plan), [("all".to_owned(), vec![0, 1, 2])]);
}

#[test]
fn the_longest_way_goes_first_once_durations_are_known() {
    let plan = sample::plan(&[
        Sample { name: "quick", outs: &["q"], ..Sample::default() },
        Sample { name: "slow", outs: &["s"], ..Sample::default() },
        Sample { name: "end", deps: &["s"], ..Sample::default() },
    ]);
    for (jobs, want) in [(1, "quick"), (2, "slow")] {
        let mut scheduler = Scheduler::new(&plan, &all(&plan), Limits { jobs, cpus: 1, ..WIDE });
        scheduler.weigh(&BTreeMap::from([("slow".to_owned(), Duration::from_secs(9))]));
        assert_eq!(scheduler.next(), Some(Job::Check(named(&plan, want))), "{jobs} jobs");
    }
}

#[test]
fn weighing_orders_what_already_waits() {
    let step = |name| Sample { name, cpus: Some(1), ..Sample::default() };
    let plan = sample::plan(&[step("a"), step("b"), step("c")]);
    let mut scheduler = Scheduler::new(&plan, &all(&plan), Limits { cpus: 1, ..WIDE });
    let jobs = [scheduler.next(), scheduler.next(), scheduler.next()];
    for name in ["b", "c", "a"] {
        scheduler.finish(named(&plan, name), Outcome::Stale);
    }
    assert!(jobs.iter().all(|job| matches!(job, Some(Job::Check(_)))));
    let seconds = |name: &str, seconds| (name.to_owned(), Duration::from_secs(seconds));
    scheduler.weigh(&BTreeMap::from([seconds("a", 1), seconds("b", 2), seconds("c", 3)]));
    for name in ["c", "b", "a"] {
        assert!(matches!(scheduler.next(), Some(Job::Run(id, _)) if id == named(&plan, name)));
        assert_eq!(scheduler.next(), None, "there is one processor");
        end(&mut scheduler, &plan, name);
    }
}

#[test]
fn a_change_reaches_downstream_when_that_is_forced() {
    let plan = diamond();
    let limits = Limits { force_downstream: true, ..WIDE };
    let mut scheduler = Scheduler::new(&plan, &all(&plan), limits);
    let [prepare, left, right, join] = [0, 1, 2, 3].map(|at: usize| plan.steps[at].id);
    assert_eq!(scheduler.next(), Some(Job::Check(prepare)));
    scheduler.finish(prepare, Outcome::Restored);
    assert_eq!(scheduler.next(), Some(Job::Force(left)));
    assert_eq!(scheduler.next(), Some(Job::Force(right)));
    scheduler.finish(left, Outcome::Stale);
    assert!(matches!(scheduler.next(), Some(Job::Run(id, _)) if id == left));
    scheduler.finish(left, Outcome::Ran);
    scheduler.finish(right, Outcome::UpToDate);
    assert_eq!(scheduler.next(), Some(Job::Force(join)));
}

fn named(plan: &Plan, name: &str) -> StepId {
    plan.steps.iter().find(|step| step.name == name).expect("it is there").id
}
