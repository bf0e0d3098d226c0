//! Large specs with many of one thing: time grows with their length and not with its square.

use super::{alone, format, spent};
use mlc::testing::specs::Tree;
use std::fmt::Write as _;
use std::time::Duration;

/// For each of these, also without optimization. A machine may be busy: the best of three counts.
const LIMIT: Duration = Duration::from_secs(2);

/// A tenth of everything, unless somebody asked for more time: the limits are for all of it.
fn is_short() -> bool {
    std::env::var_os("MLC_FUZZ_SECONDS").is_none()
}

fn many(count: usize, make: impl Fn(usize) -> String) -> String {
    (0..of(count)).map(make).collect()
}

fn of(count: usize) -> usize {
    if is_short() { count / 10 } else { count }
}

fn repeated(text: &str, count: usize) -> String {
    text.repeat(of(count))
}

fn cases() -> Vec<(&'static str, Tree)> {
    let mut cases = broken();
    cases.extend(names());
    cases.extend(values());
    cases.extend(graphs());
    cases.extend(matrices());
    cases
}

fn broken() -> Vec<(&'static str, Tree)> {
    let texts = [
        ("junk", many(20_000, |n| format!("x{n} ?? )( ] junk\n"))),
        (
            "junk in a stage",
            format!("mlc 1\nstage a {{\n{}}}\n", many(20_000, |n| format!("junk{n} 1\n"))),
        ),
        ("stray closing braces", repeated("}\n", 5_000)),
        ("opening braces", repeated("a {\n", 5_000)),
        ("open quotes", repeated("cmd \"x\n", 5_000)),
        ("open raw strings", repeated("cmd #\"x\n", 5_000)),
        ("open comments", repeated("/* ", 5_000)),
        ("open multi-line strings", repeated("cmd \"\"\"x\n", 5_000)),
        ("slashdashes", repeated("/-", 5_000)),
        ("single quotes", repeated("cmd 'x'\n", 5_000)),
        ("commas in a line", format!("mlc 1\nstage a {{ cmd {} }}\n", repeated("\"x\", ", 3_000))),
        ("values in a line", format!("mlc 1\nstage a {{ deps {} }}\n", repeated("x ", 5_000))),
        (
            "properties in a line",
            format!("mlc 1\nstage a {{ outs \"o\" {} }}\n", many(3_000, |n| format!("p{n}=1 "))),
        ),
        ("holes", format!("mlc 1\nstage a {{ cmd \"{}\" }}\n", repeated("{{ x }} ", 3_000))),
        ("open holes", format!("mlc 1\nstage a {{ cmd \"{}\" }}\n", repeated("{{", 20_000))),
        ("expressions", format!("mlc 1\nstage a {{ cmd \"{}\" }}\n", repeated("${a.b} ", 3_000))),
        (
            "shell variables",
            format!("mlc 1\nstage a {{ cmd \"{}\" }}\n", many(3_000, |n| format!("$m{n} "))),
        ),
        ("semicolons", repeated(";", 20_000)),
        ("equals signs", repeated("a = 1\n", 5_000)),
        ("a long line", format!("a {}", repeated("b", 500_000))),
        ("a long word of quotes", repeated("'", 20_000)),
    ];
    texts.map(|(name, text)| (name, alone(&text))).into()
}

fn names() -> Vec<(&'static str, Tree)> {
    let stage = |n: usize| format!("stage stage-{n} {{ cmd \"true\"; outs \"o{n}\" }}\n");
    let column = |n: usize| format!("column_{n} int\n");
    let texts = [
        ("duplicates", repeated(&stage(1), 2_000)),
        ("duplicate outputs", many(2_000, |n| stage(n).replace(&format!("\"o{n}\""), "\"o\""))),
        (
            "nested outputs",
            many(2_000, |n| {
                stage(n).replace(&format!("\"o{n}\""), &format!("\"{}\"", "d/".repeat(n % 500 + 1)))
            }),
        ),
        (
            "unknown names",
            many(2_000, stage)
                + &many(2_000, |n| format!("stage x{n} {{ cmd \"true\"; deps stage_{n}x }}\n")),
        ),
        ("unknown sections", many(2_000, |n| format!("stgae{n} a {{ cmd \"x\" }}\n"))),
        (
            "columns",
            format!(
                "schema s {{ columns {{\n{}}} }}\nschema t extends=s {{ columns {{\n{}}} }}\n",
                many(5_000, column),
                many(5_000, column)
            ),
        ),
        (
            "similar columns",
            format!(
                "schema s {{ columns {{\n{}}} }}\n",
                many(3_000, |n| format!("Column{} int\n", "_".repeat(n % 7) + &n.to_string()))
            ),
        ),
        (
            "duplicate columns",
            format!("schema s {{ columns {{\n{}}} }}\n", repeated("a int\n", 3_000)),
        ),
        (
            "unknown drops",
            format!(
                "schema s {{ columns {{\n{}}} }}\nschema t extends=s {{ drop {} }}\n",
                many(2_000, column),
                many(2_000, |n| format!("colunm_{n} "))
            ),
        ),
        (
            "values of a check",
            format!(
                "schema s {{ columns {{ a int {{ isin {} }}; b int {{ notin {} }} }} }}\n",
                many(10_000, |n| format!("{n} ")),
                repeated("1 ", 5_000)
            ),
        ),
    ];
    versioned(&texts)
}

fn values() -> Vec<(&'static str, Tree)> {
    let stage = |n: usize| format!("stage stage-{n} {{ cmd \"true\"; outs \"o{n}\" }}\n");
    let texts = [
        ("variables", format!("vars {{ {} }}\n", many(3_000, |n| format!("v{n} \"x\"; ")))),
        ("unused datasets", many(3_000, |n| format!("dataset d{n} \"data/{n}.csv\"\n"))),
        (
            "thresholds",
            format!(
                "thresholds q metrics=\"m.json\" {{\n{}}}\n",
                many(3_000, |n| format!("m{n} >=0.5\n"))
            ),
        ),
        (
            "the same threshold",
            format!("thresholds q metrics=\"m.json\" {{\n{}}}\n", repeated("m >=0.5\n", 3_000)),
        ),
        (
            "params",
            format!("stage a {{ cmd \"x\"; params {} }}\n", many(3_000, |n| format!("k{n} "))),
        ),
        ("allows", many(3_000, stage).replace("cmd", "allow \"retry\"; cmd")),
    ];
    versioned(&texts)
}

fn versioned(texts: &[(&'static str, String)]) -> Vec<(&'static str, Tree)> {
    texts.iter().map(|(name, text)| (*name, alone(&format!("mlc 1\n{text}")))).collect()
}

fn graphs() -> Vec<(&'static str, Tree)> {
    let chain = |count: usize, last: &str| {
        let stage = |n: usize| {
            let dep = if n == 0 { last.to_owned() } else { format!("o{}", n - 1) };
            format!("stage s{n} {{ cmd \"true\"; deps \"{dep}\"; outs \"o{n}\" }}\n")
        };
        many(count, stage)
    };
    let wide: String = many(1_000, |n| format!("\"o{n}\" "));
    let texts = [
        ("a chain of stages", chain(3_000, "in.csv")),
        ("a circle of stages", chain(3_000, &format!("o{}", of(3_000) - 1))),
        (
            "stages with one name between",
            many(1_500, |n| {
                format!(
                    "stage s{n} {{ cmd \"true\"; outs \"o{n}\" }}\nstage t{n} {{ cmd \"true\"; deps s{n} }}\n"
                )
            }),
        ),
        (
            "readers of all",
            format!(
                "stage a {{ cmd \"true\"; outs {wide} }}\n{}",
                many(100, |n| format!("stage r{n} {{ cmd \"true\"; deps a }}\n"))
            ),
        ),
    ];
    versioned(&texts)
}

fn matrices() -> Vec<(&'static str, Tree)> {
    let extends = |last: &str| {
        many(3_000, |n| {
            let from = if n == 0 { last.to_owned() } else { format!(" extends=s{}", n - 1) };
            format!("schema s{n}{from} {{ columns {{ c{n} int }} }}\n")
        })
    };
    let texts = [
        (
            "a matrix",
            format!(
                "stage a {{ matrix {{ m {0}; n {0} }}; cmd \"{{{{ m }}}} {{{{ n }}}}\"; outs \"o/{{{{ m }}}}/{{{{ n }}}}\" }}\ntargets {{ dvc }}\n",
                many(100, |n| format!("{n} "))
            ),
        ),
        (
            "a matrix of one axis",
            format!(
                "stage a {{ matrix {{ m {} }}; cmd \"{{{{ m }}}}\"; outs \"o/{{{{ m }}}}\" }}\ntargets {{ dvc }}\n",
                many(10_000, |n| format!("{n} "))
            ),
        ),
        (
            "a matrix that is too large",
            format!(
                "stage a {{ matrix {{ {} }}; cmd \"x\" }}\n",
                many(60, |n| format!("m{n} 1 2 3 4; "))
            ),
        ),
        (
            "strange values",
            format!(
                "stage a {{ matrix {{ m {} }}; cmd \"{{{{ m }}}}\" }}\n",
                many(3_000, |n| format!("\"a/{n}\" "))
            ),
        ),
        ("a chain of schemas", extends("")),
        ("a circle of schemas", extends(&format!(" extends=s{}", of(3_000) - 1))),
    ];
    let mut cases = versioned(&texts);
    cases.push(("a circle of files", circle(50)));
    cases.push(("files that include all", everybody(40)));
    cases
}

fn circle(count: usize) -> Tree {
    let file = |n: usize| format!("include \"{}.kdl\"\n", (n + 1) % count);
    included("mlc 1\ninclude \"0.kdl\"\n", count, file)
}

fn everybody(count: usize) -> Tree {
    included("mlc 1\ninclude \"*.kdl\"\n", count, |_| "include \"*.kdl\"\n".to_owned())
}

fn included(main: &str, count: usize, file: impl Fn(usize) -> String) -> Tree {
    let files: Vec<(String, String)> = (0..count).map(|n| (format!("{n}.kdl"), file(n))).collect();
    let mut all: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    all.push(("mlc.kdl", main));
    Tree::new(&all)
}

#[test]
fn time_grows_with_length() {
    let only = std::env::var("MLC_FUZZ_CASE").ok();
    let mut slow = String::new();
    for (name, tree) in cases() {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        // Each of five reports draws each diagnostic: that takes its time, which is not looked at.
        assert!(tree.check().broken.is_empty(), "{name}");
        for (what, run) in WORKS {
            let took = timed(*run, &tree);
            if took > LIMIT && (took > 5 * LIMIT || (0..2).all(|_| timed(*run, &tree) > LIMIT)) {
                eprintln!("{what}: {name}: {took:?}");
                let _ = writeln!(slow, "{what}: {name}: {took:?}");
            }
        }
    }
    assert!(slow.is_empty(), "longer than {LIMIT:?}:\n{slow}");
}

type Work = fn(&Tree);

const WORKS: &[(&str, Work)] = &[
    ("build", |tree| drop(tree.build())),
    ("fmt", |tree| drop(format(tree.text("mlc.kdl").unwrap_or_default()))),
];

fn timed(run: Work, tree: &Tree) -> Duration {
    let start = spent();
    run(tree);
    spent().saturating_sub(start)
}
