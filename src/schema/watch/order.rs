//! Whether values are in order, from row to row.

use crate::base::bound::Number;
use crate::schema::column::ColumnType;
use crate::schema::watch::{Batch, Datum, Outcome, Tally, Totals, Watch, same};
use std::io;

struct Ordered {
    ty: ColumnType,
    falling: bool,
    /// The first value with its row, and how it is shown if it fails.
    first: Option<(u64, Number, String)>,
    last: Option<Number>,
    failing: Tally,
}

/// A check that no value is smaller, or when `falling` larger, than the one before it.
pub(crate) fn ordered(ty: ColumnType, falling: bool) -> Box<dyn Watch> {
    Box::new(Ordered::new(ty, falling))
}

impl Ordered {
    fn new(ty: ColumnType, falling: bool) -> Self {
        Self { ty, falling, first: None, last: None, failing: Tally::default() }
    }

    fn wrong(&self, number: Number) -> bool {
        let wrong = |last: Number| if self.falling { number > last } else { number < last };
        self.last.is_some_and(wrong)
    }

    fn take(&mut self, row: u64, value: Datum<'_>) {
        let Some(number) = value.number() else { return };
        if self.first.is_none() {
            self.first = Some((row, number, value.shown(self.ty)));
        }
        if self.wrong(number) {
            self.failing.count(row, || value.shown(self.ty));
        }
        self.last = Some(number);
    }
}

impl Watch for Ordered {
    fn fresh(&self) -> Box<dyn Watch> {
        let failing = self.failing.fresh();
        Box::new(Self { failing, ..Self::new(self.ty, self.falling) })
    }

    fn see(&mut self, batch: &Batch) {
        batch.each(|row, value| self.take(row, value));
    }

    fn keep_all(&mut self) {
        self.failing.keep_all();
    }

    fn join(&mut self, later: Box<dyn Watch>, rows: u64) {
        let Some(later) = same::<Self>(later) else { return };
        let Some((row, number, shown)) = later.first else { return };
        if self.wrong(number) {
            self.failing.count(row + rows, || shown.clone());
        }
        self.failing.join(later.failing, rows);
        self.first.get_or_insert((row + rows, number, shown));
        self.last = later.last;
    }

    fn end(self: Box<Self>, _: Totals) -> io::Result<Outcome> {
        Ok(self.failing.outcome())
    }
}
