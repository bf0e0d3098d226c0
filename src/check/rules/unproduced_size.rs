//! `unproduced-size`: a gate bounds the size of something that will not be there.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, places};
use crate::model::policy::Quantity;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "unproduced-size",
        "a gate bounds the size of something that nobody writes",
        include_str!("unproduced_size.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    // An output that could not be read is not known to be written.
    if context.project.incomplete {
        return;
    }
    for threshold in context.project.gates.iter().flat_map(|gate| &gate.thresholds) {
        let Quantity::Size(path) = &threshold.quantity else { continue };
        if places::is_there(context, &path.value) {
            continue;
        }
        let message = format!("no stage writes `{}`, nor does it exist", path.value);
        let diagnostic = RULE.code.at(path.span, message).label("nothing will be here to measure");
        sink.report(places::with_meant(context, path, diagnostic));
    }
}
