//! How long ago the latest day or time of a column is.

use crate::base::bound::Number;
use crate::base::units::show_duration;
use crate::schema::column::{ColumnType, Scalar};
use crate::schema::watch::{Batch, Outcome, Totals, Watch, same};
use std::io;
use std::time::Duration;

struct Age {
    limit: Duration,
    /// Nanoseconds in a unit of the column.
    unit: i128,
    latest: Option<i128>,
}

/// A check that the latest value is at most this long before now.
pub(crate) fn at_most(limit: Duration, ty: ColumnType) -> Box<dyn Watch> {
    let unit = if ty == ColumnType::Date { 86_400_000_000_000 } else { 1 };
    Box::new(Age { limit, unit, latest: None })
}

impl Watch for Age {
    fn fresh(&self) -> Box<dyn Watch> {
        Box::new(Self { latest: None, ..*self })
    }

    fn see(&mut self, batch: &Batch) {
        batch.values(|value| {
            if let Some(Number::Int(value)) = value.number() {
                self.latest = self.latest.max(Some(value));
            }
        });
    }

    fn join(&mut self, later: Box<dyn Watch>, _: u64) {
        if let Some(later) = same::<Self>(later) {
            self.latest = self.latest.max(later.latest);
        }
    }

    fn end(self: Box<Self>, totals: Totals) -> io::Result<Outcome> {
        let Some(latest) = self.latest else {
            return Ok(Outcome::Measured { holds: false, value: None });
        };
        let age = totals.now - latest * self.unit;
        let seconds = u64::try_from(age / 1_000_000_000).unwrap_or(0);
        let shown = show_duration(Duration::from_secs(seconds));
        let holds = u128::try_from(age).is_ok_and(|age| age <= self.limit.as_nanos()) || age < 0;
        Ok(Outcome::Measured { holds, value: Some(Scalar::Str(format!("{shown} old"))) })
    }
}
