//! `duplicate-threshold`: one gate bounds the same thing twice on the same side.

use crate::base::bound::Bound;
use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::Span;
use crate::check::allow::whole_line;
use crate::check::thresholds::{Group, groups, shown};
use crate::check::{Context, Rule};
use crate::model::policy::Threshold;
use std::cmp::Ordering;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "duplicate-threshold",
        "a gate bounds the same thing twice on the same side",
        include_str!("duplicate_threshold.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for group in context.project.gates.iter().flat_map(groups) {
        for lower in [true, false] {
            side(context, &group, lower, sink);
        }
    }
}

/// Reports all bounds of one side but the tightest.
fn side(context: &Context<'_>, group: &Group<'_>, lower: bool, sink: &mut Sink) {
    let bounds = group.sound().filter(|(bound, _)| bound.op.is_lower() == lower);
    let Some((tightest, _)) =
        bounds.clone().reduce(|a, b| if is_tighter(b.0, a.0) { b } else { a })
    else {
        return;
    };
    for (bound, threshold) in bounds.filter(|(bound, _)| bound.span != tightest.span) {
        let (needless, kept) = (shown(context, bound), shown(context, tightest));
        let message = format!("{} is already bounded by `{kept}`", group.subject.name());
        sink.report(
            RULE.code
                .at(bound.span, message)
                .label(format!("`{needless}` adds nothing"))
                .also(tightest.span, "this bound is at least as tight")
                .fix("remove the bound", removed(context, bound, threshold), ""),
        );
    }
}

fn is_tighter(a: &Bound, b: &Bound) -> bool {
    match a.value.partial_cmp(&b.value) {
        Some(Ordering::Equal) => a.op.is_strict() && !b.op.is_strict(),
        Some(Ordering::Greater) => a.op.is_lower(),
        Some(Ordering::Less) => !a.op.is_lower(),
        None => false,
    }
}

/// A threshold without bounds is none: its only bound goes with it.
fn removed(context: &Context<'_>, bound: &Bound, threshold: &Threshold) -> Span {
    match threshold.bounds.as_slice() {
        [_] => whole_line(threshold.span, context.sources),
        _ => bound.span,
    }
}
