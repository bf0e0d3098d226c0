//! Whether values are in order, from row to row.

use crate::base::bound::Number;
use crate::schema::column::ColumnType;
use crate::schema::watch::{Batch, Case, Outcome, SHOWN, Totals, Watch};

struct Ordered {
    ty: ColumnType,
    falling: bool,
    last: Option<Number>,
    failing: u64,
    first: Vec<Case>,
}

/// A check that no value is smaller, or when `falling` larger, than the one before it.
pub(crate) fn ordered(ty: ColumnType, falling: bool) -> Box<dyn Watch> {
    Box::new(Ordered { ty, falling, last: None, failing: 0, first: Vec::new() })
}

impl Watch for Ordered {
    fn see(&mut self, batch: &Batch) {
        batch.each(|row, value| {
            let Some(number) = value.number() else { return };
            let wrong = |last: Number| if self.falling { number > last } else { number < last };
            if self.last.is_some_and(wrong) {
                self.failing += 1;
                if self.first.len() < SHOWN {
                    self.first.push(Case { row, value: value.shown(self.ty) });
                }
            }
            self.last = Some(number);
        });
    }

    fn end(self: Box<Self>, _: Totals) -> Outcome {
        Outcome::Values { failing: self.failing, first: self.first }
    }
}
