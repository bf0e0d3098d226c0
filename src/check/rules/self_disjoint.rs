//! `self-disjoint`: a dataset shall have no value in common with itself.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule};

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "self-disjoint",
        "`disjoint` of a dataset with itself",
        include_str!("self_disjoint.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for dataset in context.project.datasets.iter().filter(|dataset| !dataset.unknown) {
        // Several columns share one `with`: it is one mistake.
        let mut told = None;
        for (_, with) in &dataset.disjoint {
            let other = context.project.dataset(with.value);
            if other.path.value != dataset.path.value || told == Some(with.span) {
                continue;
            }
            told = Some(with.span);
            let message = if other.name.value == dataset.name.value {
                format!("`{}` is compared with itself", dataset.name.value)
            } else {
                format!("`{}` and `{}` are the same file", dataset.name.value, other.name.value)
            };
            sink.report(
                RULE.code
                    .at(with.span, message)
                    .label("every value is in both, so this always fails")
                    .also(other.path.span, "the same data")
                    .help("name the dataset that it may have nothing in common with"),
            );
        }
    }
}
