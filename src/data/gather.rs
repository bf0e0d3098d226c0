//! Something put together from all rows while a table is read: gathered piece by piece, joined in
//! the order of the rows.

use crate::schema::watch::Outcome;
use crate::schema::watch::across::{Across, Frame, same};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// What is put together.
pub(crate) trait Gather: Send + 'static {
    /// The same before it has seen anything.
    fn fresh(&self) -> Self;
    fn see(&mut self, frame: &Frame<'_>);
    /// Takes in what was gathered of later rows.
    fn join(&mut self, later: Self);
}

/// Where what was gathered is found when the table was read.
pub(crate) struct Basket<G>(Arc<Mutex<Option<G>>>);

struct Gathering<G> {
    own: G,
    basket: Arc<Mutex<Option<G>>>,
}

impl<G: Gather> Basket<G> {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }

    /// What sees the rows.
    pub(crate) fn gathering(&self, empty: G) -> Box<dyn Across> {
        Box::new(Gathering { own: empty, basket: Arc::clone(&self.0) })
    }

    pub(crate) fn taken(&self) -> Option<G> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<G: Gather> Across for Gathering<G> {
    fn fresh(&self) -> Box<dyn Across> {
        Box::new(Self { own: self.own.fresh(), basket: Arc::clone(&self.basket) })
    }

    fn see(&mut self, frame: &Frame<'_>) {
        self.own.see(frame);
    }

    fn join(&mut self, later: Box<dyn Across>, _: u64) {
        if let Some(later) = same::<Self>(later) {
            self.own.join(later.own);
        }
    }

    fn end(self: Box<Self>) -> io::Result<(Outcome, u64)> {
        *self.basket.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.own);
        Ok((Outcome::Values { failing: 0, first: Vec::new() }, 0))
    }
}
