//! What words mean that name no constraint: those of other tools, and those of other places.

use crate::base::suggest;
use crate::schema::constraint::names;

/// Names that other tools give to our constraints, and what to write here.
const ALIASES: &[(&str, &str)] = &[
    ("in", "isin"),
    ("is-in", "isin"),
    ("one-of", "isin"),
    ("enum", "isin"),
    ("values", "isin"),
    ("in-set", "isin"),
    ("not-in", "notin"),
    ("none-of", "notin"),
    ("excludes", "notin"),
    ("distinct-count", "distinct"),
    ("n-unique", "distinct"),
    ("nunique", "distinct"),
    ("cardinality", "distinct"),
    ("unique-proportion", "unique"),
    ("primary-key", "unique"),
    ("regex", "matches"),
    ("pattern", "matches"),
    ("match", "matches"),
    ("str-matches", "matches"),
    ("len", "length"),
    ("str-length", "length"),
    ("startswith", "starts-with"),
    ("str-startswith", "starts-with"),
    ("prefix", "starts-with"),
    ("endswith", "ends-with"),
    ("str-endswith", "ends-with"),
    ("suffix", "ends-with"),
    ("str-contains", "contains"),
    ("includes", "contains"),
    ("average", "mean"),
    ("avg", "mean"),
    ("stdev", "std"),
    ("stddev", "std"),
    ("sd", "std"),
    ("minimum", "min"),
    ("maximum", "max"),
    ("total", "sum"),
    ("percentile", "quantile"),
    ("null-proportion", "null-share"),
    ("nulls", "null-share"),
    ("null-rate", "null-share"),
    ("missing", "null-share"),
    ("proportion", "share"),
    ("fraction", "share"),
    ("monotonic", "increasing"),
    ("sorted", "increasing"),
    ("ascending", "increasing"),
    ("descending", "decreasing"),
    ("no-inf", "finite"),
    ("outliers", "no-outliers"),
    ("outliers-iqr", "no-outliers"),
    ("iqr", "no-outliers"),
    ("zscore", "z-score"),
    ("mode", "most-common"),
    ("strftime", "format"),
    ("strftime-format", "format"),
    ("date-format", "format"),
    ("max-age", "freshness"),
];

/// Words for what is written as a bound after the type, and how.
const AS_BOUNDS: &[(&str, &str)] = &[
    ("gt", "`>18`"),
    ("ge", "`>=18`"),
    ("gte", "`>=18`"),
    ("lt", "`<120`"),
    ("le", "`<=120`"),
    ("lte", "`<=120`"),
    ("between", "`>=18 <=120`"),
    ("range", "`>=18 <=120`"),
    ("positive", "`>0`"),
];

/// What a word that names no constraint probably means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// A constraint of this name.
    Constraint {
        name: &'static str,
        certain: bool,
    },
    /// A bound after the type, such as this example.
    Bound(&'static str),
    /// `nullable`, `required` and the like: `?` after the type, or its absence.
    Nullability,
    /// A property behind a check, such as in this example.
    Setting(&'static str),
    /// Part of the language, in another place, as in this example.
    Elsewhere(&'static str),
    Nothing,
}

/// Tells what an unknown constraint's name means. Precondition: the word names no constraint.
pub(crate) fn meant(word: &str) -> Meant {
    let folded = word.to_ascii_lowercase().replace('_', "-");
    let listed = |list: &[(&'static str, &'static str)]| {
        list.iter().find(|(alias, _)| *alias == folded).map(|&(_, meaning)| meaning)
    };
    if let Some(name) = names().find(|name| *name == folded).or_else(|| listed(ALIASES)) {
        return Meant::Constraint { name, certain: true };
    }
    if let Some(example) = listed(AS_BOUNDS) {
        return Meant::Bound(example);
    }
    if ["nullable", "not-null", "notnull", "required", "optional"].contains(&folded.as_str()) {
        return Meant::Nullability;
    }
    match folded.as_str() {
        "mostly" => return Meant::Setting("`isin A B mostly=0.99`"),
        "severity" => return Meant::Setting("`isin A B severity=warning`"),
        "when" => {
            return Meant::Elsewhere("in the schema: `rule \"age >= 18\" when=\"churn == 1\"`");
        }
        "correlation" | "corr" => {
            return Meant::Elsewhere("in the schema: `correlation score age <=0.5`");
        }
        "disjoint" => return Meant::Elsewhere("in a dataset: `disjoint customer_id with=raw`"),
        "after" => return Meant::Elsewhere("in a dataset: `after day with=raw`"),
        "references" | "foreign-key" => {
            return Meant::Elsewhere(
                "in a dataset: `references country with=countries column=code`",
            );
        }
        "drift" | "psi" | "ks" | "wasserstein" | "jensen-shannon" | "chi-square" | "mean-shift" => {
            return Meant::Elsewhere("in a dataset: `drift psi amount with=raw <0.1`");
        }
        _ => {}
    }
    match suggest::nearest(word, names()) {
        Some(name) => Meant::Constraint { name, certain: false },
        None => Meant::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn aliases_lead_somewhere() {
        let known: BTreeSet<&str> = names().collect();
        for (alias, name) in ALIASES {
            assert!(known.contains(name), "{alias} -> {name}");
            assert!(!known.contains(alias), "{alias}");
        }
    }

    #[test]
    fn words_of_others_are_understood() {
        for (word, want) in [
            ("is_in", Meant::Constraint { name: "isin", certain: true }),
            ("IsIn", Meant::Constraint { name: "isin", certain: true }),
            ("starts_with", Meant::Constraint { name: "starts-with", certain: true }),
            ("uniqe", Meant::Constraint { name: "unique", certain: false }),
            ("between", Meant::Bound("`>=18 <=120`")),
            ("in_range", Meant::Constraint { name: "in-range", certain: true }),
            ("not_null", Meant::Nullability),
            ("severity", Meant::Setting("`isin A B severity=warning`")),
            ("zebra", Meant::Nothing),
        ] {
            assert_eq!(meant(word), want, "{word}");
        }
    }
}
