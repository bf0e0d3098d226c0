//! `unproduced-metrics`: a gate reads a metrics file, or a baseline, that will not be there.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::Spanned;
use crate::check::{Context, Rule, paths, places};
use camino::Utf8PathBuf;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "unproduced-metrics",
        "a gate reads a metrics file that nobody writes",
        include_str!("unproduced_metrics.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    // An output that could not be read is not known to be written.
    if context.project.incomplete {
        return;
    }
    for gate in &context.project.gates {
        for (path, noun) in [(&gate.metrics, "metrics file"), (&gate.baseline, "baseline")] {
            if let Some(path) = path.as_ref().filter(|it| !places::is_there(context, &it.value)) {
                report(context, path, noun, sink);
            }
        }
    }
}

fn report(context: &Context<'_>, path: &Spanned<Utf8PathBuf>, noun: &str, sink: &mut Sink) {
    let message = format!("no stage writes the {noun} `{}`, nor does it exist", path.value);
    let diagnostic = RULE.code.at(path.span, message).label("nothing will be here to read");
    sink.report(match places::meant(context, &path.value, true) {
        Some(near) => diagnostic
            .help(format!("did you mean `{near}`?"))
            .fix(format!("write `{near}`"), path.span, places::quoted(context, path.span, &near))
            .defined_at(paths::place_of_output(context, &near)),
        None if noun == "metrics file" => {
            diagnostic.help(format!("add `metrics \"{}\"` to the stage that writes it", path.value))
        }
        None => diagnostic.help("copy the metrics of a model that was good enough there"),
    });
}
