//! `unreachable-bound`: a bound that nothing can satisfy, in a schema or in a gate.

use crate::base::bound::{Bound, Number};
use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::thresholds::{Group, groups, shown};
use crate::check::{Context, Rule, schemas};
use crate::schema::problem::ProblemKind;
use crate::schema::range::{Empty, Range, Scale};

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "unreachable-bound",
        "a bound that nothing can satisfy",
        include_str!("unreachable_bound.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let kinds = [ProblemKind::BoundNeverHolds, ProblemKind::UnreachableBounds];
    schemas::report(context, &kinds, &RULE.code, sink);
    for group in context.project.gates.iter().flat_map(groups) {
        crossed(context, &group, sink);
    }
}

/// Reports the two bounds of a metric or a size that no value satisfies together.
fn crossed(context: &Context<'_>, group: &Group<'_>, sink: &mut Sink) {
    let bounds: Vec<Bound> = group.sound().map(|(bound, _)| **bound).collect();
    let Err(empty) = Range::of(&bounds, Scale::ANY) else { return };
    let Empty { lower, upper } = *empty;
    let (Some(lower), Some(upper)) = (lower.bound, upper.bound) else { return };
    let (first, second) = if lower.span <= upper.span { (lower, upper) } else { (upper, lower) };
    let text = |bound: Bound| shown(context, &bound);
    let name = group.subject.name();
    let message = format!("{name} cannot be both `{}` and `{}`", text(first), text(second));
    let mut diagnostic = RULE
        .code
        .at(second.span, message)
        .label("no value passes this and the other bound")
        .also(first.span, "the other bound");
    if let Some(both) = swapped(lower, upper) {
        diagnostic = diagnostic.help(format!("did you mean `{both}`?"));
    }
    sink.report(diagnostic);
}

/// The same bounds with their numbers exchanged. Sizes are left to the user: theirs have units.
fn swapped(lower: Bound, upper: Bound) -> Option<String> {
    let small = |number: Number| number.as_f64().abs() < 1000.0;
    (lower.value > upper.value && small(lower.value)).then(|| {
        format!("{}{} {}{}", lower.op.as_str(), upper.value, upper.op.as_str(), lower.value)
    })
}
