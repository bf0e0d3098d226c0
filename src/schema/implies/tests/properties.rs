//! Random schemas: proofs are an order, and no column of the promise breaks a proven demand.
//!
//! Columns are judged by an evaluator of their own, which shares no code with the proofs.

use crate::base::bound::{Number, Op};
use crate::schema::column::{Check, Column, ColumnType, Scalar, Schema};
use crate::schema::domain::Domain;
use crate::schema::extend::extend;
use crate::schema::implies::{Proof, implies};
use crate::schema::{sample, verify};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_oneof, proptest};
use proptest::sample::{Index, select, subsequence};

/// A value of a column.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Null,
    Int(i128),
    Float(f64),
    Text(String),
    Bool(bool),
}

fn numbers() -> impl Strategy<Value = String> {
    let types =
        select(std::vec!["int", "int8", "uint8", "int32", "float", "float32", "int?", "float?"]);
    let number = select(std::vec!["-1", "0", "1", "2", "3", "127", "300", "9007199254740993"]);
    let bounds = vec((select(std::vec![">=", ">", "<=", "<"]), number), 0..3);
    let list = || subsequence(std::vec!["-1", "0", "1", "2", "3", "300"], 1..4);
    let quantities = std::vec![
        "unique",
        "increasing",
        "distinct <=2",
        "distinct <=4",
        "null-share <=0.5",
        "null-share <=0.2",
        "unique >=0.5",
        "unique >=0.9",
        "unique >=1",
        "share 1 <=0.5",
        "share 1 <0.3",
    ];
    let check = prop_oneof![
        list().prop_map(|values| format!("isin {}", values.join(" "))),
        list().prop_map(|values| format!("notin {}", values.join(" "))),
        select(quantities).prop_map(str::to_owned),
    ];
    (types, bounds, vec(check, 0..3)).prop_map(|(ty, bounds, checks)| {
        let bounds: String = bounds.iter().map(|(op, value)| format!(" {op}{value}")).collect();
        line(ty, &bounds, &checks)
    })
}

fn texts() -> impl Strategy<Value = String> {
    let types = select(std::vec!["str", "str?", "category"]);
    let list = || subsequence(std::vec!["a", "ab", "abc", "b", "x", "\"\""], 1..4);
    let part = || select(std::vec!["a", "ab", "b", "abc"]);
    let fixed = std::vec![
        "length >=1",
        "length <=2",
        "length >=2 <=3",
        "length >0",
        "matches \"[ab]+\"",
        "matches \"a.*\"",
    ];
    let check = prop_oneof![
        list().prop_map(|values| format!("isin {}", values.join(" "))),
        list().prop_map(|values| format!("notin {}", values.join(" "))),
        part().prop_map(|text| format!("starts-with {text}")),
        part().prop_map(|text| format!("ends-with {text}")),
        part().prop_map(|text| format!("contains {text}")),
        select(fixed).prop_map(str::to_owned),
    ];
    (types, vec(check, 0..3)).prop_map(|(ty, checks)| line(ty, "", &checks))
}

fn line(ty: &str, bounds: &str, checks: &[String]) -> String {
    match checks {
        [] => format!("c {ty}{bounds}"),
        some => format!("c {ty}{bounds} {{ {} }}", some.join("; ")),
    }
}

fn columns() -> impl Strategy<Value = String> {
    prop_oneof![5 => numbers(), 5 => texts(), 1 => Just("c bool".to_owned())]
}

fn choices() -> impl Strategy<Value = Vec<bool>> {
    vec(any::<bool>(), 6)
}

/// Two columns; often the second has only a part of the first's bounds and checks, so that proofs
/// are not rare.
fn related() -> impl Strategy<Value = (String, String)> {
    let thinner = (columns(), choices()).prop_map(|(full, keep)| {
        let fewer = thinned(&full, &keep);
        (full, fewer)
    });
    prop_oneof![(columns(), columns()), thinner]
}

/// The column with some of its bounds and checks left out.
fn thinned(text: &str, keep: &[bool]) -> String {
    let (head, block) = text.split_once(" {").unwrap_or((text, ""));
    let mut keep = keep.iter().copied();
    let mut words = head.split(' ');
    let ty = words.nth(1).expect("a type");
    let kept = words.filter(|_| keep.next().unwrap_or(true)).map(|word| format!(" {word}"));
    let bounds: String = kept.collect();
    let checks = block.trim_end_matches('}').split(';').map(|check| check.trim().to_owned());
    let checks: Vec<String> =
        checks.filter(|check| !check.is_empty() && keep.next().unwrap_or(true)).collect();
    line(ty, &bounds, &checks)
}

/// Values that a column of the type could hold at all.
fn pool(ty: ColumnType) -> Vec<Cell> {
    let ints = [-129, -1, 0, 1, 2, 3, 4, 127, 128, 255, 300, 9_007_199_254_740_993];
    let floats = [-1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 300.0, 1e20, f64::INFINITY];
    let texts = ["", "a", "ab", "abc", "b", "ba", "x", "abcd"];
    match ty {
        ColumnType::Int(_) | ColumnType::UInt(_) => {
            let fits = |it: &i128| ty.limits().is_some_and(|(low, high)| (low..=high).contains(it));
            ints.into_iter().filter(fits).map(Cell::Int).collect()
        }
        ColumnType::Float(_) => floats.into_iter().map(Cell::Float).collect(),
        ColumnType::Bool => std::vec![Cell::Bool(true), Cell::Bool(false)],
        ColumnType::Str | ColumnType::Category | ColumnType::Date | ColumnType::DateTime => {
            texts.into_iter().map(|text| Cell::Text(text.to_owned())).collect()
        }
    }
}

fn equal(cell: &Cell, scalar: &Scalar) -> bool {
    match (cell, scalar) {
        (Cell::Int(a), Scalar::Int(b)) => a == b,
        (Cell::Float(a), Scalar::Int(b)) => *a == *b as f64,
        (Cell::Float(a), Scalar::Float(b)) => a == b,
        (Cell::Text(a), Scalar::Str(b)) => a == b,
        (Cell::Bool(a), Scalar::Bool(b)) => a == b,
        _ => false,
    }
}

/// Whether a value passes the column's bounds and its checks on single values but those skipped.
fn value_passes(column: &Column, cell: &Cell, skipped: &[&str]) -> bool {
    let bounds = column.bounds.iter().all(|bound| {
        let ordering = match cell {
            Cell::Int(value) => Number::Int(*value).partial_cmp(&bound.value),
            Cell::Float(value) => Number::Float(*value).partial_cmp(&bound.value),
            Cell::Null | Cell::Text(_) | Cell::Bool(_) => return true,
        };
        let ordering = ordering.expect("no NaN here");
        match bound.op {
            Op::Ge => ordering.is_ge(),
            Op::Gt => ordering.is_gt(),
            Op::Le => ordering.is_le(),
            Op::Lt => ordering.is_lt(),
        }
    });
    let mut checks = column.checks.iter().filter(|it| !skipped.contains(&it.constraint.value));
    bounds && checks.all(|check| single(check, cell))
}

fn single(check: &Check, cell: &Cell) -> bool {
    let listed = check.arguments.iter().any(|argument| equal(cell, &argument.value));
    let text = if let Cell::Text(text) = cell { text.as_str() } else { "" };
    let first = check.arguments.first().map(|it| &it.value);
    let wanted = if let Some(Scalar::Str(wanted)) = first { wanted.as_str() } else { "" };
    match check.constraint.value {
        "isin" => listed,
        "notin" => !listed,
        "starts-with" => text.starts_with(wanted),
        "ends-with" => text.ends_with(wanted),
        "contains" => text.contains(wanted),
        "length" => check.bounds.iter().all(|bound| bound.holds(text.chars().count() as f64)),
        "matches" if wanted == "[ab]+" => {
            !text.is_empty() && text.chars().all(|c| c == 'a' || c == 'b')
        }
        "matches" => text.starts_with('a'),
        _ => true,
    }
}

/// Whether a whole column passes the checks that need it all, but those skipped.
fn column_passes(column: &Column, cells: &[Cell], skipped: &[&str]) -> bool {
    let present: Vec<&Cell> = cells.iter().filter(|cell| **cell != Cell::Null).collect();
    let distinct = present.iter().enumerate().filter(|(at, a)| !present[..*at].contains(a)).count();
    let part = |count: usize, of: usize| if of == 0 { f64::NAN } else { count as f64 / of as f64 };
    column.checks.iter().filter(|it| !skipped.contains(&it.constraint.value)).all(|check| {
        let within = |value: f64| check.bounds.iter().all(|bound| bound.holds(value));
        match check.constraint.value {
            "unique" if check.bounds.is_empty() => distinct == present.len(),
            "unique" => within(part(distinct, present.len())),
            "distinct" => within(distinct as f64),
            "null-share" => {
                cells.is_empty() || within(part(cells.len() - present.len(), cells.len()))
            }
            "share" => {
                let wanted = &check.arguments[0].value;
                let count = present.iter().filter(|cell| equal(cell, wanted)).count();
                within(part(count, present.len()))
            }
            "increasing" => present.windows(2).all(|pair| !is_less(pair[1], pair[0])),
            _ => true,
        }
    })
}

fn is_less(a: &Cell, b: &Cell) -> bool {
    match (a, b) {
        (Cell::Int(a), Cell::Int(b)) => a < b,
        (Cell::Float(a), Cell::Float(b)) => a < b,
        _ => false,
    }
}

/// Values that satisfy the schema, or nothing when those picked do not.
fn column_of(column: &Column, picks: &[Index]) -> Option<Vec<Cell>> {
    let ty = column.ty.as_ref().expect("typed").value;
    let passing = pool(ty).into_iter().filter(|cell| value_passes(column, cell, &[]));
    let mut pool: Vec<Cell> = passing.collect();
    if column.nullable {
        pool.push(Cell::Null);
    }
    if pool.is_empty() {
        return None;
    }
    let cells: Vec<Cell> = picks.iter().map(|pick| pick.get(&pool).clone()).collect();
    column_passes(column, &cells, &[]).then_some(cells)
}

/// The values as the demanded type has them; `None` when one is lost.
fn converted(cells: &[Cell], ty: ColumnType) -> Option<Vec<Cell>> {
    let convert = |cell: &Cell| match (cell, ty) {
        (Cell::Int(value), ColumnType::Float(bits)) => {
            let float = if bits == 32 { f64::from(*value as f32) } else { *value as f64 };
            (float as i128 == *value).then_some(Cell::Float(float))
        }
        (Cell::Int(value), _) => {
            let fits = ty.limits().is_some_and(|(low, high)| (low..=high).contains(value));
            fits.then_some(cell.clone())
        }
        _ => Some(cell.clone()),
    };
    cells.iter().map(convert).collect()
}

fn is_proven(proof: &Proof) -> bool {
    proof.gaps.is_empty() && proof.unproven.is_empty()
}

/// Whether the column has values at all; contradictions are reported without any proof.
fn is_sound(schema: &Schema) -> bool {
    schema.columns.iter().all(|it| Domain::of(it).is_some_and(|domain| !domain.empty))
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn each_schema_implies_itself(text in columns()) {
        let schema = sample::schema(&text);
        let proof = implies(&schema, &schema);
        prop_assert!(proof.gaps.is_empty(), "{text}: {proof:#?}");
    }

    #[test]
    fn proofs_chain((a, b) in related(), keep in choices(), other in columns()) {
        for c in [thinned(&b, &keep), other] {
            let [a, b, c] = [&a, &b, &c].map(|text| sample::schema(text));
            if [&a, &b, &c].into_iter().all(is_sound) && is_proven(&implies(&a, &b)) && is_proven(&implies(&b, &c)) {
                let [one, two, three] = [&a, &b, &c].map(|schema| schema.columns[0].to_string());
                let proof = implies(&a, &c);
                prop_assert!(is_proven(&proof), "{one} => {two} => {three}: {proof:#?}");
            }
        }
    }

    #[test]
    fn a_child_implies_its_base((base, own) in related()) {
        let base = sample::schema(&base);
        let (child, problems) = extend(&base, sample::schema(&own), &[]);
        let proof = implies(&child, &base);
        // A child that widens is told so, and then the base's word stands.
        let (from, to) = (&child.columns[0], &base.columns[0]);
        prop_assert!(proof.gaps.is_empty() || !is_sound(&base), "{from} => {to}: {problems:#?} {proof:#?}");
    }

    #[test]
    fn columns_are_verified_without_panic(text in columns()) {
        let schema = sample::schema(&text);
        for problem in verify::column(&schema.columns[0]) {
            prop_assert!(!problem.message.is_empty() && !problem.label.is_empty());
        }
    }

    #[test]
    fn no_column_of_a_promise_breaks_a_proven_demand(
        (promise, demand) in related(),
        picks in vec(vec(any::<Index>(), 0..5), 12),
    ) {
        let (promise, demand) = (sample::schema(&promise), sample::schema(&demand));
        let proof = implies(&promise, &demand);
        if !proof.gaps.is_empty() || !is_sound(&demand) {
            return Ok(());
        }
        let (from, to) = (&promise.columns[0], &demand.columns[0]);
        let skipped: Vec<&str> = proof.unproven.iter().map(|it| it.constraint).collect();
        for cells in picks.iter().filter_map(|picks| column_of(from, picks)) {
            let converted = converted(&cells, to.ty.as_ref().expect("typed").value);
            let passes = converted.is_some_and(|cells| {
                let nulls = to.nullable || !cells.contains(&Cell::Null);
                let mut present = cells.iter().filter(|cell| **cell != Cell::Null);
                nulls
                    && present.all(|cell| value_passes(to, cell, &skipped))
                    && column_passes(to, &cells, &skipped)
            });
            prop_assert!(passes, "{from} => {to}: {cells:?}");
        }
    }
}
