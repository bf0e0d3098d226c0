//! What the values of a column can be, as far as its schema tells.

use crate::base::bound::Number;
use crate::schema::column::{Check, Column, ColumnType, Scalar};
use crate::schema::constraint::{self, Constraint, Verdict};
use crate::schema::literal;
use crate::schema::range::{Empty, Range, Scale};
use crate::schema::types;

/// The values that a column may hold, missing ones aside.
pub(crate) struct Domain<'a> {
    pub(crate) column: &'a Column,
    pub(crate) ty: ColumnType,
    /// Of numbers: where they lie.
    pub(crate) range: Range,
    /// All that can occur, when the schema lists them.
    pub(crate) values: Option<Vec<Scalar>>,
    /// Of text: how many characters it has.
    pub(crate) lengths: Range,
    /// Whether the schema contradicts itself, so that there are no values.
    pub(crate) empty: bool,
}

impl<'a> Domain<'a> {
    /// `None` when the type is unknown: then nothing can be said.
    pub(crate) fn of(column: &'a Column) -> Option<Self> {
        let ty = column.ty.as_ref()?.value;
        let range = Scale::of(ty).map_or(Ok(Range::ALL), |scale| Range::of(&column.bounds, scale));
        let lengths = lengths(column);
        let empty = range.is_err() || lengths.is_err();
        let (range, lengths) = (range.unwrap_or(Range::ALL), lengths.unwrap_or(Range::ALL));
        let mut domain = Self { column, ty, range, values: None, lengths, empty };
        domain.values = domain.listed();
        domain.empty |= domain.values.as_ref().is_some_and(Vec::is_empty);
        Some(domain)
    }

    fn listed(&self) -> Option<Vec<Scalar>> {
        let isin = self.checks("isin").next();
        let single = self.range.single().map(|number| vec![literal::value(number, self.ty)]);
        let all: Vec<Scalar> = match isin {
            Some(check) => check.arguments.iter().map(|it| it.value.clone()).collect(),
            None if self.ty == ColumnType::Bool => vec![Scalar::Bool(false), Scalar::Bool(true)],
            None => single?,
        };
        Some(all.into_iter().filter(|value| self.admits(value) != Verdict::Fails).collect())
    }

    /// The column's checks of one constraint that every value passes.
    pub(crate) fn checks(&self, name: &'static str) -> impl Iterator<Item = &'a Check> + use<'a> {
        hard(self.column).filter(move |check| check.constraint.value == name)
    }

    /// Whether the column may hold the value, by its bounds and its checks on single values.
    pub(crate) fn admits(&self, value: &Scalar) -> Verdict {
        let inside =
            literal::measure(value, self.ty).is_none_or(|number| self.range.includes(number));
        if self.empty || !inside {
            return Verdict::Fails;
        }
        let verdicts = hard(self.column).filter_map(|check| {
            let constraint = constraint::find(check.constraint.value)?;
            Some((constraint.holds)(check, value, self.ty))
        });
        // A check that takes the whole column does not exclude a value: it counts as passed.
        if verdicts.into_iter().any(|verdict| verdict == Verdict::Fails) {
            Verdict::Fails
        } else {
            Verdict::Holds
        }
    }

    /// Whether every column of this domain passes the check.
    ///
    /// Listed values are tried one by one; otherwise the constraint reasons about the domain.
    pub(crate) fn implies(&self, constraint: &Constraint, demand: &Check) -> Verdict {
        if self.empty && constraint.is_by_value() {
            return Verdict::Holds;
        }
        let tried = self.values.as_ref().filter(|_| constraint.is_by_value()).map(|values| {
            values.iter().map(|value| (constraint.holds)(demand, value, self.ty)).collect()
        });
        let verdicts: Vec<Verdict> = tried.unwrap_or_default();
        if verdicts.contains(&Verdict::Fails) {
            Verdict::Fails
        } else if verdicts.is_empty() || verdicts.contains(&Verdict::Unknown) {
            (constraint.implied)(self, demand)
        } else {
            Verdict::Holds
        }
    }

    /// Whether every value of the domain is one of the type.
    ///
    /// Beside the types that always widen: integers whose range a float holds exactly, and text
    /// that is one of a list, which is what a category is.
    pub(crate) fn widens_to(&self, to: ColumnType) -> bool {
        if types::widens_to(self.ty, to) {
            return true;
        }
        if self.ty == ColumnType::Str && to == ColumnType::Category {
            return self.checks("isin").next().is_some();
        }
        match to.exact_integers() {
            Some(most) if self.ty.is_integer() => {
                self.empty
                    || Range::between(Number::Int(-most), Number::Int(most))
                        .contains(&self.spread())
            }
            _ => false,
        }
    }

    /// The first and last value, where all between them can be counted.
    pub(crate) fn integers(&self) -> Option<(i128, i128)> {
        self.range.integers().filter(|_| Scale::of(self.ty).is_some_and(|scale| scale.integer))
    }

    /// Where the values lie: the range, or from the smallest to the largest of a list.
    pub(crate) fn spread(&self) -> Range {
        let values = self.values.iter().flatten();
        let numbers: Vec<_> = values.filter_map(|it| literal::measure(it, self.ty)).collect();
        let lowest = numbers.iter().copied().reduce(|a, b| if b < a { b } else { a });
        let highest = numbers.iter().copied().reduce(|a, b| if b > a { b } else { a });
        match (lowest, highest) {
            (Some(lowest), Some(highest)) => Range::between(lowest, highest),
            _ => self.range,
        }
    }

    /// Whether a pattern says more about the values than can be understood here.
    pub(crate) fn is_patterned(&self) -> bool {
        self.checks("matches").chain(self.checks("not-matches")).next().is_some()
    }

    /// Refutes, unless a pattern might be the reason why it holds after all.
    pub(crate) fn refuted(&self) -> Verdict {
        if self.is_patterned() { Verdict::Unknown } else { Verdict::Fails }
    }

    /// Proves a demand that this column makes too, with bounds at least as tight.
    pub(crate) fn says_as_much(&self, demand: &Check, constraint: &Constraint) -> Verdict {
        let scale = constraint.bounds.quantity().map_or(Scale::ANY, |it| it.scale(self.ty));
        let Ok(wanted) = Range::of(&demand.bounds, scale) else { return Verdict::Unknown };
        let alike = self.checks(constraint.name).filter(|check| self.same_arguments(check, demand));
        let narrowed = alike.fold(None, |known: Option<Range>, check| {
            let own = Range::of(&check.bounds, scale).ok()?;
            Some(known.unwrap_or(own).intersect(&own).unwrap_or(own))
        });
        Verdict::from_bool(narrowed.is_some_and(|range| wanted.contains(&range))).or_unknown()
    }

    fn same_arguments(&self, a: &Check, b: &Check) -> bool {
        let pairs = || a.arguments.iter().zip(&b.arguments);
        a.arguments.len() == b.arguments.len()
            && pairs().all(|(a, b)| literal::same(&a.value, &b.value, self.ty))
    }
}

/// The checks that no value breaks.
fn hard(column: &Column) -> impl Iterator<Item = &Check> {
    column.checks.iter().filter(|check| !check.is_soft())
}

/// The lengths that text can have: as bounded, and at least that of what it begins or ends with.
fn lengths(column: &Column) -> Result<Range, Box<Empty>> {
    let bounds: Vec<_> = hard(column)
        .filter(|check| check.constraint.value == "length")
        .flat_map(|check| check.bounds.iter().copied())
        .collect();
    let mut range = Range::of(&bounds, Scale::COUNT)?;
    for check in hard(column) {
        if matches!(check.constraint.value, "starts-with" | "ends-with" | "contains") {
            let count = constraint::text(check).map_or(0, |text| text.chars().count());
            range = range.intersect(&Range::at_least(count))?;
        }
    }
    Ok(range)
}
