//! `self-disjoint`: a dataset is compared with itself.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule};
use crate::schema::relation::RelationKind;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "self-disjoint",
        "a dataset compared with itself",
        include_str!("self_disjoint.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for dataset in context.project.datasets.iter().filter(|dataset| !dataset.unknown) {
        // Several columns share one `with`: it is one mistake.
        let mut told = None;
        let guards = dataset.disjoint.iter().map(|(_, with)| (with, "always fails"));
        let relations = dataset.relations.iter().map(|(relation, with)| {
            let after = matches!(relation.kind, RelationKind::After);
            (with, if after { "always fails" } else { "says nothing" })
        });
        for (with, result) in guards.chain(relations) {
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
                    .label(format!("every value is in both, so this {result}"))
                    .also(other.path.span, "the same data")
                    .help("name the other dataset"),
            );
        }
    }
}
