//! How often each of some values occurs.

use crate::base::bound::Number;
use crate::schema::column::{Check, ColumnType};
use crate::schema::watch::measure::{Measure, part};
use crate::schema::watch::{Datum, Totals, each::Test, listed::listed};
use std::io;
use std::sync::Arc;

type Tests = Vec<Box<dyn Test>>;

/// Counts each of the arguments of a check.
pub(crate) struct Classes {
    /// Whether a value is the first argument, the second ...
    tests: Arc<Tests>,
    counts: Vec<u64>,
    all: u64,
    /// Whether the share of the rarest is asked for, or how many do not occur.
    share: bool,
}

impl Classes {
    fn new(check: &Check, ty: ColumnType, share: bool) -> Self {
        let one = |place: usize| -> Box<dyn Test> {
            let arguments = check.arguments.get(place).cloned().into_iter().collect();
            Box::new(listed(&Check { arguments, ..check.clone() }, ty))
        };
        let tests: Tests = (0..check.arguments.len()).map(one).collect();
        let counts = vec![0; tests.len()];
        Self { tests: Arc::new(tests), counts, all: 0, share }
    }

    /// How many of the arguments do not occur.
    pub(crate) fn lacking(check: &Check, ty: ColumnType) -> Self {
        Self::new(check, ty, false)
    }

    /// The share of the argument that occurs least.
    pub(crate) fn rarest(check: &Check, ty: ColumnType) -> Self {
        Self::new(check, ty, true)
    }
}

impl Measure for Classes {
    fn fresh(&self) -> Self {
        let (tests, counts) = (Arc::clone(&self.tests), vec![0; self.counts.len()]);
        Self { tests, counts, all: 0, share: self.share }
    }

    fn add(&mut self, value: Datum<'_>) {
        self.all += 1;
        for (test, count) in self.tests.iter().zip(&mut self.counts) {
            *count += u64::from(test(value));
        }
    }

    fn join(&mut self, later: Self) {
        self.counts.iter_mut().zip(later.counts).for_each(|(own, later)| *own += later);
        self.all += later.all;
    }

    fn value(self, _: Totals) -> io::Result<Option<Number>> {
        let least = self.counts.iter().copied().min().unwrap_or(0);
        let lacking = self.counts.iter().filter(|it| **it == 0).count();
        Ok(match self.share {
            true => part(least, self.all),
            false => Some(Number::Int(lacking as i128)),
        })
    }
}
