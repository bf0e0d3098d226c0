//! `needless-bound`: a bound that always holds, or that another one makes needless.

use crate::base::bound::{Bound, Number};
use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::thresholds::{Group, Subject, groups, shown};
use crate::check::{Context, Rule, metrics, schemas};
use crate::schema::problem::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "needless-bound",
        "a bound that always holds, or that another makes needless",
        include_str!("needless_bound.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let kinds = [ProblemKind::BoundAlwaysHolds, ProblemKind::RedundantBound];
    schemas::report(context, &kinds, &RULE.code, sink);
    for group in context.project.gates.iter().flat_map(groups) {
        always_held(context, &group, sink);
    }
}

/// Reports bounds that every value of a metric or a size passes.
fn always_held(context: &Context<'_>, group: &Group<'_>, sink: &mut Sink) {
    let (highest, why) = match group.subject {
        Subject::Size(_) => (None, "no size is below 0"),
        Subject::Latency(..) => (None, "no duration is below 0"),
        Subject::Metric(name) | Subject::Slice(_, name) | Subject::Interval(name, _)
            if metrics::nature(name).is_some_and(|it| it.share) =>
        {
            (Some(Number::Int(1)), "it lies between 0 and 1")
        }
        Subject::Metric(_) | Subject::Slice(..) | Subject::Interval(..) | Subject::Change(..) => {
            return;
        }
    };
    for (bound, _) in group.sound().filter(|(bound, _)| passes_all(bound, highest)) {
        let text = shown(context, bound);
        sink.report(
            RULE.code
                .at(bound.span, format!("`{text}` always holds for {}", group.subject.name()))
                .label(why)
                .help("remove it, or write a bound that can fail"),
        );
    }
}

/// Whether everything from 0 to `highest` passes.
fn passes_all(bound: &Bound, highest: Option<Number>) -> bool {
    let end = if bound.op.is_lower() { Some(Number::Int(0)) } else { highest };
    end.is_some_and(|end| bound.holds(end.as_f64()))
}
