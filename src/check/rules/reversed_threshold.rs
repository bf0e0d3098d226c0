//! `reversed-threshold`: a bound that only good models fail.

use crate::base::bound::Number;
use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::metrics::{self, Better, Nature};
use crate::check::thresholds::{Group, Subject, groups, shown};
use crate::check::{Context, Rule};
use crate::model::policy::Measure;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "reversed-threshold",
        "a threshold that only good models fail",
        include_str!("reversed_threshold.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for group in context.project.gates.iter().flat_map(groups) {
        let (name, measure) = match group.subject {
            Subject::Metric(name) | Subject::Slice(_, name) | Subject::Interval(name, _) => {
                (name, None)
            }
            Subject::Change(name, _, measure) => (name, Some(measure)),
            Subject::Size(_) | Subject::Latency(..) => continue,
        };
        if let Some(nature) = metrics::nature(name) {
            examine(context, &group, nature, measure, sink);
        }
    }
}

/// Reports a group whose bounds all keep out the better values.
fn examine(
    context: &Context<'_>,
    group: &Group<'_>,
    nature: Nature,
    measure: Option<Measure>,
    sink: &mut Sink,
) {
    // A drop is the more the worse where a metric is the more the better.
    let more_is_better = (nature.better == Better::Higher) != (measure == Some(Measure::Drop));
    let backwards = |lower: bool| lower != more_is_better;
    let Some((bound, _)) = group.bounds.first() else { return };
    // `accuracy <=1` is needless rather than reversed.
    let all_pass = nature.share && bound.value >= Number::Int(1);
    if all_pass || !group.bounds.iter().all(|(bound, _)| backwards(bound.op.is_lower())) {
        return;
    }
    let text = context.sources.text(bound.span);
    let written = shown(context, bound);
    let better = if more_is_better { "more is better" } else { "less is better" };
    let message = format!("`{written}` bounds {} from the wrong side", group.subject.name());
    let diagnostic = RULE.code.at(bound.span, message).label(better);
    let diagnostic = match (measure, nature.better) {
        (None, _) => {
            let flipped = if more_is_better {
                text.replacen('<', ">", 1)
            } else {
                text.replacen('>', "<", 1)
            };
            diagnostic.fix(format!("write `{flipped}`"), bound.span, flipped)
        }
        (Some(Measure::Ratio), Better::Higher) => {
            diagnostic.help("bound it from below: `ratio>=0.98`")
        }
        (Some(Measure::Ratio), Better::Lower) => {
            diagnostic.help("bound it from above: `ratio<=1.02`")
        }
        (Some(_), Better::Higher) => {
            diagnostic.help("to bound how much worse it may get write `drop<=0.02`")
        }
        (Some(_), Better::Lower) => {
            diagnostic.help("to bound how much worse it may get write `rise<=0.02`")
        }
    };
    sink.report(diagnostic);
}
