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
    problems.extend(bound_problems(constraint, check, ty.value));
    // What cannot hold is only asked of a check that is sound by itself.
    if problems.is_empty() {
        problems.extend(needless(constraint, check, column, ty.value));
        problems.extend(impossible_values(constraint, check, column));
        problems.extend(out_of_reach(constraint, check, column));
    }
    problems
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
    same_name && same_subject
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
    match quantity {
        Quantity::Extreme => typed(ty),
        other => described(other).to_owned(),
    }
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
mod tests {
    use super::*;
    use crate::schema::problem::ProblemKind::{
        BadRegex, BoundAlwaysHolds, BoundNeverHolds, BoundsOnNoNumber, DoesNotApply,
        DuplicateValue, FractionalBound, ImpossibleValue, MissingArguments, NeedlessCheck,
        NeedsBound, RedundantBound, RegexNotPortable, RepeatedCheck, TakesNoBound,
        TooManyArguments, UnreachableBounds, WrongArgument,
    };
    use crate::schema::sample;

    #[test]
    fn sound_columns_are_left_alone() {
        for text in [
            "customer_id int >0 { unique >=0.95 }",
            "age int >=18 <=120",
            "purchase_amount float? >0 { null-share <=0.1 }",
            "category str { isin A B C D }",
            "churn int { isin 0 1; mean >0.01 <0.90 }",
            "x float >0 <1 { quantile 0.5 >=0.4; quantile 0.9 <=0.95; std >0; finite }",
            "code str { matches \"[A-Z]+\"; matches \".{4}\"; length >=4 <=4; starts-with \"AB-\" }",
            "ts datetime { increasing; unique; notin \"1970-01-01T00:00:00\" }",
            "ok bool { share #true >=0.99 }",
            "n uint8 >0 <255 { distinct >=2; sum >100; min <=3; max >=9 }",
            "day date { isin \"2024-02-29\" }",
            "day date >=\"2024-01-01\" <\"2025-01-01\" { min <=\"2024-01-31\" }",
        ] {
            let problems = column(&sample::column(text));
            assert!(problems.is_empty(), "{text}: {problems:?}");
        }
    }

    #[test]
    fn mistakes_are_found_at_their_place_once_and_mended() {
        for (text, kind, place, mended) in [
            ("x str { mean >0 }", DoesNotApply, "mean", None),
            ("x bool { mean >0 }", DoesNotApply, "mean", None),
            ("x int { length >=2 }", DoesNotApply, "length", None),
            ("x int { finite }", DoesNotApply, "finite", None),
            ("x str { increasing }", DoesNotApply, "increasing", None),
            ("x str >=3", BoundsOnNoNumber, ">=3", None),
            ("x str { isin }", MissingArguments, "isin", None),
            ("x str { matches }", MissingArguments, "matches", None),
            ("x int { quantile >=1 }", MissingArguments, "quantile", None),
            ("x str { contains a b }", TooManyArguments, "b", None),
            ("x int { unique 5 }", TooManyArguments, "5", Some("x int { unique  }")),
            ("x str { isin A 1 }", WrongArgument, "1", Some("x str { isin A \"1\" }")),
            ("x int { isin \"1\" 2 }", WrongArgument, "\"1\"", Some("x int { isin 1 2 }")),
            ("x int8 { isin 1 300 }", WrongArgument, "300", None),
            ("x int { isin 1 2.5 }", WrongArgument, "2.5", None),
            ("x bool { isin 0 }", WrongArgument, "0", Some("x bool { isin #false }")),
            ("x date { isin \"2023-02-29\" }", WrongArgument, "\"2023-02-29\"", None),
            ("x str { contains 5 }", WrongArgument, "5", Some("x str { contains \"5\" }")),
            ("x str { contains \"\" }", WrongArgument, "\"\"", None),
            ("x int { quantile 95 >=1 }", WrongArgument, "95", Some("x int { quantile 0.95 >=1 }")),
            ("x str { isin A B A }", DuplicateValue, "A }", Some("x str { isin A B  }")),
            ("x float { isin 1 1.0 }", DuplicateValue, "1.0", Some("x float { isin 1  }")),
            ("x int { mean }", NeedsBound, "mean", None),
            ("x int { mean 0.5 }", NeedsBound, "0.5", None),
            ("x str { length 5 }", NeedsBound, "5", Some("x str { length >=5 <=5 }")),
            ("x str { length 1 40 }", NeedsBound, "1 40", Some("x str { length >=1 <=40 }")),
            ("x int { isin 1 >=2 }", TakesNoBound, ">=2", Some("x int { isin 1  }")),
            ("x int { unique >=95 }", BoundNeverHolds, ">=95", Some("x int { unique >=0.95 }")),
            ("x uint8 <0", BoundNeverHolds, "<0", None),
            ("x int8 >=300", BoundNeverHolds, ">=300", None),
            ("x str { length <0 }", BoundNeverHolds, "<0", None),
            ("x int8 <=300", BoundAlwaysHolds, "<=300", Some("x int8 ")),
            ("x uint8 >=0", BoundAlwaysHolds, ">=0", Some("x uint8 ")),
            ("x str { length >=0 }", BoundAlwaysHolds, ">=0", Some("x str { length  }")),
            ("x int >=5 <=3", UnreachableBounds, "<=3", Some("x int >=3 <=5")),
            ("x int <=3 >=5", UnreachableBounds, ">=5", Some("x int <=5 >=3")),
            ("x int >3 <4", UnreachableBounds, "<4", None),
            ("x float >5 <=5", UnreachableBounds, "<=5", None),
            (
                "x date >=\"2024-03-01\" <=\"2024-02-01\"",
                UnreachableBounds,
                "<=\"2024",
                Some("x date >=\"2024-02-01\" <=\"2024-03-01\""),
            ),
            ("x date >\"2024-03-01\" <\"2024-03-02\"", UnreachableBounds, "<", None),
            ("x date >\"2024-03-01\" { isin \"2024-02-29\" }", ImpossibleValue, "\"2024-02", None),
            ("x int >=18 >=20", RedundantBound, ">=18", Some("x int  >=20")),
            ("x int >=18 >=18", RedundantBound, ">=18", Some("x int >=18 ")),
            ("x int >=2.5", FractionalBound, ">=2.5", Some("x int >=3")),
            ("x int <1e6", FractionalBound, "<1e6", Some("x int <1000000")),
            ("x str { matches \"a(b\" }", BadRegex, "\"a(b\"", None),
            ("x str { matches \"ab\\Z\" }", BadRegex, "\"ab", Some("x str { matches #\"ab\"# }")),
            (
                "x str { matches \"a++\" }",
                RegexNotPortable,
                "\"a",
                Some("x str { matches #\"(?:a+)+\"# }"),
            ),
            ("x int { unique; unique }", RepeatedCheck, "unique }", None),
            ("x int { mean >1; mean <2 }", RepeatedCheck, "mean <2", None),
            (
                "x int { min >=1; quantile 0.5 >2; quantile 0.5 <9 }",
                RepeatedCheck,
                "quantile 0.5 <9",
                None,
            ),
            ("x int >=18 { isin 5 20 }", ImpossibleValue, "5", None),
            ("x str { isin A B; notin A }", ImpossibleValue, "A B", None),
            ("x str { isin A; starts-with \"B\" }", ImpossibleValue, "A;", None),
            ("x str { isin abc d; matches \"[a-c]+\" }", ImpossibleValue, "d;", None),
            ("x int >0 { notin -1 }", NeedlessCheck, "-1", None),
            (
                "x float { null-share <=0.1 }",
                NeedlessCheck,
                "null",
                Some("x float? { null-share <=0.1 }"),
            ),
            ("x int >=18 <=120 { mean >130 }", UnreachableBounds, ">130", None),
            ("x int { isin 0 1; mean >1.5 }", UnreachableBounds, ">1.5", None),
            ("x str { isin A B; distinct >=3 }", UnreachableBounds, ">=3", None),
        ] {
            let problems = column(&sample::column(text));
            assert_eq!(problems.len(), 1, "{text}: {problems:#?}");
            let problem = &problems[0];
            assert_eq!(problem.kind, kind, "{text}: {problem:?}");
            let at = problem.span.range();
            let same_place = place.starts_with(&text[at.clone()]) || text[at].starts_with(place);
            assert!(same_place, "{text}: {problem:?}");
            let got = problem.fix.as_ref().map(|fix| sample::edited(text, fix));
            assert_eq!(got.as_deref(), mended, "{text}");
            assert!(!problem.message.is_empty() && !problem.label.is_empty(), "{text}");
        }
    }
}
