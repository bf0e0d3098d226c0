//! Whether every table of one schema is a table of another, column by column.
//!
//! What can be decided from the schemas alone is proven or refuted here; what cannot (quantities of
//! whole columns, uniqueness, patterns) is listed for the check on the data.

use crate::base::diagnostic::{Fix, Label};
use crate::base::source::Span;
use crate::schema::column::{Column, Schema};
use crate::schema::constraint::{self, Verdict};
use crate::schema::domain::Domain;

mod gap;

/// What follows from a promise about a demand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proof {
    /// Demands that some promised table does not meet.
    pub(crate) gaps: Vec<Gap>,
    /// Demands that only the data can meet or miss.
    pub(crate) unproven: Vec<Unproven>,
}

/// A demand that the promise does not imply.
#[derive(Clone, Debug)]
pub(crate) struct Gap {
    pub(crate) kind: GapKind,
    /// The headline.
    pub(crate) message: String,
    /// Where too little is promised; `None` when nothing is.
    pub(crate) promise: Option<Label>,
    /// Where it is demanded.
    pub(crate) demand: Label,
    pub(crate) help: Option<String>,
    /// Ways to close it: first to promise more, then to demand less.
    pub(crate) fixes: Vec<Fix>,
}

/// What about a column, or the table, is not implied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum GapKind {
    MissingColumn,
    Type,
    Nullable,
    /// Values outside the demanded bounds.
    Range,
    /// Values outside the demanded list, or inside the list of those refused.
    Set,
    /// Another check on single values: lengths, prefixes.
    Check,
    Rows,
}

/// A demand for the check on the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unproven {
    pub(crate) column: String,
    /// The constraint's name.
    pub(crate) constraint: &'static str,
    /// Where it is demanded.
    pub(crate) demand: Span,
}

/// Proves what can be proven of "each table that satisfies `promise` satisfies `demand`".
pub(crate) fn implies(promise: &Schema, demand: &Schema) -> Proof {
    let mut proof = Proof::default();
    proof.gaps.extend(gap::rows(promise, demand));
    for wanted in &demand.columns {
        match promise.column(&wanted.name.value) {
            Some(promised) => column(promised, wanted, &mut proof),
            None => proof.gaps.push(gap::missing(promise, wanted)),
        }
    }
    proof
}

/// Compares one column. Types come first: of another type nothing else is worth saying.
fn column(promised: &Column, wanted: &Column, proof: &mut Proof) {
    let (Some(domain), Some(ty)) = (Domain::of(promised), wanted.ty.as_ref()) else { return };
    if !domain.widens_to(ty.value) {
        proof.gaps.extend(gap::wrong_type(promised, wanted));
        return;
    }
    if promised.nullable && !wanted.nullable {
        proof.gaps.extend(gap::nullable(promised, wanted));
    }
    let mut gaps: Vec<Gap> = Vec::new();
    let mut list = None;
    if !domain.empty {
        gaps.extend(gap::range(&domain, wanted));
    }
    for check in &wanted.checks {
        let Some(constraint) = constraint::find(check.constraint.value) else { continue };
        let verdict = match domain.implies(constraint, check) {
            // What may be broken in places is not refuted by what may break it.
            Verdict::Fails if check.is_soft() => Verdict::Unknown,
            verdict @ (Verdict::Holds | Verdict::Fails | Verdict::Unknown) => verdict,
        };
        match verdict {
            Verdict::Holds => {}
            Verdict::Fails if constraint.name == "isin" => {
                list = Some(gap::unmet(&domain, wanted, check));
            }
            Verdict::Fails => gaps.push(gap::unmet(&domain, wanted, check)),
            Verdict::Unknown => proof.unproven.push(Unproven {
                column: wanted.name.value.clone(),
                constraint: constraint.name,
                demand: check.span,
            }),
        }
    }
    // A promised list of values would meet the other demands on values too.
    match list {
        Some(gap) => proof.gaps.push(gap),
        None => proof.gaps.append(&mut gaps),
    }
}

#[cfg(test)]
mod tests;
