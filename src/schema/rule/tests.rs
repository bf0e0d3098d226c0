//! Rules as people write them, and what they say of rows.

use super::*;
use crate::schema::sample;
use crate::schema::watch::Datum;

fn schema() -> Schema {
    sample::schema("a int?\nb float?\nname str?\nok bool?\nday date?\nat datetime?")
}

fn read(text: &str) -> Result<Rule, Mistake> {
    Rule::read(text, &schema())
}

/// What a rule says of a row in which `a` is 3, `b` 1.5, `name` "é", `ok` true, `day` 1970-01-02.
fn of_row(text: &str) -> Option<bool> {
    let rule = read(text).unwrap_or_else(|mistake| panic!("{text}: {mistake:?}"));
    let value = |name: &String| match name.as_str() {
        "a" => Some(Datum::Int(3)),
        "b" => Some(Datum::Float(1.5)),
        "name" => Some(Datum::Text("é")),
        "ok" => Some(Datum::Bool(true)),
        "day" => Some(Datum::Int(1)),
        _ => None,
    };
    let row: Vec<Option<Datum<'_>>> = rule.columns.iter().map(value).collect();
    rule.holds(&row)
}

#[test]
fn rules_hold_or_not() {
    for (text, want) in [
        ("a > b", true),
        ("a == 3 and not a != 3.0", true),
        ("a + b * 2 == 6", true),
        ("(a + b) * 2 == 9", true),
        ("a - b - 1 <= 0.5", true),
        ("-a < -2 and - a >= -3", true),
        ("abs(b - a) == 1.5", true),
        ("a / 2 == 1.5", true),
        ("length(name) == 1", true),
        ("name in ('e', 'é')", true),
        ("name not in ('e', \"é\")", false),
        ("a in (1, -2, 3.0)", true),
        ("ok", true),
        ("not ok or a > 5", false),
        ("ok == false", false),
        ("day == '1970-01-02' and '1970-01-01' < day", true),
        ("day in ('1970-01-02')", true),
        ("at is null", true),
        ("a is not null AND name IS NOT NULL", true),
        ("`a` > 1_000", false),
        ("a * 100000000000000000000 > 2e20", true),
    ] {
        assert_eq!(of_row(text), Some(want), "{text}");
    }
}

#[test]
fn what_is_missing_is_neither_true_nor_false() {
    for (text, want) in [
        ("at > '2024-01-01'", None),
        ("at > '2024-01-01' and a == 3", None),
        ("at > '2024-01-01' and a == 4", Some(false)),
        ("at > '2024-01-01' or a == 3", Some(true)),
        ("not at > '2024-01-01'", None),
        ("at in ('2024-01-01')", None),
        ("a / 0 > 1", None),
        ("b * 1e308 * 1e308 - b * 1e308 * 1e308 == 0", None),
    ] {
        assert_eq!(of_row(text), want, "{text}");
    }
}

#[test]
fn mistakes_are_told_with_a_remedy() {
    for (text, message, help) in [
        ("", "the rule ends where a column or a value is expected", ""),
        ("a >", "the rule ends where a column or a value is expected", ""),
        ("a = 3", "`=` is not known in rules", "write `==`"),
        ("a > 1 && b > 1", "`&&` is not known in rules", "write `and`"),
        ("a <> 1", "`<>` is not known in rules", "write `!=`"),
        ("0 < a < 10", "`<` is not expected here", "join two comparisons"),
        ("nane == 'x'", "`nane` is no column of this schema", "did you mean `name`?"),
        ("a == null", "nothing equals `null`", "write `is null`"),
        ("a == 'x'", "a number cannot be compared with a text", ""),
        ("day == '2024-02-30'", "`2024-02-30` is no date", "dates are written"),
        ("a + name > 1", "`+` takes numbers, not a text", ""),
        ("a + b", "a rule is true or false, and this is a number", "compare it"),
        ("a and ok", "`and` joins what is true or false, and this is a number", ""),
        ("ok > false", "true and false have no order: compare them with `==`", ""),
        ("sum(a) > 1", "there is no function `sum`", "`abs(…)`"),
        ("(a > 1", "nothing closes a parenthesis", ""),
        ("name == 'x", "nothing closes the quote before `x`", ""),
        ("a in 1", "behind `in` stands a list in parentheses", "for example"),
        ("a in (b)", "a list holds numbers, texts, `true` and `false`", ""),
        ("1 < 2", "a rule is about columns, and this names none", ""),
        ("a > 1x", "`1x` is no number", "backticks"),
        ("a @ 1", "`@` is not known in rules", ""),
        ("day > at", "a date cannot be compared with a time", ""),
    ] {
        let mistake = read(text).expect_err(text);
        assert_eq!(mistake.message, message, "{text}");
        assert!(mistake.help.unwrap_or_default().contains(help), "{text}");
    }
    let deep = format!("{}a > 1{}", "(".repeat(1000), ")".repeat(1000));
    assert_eq!(read(&deep).expect_err("deep").message, "this rule is nested too deeply");
    let deep = format!("{} ok", "not ".repeat(900));
    assert_eq!(read(&deep).expect_err("deep").message, "this rule is nested too deeply");
}
