//! Checks the arguments of one check against what its constraint takes.

use crate::base::bound::Number;
use crate::base::source::{Span, Spanned};
use crate::base::units::parse_duration;
use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Arguments, Bounds, Constraint, Quantity};
use crate::schema::layout::{self, BadLayout};
use crate::schema::literal::{self, Misfit};
use crate::schema::problem::{Problem, ProblemKind};
use crate::schema::verify::example;
use crate::schema::{pattern, portable, spelling};

/// The problems with the arguments of a check.
pub(super) fn verify(constraint: &Constraint, check: &Check, ty: ColumnType) -> Vec<Problem> {
    match constraint.arguments {
        Arguments::None => unwanted(constraint, check).into_iter().collect(),
        _ if check.arguments.is_empty() => vec![missing(constraint, check)],
        Arguments::Values => values(constraint, &check.arguments, ty),
        Arguments::Value => one(constraint, check, |value| misfit(constraint, value, ty)),
        Arguments::Text => one(constraint, check, |value| text(constraint, value)),
        Arguments::Regex => one(constraint, check, |value| regex(constraint, value)),
        Arguments::Fraction => one(constraint, check, |value| fraction(constraint, value)),
        Arguments::Factor => one(constraint, check, |value| factor(constraint, value)),
        Arguments::Layout => one(constraint, check, |value| layout(constraint, value)),
        Arguments::Duration => one(constraint, check, |value| duration(constraint, value)),
    }
}

fn missing(constraint: &Constraint, check: &Check) -> Problem {
    let name = constraint.name;
    let (what, label) = match constraint.arguments {
        Arguments::Values => ("values", "which values?"),
        Arguments::Value => ("a value", "of which value?"),
        Arguments::Text => ("a text", "which text?"),
        Arguments::Regex => ("a pattern", "which pattern?"),
        Arguments::Fraction | Arguments::None => ("a number from 0 to 1", "which part?"),
        Arguments::Factor => ("a number", "how far?"),
        Arguments::Layout => ("a layout", "which layout?"),
        Arguments::Duration => ("a duration", "how long?"),
    };
    Problem::new(
        ProblemKind::MissingArguments,
        check.constraint.span,
        format!("`{name}` needs {what}"),
    )
    .label(label)
    .help(format!("write `{}`", example(constraint)))
}

/// Arguments where none are taken; numbers were probably meant as bounds.
fn unwanted(constraint: &Constraint, check: &Check) -> Option<Problem> {
    let span = check.arguments.first()?.span.to(check.arguments.last()?.span);
    let name = constraint.name;
    let problem = |kind, text: &str| Problem::new(kind, span, format!("`{name}` {text}"));
    let numbers: Option<Vec<Number>> =
        check.arguments.iter().map(|argument| literal::number(&argument.value)).collect();
    let needs_bound = matches!(constraint.bounds, Bounds::Required(_));
    let (true, Some(numbers)) = (needs_bound && check.bounds.is_empty(), numbers) else {
        let none = problem(ProblemKind::TooManyArguments, "takes no values");
        return Some(none.label("not understood here").fix("remove it", span, ""));
    };
    let needs =
        problem(ProblemKind::NeedsBound, "needs a bound").label("a number alone is no bound");
    let exact = constraint.bounds == Bounds::Required(Quantity::Count);
    let mended = match numbers.as_slice() {
        [only] if exact => format!(">={only} <={only}"),
        [low, high] if low <= high => format!(">={low} <={high}"),
        _ => return Some(needs.help(format!("write `{}`", example(constraint)))),
    };
    Some(needs.fix(format!("write `{name} {mended}`"), span, mended))
}

fn one(
    constraint: &Constraint,
    check: &Check,
    verify: impl Fn(&Spanned<Scalar>) -> Option<Problem>,
) -> Vec<Problem> {
    let Some((first, rest)) = check.arguments.split_first() else { return Vec::new() };
    let mut problems: Vec<Problem> = verify(first).into_iter().collect();
    if let (Some(from), Some(to)) = (rest.first(), rest.last()) {
        let problem = Problem::new(
            ProblemKind::TooManyArguments,
            from.span.to(to.span),
            format!("`{}` takes one value", constraint.name),
        );
        let help = if constraint.repeatable {
            "write it once for each: all of them must hold"
        } else {
            "keep one"
        };
        problems.push(problem.label("one too many").help(help));
    }
    problems
}

fn values(constraint: &Constraint, values: &[Spanned<Scalar>], ty: ColumnType) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, value) in values.iter().enumerate() {
        let before = values.get(..at).unwrap_or_default();
        let twin = before.iter().find(|other| literal::same(&other.value, &value.value, ty));
        match twin {
            Some(first) => problems.push(duplicate(value, first.span)),
            None => problems.extend(misfit(constraint, value, ty)),
        }
    }
    problems
}

fn duplicate(value: &Spanned<Scalar>, first: Span) -> Problem {
    let text = format!("`{}` is listed twice", value.value);
    Problem::new(ProblemKind::DuplicateValue, value.span, text)
        .label("again here")
        .also(first, "first listed here")
        .fix("remove it", value.span, "")
}

fn misfit(constraint: &Constraint, value: &Spanned<Scalar>, ty: ColumnType) -> Option<Problem> {
    let misfit = literal::fits(&value.value, ty).err()?;
    let problem = Problem::new(
        ProblemKind::WrongArgument,
        value.span,
        format!("`{}` is no value of the type `{ty}`", value.value),
    )
    .label(format!("`{}` takes values of the column's type", constraint.name));
    Some(match misfit {
        Misfit::Kind(Some(meant)) => {
            let text = meant.to_string();
            problem.fix(format!("write `{text}`"), value.span, text)
        }
        Misfit::Kind(None) => problem.help(format!("write {}", kind(ty))),
        Misfit::Range => {
            let (low, high) = ty.limits().unwrap_or_default();
            problem.help(format!("a `{ty}` holds {low} to {high}"))
        }
        Misfit::Calendar => problem.help(format!("write {}", kind(ty))),
    })
}

fn kind(ty: ColumnType) -> &'static str {
    match ty {
        ColumnType::Int(_) | ColumnType::UInt(_) => "a whole number",
        ColumnType::Float(_) => "a number",
        ColumnType::Str | ColumnType::Category => "a text, in quotes unless it is a plain word",
        ColumnType::Bool => "`#true` or `#false`",
        ColumnType::Date => "a date: `\"2024-01-31\"`",
        ColumnType::DateTime => "a time: `\"2024-01-31T12:30:00Z\"`",
    }
}

fn text(constraint: &Constraint, value: &Spanned<Scalar>) -> Option<Problem> {
    let name = constraint.name;
    let wrong = |message: String| Problem::new(ProblemKind::WrongArgument, value.span, message);
    match &value.value {
        Scalar::Str(text) if text.is_empty() => {
            let problem = wrong(format!("every text passes `{name} \"\"`"));
            Some(problem.label("nothing to look for").help("write the text, or remove the check"))
        }
        Scalar::Str(_) => None,
        other @ (Scalar::Int(_) | Scalar::Float(_) | Scalar::Bool(_)) => {
            let problem = wrong(format!("`{name}` takes a text, not `{other}`"));
            let quoted = format!("\"{other}\"");
            Some(problem.label("not a text").fix(format!("write `{quoted}`"), value.span, quoted))
        }
    }
}

fn fraction(constraint: &Constraint, value: &Spanned<Scalar>) -> Option<Problem> {
    let number = literal::number(&value.value).map(Number::as_f64);
    if number.is_some_and(|number| (0.0..=1.0).contains(&number)) {
        return None;
    }
    let problem = Problem::new(
        ProblemKind::WrongArgument,
        value.span,
        format!("`{}` is not a part of 1", value.value),
    )
    .label(format!("`{}` takes a number from 0 to 1", constraint.name));
    let share = number.filter(|number| (1.0..=100.0).contains(number));
    match share.and_then(|number| format!("{number}e-2").parse::<f64>().ok()) {
        Some(share) => Some(problem.fix(format!("write `{share}`"), value.span, share.to_string())),
        None => Some(problem.help(format!("write `{}`", example(constraint)))),
    }
}

fn factor(constraint: &Constraint, value: &Spanned<Scalar>) -> Option<Problem> {
    let number = literal::number(&value.value).map(Number::as_f64);
    if number.is_some_and(|number| number >= 0.0 && number.is_finite()) {
        return None;
    }
    let text = format!("`{}` is no distance", value.value);
    let problem = Problem::new(ProblemKind::WrongArgument, value.span, text)
        .label(format!("`{}` takes a number from 0 up", constraint.name));
    Some(problem.help(format!("write `{}`", example(constraint))))
}

fn layout(constraint: &Constraint, value: &Spanned<Scalar>) -> Option<Problem> {
    let wrong = |message: String| Problem::new(ProblemKind::WrongArgument, value.span, message);
    let Scalar::Str(text) = &value.value else {
        let problem = wrong(format!("`format` takes a layout, not `{}`", value.value));
        return Some(problem.label("not a text").help(format!("write `{}`", example(constraint))));
    };
    let bad = layout::parse(text).err()?;
    let problem = wrong(format!("`{text}` is no layout of dates or times"));
    Some(match bad {
        BadLayout::Constant => problem
            .label("nothing in it stands for a date or a time")
            .help("`%Y` is the year, `%m` the month, `%d` the day, `%H:%M:%S` the time"),
        BadLayout::Open => problem.label("ends in `%`").help("write `%%` for a percent sign"),
        BadLayout::Twice(name) => problem
            .label(format!("`%{name}` is there twice"))
            .help("Python refuses that: write it once"),
        BadLayout::Unknown('z' | 'Z') => problem
            .label("releases of Python read zones differently")
            .help("a column of the type `datetime` reads times with a zone"),
        BadLayout::Unknown(name) => problem
            .label(format!("`%{name}` is not understood"))
            .help("`%Y %y %m %d %H %I %M %S %f %j %p %b %B %a %A` and `%%` are"),
    })
}

fn duration(constraint: &Constraint, value: &Spanned<Scalar>) -> Option<Problem> {
    let message = match &value.value {
        Scalar::Str(text) => match parse_duration(text) {
            Ok(_) => return None,
            Err(_) => format!("`{text}` is no duration"),
        },
        other @ (Scalar::Int(_) | Scalar::Float(_) | Scalar::Bool(_)) => {
            format!("`{other}` is no duration: of what unit?")
        }
    };
    let problem = Problem::new(ProblemKind::WrongArgument, value.span, message)
        .label(format!("`{}` takes a duration", constraint.name));
    Some(problem.help("write `\"6h\"`, `\"2d\"`, `\"1h30m\"`"))
}

fn regex(constraint: &Constraint, value: &Spanned<Scalar>) -> Option<Problem> {
    let name = constraint.name;
    let Scalar::Str(text) = &value.value else {
        let message = format!("`{name}` takes a pattern, not `{}`", value.value);
        let problem = Problem::new(ProblemKind::WrongArgument, value.span, message);
        let help = format!("write `{name} #\"[A-Z]+\"#`");
        return Some(problem.label("not a text").help(help));
    };
    if name == "not-matches" && text.replace("\\$", "").contains('$') {
        let message = "`$` means two things where a part of the text is enough";
        let problem = Problem::new(ProblemKind::RegexNotPortable, value.span, message);
        let help = "forbid an end with `matches`, or write `\\$` for a dollar";
        return Some(problem.label("to Python also the place before a last line end").help(help));
    }
    match pattern::parse(text) {
        Err(bad) => Some(bad_regex(value.span, text, &bad)),
        Ok(ast) => not_portable(value.span, text, &portable::differences(text, &ast)),
    }
}

fn bad_regex(span: Span, text: &str, bad: &pattern::BadPattern) -> Problem {
    let problem =
        Problem::new(ProblemKind::BadRegex, span, format!("`{text}` is not a regular expression"));
    let label = match bad.part.as_str() {
        "" => bad.reason.clone(),
        part => format!("{} at `{part}`", bad.reason),
    };
    let problem = problem.label(label);
    if let Some(rest) = text.strip_suffix("\\Z") {
        let mended = spelling::raw(rest);
        return problem.help("the whole text is matched: its end needs no saying").fix(
            format!("write `{mended}`"),
            span,
            mended,
        );
    }
    problem.help("the syntax is that of Rust's `regex` and Python's `re`, where they agree")
}

fn not_portable(span: Span, text: &str, found: &[portable::Difference]) -> Option<Problem> {
    let first = found.first()?;
    let part = text.get(first.range.clone()).unwrap_or_default();
    let problem = Problem::new(
        ProblemKind::RegexNotPortable,
        span,
        format!("Python does not read `{text}` as Rust does"),
    )
    .label(format!("at `{part}`: Python {}", first.python));
    Some(match portable::portable(text, found) {
        Some(form) => {
            let mended = spelling::raw(&form);
            problem.help("tools written in Python check it too: write what both read alike").fix(
                format!("write `{mended}`"),
                span,
                mended,
            )
        }
        None => problem.help(
            "tools written in Python check it too: spell it out with characters, ranges, `\\d`, \
             `\\w`, `\\s` and groups",
        ),
    })
}
