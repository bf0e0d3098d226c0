//! A list addressed by indices that are known to be in it. Unaware of graphs.

use std::ops::{Index, IndexMut};

/// Values by index. Invariant of its users: indices come from the list itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dense<T>(Vec<T>);

impl<T> Dense<T> {
    pub(super) fn filled(length: usize, value: T) -> Self
    where
        T: Clone,
    {
        Self(vec![value; length])
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.0.iter()
    }

    /// Returns the index of the new value.
    pub(super) fn push(&mut self, value: T) -> usize {
        self.0.push(value);
        self.0.len() - 1
    }
}

impl<T> From<Vec<T>> for Dense<T> {
    fn from(values: Vec<T>) -> Self {
        Self(values)
    }
}

impl<T> Index<usize> for Dense<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        self.0.get(at).expect("invariant: indices come from the list itself")
    }
}

impl<T> IndexMut<usize> for Dense<T> {
    fn index_mut(&mut self, at: usize) -> &mut T {
        self.0.get_mut(at).expect("invariant: indices come from the list itself")
    }
}
