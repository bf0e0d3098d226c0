//! `dependency-cycle`: stages need each other in a circle.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::graph;
use crate::base::source::Span;
use crate::check::rules::self_dependency;
use crate::check::{Context, Rule};
use crate::model::ids::StepId;
use crate::model::project::Project;

pub(super) static RULE: Rule = Rule {
    code: Code::fatal(
        "dependency-cycle",
        "stages need each other in a circle",
        include_str!("dependency_cycle.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let upstream: Vec<Vec<usize>> = project
        .step_ids()
        .map(|id| {
            // What makes a step need itself is told by `self-dependency`.
            let own: Vec<Span> = self_dependency::places(project, id).collect();
            let edges = project.graph.upstream(id).iter();
            edges.filter(|edge| !own.contains(&edge.span)).map(|edge| edge.from.index()).collect()
        })
        .collect();
    for circle in graph::cycles(&upstream).iter().filter(|circle| circle.len() > 1) {
        report(project, circle, sink);
    }
}

/// Reports one circle: `circle[i]` is needed by `circle[i - 1]`.
fn report(project: &Project, circle: &[usize], sink: &mut Sink) {
    let steps: Vec<StepId> = circle.iter().map(|&index| StepId::new(index)).collect();
    let name = |id: StepId| project.step(id).1.name.as_str();
    let needed: Vec<StepId> = steps.iter().skip(1).chain(steps.first()).copied().collect();
    let mut edges = steps.iter().zip(&needed).filter_map(|(&id, &from)| {
        let edge = project.graph.upstream(id).iter().find(|edge| edge.from == from)?;
        Some((edge.span, format!("`{}` needs `{}`", name(id), name(from))))
    });
    let Some((first, text)) = edges.next() else { return };
    let mut path: Vec<&str> = steps.iter().map(|&id| name(id)).collect();
    path.extend(steps.first().map(|&id| name(id)));
    let message = format!("these stages need each other: {}", path.join(" → "));
    let mut diagnostic = RULE.code.at(first, message).label(text);
    for (span, text) in edges {
        diagnostic = diagnostic.also(span, text);
    }
    sink.report(diagnostic.help("one of these dependencies has to go"));
}
