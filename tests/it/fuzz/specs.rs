//! Specs to try: whole ones put together from the grammar, real ones with damage, hostile ones.

use crate::tree;
use mlc::testing::specs::Tree;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};
use proptest::strategy::BoxedStrategy;

/// The project around a spec that is tried.
pub(super) fn project(text: &str) -> Tree {
    Tree::new(&[
        ("mlc.kdl", text),
        ("params.yaml", "a: 1\ntrain: {lr: 0.1, deep: {er: [1, 2]}}\nprepare: {seed: 1}\n"),
        ("parts/one.kdl", "schema part { columns { x int } }\n"),
        ("parts/loop.kdl", "include \"../mlc.kdl\"\n"),
        ("data/a.csv", "x\n1\n"),
        ("src/a.py", ""),
    ])
}

/// Any text that may be taken for a spec.
pub(super) fn any_spec() -> impl Strategy<Value = String> + Clone {
    let real = real();
    prop_oneof![
        3 => vec(section(), 0..7).prop_map(|sections| format!("mlc 1\n{}", sections.concat())),
        3 => (select(real.clone()), vec(damage(), 0..6)).prop_map(damaged),
        2 => (vec(section(), 1..4).prop_map(|it| it.concat()), vec(damage(), 1..4)).prop_map(damaged),
        1 => vec(token(), 0..60).prop_map(|tokens| tokens.concat()),
        1 => (select(real.clone()), select(real)).prop_map(|(a, b)| a + &b),
    ]
    .boxed()
}

/// Every spec of the repository.
fn real() -> Vec<String> {
    let files: Vec<_> = tree::texts("specs", ".kdl");
    assert!(files.len() > 8, "the specs are there");
    files.into_iter().map(|file| file.text).collect()
}

const WORDS: &[&str] = &[
    "mlc",
    "project",
    "description",
    "owner",
    "params",
    "include",
    "vars",
    "schema",
    "rows",
    "columns",
    "extends",
    "drop",
    "dataset",
    "disjoint",
    "with",
    "stage",
    "desc",
    "matrix",
    "cmd",
    "wdir",
    "deps",
    "outs",
    "metrics",
    "plots",
    "env",
    "resources",
    "cpus",
    "memory",
    "gpus",
    "retry",
    "backoff",
    "timeout",
    "frozen",
    "always",
    "meta",
    "allow",
    "provides",
    "thresholds",
    "size",
    "latency",
    "p99",
    "against",
    "production",
    "rise",
    "ratio",
    "targets",
    "dvc",
    "unique",
    "isin",
    "notin",
    "matches",
    "mean",
    "std",
    "quantile",
    "length",
    "null-share",
    "int",
    "float?",
    "str",
    "bool",
    "date",
    "datetime",
    "category",
    "service",
    "rollout",
    "monitor",
    "retrain",
    "registry",
    "ci",
    "cdm",
    "stgae",
    "tru",
    "true",
    "null",
    "inf",
    "-inf",
    "nan",
    "_",
    "-",
    "é",
    "日本",
    "a.b",
    "x?",
    "train",
    "a",
    "b",
];

const SCRAPS: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "=",
    ";",
    ",",
    "\\",
    "\"",
    "'",
    "#",
    "##",
    "\"\"\"",
    "#\"",
    "\"#",
    "/-",
    "//",
    "/*",
    "*/",
    "{{",
    "}}",
    "{{ m }}",
    "{{ params.a }}",
    "{{ env.X }}",
    "${",
    "${{",
    ">",
    "<",
    ">=",
    "<=",
    "==",
    "!=",
    ">=5",
    "<0.5",
    "> 1",
    "<=\"5%\"",
    "drop<=0.1",
    "ratio>1",
    "=1",
    "a=",
    "0x",
    "0b1",
    "1e",
    "1e999",
    "-",
    "--",
    "+",
    "1_0",
    "_1",
    "99999999999999999999999999999999999999999999",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "\u{feff}",
    "\0",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{202e}",
    "\u{200d}",
    "\u{10ffff}",
    "😀",
    "e\u{301}",
    "ﬃ",
    "\u{7f}",
    "\u{1b}[0m",
    "\\u{0}",
    "\\u{d800}",
    "\\n",
    "\\q",
    "#true",
    "#false",
    "#null",
    "#inf",
    "#nan",
    "#tru",
    "$",
    "@",
    "~",
    "..",
    "./",
    "/",
    "C:",
    "*",
];

fn token() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        5 => select(WORDS).prop_map(|word| format!("{word} ")),
        4 => select(SCRAPS).prop_map(str::to_owned),
        2 => string(),
        1 => any::<char>().prop_map(|c| c.to_string()),
    ]
}

fn inside() -> impl Strategy<Value = String> + Clone {
    let piece = prop_oneof![
        4 => "[a-z0-9/._ -]{0,8}",
        2 => select(SCRAPS).prop_map(str::to_owned),
        1 => select(&["data/a.csv", "src/a.py", "out/{{ m }}.txt", "30s", "1h30m", "5%", "4GiB", "parts/*.kdl", "../x", "(?<a>"][..])
            .prop_map(str::to_owned),
    ];
    vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// All kinds of strings; sometimes not closed.
fn string() -> impl Strategy<Value = String> + Clone {
    let escaped =
        |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], "\\n");
    (inside(), 0..9_u8).prop_map(move |(text, kind)| match kind {
        0..=3 => format!("\"{}\"", escaped(&text)),
        4 => format!("#\"{text}\"#"),
        5 => format!("##\"{text}\"##"),
        6 => format!("\"\"\"\n    {text}\n    \"\"\""),
        7 => format!("#\"\"\"\n  {text}\n\n  \"\"\"#"),
        _ => format!("\"{text}"),
    })
}

fn value() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        4 => string(),
        3 => select(WORDS).prop_map(str::to_owned),
        2 => any::<i64>().prop_map(|number| number.to_string()),
        1 => any::<f64>().prop_map(|number| format!("{number:?}")),
        2 => (select(&[">", "<", ">=", "<=", "drop<", "rise>=", "ratio>", "="][..]), any::<i16>())
            .prop_map(|(sign, number)| format!("{sign}{number}")),
        1 => select(SCRAPS).prop_map(str::to_owned),
    ]
}

fn entry() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        6 => value(),
        2 => (select(WORDS), value()).prop_map(|(key, value)| format!("{key}={value}")),
        1 => value().prop_map(|value| format!("/-{value}")),
        1 => value().prop_map(|value| format!("(t){value}")),
        1 => Just("/* c */".to_owned()),
        1 => Just("\\\n".to_owned()),
    ]
}

/// A node of any name with any entries and perhaps a block.
fn node() -> BoxedStrategy<String> {
    let leaf = (select(WORDS), vec(entry(), 0..4), select(&["\n", "\n", "; ", " // c\n"][..]))
        .prop_map(|(name, entries, end)| format!("{name} {}{end}", entries.join(" ")));
    leaf.prop_recursive(4, 24, 4, |inner| {
        (select(WORDS), vec(entry(), 0..3), vec(inner, 0..4)).prop_map(|(name, entries, block)| {
            format!("{name} {} {{\n{}}}\n", entries.join(" "), block.concat())
        })
    })
    .boxed()
}

/// Sections that are right as they stand; `§` is a name, `¶` a number.
const SECTIONS: &[&str] = &[
    "project p { description \"d\"; owner \"o@x.org\"; params \"params.yaml\" }\n",
    "include \"parts/one.kdl\"\n",
    "include \"parts/*.kdl\"\n",
    "vars { v§ \"x\"; w§ \"y z\" }\n",
    "dataset d§ \"data/a.csv\"\n",
    "schema s§ { rows >=¶; columns { x int >=0 <=¶; y float? { mean >0.1 <0.9 }; z str { isin A B } } }\n",
    "schema t§ extends=s§ { drop x; columns { w date; x2 int { unique >=0.5 } } }\n",
    "dataset e§ \"data/e§.csv\" schema=s§ { disjoint x with=d§ }\n",
    "stage a§ {\n    cmd \"echo $HOME ${X} > a§\"\n    outs \"a§\"\n}\n",
    "stage b§ {\n    matrix { m x y; n ¶ 2 }\n    cmd \"run {{ m }} {{ n }}\" \"two\"\n    deps a§ \"src/a.py\"\n    outs \"b§/{{ m }}/{{ n }}\"\n    params train.lr\n    env A=\"{{ m }} b\"\n    retry 2 backoff=\"2s\"\n    timeout \"30m\"\n    resources cpus=1 memory=\"1GiB\"\n}\n",
    "stage c§ {\n    wdir \"src\"\n    cmd \"\"\"\n        a ¶\n        b\n        \"\"\"\n    deps \"src/a.py\" d§\n    metrics \"m§.json\" cache=#false { provides acc f1 }\n    plots \"p§.csv\" x=a y=b\n    frozen\n    meta { k¶ 1 2; l { m \"${x}\" } }\n}\n",
    "thresholds q§ metrics=\"m§.json\" { acc >=0.85; f1 <¶; size \"a§\" <=\"5MB\"; acc against=production drop<=0.02 }\n",
    "targets { dvc }\n",
];

fn section() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        6 => (select(SECTIONS), 0..3_u8, 0..50_u8).prop_map(|(text, name, number)| {
            text.replace('§', &name.to_string()).replace('¶', &number.to_string())
        }),
        1 => node(),
        1 => (select(&["stage x", "schema y", "thresholds z", "vars", "project p", "schema q { columns"][..]), vec(node(), 0..5))
            .prop_map(|(head, nodes)| format!("{head} {{\n{}}}\n", nodes.concat())),
    ]
}

/// What happens to a text at some place.
#[derive(Clone, Debug)]
pub(super) enum Damage {
    Delete(Index, Index),
    Insert(Index, String),
    Repeat(Index, Index, usize),
    Move(Index, Index, Index),
    Flip(Index, char),
    Truncate(Index),
    Swap(&'static str, &'static str),
    Nest(usize),
}

fn damage() -> impl Strategy<Value = Damage> + Clone {
    let at = any::<Index>;
    prop_oneof![
        4 => (at(), at()).prop_map(|(a, b)| Damage::Delete(a, b)),
        6 => (at(), token()).prop_map(|(at, text)| Damage::Insert(at, text)),
        1 => (at(), at(), select(&[2_usize, 3, 30, 1000][..])).prop_map(|(a, b, n)| Damage::Repeat(a, b, n)),
        2 => (at(), at(), at()).prop_map(|(a, b, c)| Damage::Move(a, b, c)),
        2 => (at(), any::<char>()).prop_map(|(at, c)| Damage::Flip(at, c)),
        1 => at().prop_map(Damage::Truncate),
        1 => select(&[("\n", "\r\n"), ("\n", "\r"), ("\n", " "), (" ", "\t"), ("\"", "'"), ("\"", "“"), ("{", "{\n"), ("    ", ""), ("\n", "\u{2028}"), ("stage", "schema"), ("=", " = "), ("a", "é")][..])
            .prop_map(|(from, to)| Damage::Swap(from, to)),
        1 => (1_usize..20).prop_map(Damage::Nest),
    ]
}

fn damaged((mut text, damages): (String, Vec<Damage>)) -> String {
    for damage in damages {
        text = one(&text, damage);
        if text.len() > 60_000 {
            break;
        }
    }
    text
}

fn one(text: &str, damage: Damage) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: Index| index.index(chars.len() + 1);
    // Mostly short pieces: a long one hides what else is wrong.
    let piece = |a: Index, b: Index| {
        let start = at(a);
        let length = if b.index(8) == 0 { b.index(400) } else { b.index(12) };
        (start, chars.len().min(start + length))
    };
    let of = |chars: &[char]| chars.iter().collect::<String>();
    match damage {
        Damage::Delete(a, b) => {
            let (start, end) = piece(a, b);
            of(&chars[..start]) + &of(&chars[end..])
        }
        Damage::Insert(place, new) => of(&chars[..at(place)]) + &new + &of(&chars[at(place)..]),
        Damage::Repeat(a, b, times) => {
            let (start, end) = piece(a, b);
            of(&chars[..start]) + &of(&chars[start..end]).repeat(times) + &of(&chars[end..])
        }
        Damage::Move(a, b, c) => {
            let (start, end) = piece(a, b);
            let to = at(c);
            of(&chars[..to]) + &of(&chars[start..end]) + &of(&chars[to..])
        }
        Damage::Flip(place, new) => {
            let mut chars = chars.clone();
            if let Some(old) = chars.get_mut(place.index(text.len().max(1))) {
                *old = new;
            }
            chars.into_iter().collect()
        }
        Damage::Truncate(place) => of(&chars[..at(place)]),
        Damage::Swap(from, to) => text.replace(from, to),
        Damage::Nest(levels) => format!("{}{text}{}", "a {\n".repeat(levels), "}\n".repeat(levels)),
    }
}

/// Texts that once broke something, or look as if they would.
pub(super) fn hostile() -> Vec<String> {
    let many = |text: &str| [1_usize, 2, 100, 5000].map(|count| text.repeat(count)).to_vec();
    let mut texts: Vec<String> = [
        "{",
        "}",
        "a {",
        "a {\n",
        "/-",
        "/- ",
        "/* ",
        "*/",
        "\"",
        "'",
        "#\"",
        "\"#",
        "\"\"\"",
        "\"\"\"\n",
        "{{",
        "}}",
        "{{ a }}",
        "(",
        ")",
        "=",
        "a=",
        ";",
        "\\",
        "\\\n",
        "#",
        "//",
        "//\n",
        "\0",
        "\u{feff}",
        "\r",
        "\r\n",
        ",",
        ">",
        "<",
        ">=",
        "a\n",
        "é",
        "😀",
        "mlc 1\n",
        "stage a\n",
        "stage a { cmd \"x\" }\n",
        "stage ",
        "\"a\" ",
        "[",
        "->",
    ]
    .iter()
    .flat_map(|text| many(text))
    .collect();
    let wrapped: Vec<String> =
        ["{", "/-", "\"", "{{", "(", "#", "a ", "\"x\" ", ">=1 ", "x=1 ", "\\\n", "[", ", "]
            .iter()
            .flat_map(|text| {
                let long = text.repeat(2000);
                [
                    format!("mlc 1\nstage a {{ cmd {long} }}"),
                    format!(
                        "mlc 1\nstage a {{ cmd \"{}\"; outs \"x\" }}",
                        long.replace(['"', '\\'], "")
                    ),
                    format!("mlc 1\nschema s {{ columns {{ c int {long} }} }}"),
                    format!("mlc 1\nvars {{ a {long} }}"),
                ]
            })
            .collect();
    texts.extend(wrapped);
    texts.push(format!("{}{}", "a {".repeat(10_000), "}".repeat(10_000)));
    texts.push(format!(
        "mlc 1\nstage a {{ meta {{ {}{} }}; cmd \"x\" }}",
        "a {".repeat(500),
        "}".repeat(500)
    ));
    texts.push(format!(
        "mlc 1\nstage a {{ cmd \"{}\"; outs \"o\" }}\ntargets {{ dvc }}",
        "x".repeat(1_000_000)
    ));
    texts.push("mlc 1\n".to_owned() + &"a".repeat(100_000));
    texts
}
