//! What to say of a demand that is not implied, where, and how to close it.

use crate::base::bound::{Bound, Op};
use crate::base::diagnostic::{Edit, Fix, Label};
use crate::base::source::Span;
use crate::base::suggest;
use crate::schema::column::{Check, Column, ColumnType, Scalar, Schema};
use crate::schema::constraint::{self, Verdict};
use crate::schema::domain::Domain;
use crate::schema::implies::{Gap, GapKind};
use crate::schema::literal;
use crate::schema::range::{Limit, Range, Scale};
use crate::schema::spelling;

/// A column that is not promised at all.
pub(super) fn missing(promise: &Schema, wanted: &Column) -> Gap {
    let name = &wanted.name.value;
    let names = promise.columns.iter().map(|column| column.name.value.as_str());
    let near = suggest::nearest(name, names).and_then(|near| promise.column(near));
    let last = promise.columns.last().filter(|_| wanted.ty.is_some());
    let add = last.map(|last| {
        let line = format!("\n        {wanted}");
        fix(format!("promise `{}`", spelling::word(name)), last.span.after(), line)
    });
    let promised = near.map(|near| {
        label(near.name.span, format!("`{}` is promised: is it the same?", near.name.value))
    });
    Gap {
        kind: GapKind::MissingColumn,
        message: format!("column `{name}` is demanded but not promised"),
        promise: promised,
        demand: label(wanted.name.span, "demanded here"),
        help: None,
        fixes: add.into_iter().collect(),
    }
}

pub(super) fn wrong_type(promised: &Column, wanted: &Column) -> Option<Gap> {
    let (from, to) = (promised.ty.as_ref()?, wanted.ty.as_ref()?);
    let name = &wanted.name.value;
    let float = from.value.is_integer() && to.value.exact_integers().is_some();
    let help = to.value.exact_integers().filter(|_| float).map(|most| {
        format!("a `{}` holds integers exactly only up to {most}: bound the promise", to.value)
    });
    let (less, more) = (from.value.spelled(wanted.nullable), to.value.spelled(promised.nullable));
    Some(Gap {
        kind: GapKind::Type,
        message: format!("`{name}` is promised as `{}` but demanded as `{}`", from.value, to.value),
        promise: Some(label(from.span, format!("promised here as `{}`", from.value))),
        demand: label(to.span, format!("demanded here as `{}`", to.value)),
        help,
        fixes: vec![
            fix(format!("promise `{more}`"), from.span, more),
            fix(format!("demand `{less}`"), to.span, less),
        ],
    })
}

pub(super) fn nullable(promised: &Column, wanted: &Column) -> Option<Gap> {
    let (from, to) = (promised.ty.as_ref()?, wanted.ty.as_ref()?);
    let name = &wanted.name.value;
    let (more, less) = (from.value.spelled(false), to.value.spelled(true));
    Some(Gap {
        kind: GapKind::Nullable,
        message: format!("values of `{name}` may be missing, but all are demanded"),
        promise: Some(label(from.span, format!("promised here as `{}`", from.value.spelled(true)))),
        demand: label(to.span, format!("demanded here as `{}`, never missing", to.value)),
        help: None,
        fixes: vec![
            fix(format!("promise `{more}`"), from.span, more),
            fix(format!("demand `{less}`"), to.span, less),
        ],
    })
}

/// The demanded bounds against each listed value, or against the promised bounds.
pub(super) fn range(domain: &Domain<'_>, wanted: &Column) -> Option<Gap> {
    let ty = wanted.ty.as_ref()?.value;
    let demanded = Range::of(&wanted.bounds, Scale::of(ty)?).ok()?;
    match &domain.values {
        Some(values) => {
            let outside = values.iter().find(|value| {
                let number = literal::measure(value, domain.ty);
                number.is_some_and(|number| !demanded.includes(number))
            })?;
            let promise = label(place_of(domain, outside), format!("`{outside}` is promised here"));
            let demand = label(bounds_span(&wanted.bounds)?, "demanded here");
            let bounds = spelling::bounds(&wanted.bounds, Some(ty));
            let name = &wanted.name.value;
            let message =
                format!("`{name}` may be `{outside}`, which is not the demanded `{bounds}`");
            Some(range_gap(message, promise, demand))
        }
        None => wider(domain, wanted, &demanded),
    }
}

/// The sides on which the promise is open, or wider than the demand.
fn wider(domain: &Domain<'_>, wanted: &Column, demanded: &Range) -> Option<Gap> {
    let ty = wanted.ty.as_ref()?.value;
    let lower = demanded.lower.filter(|_| !demanded.lower_admits(&domain.range));
    let upper = demanded.upper.filter(|_| !demanded.upper_admits(&domain.range));
    let broken: Vec<Bound> = [lower, upper].iter().filter_map(|it| it.as_ref()?.bound).collect();
    let own = [lower.and(domain.range.lower), upper.and(domain.range.upper)];
    let own: Vec<Bound> = own.iter().filter_map(|it| it.as_ref()?.bound).collect();
    let promise = match bounds_span(&own) {
        Some(span) => {
            let text = spelling::bounds(&own, Some(domain.ty));
            label(span, format!("promised here only as `{text}`"))
        }
        None => label(subject(domain.column), "promised here without that bound"),
    };
    let demand = label(bounds_span(&broken)?, "demanded here");
    let text = spelling::bounds(&broken, Some(ty));
    let message = format!("`{}` is not promised to be `{text}`, as is demanded", wanted.name.value);
    let mut gap = range_gap(message, promise, demand);
    gap.fixes = vec![tighten(domain, &broken), loosen(&broken, &domain.range, ty)];
    Some(gap)
}

fn range_gap(message: String, promise: Label, demand: Label) -> Gap {
    Gap {
        kind: GapKind::Range,
        message,
        promise: Some(promise),
        demand,
        help: None,
        fixes: Vec::new(),
    }
}

fn bounds_span(bounds: &[Bound]) -> Option<Span> {
    Some(bounds.first()?.span.to(bounds.last()?.span))
}

/// Where a column says what it is: its type, or its name.
fn subject(column: &Column) -> Span {
    column.ty.as_ref().map_or(column.name.span, |ty| ty.span)
}

/// Where the last thing before the block is written, as far as it is on the column's own line.
fn before_block(column: &Column) -> Span {
    let own = column.bounds.iter().map(|bound| bound.span);
    own.filter(|span| column.span.contains(*span)).max().unwrap_or_else(|| subject(column))
}

/// Puts the demanded bounds into the promise, in place of looser ones.
fn tighten(domain: &Domain<'_>, broken: &[Bound]) -> Fix {
    let text = spelling::bounds(broken, Some(domain.ty));
    let mut edits = Vec::new();
    let mut added = String::new();
    for bound in broken {
        let text = spelling::bound(bound, Some(domain.ty));
        let same_side = |other: &&Bound| other.op.is_lower() == bound.op.is_lower();
        match domain.column.bounds.iter().find(same_side) {
            Some(old) => edits.push(Edit { span: old.span, text }),
            None => added.push_str(&format!(" {text}")),
        }
    }
    if !added.is_empty() {
        edits.push(Edit { span: before_block(domain.column).after(), text: added });
    }
    Fix { title: format!("promise `{text}`"), edits }
}

/// Demands no more than is promised.
fn loosen(broken: &[Bound], promised: &Range, ty: ColumnType) -> Fix {
    let edit = |bound: &Bound| {
        let limit = if bound.op.is_lower() { promised.lower } else { promised.upper };
        // A type's own limit needs no bound.
        let limit = limit.filter(|limit| limit.bound.is_some());
        let text = limit.map_or_else(String::new, |limit| written(limit, bound.op, ty));
        Edit { span: bound.span, text }
    };
    Fix {
        title: "demand no more than is promised".to_owned(),
        edits: broken.iter().map(edit).collect(),
    }
}

fn written(limit: Limit, side: Op, ty: ColumnType) -> String {
    let op = match (side.is_lower(), limit.strict) {
        (true, true) => Op::Gt,
        (true, false) => Op::Ge,
        (false, true) => Op::Lt,
        (false, false) => Op::Le,
    };
    format!("{}{}", op.as_str(), spelling::number(limit.value, Some(ty)))
}

/// A check on single values that some promised value fails.
pub(super) fn unmet(domain: &Domain<'_>, wanted: &Column, check: &Check) -> Gap {
    let (name, constraint) = (&wanted.name.value, check.constraint.value);
    let text = spelling::check(check, wanted.ty.as_ref().map(|ty| ty.value));
    let failing = failing(domain, check);
    let near = domain.checks(constraint).next().map(|own| own.span);
    let (message, promise, fixes) = match (failing.first(), near) {
        (Some(value), _) => (
            format!("`{name}` may be `{value}`, which fails the demanded `{constraint}`"),
            label(place_of(domain, value), format!("`{value}` is promised here")),
            values_fixes(domain, check, &failing),
        ),
        (None, Some(near)) => (
            format!("`{name}` is promised another `{constraint}` than is demanded"),
            label(near, "promised here"),
            Vec::new(),
        ),
        (None, None) => (
            format!("`{name}` is not promised to pass `{text}`, as is demanded"),
            label(subject(domain.column), "promised here without it"),
            vec![promised_too(domain, &text)],
        ),
    };
    let set = matches!(constraint, "isin" | "notin");
    Gap {
        kind: if set { GapKind::Set } else { GapKind::Check },
        message,
        promise: Some(promise),
        demand: label(check.span, "demanded here"),
        help: None,
        fixes,
    }
}

/// The listed values that fail a check.
fn failing<'d>(domain: &'d Domain<'_>, check: &Check) -> Vec<&'d Scalar> {
    let Some(constraint) = constraint::find(check.constraint.value) else { return Vec::new() };
    let fails = |value: &&Scalar| (constraint.holds)(check, value, domain.ty) == Verdict::Fails;
    domain.values.iter().flatten().filter(fails).collect()
}

/// Where a value that can occur is written, or the type that has it.
fn place_of(domain: &Domain<'_>, value: &Scalar) -> Span {
    let arguments = domain.checks("isin").flat_map(|check| &check.arguments);
    let mut listed = arguments.filter(|it| literal::same(&it.value, value, domain.ty));
    listed.next().map_or_else(|| subject(domain.column), |it| it.span)
}

/// Takes values out of the promised list, or puts them into the demanded one.
fn values_fixes(domain: &Domain<'_>, check: &Check, failing: &[&Scalar]) -> Vec<Fix> {
    let names = failing.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let listed = domain.checks("isin").next();
    let remove = listed.filter(|isin| isin.arguments.len() > failing.len()).map(|isin| {
        let gone = isin
            .arguments
            .iter()
            .filter(|it| failing.iter().any(|value| literal::same(&it.value, value, domain.ty)));
        let edits = gone.map(|it| Edit { span: it.span, text: String::new() }).collect();
        Fix { title: format!("do not promise `{names}`"), edits }
    });
    let last = check.arguments.last().filter(|_| check.constraint.value == "isin");
    let add = last
        .map(|last| fix(format!("demand `{names}` too"), last.span.after(), format!(" {names}")));
    remove.into_iter().chain(add).collect()
}

/// Adds a check to the promise: to its block, or in a block of its own.
fn promised_too(domain: &Domain<'_>, check: &str) -> Fix {
    let column = domain.column;
    let own = column.checks.iter().map(|check| check.span);
    let last = own.filter(|span| column.span.contains(*span)).max();
    let title = format!("promise `{check}`");
    match last {
        Some(last) => fix(title, last.after(), format!("; {check}")),
        None => fix(title, before_block(column).after(), format!(" {{ {check} }}")),
    }
}

/// The demanded number of rows against the promised one.
pub(super) fn rows(promise: &Schema, demand: &Schema) -> Option<Gap> {
    let wanted = Range::of(&demand.rows, Scale::COUNT).ok()?;
    let promised = Range::of(&promise.rows, Scale::COUNT).ok()?;
    let lower = wanted.lower.filter(|_| !wanted.lower_admits(&promised));
    let upper = wanted.upper.filter(|_| !wanted.upper_admits(&promised));
    let broken = lower.or(upper)?.bound?;
    let own = if broken.op.is_lower() { promised.lower } else { promised.upper };
    let own = own.and_then(|limit| limit.bound);
    let fixes = own.map(|own| {
        vec![
            fix(format!("promise `{broken}`"), own.span, broken.to_string()),
            fix(format!("demand `{own}`"), broken.span, own.to_string()),
        ]
    });
    Some(Gap {
        kind: GapKind::Rows,
        message: format!("the number of rows is not promised to be `{broken}`, as is demanded"),
        promise: own.map(|own| label(own.span, format!("promised here only as `{own}`"))),
        demand: label(broken.span, "demanded here"),
        help: own.is_none().then(|| format!("promise `rows {broken}`")),
        fixes: fixes.unwrap_or_default(),
    })
}

fn label(span: Span, text: impl Into<String>) -> Label {
    Label { span, text: text.into() }
}

fn fix(title: impl Into<String>, span: Span, text: impl Into<String>) -> Fix {
    Fix { title: title.into(), edits: vec![Edit { span, text: text.into() }] }
}
