//! `unused-axis`: the command of a matrix stage does not depend on an axis.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::rules::{dvc_expression, shared_output, shell_variable};
use crate::check::{Context, Rule, paths};
use crate::model::stage::Stage;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "unused-axis",
        "a command that does not depend on an axis of its matrix",
        include_str!("unused_axis.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in &context.project.stages {
        for (index, axis) in stage.matrix.iter().enumerate() {
            let name = axis.key.value.as_str();
            let shared = stage
                .outs
                .iter()
                .any(|out| shared_output::missing(stage, out).any(|(missing, _)| missing == index));
            // The first two are errors of their own, the others show that the axis was meant.
            if shared || axis.values.len() < 2 || is_used(stage, index) || is_meant(stage, name) {
                continue;
            }
            sink.report(
                RULE.code
                    .at(
                        axis.key.span,
                        format!("the command of `{}` does not use `{name}`", stage.name.value),
                    )
                    .label(format!("{} values, and the same command for all", axis.values.len()))
                    .help(format!(
                        "write `{{{{ {name} }}}}` in `cmd` or `env`, or remove the axis"
                    )),
            );
        }
    }
}

fn is_used(stage: &Stage, axis: usize) -> bool {
    let env = stage.env.iter().map(|(_, value)| &value.value);
    stage.cmd.iter().map(|cmd| &cmd.value).chain(env).any(|it| paths::uses_axis(it, axis))
}

fn is_meant(stage: &Stage, name: &str) -> bool {
    stage
        .cmd
        .iter()
        .any(|cmd| shell_variable::uses(&cmd.value, name) || dvc_expression::uses(&cmd.value, name))
}
