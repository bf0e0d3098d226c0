//! Specs to try: put together from the grammar, real ones with damage, two glued together.

use super::damage::{damage, damaged};
use super::words::{entry, token, word};
use crate::tree;
use mlc::testing::specs::Tree;
use proptest::collection::vec;
use proptest::prelude::{Strategy, prop_oneof};
use proptest::sample::select;
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

/// Every spec of the repository, and every example of its pages.
fn real() -> Vec<String> {
    let specs = tree::texts("specs", ".kdl").into_iter().map(|file| file.text);
    let pages: Vec<_> = ["src", "book/src"].iter().flat_map(|it| tree::texts(it, ".md")).collect();
    let examples = pages.iter().flat_map(|page| kdl_blocks(&page.text));
    let real: Vec<String> = specs.chain(examples).collect();
    assert!(real.len() > 100, "specs and pages are there");
    real
}

fn kdl_blocks(page: &str) -> Vec<String> {
    let blocks = page.split("\n```kdl").skip(1);
    let block = |it: &str| {
        let body = it.split_once('\n')?.1;
        Some(body.split("\n```").next()?.to_owned() + "\n")
    };
    blocks.filter_map(block).collect()
}

/// A node of any name with any entries and perhaps a block.
fn node() -> BoxedStrategy<String> {
    let leaf = (word(), vec(entry(), 0..4), select(&["\n", "\n", "; ", " // c\n"][..]))
        .prop_map(|(name, entries, end)| format!("{name} {}{end}", entries.join(" ")));
    leaf.prop_recursive(4, 24, 4, |inner| {
        (word(), vec(entry(), 0..3), vec(inner, 0..4)).prop_map(|(name, entries, block)| {
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
