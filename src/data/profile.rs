//! A schema drafted from data, which the same data then passes: types, bounds, sets, missing values.

mod guess;

use crate::base::bound::{Number, Op};
use crate::base::source::Span;
use crate::data::follow::Task;
use crate::data::gather::{Basket, Gather};
use crate::data::profile::guess::{Guess, at_no_place, bound};
use crate::data::source::{self, Opened, Trouble};
use crate::data::{delimited, jsonl, parquet, validate};
use crate::schema::column::{Column, ColumnType, Schema};
use crate::schema::watch::Batch;
use crate::schema::watch::across::Frame;
use camino::Utf8Path;

/// What was drafted, and from how much.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) schema: Schema,
    pub(crate) rows: u64,
    /// Columns that no type fits, such as lists.
    pub(crate) left_out: Vec<String>,
}

/// Drafts a schema from the data at a path.
pub(crate) fn profile(path: &Utf8Path, shown: &Utf8Path) -> Result<Profile, Trouble> {
    let named = |error: String| Trouble::Broken(format!("{shown}: {error}"));
    let (guesses, rows, left_out) = match source::open(path, shown)? {
        Opened::Delimited { text, delimiter } => {
            let names = delimited::names(text, delimiter).map_err(named)?;
            let columns = names.into_iter().map(|name| (name, ColumnType::Str)).collect();
            let (guesses, rows) = walked(path, shown, columns, true)?;
            (guesses, rows, Vec::new())
        }
        Opened::Parquet(members) => {
            let columns = parquet::columns(members).map_err(Trouble::Broken)?;
            let (known, other): (Vec<_>, Vec<_>) =
                columns.into_iter().partition(|(_, ty)| ty.is_some());
            let known = known.into_iter().filter_map(|(name, ty)| Some((name, ty?))).collect();
            let (guesses, rows) = walked(path, shown, known, false)?;
            (guesses, rows, other.into_iter().map(|(name, _)| name).collect())
        }
        Opened::Lines(text) => {
            let mut found: Vec<(String, Guess)> = Vec::new();
            let rows = jsonl::each(text, |object, row| {
                for (key, value) in object {
                    let place = found.iter().position(|(name, _)| *name == key);
                    let place = place.unwrap_or_else(|| {
                        found.push((key, Guess::default()));
                        found.len() - 1
                    });
                    if let Some((_, guess)) = found.get_mut(place) {
                        guess.json(&value);
                    }
                }
                for (_, guess) in &mut found {
                    guess.missing = row - guess.count;
                }
            });
            let rows = rows.map_err(named)?;
            let (nested, plain): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|(_, guess)| guess.is_nested);
            (plain, rows, nested.into_iter().map(|(name, _)| name).collect())
        }
    };
    let columns = guesses.into_iter().map(|(name, guess)| guess.column(name, rows)).collect();
    let bounds = vec![bound(Op::Ge, Number::Int(i128::from(rows > 0)))];
    let bounds = if rows > 0 { bounds } else { Vec::new() };
    let mut schema = Schema { rows: bounds, columns, ..Schema::default() };
    settle(path, shown, &mut schema)?;
    Ok(Profile { schema, rows, left_out })
}

/// Takes back what the data does not keep, such as that a column repeats nothing.
fn settle(path: &Utf8Path, shown: &Utf8Path, schema: &mut Schema) -> Result<(), Trouble> {
    let report = validate::file(path, shown, schema)?;
    for broken in report.broken() {
        let Some(name) = &broken.column else { continue };
        let column = schema.columns.iter_mut().find(|it| it.name.value == *name);
        if let Some(column) = column {
            column.checks.retain(|it| it.constraint.value != broken.check);
        }
    }
    Ok(())
}

/// Looks at each value of a table.
fn walked(
    path: &Utf8Path,
    shown: &Utf8Path,
    columns: Vec<(String, ColumnType)>,
    text: bool,
) -> Result<(Vec<(String, Guess)>, u64), Trouble> {
    let column = |(name, ty): &(String, ColumnType)| Column {
        name: at_no_place(name.clone()),
        ty: Some(at_no_place(*ty)),
        nullable: true,
        bounds: Vec::new(),
        checks: Vec::new(),
        span: Span::default(),
    };
    let schema = Schema { columns: columns.iter().map(column).collect(), ..Schema::default() };
    let basket = Basket::new();
    let start = || {
        let guess = |(_, ty): &(String, ColumnType)| Guess::of((!text).then_some(*ty));
        basket.gathering(Guesses(columns.iter().map(guess).collect()))
    };
    let report =
        validate::table(path, shown, Task { schema: &schema, extra: Some(&start), all: false })?;
    let mut guesses = basket.taken().map_or_else(Vec::new, |it| it.0);
    guesses.iter_mut().for_each(|it| it.missing = report.rows - it.count);
    let names = columns.into_iter().map(|(name, _)| name);
    Ok((names.zip(guesses).collect(), report.rows))
}

struct Guesses(Vec<Guess>);

impl Gather for Guesses {
    fn see(&mut self, frame: &Frame<'_>) {
        for (guess, batch) in self.0.iter_mut().zip(frame.batches) {
            Batch::values(batch, |value| guess.take(value));
        }
    }

    fn join(&mut self, later: Self, _: u64) {
        self.0.iter_mut().zip(later.0).for_each(|(own, later)| own.join(later));
    }
}
