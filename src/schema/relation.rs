//! What a table must be beside another: guards against leakage, references, drift.

use crate::base::bound::Bound;
use crate::base::code::Severity;
use crate::base::source::Spanned;
use crate::schema::column::{Column, Schema};
use crate::schema::spelling;

/// One demand on a table and another.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    pub(crate) kind: RelationKind,
    pub(crate) columns: Vec<Spanned<String>>,
    /// The column of the other table, where it has another name.
    pub(crate) other: Option<Spanned<String>>,
    pub(crate) severity: Severity,
}

#[derive(Clone, Debug)]
pub(crate) enum RelationKind {
    /// No row has the values of a row of the other table.
    Disjoint,
    /// Each value lies behind the largest of the other table.
    After,
    /// Each value occurs in the other table.
    References,
    /// The values are distributed as in the other table.
    Drift { method: Method, bins: Option<u32>, bounds: Vec<Bound> },
}

/// How drift is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Psi,
    KullbackLeibler,
    JensenShannon,
    Wasserstein,
    KolmogorovSmirnov,
    ChiSquare,
    MeanShift,
    LInfinity,
    NewCategories,
}

impl Method {
    /// Every method by its name, with what it measures.
    pub(crate) const ALL: &[(&'static str, Self, &'static str)] = &[
        ("psi", Self::Psi, "the population stability index"),
        ("kl", Self::KullbackLeibler, "the Kullback-Leibler divergence, natural logarithm"),
        ("jensen-shannon", Self::JensenShannon, "the Jensen-Shannon distance, natural logarithm"),
        ("wasserstein", Self::Wasserstein, "the Wasserstein distance in deviations of the other"),
        ("ks", Self::KolmogorovSmirnov, "the largest gap between the distribution functions"),
        ("chi-square", Self::ChiSquare, "the p-value of Pearson's test"),
        ("mean-shift", Self::MeanShift, "how far the mean has moved, as a share of it"),
        ("l-infinity", Self::LInfinity, "the largest change of the share of a value"),
        ("new-values", Self::NewCategories, "the share of values that the other table lacks"),
    ];

    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, ..)| *known == name).map(|(_, method, _)| *method)
    }

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, method, _)| *method == self).map_or("", |(name, ..)| name)
    }

    /// Whether it can only be measured of numbers.
    pub(crate) fn is_of_numbers(self) -> bool {
        matches!(self, Self::Wasserstein | Self::KolmogorovSmirnov | Self::MeanShift)
    }
}

impl Relation {
    /// No row has the value of a row of the other table.
    pub(crate) fn disjoint(column: &Spanned<String>) -> Self {
        Self {
            kind: RelationKind::Disjoint,
            columns: vec![column.clone()],
            other: None,
            severity: Severity::Error,
        }
    }

    /// Its columns as the table has them and as the other has them, without their checks: those
    /// are told of elsewhere. Without a schema of its own a table has the types of the other;
    /// `None` when no schema tells.
    pub(crate) fn sides(
        &self,
        own: Option<&Schema>,
        other: Option<&Schema>,
    ) -> Option<(Schema, Schema)> {
        let names: Vec<&str> = self.columns.iter().map(|it| it.value.as_str()).collect();
        let others = match &self.other {
            Some(other) => vec![other.value.as_str()],
            None => names.clone(),
        };
        let typed = |wanted: &[&str], sides: [(Option<&Schema>, &[&str]); 2]| {
            sides.into_iter().find_map(|(schema, known)| part(schema?, known, wanted))
        };
        let here = typed(&names, [(own, &names), (other, &others)])?;
        let there = typed(&others, [(other, &others), (own, &names)])?;
        Some((here, there))
    }

    /// The column that it is about, if that is one.
    pub(crate) fn column(&self) -> Option<&str> {
        self.columns.first().filter(|_| self.columns.len() == 1).map(|it| it.value.as_str())
    }

    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            RelationKind::Disjoint => "disjoint",
            RelationKind::After => "after",
            RelationKind::References => "references",
            RelationKind::Drift { .. } => "drift",
        }
    }

    /// As the language spells it: `drift psi amount with=raw <0.2`.
    pub(crate) fn spelled(&self, with: &str) -> String {
        let mut text = self.name().to_owned();
        if let RelationKind::Drift { method, .. } = &self.kind {
            text = format!("{text} {}", method.name());
        }
        for column in &self.columns {
            text = format!("{text} {}", spelling::word(&column.value));
        }
        text = format!("{text} with={with}");
        if let Some(other) = &self.other {
            text = format!("{text} column={}", spelling::word(&other.value));
        }
        if let RelationKind::Drift { bins, bounds, .. } = &self.kind {
            if let Some(bins) = bins {
                text = format!("{text} bins={bins}");
            }
            text = format!("{text} {}", spelling::bounds(bounds, None));
        }
        spelling::softened(text, None, self.severity)
    }
}

/// The columns of a schema that it knows as `known`, called `wanted`. `None` when it lacks one.
fn part(schema: &Schema, known: &[&str], wanted: &[&str]) -> Option<Schema> {
    let plain = |(known, wanted): (&&str, &&str)| {
        let column = schema.column(known)?;
        let name = Spanned::new((*wanted).to_owned(), column.name.span);
        let (bounds, checks) = (Vec::new(), Vec::new());
        Some(Column { name, nullable: true, bounds, checks, ..column.clone() })
    };
    let columns = known.iter().zip(wanted).map(plain).collect::<Option<_>>()?;
    Some(Schema { columns, nulls: schema.nulls.clone(), ..Schema::default() })
}
