//! `missing-file`: a service names a file that is not there.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, places};

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
        let diagnostic = RULE
            .code
            .at(path.span, message)
            .label("nor does a stage write it")
            .help("put it there");
        sink.report(places::with_meant(context, path, diagnostic));
    }
}
