//! Bounds that say too much, too little or nothing. Knows scales, not what is measured on them.

use crate::base::bound::{Bound, Number, Op};
use crate::schema::problem::{Problem, ProblemKind};
use crate::schema::range::{Empty, Limit, Range, Scale, ceil, floor};
use crate::schema::spelling;

/// Finds the mistakes in bounds on a quantity; `what` names it: "an `int8`", "a share".
///
/// A bound at fault by itself is left out of the comparison with the others: one mistake, one
/// problem.
pub(crate) fn examine(bounds: &[Bound], scale: Scale, what: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut sound = Vec::new();
    for bound in bounds {
        match alone(bound, scale, what) {
            Some(problem) => problems.push(problem),
            None => sound.push(*bound),
        }
    }
    if let Err(empty) = Range::of(&sound, scale) {
        problems.extend(unreachable(&empty, scale));
    } else {
        problems.extend(redundant(&sound, scale));
    }
    problems
}

/// What is wrong with one bound, whatever the others are.
fn alone(bound: &Bound, scale: Scale, what: &str) -> Option<Problem> {
    let whole = Range::of(&[], scale).ok()?;
    let Ok(range) = Range::of(&[*bound], scale) else {
        return Some(never(bound, scale, what));
    };
    if matches!(bound.value, Number::Float(_)) && scale.integer {
        return Some(fractional(bound, what));
    }
    // On an open scale no finite bound always holds.
    let needless = (whole.lower.is_some() || whole.upper.is_some()) && range.contains(&whole);
    needless.then(|| {
        Problem::new(
            ProblemKind::BoundAlwaysHolds,
            bound.span,
            format!("`{}` always holds for {what}", shown(bound, scale)),
        )
        .label(format!("{what} is {}", limits(&whole)))
        .fix("remove the bound", bound.span, "")
    })
}

fn never(bound: &Bound, scale: Scale, what: &str) -> Problem {
    let whole = Range::of(&[], scale).map_or_else(|_| String::new(), |range| limits(&range));
    let problem = Problem::new(
        ProblemKind::BoundNeverHolds,
        bound.span,
        format!("`{}` never holds for {what}", shown(bound, scale)),
    )
    .label(format!("{what} is {whole}"));
    let value = bound.value.as_f64();
    if scale == Scale::SHARE && value > 1.0 && value <= 100.0 {
        // Divides in text, so that 95 becomes 0.95 and not its neighbour.
        let share: f64 = format!("{value}e-2").parse().unwrap_or(value / 100.0);
        let mended = format!("{}{share}", bound.op.as_str());
        return problem.help("a share is a part of 1, not of 100").fix(
            format!("write `{mended}`"),
            bound.span,
            mended,
        );
    }
    problem
}

/// "at least 0 and at most 255".
fn limits(range: &Range) -> String {
    match (range.lower, range.upper) {
        (Some(lower), Some(upper)) => format!("at least {lower} and at most {upper}"),
        (Some(lower), None) => format!("at least {lower}"),
        (None, Some(upper)) => format!("at most {upper}"),
        (None, None) => "any number".to_owned(),
    }
}

fn fractional(bound: &Bound, what: &str) -> Problem {
    let value = match bound.op {
        Op::Ge | Op::Lt => ceil(bound.value),
        Op::Gt | Op::Le => floor(bound.value),
    };
    let mended = format!("{}{value}", bound.op.as_str());
    let message = if bound.value.as_f64().fract() == 0.0 {
        format!("`{}` is written as a fraction, and {what} is a whole number", bound.value)
    } else {
        format!("`{}` is not a whole number, and {what} is", bound.value)
    };
    Problem::new(ProblemKind::FractionalBound, bound.span, message)
        .label(format!("the same as `{mended}`"))
        .help("bounds on whole numbers are compared exactly, so they are written as whole numbers")
        .fix(format!("write `{mended}`"), bound.span, mended)
}

/// The bound as it was written, dates as dates.
fn shown(bound: &Bound, scale: Scale) -> String {
    spelling::bound(bound, scale.calendar)
}

fn unreachable(empty: &Empty, scale: Scale) -> Option<Problem> {
    let written = |limit: Limit| limit.bound;
    match (written(empty.lower), written(empty.upper)) {
        (Some(lower), Some(upper)) => Some(crossed(&lower, &upper, scale)),
        // The scale's own limit and one bound: `alone` has reported the bound.
        _ => None,
    }
}

fn crossed(lower: &Bound, upper: &Bound, scale: Scale) -> Problem {
    let show = |bound| shown(bound, scale);
    let (first, second) = if lower.span <= upper.span { (lower, upper) } else { (upper, lower) };
    let problem = Problem::new(
        ProblemKind::UnreachableBounds,
        second.span,
        format!("no value is both `{}` and `{}`", show(lower), show(upper)),
    )
    .label(format!("nothing that is `{}` is also `{}`", show(first), show(second)))
    .also(first.span, "the other bound");
    if lower.value > upper.value {
        let number = |bound: &Bound| spelling::number(bound.value, scale.calendar);
        let (low, high) = (number(upper), number(lower));
        let title = format!("write `{}{low} {}{high}`", lower.op.as_str(), upper.op.as_str());
        return problem.fix(title.as_str(), lower.span, format!("{}{low}", lower.op.as_str())).fix(
            title.as_str(),
            upper.span,
            format!("{}{high}", upper.op.as_str()),
        );
    }
    problem
}

/// Bounds on one side beyond the tightest.
fn redundant(bounds: &[Bound], scale: Scale) -> Vec<Problem> {
    let mut problems = Vec::new();
    for lower in [true, false] {
        let side = bounds.iter().filter(|bound| bound.op.is_lower() == lower);
        let Some(tightest) = side.clone().reduce(|a, b| if is_tighter(b, a) { b } else { a })
        else {
            continue;
        };
        problems.extend(side.filter(|bound| bound.span != tightest.span).map(|bound| {
            Problem::new(
                ProblemKind::RedundantBound,
                bound.span,
                format!("`{}` adds nothing to `{}`", shown(bound, scale), shown(tightest, scale)),
            )
            .label("whatever passes the other bound passes this one")
            .also(tightest.span, "this bound is at least as tight")
            .fix("remove the bound", bound.span, "")
        }));
    }
    problems
}

/// Whether `a` lets less pass than `b`. Precondition: both bound the same side.
fn is_tighter(a: &Bound, b: &Bound) -> bool {
    let further = if a.op.is_lower() { a.value > b.value } else { a.value < b.value };
    let equal = a.value.partial_cmp(&b.value).is_some_and(std::cmp::Ordering::is_eq);
    further || (equal && a.op.is_strict() && !b.op.is_strict())
}
