//! `missing-file`: a service names a file that is not there.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, paths, places};

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "missing-file",
        "a service names a file that is not there",
        include_str!("missing_file.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    // An output that could not be read is not known to be written.
    if context.project.incomplete {
        return;
    }
    let Some(service) = &context.project.service else { return };
    for path in [&service.code, &service.requirements, &service.sample].into_iter().flatten() {
        if places::is_there(context, &path.value) {
            continue;
        }
        let message = format!("`{}` is not there", path.value);
        let mut diagnostic = RULE
            .code
            .at(path.span, message)
            .label("nor does a stage write it")
            .help("put it there");
        if let Some(near) = places::meant(context, &path.value, false) {
            let quoted = places::quoted(context, path.span, &near);
            diagnostic = diagnostic
                .help(format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), path.span, quoted)
                .defined_at(paths::place_of_output(context, &near));
        }
        sink.report(diagnostic);
    }
}
