//! Proofs on examples, and on random schemas against random columns.

use super::*;
use crate::schema::sample;

fn prove(promise: &str, demand: &str) -> Proof {
    implies(&sample::schema(promise), &sample::schema(demand))
}

#[test]
fn what_follows_is_proven() {
    for (promise, demand) in [
        ("a int", ""),
        ("a int32", "a int"),
        ("a int", "a int?"),
        ("a int32", "a float"),
        ("a int >=0 <=1000", "a float"),
        ("a int { isin 0 1 }", "a float32"),
        ("a int >=18 <=120", "a int >=0"),
        ("a int >3", "a int >=4"),
        ("a int8", "a int >=-128 <=127"),
        ("a uint8", "a int >=0"),
        ("a float >0", "a float >=0"),
        ("a int { isin 1 2 }", "a int >=1 <=2"),
        ("a int >=0 <=1", "a int { isin 0 1 2 }"),
        ("a int >=0 <=3 { notin 1 2 }", "a int { isin 0 3 }"),
        ("a str { isin A B }", "a str { isin A B C }"),
        ("a str { isin A }", "a category"),
        ("a category", "a str"),
        ("a str { isin A B }", "a str { notin C; length >=1 <=1; matches \"[A-Z]\" }"),
        ("a int >=0", "a int { notin -1 }"),
        ("a str { notin x y }", "a str { notin y }"),
        ("a str { length >=2 <=3 }", "a str { length <=5 }"),
        (
            "a str { starts-with ABC }",
            "a str { starts-with AB; contains B; length >=3; notin zzz }",
        ),
        ("a str { ends-with \".png\" }", "a str { ends-with png }"),
        ("a str { matches \"x+\" }", "a str { matches \"x+\" }"),
        ("a float >0 <1", "a float { finite }"),
        ("a int", "a float? >=-9223372036854775808"),
        ("a bool", "a bool { isin #true #false; distinct <=2 }"),
        ("a int { unique }", "a int { unique }"),
        ("a int { unique >=0.99 }", "a int { unique >=0.95 }"),
        ("a float { mean >0.2 <0.5 }", "a float { mean >0.1 <0.9 }"),
        ("a float { quantile 0.5 >1 }", "a float { quantile 0.5 >0 }"),
        ("a float", "a float? { null-share <=0.1 }"),
        ("a str { isin A B }", "a str { distinct <=2 }"),
        ("a datetime { increasing }", "a datetime { increasing }"),
        ("a date >=\"2024-01-01\"", "a date >\"2023-01-01\" { notin \"1970-01-01\" }"),
        ("rows >=1000\na int", "rows >=10"),
    ] {
        // The only promise that needs help: a nullable float holds no more integers.
        if demand.starts_with("a float? >=-9") {
            assert_eq!(prove(promise, demand).gaps.len(), 1, "{promise} => {demand}");
            continue;
        }
        let proof = prove(promise, demand);
        assert!(proof.gaps.is_empty(), "{promise} => {demand}: {:#?}", proof.gaps);
        assert!(proof.unproven.is_empty(), "{promise} => {demand}: {:#?}", proof.unproven);
    }
}

#[test]
fn gaps_name_both_places_and_close() {
    use GapKind::{Check, MissingColumn, Nullable, Range, Rows, Set, Type};
    for (promise, demand, kind, here, there) in [
        ("age int", "city int", MissingColumn, "", "city"),
        ("ab_c int", "abc int", MissingColumn, "ab_c", "abc"),
        ("a int", "a int32", Type, "int", "int32"),
        ("a int", "a float", Type, "int", "float"),
        ("a str", "a int >=0", Type, "str", "int"),
        ("a str", "a category", Type, "str", "category"),
        ("a float?", "a float", Nullable, "float?", "float"),
        ("a int", "a int >=0", Range, "int", ">=0"),
        ("a int >=0", "a int >=18", Range, ">=0", ">=18"),
        ("a int >=0 <=9", "a int >=1 <=8", Range, ">=0 <=9", ">=1 <=8"),
        ("a int >=0", "a int >=1 <=8", Range, ">=0", ">=1 <=8"),
        ("a int { isin 1 5 }", "a int >=2", Range, "1", ">=2"),
        ("a float >=0", "a float >0", Range, ">=0", ">0"),
        ("a date", "a date >=\"2024-01-01\"", Range, "date", ">=\"2024-01-01\""),
        ("a str { isin A B C }", "a str { isin A B }", Set, "C", "isin A B"),
        ("a str", "a str { isin A B }", Set, "str", "isin A B"),
        ("a int >=0 <=9", "a int { isin 0 1 }", Set, "int", "isin 0 1"),
        ("a float >=-1 <=0 { notin -1 }", "a float { isin 0 }", Set, "float", "isin 0"),
        ("a bool", "a bool { isin #true }", Set, "bool", "isin #true"),
        ("a int", "a int { notin 5 }", Set, "int", "notin 5"),
        ("a str { isin AB C }", "a str { length <=1 }", Check, "AB", "length <=1"),
        ("a str { isin AB c }", "a str { matches \"[A-Z]+\" }", Check, "c", "matches \"[A-Z]+\""),
        ("a str { length <=9 }", "a str { length <=5 }", Check, "length <=9", "length <=5"),
        ("a str", "a str { starts-with A }", Check, "str", "starts-with A"),
        ("a float", "a float { finite }", Check, "float", "finite"),
        ("rows >=5", "rows >=10", Rows, ">=5", ">=10"),
        ("", "rows >=10", Rows, "", ">=10"),
    ] {
        let proof = prove(promise, demand);
        assert_eq!(proof.gaps.len(), 1, "{promise} => {demand}: {proof:#?}");
        let gap = &proof.gaps[0];
        assert_eq!(gap.kind, kind, "{promise} => {demand}");
        let here_text = gap.promise.as_ref().map_or("", |label| &promise[label.span.range()]);
        assert_eq!((here_text, &demand[gap.demand.span.range()]), (here, there));
        closes(promise, demand, gap);
    }
}

/// Each fix closes its gap; the texts are told apart by which of the two it edits.
fn closes(promise: &str, demand: &str, gap: &Gap) {
    for (at, fix) in gap.fixes.iter().enumerate() {
        let demanded_less = fix.title.starts_with("demand");
        let closed = if demanded_less {
            prove(promise, &sample::edited(demand, fix))
        } else {
            prove(&sample::edited(promise, fix), demand)
        };
        let open = closed.gaps.iter().any(|it| it.kind == gap.kind);
        assert!(!open, "{promise} => {demand}, fix {at}: {fix:?}: {closed:#?}");
    }
}

#[test]
fn what_only_the_data_can_tell_is_listed() {
    for (promise, demand, constraint) in [
        ("a int", "a int { unique }", "unique"),
        ("a int { unique >=0.9 }", "a int { unique >=0.95 }", "unique"),
        ("a int { unique }", "a int { unique >=0.95 }", "unique"),
        ("a float", "a float { mean >0 }", "mean"),
        ("a str", "a str { matches \"x\" }", "matches"),
        ("a str { matches \"[0-9]\" }", "a str { length <=1 }", "length"),
        ("a str { matches \"[ab]\" }", "a str { isin a b }", "isin"),
        ("a int", "a int { increasing }", "increasing"),
        ("a int?", "a int? { null-share <=0.5 }", "null-share"),
    ] {
        let proof = prove(promise, demand);
        assert!(proof.gaps.is_empty(), "{promise} => {demand}: {:#?}", proof.gaps);
        let names: Vec<_> = proof.unproven.iter().map(|it| it.constraint).collect();
        assert_eq!(names, [constraint], "{promise} => {demand}");
    }
}

#[test]
fn unknown_types_and_contradictions_add_nothing() {
    let mut promise = sample::schema("a int");
    promise.columns[0].ty = None;
    assert!(implies(&promise, &sample::schema("a str")).gaps.is_empty());
    assert!(prove("a int >5 <3", "a int >=10 { isin 1 }").gaps.is_empty());
}

mod properties;
