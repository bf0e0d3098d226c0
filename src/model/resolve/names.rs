//! Names of one kind: who has them, and what was meant by one that nobody has.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::{Span, Spanned};
use crate::base::suggest::{did_you_mean, nearest};
use crate::model::resolve::duplicate;
use crate::syntax::ast::Text;
use std::collections::BTreeMap;

/// Declared names and their ids.
pub(super) struct Names<Id> {
    noun: &'static str,
    ids: BTreeMap<String, (Id, Span)>,
    /// Whether something lost its name, or was left out with it.
    pub(super) lost: bool,
}

impl<Id: Copy> Names<Id> {
    pub(super) fn new(noun: &'static str, lost: bool) -> Self {
        Self { noun, ids: BTreeMap::new(), lost }
    }

    /// Gives `name` the next id; a name that is taken is reported.
    pub(super) fn declare(&mut self, name: &Text, id: fn(usize) -> Id, sink: &mut Sink) {
        if let Some((_, first)) = self.ids.get(&name.value) {
            sink.report(duplicate(self.noun, name, *first));
            self.lost = true;
            return;
        }
        let next = id(self.ids.len());
        self.ids.insert(name.value.clone(), (next, name.span));
    }

    /// Whether this place is the one that declared the name.
    pub(super) fn is_first(&self, name: &Text) -> bool {
        self.place_of(&name.value) == Some(name.span)
    }

    pub(super) fn place_of(&self, name: &str) -> Option<Span> {
        self.ids.get(name).map(|&(_, span)| span)
    }

    pub(super) fn get(&self, name: &str) -> Option<Id> {
        self.ids.get(name).map(|&(id, _)| id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.ids.keys().map(String::as_str)
    }

    /// Finds what `name` refers to; reports when nothing has the name, and then takes the nearest.
    pub(super) fn find(
        &self,
        name: &Text,
        code: &'static Code,
        sink: &mut Sink,
    ) -> Option<Spanned<Id>> {
        if let Some(id) = self.get(&name.value) {
            return Some(Spanned::new(id, name.span));
        }
        let near = nearest(&name.value, self.iter());
        if near.is_none() && self.lost {
            return None;
        }
        let mut diagnostic = code
            .at(name.span, format!("there is no {} `{}`", self.noun, name.value))
            .label("not defined anywhere")
            .maybe_help(did_you_mean(&name.value, self.iter()));
        if let Some(near) = near {
            diagnostic = diagnostic
                .fix(format!("write `{near}`"), name.span, near)
                .defined_at(self.place_of(near));
        }
        sink.report(diagnostic);
        near.and_then(|near| self.get(near)).map(|id| Spanned::new(id, name.span))
    }
}
