//! Something put together from all rows while a table is read: gathered piece by piece, joined in
//! the order of the rows. Unaware of checks.

use crate::schema::watch::across::Frame;
use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

/// What is put together.
pub(crate) trait Gather: Send + 'static {
    fn see(&mut self, frame: &Frame<'_>);
    /// Takes in what was gathered of later rows; `rows` come before those.
    fn join(&mut self, later: Self, rows: u64);
}

/// What sees the rows of a table beside its checks.
pub(crate) trait Onlooker: Any + Send {
    fn see(&mut self, frame: &Frame<'_>);
    /// Takes in what another of the same kind has seen in later rows.
    fn join(&mut self, later: Box<dyn Onlooker>, rows: u64);
    fn end(self: Box<Self>);
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
    pub(crate) fn gathering(&self, empty: G) -> Box<dyn Onlooker> {
        Box::new(Gathering { own: empty, basket: Arc::clone(&self.0) })
    }

    pub(crate) fn taken(&self) -> Option<G> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<G: Gather> Onlooker for Gathering<G> {
    fn see(&mut self, frame: &Frame<'_>) {
        self.own.see(frame);
    }

    fn join(&mut self, later: Box<dyn Onlooker>, rows: u64) {
        let later: Box<dyn Any> = later;
        if let Ok(later) = later.downcast::<Self>() {
            self.own.join(later.own, rows);
        }
    }

    fn end(self: Box<Self>) {
        *self.basket.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.own);
    }
}
