//! `two-producers`: two stages write one path.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, paths};
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "two-producers",
        "two stages write the same path",
        include_str!("two_producers.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let mut seen = BTreeSet::new();
    for id in project.step_ids() {
        let stage = project.step(id).0;
        for (path, span) in paths::writes(project, id) {
            let Some((first, index)) = project.graph.producer(path) else { continue };
            let (other, _) = project.step(first);
            // Within one stage it is `repeated-output` or `shared-output`; a stage that also
            // reads the path has the simpler mistake, `self-dependency`.
            if std::ptr::eq(other, stage)
                || [id, first].iter().any(|&step| paths::reads_exactly(project, step, path))
            {
                continue;
            }
            let Some(out) = other.outs.get(index).filter(|out| seen.insert((span, out.span)))
            else {
                continue;
            };
            let (name, other) = (&stage.name.value, &other.name.value);
            sink.report(
                RULE.code
                    .at(span, format!("`{name}` and `{other}` both write `{path}`"))
                    .label("written again here")
                    .also(out.span, "first written here")
                    .help("give one of them another path, or make them one stage"),
            );
        }
    }
}
