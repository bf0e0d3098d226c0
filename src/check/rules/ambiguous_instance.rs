//! `ambiguous-instance`: two instances of a matrix stage have one name.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "ambiguous-instance",
        "two instances of a matrix stage have the same name",
        include_str!("ambiguous_instance.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    // With one axis, names are as different as its values.
    for stage in context.project.stages.iter().filter(|it| it.matrix.len() > 1) {
        let mut first_of: BTreeMap<&str, &[String]> = BTreeMap::new();
        let clash = stage.instances.iter().find_map(|instance| {
            let first = first_of.insert(&instance.name, &instance.values)?;
            Some((instance, first))
        });
        if let Some((instance, first)) = clash {
            let list = |values: &[String]| values.join("`, `");
            let message = format!("two instances are named `{}`", instance.name);
            let label = format!("`{}` and `{}` give one name", list(first), list(&instance.values));
            let place = stage.matrix.iter().map(|axis| axis.key.span).next();
            sink.report(
                RULE.code
                    .at(place.unwrap_or(stage.name.span), message)
                    .label(label)
                    .help("values are joined by `-`: write them without it"),
            );
        }
    }
}
