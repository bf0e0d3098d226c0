//! Checks that a column makes sense: that each check fits the type, and that together they can
//! hold. The rules that report the problems give them their codes.

use crate::base::source::Span;
use crate::schema::bounds;
use crate::schema::column::{Check, Column, ColumnType, Scalar};
use crate::schema::constraint::{self, Arguments, Bounds, Constraint, Quantity, Verdict};
use crate::schema::domain::Domain;
use crate::schema::literal;
use crate::schema::problem::{Problem, ProblemKind};
use crate::schema::range::{Range, Scale};
use crate::schema::spelling;

mod arguments;

/// Every problem of a column, in the order written. None when its type is unknown.
pub(crate) fn column(column: &Column) -> Vec<Problem> {
    let Some(ty) = column.ty.as_ref().map(|ty| ty.value) else { return Vec::new() };
    let mut problems = match Scale::of(ty) {
        Some(scale) => bounds::examine(&column.bounds, scale, &typed(ty)),
        None => bounds_on_no_number(column, ty).into_iter().collect(),
    };
    for (at, check) in column.checks.iter().enumerate() {
        let before = column.checks.get(..at).unwrap_or_default();
        match before.iter().find(|other| repeats(check, other)) {
            Some(first) => problems.push(repeated(check, first)),
            None => problems.extend(self::check(column, check)),
        }
    }
    problems
}

/// The problems of one check of a column.
pub(crate) fn check(column: &Column, check: &Check) -> Vec<Problem> {
    let (Some(ty), Some(constraint)) = (&column.ty, constraint::find(check.constraint.value))
    else {
        return Vec::new();
    };
    if !constraint.applies.to(ty.value) {
        return vec![does_not_apply(constraint, check, column, ty.value)];
    }
    let mut problems = arguments::verify(constraint, check, ty.value);
    problems.extend(mostly_of_no_values(constraint, check));
    problems.extend(bound_problems(constraint, check, ty.value));
    // What cannot hold is only asked of a check that is sound by itself.
    if problems.is_empty() {
        problems.extend(needless(constraint, check, column, ty.value));
        problems.extend(impossible_values(constraint, check, column));
        problems.extend(out_of_reach(constraint, check, column));
    }
    problems
}

fn mostly_of_no_values(constraint: &Constraint, check: &Check) -> Option<Problem> {
    let mostly = check.mostly.as_ref().filter(|_| !constraint.counts_values(check))?;
    let text = format!("`{}` is one quantity of the column: it holds or not", constraint.name);
    let problem = Problem::new(ProblemKind::DoesNotApply, mostly.span, text)
        .label("`mostly` is a share of the values")
        .help("widen its bounds, or write `severity=warning`");
    Some(problem)
}

fn typed(ty: ColumnType) -> String {
    let vowel = matches!(ty, ColumnType::Int(_) | ColumnType::UInt(8 | 16 | 32 | 64));
    // `uint8` is spoken "you-int".
    let article = if vowel && ty.to_string().starts_with('i') { "an" } else { "a" };
    format!("{article} `{ty}`")
}

fn does_not_apply(
    constraint: &Constraint,
    check: &Check,
    column: &Column,
    ty: ColumnType,
) -> Problem {
    let name = constraint.name;
    let help = match (constraint.name, ty) {
        ("mean", ColumnType::Bool) => {
            "bound the share of one value: `share #true >=0.1`".to_owned()
        }
        ("length" | "matches", _) if ty.is_numeric() => {
            format!("`{name}` checks text; bound a number after its type: `{ty} >=1 <=99`")
        }
        _ => format!("`{name}` checks {}", constraint.applies.what()),
    };
    let problem = Problem::new(
        ProblemKind::DoesNotApply,
        check.constraint.span,
        format!("`{name}` does not apply to {} column", typed(ty)),
    )
    .label(format!("`{}` is {}", column.name.value, typed(ty)))
    .help(help);
    let place = column.ty.as_ref().map_or(column.span, |ty| ty.span);
    problem.also(place, "its type")
}

fn bounds_on_no_number(column: &Column, ty: ColumnType) -> Option<Problem> {
    let (first, last) = (column.bounds.first()?, column.bounds.last()?);
    let span = first.span.to(last.span);
    let problem = Problem::new(
        ProblemKind::BoundsOnNoNumber,
        span,
        format!("{} column takes no bounds", typed(ty)),
    )
    .label("bounds compare numbers, dates and times");
    Some(if ty.is_text() {
        let text = spelling::bounds(&column.bounds, None);
        problem.help(format!("to bound the length write `{{ length {text} }}`"))
    } else {
        problem.help("remove the bounds, or give the column a type that has an order")
    })
}

/// Whether a check says again what another says, if with other values or bounds.
///
/// `unique` with and without a bound differ: a column without values passes only the latter.
fn repeats(check: &Check, other: &Check) -> bool {
    same_subject(check, other) && check.bounds.is_empty() == other.bounds.is_empty()
}

/// Whether two checks are about one thing, such as the mean, or one quantile.
pub(crate) fn same_subject(check: &Check, other: &Check) -> bool {
    let same_name = check.constraint.value == other.constraint.value;
    let constraint = constraint::find(check.constraint.value);
    let arguments = |check: &Check| -> Vec<Scalar> {
        check.arguments.iter().map(|argument| argument.value.clone()).collect()
    };
    let same_subject = match constraint.map(|constraint| constraint.arguments) {
        Some(Arguments::Value | Arguments::Fraction) => arguments(check) == arguments(other),
        _ => !constraint.is_some_and(|it| it.repeatable) || arguments(check) == arguments(other),
    };
    let same_weight =
        check.severity == other.severity && check.mostly.is_some() == other.mostly.is_some();
    same_name && same_subject && same_weight
}

fn repeated(check: &Check, first: &Check) -> Problem {
    let name = check.constraint.value;
    Problem::new(ProblemKind::RepeatedCheck, check.span, format!("`{name}` is said twice"))
        .label("again here")
        .also(first.span, "first said here")
        .help("say it once, with all its values or bounds")
}

fn bound_problems(constraint: &Constraint, check: &Check, ty: ColumnType) -> Vec<Problem> {
    let name = constraint.name;
    match constraint.bounds {
        Bounds::None => check
            .bounds
            .first()
            .map(|bound| {
                Problem::new(
                    ProblemKind::TakesNoBound,
                    bound.span,
                    format!("`{name}` takes no bounds"),
                )
                .label("nothing here to compare")
                .fix("remove the bound", bound.span, "")
            })
            .into_iter()
            .collect(),
        // Numbers in the place of bounds were reported with the arguments.
        Bounds::Required(_) if check.bounds.is_empty() && stray(constraint, check) => Vec::new(),
        Bounds::Required(quantity) if check.bounds.is_empty() => {
            vec![
                Problem::new(
                    ProblemKind::NeedsBound,
                    check.constraint.span,
                    format!("`{name}` needs a bound"),
                )
                .label(format!("bounds {}", described(quantity)))
                .help(format!("write `{}`", example(constraint))),
            ]
        }
        Bounds::Required(quantity) | Bounds::Optional(quantity) => {
            bounds::examine(&check.bounds, quantity.scale(ty), &described_for(quantity, ty))
        }
    }
}

fn stray(constraint: &Constraint, check: &Check) -> bool {
    constraint.arguments == Arguments::None && !check.arguments.is_empty()
}

fn described(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Share => "a share",
        Quantity::Count => "a count",
        Quantity::Deviation => "a deviation",
        Quantity::Number | Quantity::Average => "a number",
        Quantity::Extreme => "a value of the column",
    }
}

fn described_for(quantity: Quantity, ty: ColumnType) -> String {
    if quantity == Quantity::Extreme { typed(ty) } else { described(quantity).to_owned() }
}

/// The constraint with arguments and a bound as they might be.
pub(crate) fn example(constraint: &Constraint) -> String {
    let arguments = match constraint.arguments {
        Arguments::None => "",
        Arguments::Values => " A B",
        Arguments::Value => " 1",
        Arguments::Text => " \"AB-\"",
        Arguments::Regex => " #\"[A-Z]+\"#",
        Arguments::Fraction => " 0.95",
        Arguments::Factor => " 3",
        Arguments::Layout => " \"%Y-%m-%d\"",
        Arguments::Duration => " \"2d\"",
    };
    let bounds = match constraint.bounds {
        Bounds::None | Bounds::Optional(_) => "",
        Bounds::Required(Quantity::Share) => " <=0.1",
        Bounds::Required(Quantity::Count) => " >=1 <=40",
        Bounds::Required(_) => " >=0.5 <=2",
    };
    format!("{}{arguments}{bounds}", constraint.name)
}

/// A check that holds whatever the data.
fn needless(
    constraint: &Constraint,
    check: &Check,
    column: &Column,
    ty: ColumnType,
) -> Option<Problem> {
    if constraint.name != "null-share" || column.nullable {
        return None;
    }
    let place = column.ty.as_ref().map(|ty| ty.span)?;
    let nullable = ty.spelled(true);
    let problem = Problem::new(
        ProblemKind::NeedlessCheck,
        check.span,
        "`null-share` of a column that allows no missing values is always 0",
    )
    .label("bounds what cannot occur")
    .also(place, format!("`{ty}` without `?` allows none"));
    Some(problem.fix(format!("write `{nullable}`"), place, nullable))
}

/// Listed values that the column's other checks exclude.
fn impossible_values(constraint: &Constraint, check: &Check, column: &Column) -> Vec<Problem> {
    if !matches!(constraint.arguments, Arguments::Values | Arguments::Value) {
        return Vec::new();
    }
    if check.is_soft() {
        return Vec::new();
    }
    let name = constraint.name;
    let mut rest = column.clone();
    // A `notin` against an `isin` is the mistake of the `isin` value, told once.
    rest.checks.retain(|other| other.constraint.value != name);
    let Some(domain) = Domain::of(&rest).filter(|domain| !domain.empty) else { return Vec::new() };
    let mut problems = Vec::new();
    for value in &check.arguments {
        if domain.admits(&value.value) != Verdict::Fails {
            continue;
        }
        let Some(place) = excluding(&domain, &value.value) else { continue };
        let text = if name == "notin" {
            format!("`{}` cannot occur anyway", value.value)
        } else {
            format!("`{}` can never occur", value.value)
        };
        let kind = match name {
            "notin" => ProblemKind::NeedlessCheck,
            _ => ProblemKind::ImpossibleValue,
        };
        problems.push(
            Problem::new(kind, value.span, text)
                .label(format!("listed by `{name}`"))
                .also(place, "excluded here"),
        );
    }
    problems
}

/// The bound or check that excludes a value.
fn excluding(domain: &Domain<'_>, value: &Scalar) -> Option<Span> {
    let number = literal::measure(value, domain.ty);
    let scale = Scale::of(domain.ty);
    let bound = domain.column.bounds.iter().find(|bound| {
        let alone = scale.map(|scale| Range::of(&[**bound], scale));
        number.is_some_and(|number| !matches!(alone, Some(Ok(range)) if range.includes(number)))
    });
    let check = || {
        domain.column.checks.iter().find(|check| {
            let found = constraint::find(check.constraint.value);
            found.is_some_and(|it| (it.holds)(check, value, domain.ty) == Verdict::Fails)
        })
    };
    bound.map(|bound| bound.span).or_else(|| check().map(|check| check.span))
}

/// Bounds on a mean, an extreme or a count that the values cannot reach.
fn out_of_reach(constraint: &Constraint, check: &Check, column: &Column) -> Option<Problem> {
    let quantity = constraint.bounds.quantity()?;
    let domain = Domain::of(column).filter(|domain| !domain.empty)?;
    let reach = match quantity {
        Quantity::Average | Quantity::Extreme => domain.spread(),
        Quantity::Count if constraint.name == "distinct" => {
            let count = i128::try_from(domain.values.as_ref()?.len()).ok()?;
            Range::of(&[], Scale::COUNT).ok()?.at_most(count).ok()?
        }
        Quantity::Count | Quantity::Share | Quantity::Deviation | Quantity::Number => return None,
    };
    let wanted = Range::of(&check.bounds, quantity.scale(domain.ty)).ok()?;
    if wanted.intersect(&reach).is_ok() {
        return None;
    }
    let span = check.bounds.first()?.span.to(check.bounds.last()?.span);
    let calendar = Scale::of(domain.ty).and_then(|scale| scale.calendar);
    let name = constraint.name;
    let whole = if name == "distinct" { "the number of values is" } else { "the values are" };
    let place = column.bounds.first().map_or(column.span, |bound| bound.span);
    let listed = domain.checks("isin").next().map_or(place, |isin| isin.span);
    Some(
        Problem::new(
            ProblemKind::UnreachableBounds,
            span,
            format!("`{name}` can never be `{}` here", wanted.shown(calendar)),
        )
        .label("out of reach")
        .also(listed, format!("{whole} `{}`", reach.shown(calendar))),
    )
}

#[cfg(test)]
mod tests;
