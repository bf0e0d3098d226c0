//! What a table must be beside another: guards against leakage, references, drift.

use crate::base::bound::Bound;
use crate::base::code::Severity;
use crate::base::source::Spanned;
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
