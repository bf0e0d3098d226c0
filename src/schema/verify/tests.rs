//! Columns that are sound, and mistakes with their kind, place and mended text.

use super::*;
use crate::schema::problem::ProblemKind::{
    BadRegex, BoundAlwaysHolds, BoundNeverHolds, BoundsOnNoNumber, DoesNotApply, DuplicateValue,
    FractionalBound, ImpossibleValue, MissingArguments, NeedlessCheck, NeedsBound, RedundantBound,
    RegexNotPortable, RepeatedCheck, TakesNoBound, TooManyArguments, UnreachableBounds,
    WrongArgument,
};
use crate::schema::sample;

#[test]
fn sound_columns_are_left_alone() {
    for text in [
        "customer_id int >0 { unique >=0.95 }",
        "age int >=18 <=120",
        "purchase_amount float? >0 { null-share <=0.1 }",
        "category str { isin A B C D }",
        "churn int { isin 0 1; mean >0.01 <0.90 }",
        "x float >0 <1 { quantile 0.5 >=0.4; quantile 0.9 <=0.95; std >0; finite }",
        "code str { matches \"[A-Z]+\"; matches \".{4}\"; length >=4 <=4; starts-with \"AB-\" }",
        "ts datetime { increasing; unique; notin \"1970-01-01T00:00:00\" }",
        "ok bool { share #true >=0.99 }",
        "n uint8 >0 <255 { distinct >=2; sum >100; min <=3; max >=9 }",
        "day date { isin \"2024-02-29\" }",
        "day date >=\"2024-01-01\" <\"2025-01-01\" { min <=\"2024-01-31\" }",
    ] {
        let problems = column(&sample::column(text));
        assert!(problems.is_empty(), "{text}: {problems:?}");
    }
}

/// A column, the kind of its mistake, how its place begins, and the text after the fix.
const MISTAKES: &[(&str, ProblemKind, &str, Option<&str>)] = &[
    ("x str { mean >0 }", DoesNotApply, "mean", None),
    ("x bool { mean >0 }", DoesNotApply, "mean", None),
    ("x int { length >=2 }", DoesNotApply, "length", None),
    ("x int { finite }", DoesNotApply, "finite", None),
    ("x str { increasing }", DoesNotApply, "increasing", None),
    ("x str >=3", BoundsOnNoNumber, ">=3", None),
    ("x str { isin }", MissingArguments, "isin", None),
    ("x str { matches }", MissingArguments, "matches", None),
    ("x int { quantile >=1 }", MissingArguments, "quantile", None),
    ("x str { contains a b }", TooManyArguments, "b", None),
    ("x int { unique 5 }", TooManyArguments, "5", Some("x int { unique  }")),
    ("x str { isin A 1 }", WrongArgument, "1", Some("x str { isin A \"1\" }")),
    ("x int { isin \"1\" 2 }", WrongArgument, "\"1\"", Some("x int { isin 1 2 }")),
    ("x int8 { isin 1 300 }", WrongArgument, "300", None),
    ("x int { isin 1 2.5 }", WrongArgument, "2.5", None),
    ("x bool { isin 0 }", WrongArgument, "0", Some("x bool { isin #false }")),
    ("x date { isin \"2023-02-29\" }", WrongArgument, "\"2023-02-29\"", None),
    ("x str { contains 5 }", WrongArgument, "5", Some("x str { contains \"5\" }")),
    ("x str { contains \"\" }", WrongArgument, "\"\"", None),
    ("x int { quantile 95 >=1 }", WrongArgument, "95", Some("x int { quantile 0.95 >=1 }")),
    ("x str { isin A B A }", DuplicateValue, "A }", Some("x str { isin A B  }")),
    ("x float { isin 1 1.0 }", DuplicateValue, "1.0", Some("x float { isin 1  }")),
    ("x int { mean }", NeedsBound, "mean", None),
    ("x int { mean 0.5 }", NeedsBound, "0.5", None),
    ("x str { length 5 }", NeedsBound, "5", Some("x str { length >=5 <=5 }")),
    ("x str { length 1 40 }", NeedsBound, "1 40", Some("x str { length >=1 <=40 }")),
    ("x int { isin 1 >=2 }", TakesNoBound, ">=2", Some("x int { isin 1  }")),
    ("x int { unique >=95 }", BoundNeverHolds, ">=95", Some("x int { unique >=0.95 }")),
    ("x uint8 <0", BoundNeverHolds, "<0", None),
    ("x int8 >=300", BoundNeverHolds, ">=300", None),
    ("x str { length <0 }", BoundNeverHolds, "<0", None),
    ("x int8 <=300", BoundAlwaysHolds, "<=300", Some("x int8 ")),
    ("x uint8 >=0", BoundAlwaysHolds, ">=0", Some("x uint8 ")),
    ("x str { length >=0 }", BoundAlwaysHolds, ">=0", Some("x str { length  }")),
    ("x int >=5 <=3", UnreachableBounds, "<=3", Some("x int >=3 <=5")),
    ("x int <=3 >=5", UnreachableBounds, ">=5", Some("x int <=5 >=3")),
    ("x int >3 <4", UnreachableBounds, "<4", None),
    ("x float >5 <=5", UnreachableBounds, "<=5", None),
    (
        "x date >=\"2024-03-01\" <=\"2024-02-01\"",
        UnreachableBounds,
        "<=\"2024",
        Some("x date >=\"2024-02-01\" <=\"2024-03-01\""),
    ),
    ("x date >\"2024-03-01\" <\"2024-03-02\"", UnreachableBounds, "<", None),
    ("x date >\"2024-03-01\" { isin \"2024-02-29\" }", ImpossibleValue, "\"2024-02", None),
    ("x int >=18 >=20", RedundantBound, ">=18", Some("x int  >=20")),
    ("x int >=18 >=18", RedundantBound, ">=18", Some("x int >=18 ")),
    ("x int >=2.5", FractionalBound, ">=2.5", Some("x int >=3")),
    ("x int <1e6", FractionalBound, "<1e6", Some("x int <1000000")),
    ("x str { matches \"a(b\" }", BadRegex, "\"a(b\"", None),
    ("x str { matches \"ab\\Z\" }", BadRegex, "\"ab", Some("x str { matches #\"ab\"# }")),
    ("x str { matches \"a++\" }", RegexNotPortable, "\"a", Some("x str { matches #\"(?:a+)+\"# }")),
    ("x int { unique; unique }", RepeatedCheck, "unique }", None),
    ("x int { mean >1; mean <2 }", RepeatedCheck, "mean <2", None),
    ("x int { min >=1; quantile 0.5 >2; quantile 0.5 <9 }", RepeatedCheck, "quantile 0.5 <9", None),
    ("x int >=18 { isin 5 20 }", ImpossibleValue, "5", None),
    ("x str { isin A B; notin A }", ImpossibleValue, "A B", None),
    ("x str { isin A; starts-with \"B\" }", ImpossibleValue, "A;", None),
    ("x str { isin abc d; matches \"[a-c]+\" }", ImpossibleValue, "d;", None),
    ("x int >0 { notin -1 }", NeedlessCheck, "-1", None),
    ("x float { null-share <=0.1 }", NeedlessCheck, "null", Some("x float? { null-share <=0.1 }")),
    ("x int >=18 <=120 { mean >130 }", UnreachableBounds, ">130", None),
    ("x int { isin 0 1; mean >1.5 }", UnreachableBounds, ">1.5", None),
    ("x str { format today }", WrongArgument, "today", None),
    ("x str { format \"%Q\" }", WrongArgument, "\"%Q", None),
    ("x str { format \"%Y%Y\" }", WrongArgument, "\"%Y", None),
    ("x date { freshness 2 }", WrongArgument, "2", None),
    ("x date { freshness eons }", WrongArgument, "eons", None),
    ("x int { freshness \"2d\" }", DoesNotApply, "freshness", None),
    ("x int { no-outliers -1 }", WrongArgument, "-1", None),
    ("x int { z-score }", NeedsBound, "z-score", None),
    ("x str { isin A B; distinct >=3 }", UnreachableBounds, ">=3", None),
];

#[test]
fn mistakes_are_found_at_their_place_once_and_mended() {
    for &(text, kind, place, mended) in MISTAKES {
        let problems = column(&sample::column(text));
        assert_eq!(problems.len(), 1, "{text}: {problems:#?}");
        let problem = &problems[0];
        assert_eq!(problem.kind, kind, "{text}: {problem:?}");
        let at = problem.span.range();
        let same_place = place.starts_with(&text[at.clone()]) || text[at].starts_with(place);
        assert!(same_place, "{text}: {problem:?}");
        let got = problem.fix.as_ref().map(|fix| sample::edited(text, fix));
        assert_eq!(got.as_deref(), mended, "{text}");
        assert!(!problem.message.is_empty() && !problem.label.is_empty(), "{text}");
    }
}
