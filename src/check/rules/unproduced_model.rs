//! `unproduced-model`: the registry or a service takes a file that no stage writes.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, paths, places};

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "unproduced-model",
        "the registry or a service takes a file that no stage writes",
        include_str!("unproduced_model.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    // An output that could not be read is not known to be written.
    if project.incomplete {
        return;
    }
    let models = project.registry.iter().flat_map(|it| &it.models);
    let paths = models.flat_map(|it| std::iter::once(&it.file).chain(&it.metrics));
    for path in paths.chain(project.service.iter().map(|it| &it.model)) {
        let written = |id| paths::writes(project, id).any(|(out, _)| path.value.starts_with(out));
        if project.step_ids().any(written) {
            continue;
        }
        let message = format!("no stage writes `{}`", path.value);
        let mut diagnostic =
            RULE.code.at(path.span, message).label("where it comes from cannot be told").help(
                "a version is locked with the data, code and params of the stage that wrote it",
            );
        if let Some(near) = places::meant(context, &path.value, false) {
            let quoted = places::quoted(context, path.span, &near);
            diagnostic = diagnostic
                .fix(format!("write `{near}`"), path.span, quoted)
                .defined_at(paths::place_of_output(context, &near));
        }
        sink.report(diagnostic);
    }
}
