//! `stage-without-outputs`: a stage needs another one that writes nothing.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule};
use crate::model::stage::DepSource;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "stage-without-outputs",
        "a stage needs another one that writes nothing",
        include_str!("stage_without_outputs.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    for stage in &project.stages {
        for dep in &stage.deps {
            let DepSource::Stage(named) = dep.source else { continue };
            let needed = project.stage(named);
            // An output that could not be read is missing for another reason.
            if !needed.outs.is_empty() || project.incomplete || std::ptr::eq(needed, stage) {
                continue;
            }
            let name = &needed.name.value;
            sink.report(
                RULE.code
                    .at(dep.span, format!("`{name}` writes nothing that could be read"))
                    .label("stands for the outputs of a stage that has none")
                    .also(needed.name.span, "no `outs`, `metrics` or `plots` here")
                    .help(format!("let `{name}` write a file, and name it under `outs`")),
            );
        }
    }
}
