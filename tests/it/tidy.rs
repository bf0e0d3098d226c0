//! The house rules that no compiler checks: who may import whom, how files open and how long
//! they get, what must not be left lying about. CONTRIBUTING.md gives the reasons.

use crate::tree::{self, TextFile};

/// Each layer and the layers that it may name besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("schema", &["base"]),
    ("syntax", &["base"]),
    ("model", &["base", "schema", "syntax"]),
    ("check", &["base", "schema", "model"]),
    ("plan", &["base", "schema", "model"]),
    ("emit", &["base", "schema", "model", "plan"]),
    ("dvcyaml", &["base", "model", "plan"]),
    ("data", &["base", "schema", "model"]),
    ("exec", &["base", "model", "plan", "data"]),
    ("driver", &["base", "syntax", "model", "check", "plan", "dvcyaml"]),
    ("report", &["base", "schema", "data"]),
    (
        "testing",
        &["base", "syntax", "model", "plan", "dvcyaml", "emit", "exec", "driver", "report", "cli"],
    ),
    ("lsp", &["base", "driver", "model", "check"]),
    (
        "cli",
        &[
            "base", "schema", "syntax", "model", "check", "plan", "dvcyaml", "emit", "data",
            "exec", "driver", "report", "lsp",
        ],
    ),
];

/// Crates that one file or folder knows, so that each can be replaced there.
const HOMES: &[(&str, &[&str])] = &[
    ("clap", &["src/cli"]),
    ("memchr", &["src/data"]),
    ("parquet", &["src/data"]),
    ("percent_encoding", &["src/data"]),
    ("ruzstd", &["src/data"]),
    ("statrs", &["src/data"]),
    ("xxhash_rust", &["src/schema"]),
    ("flate2", &["src/data/source.rs"]),
    ("kdl", &["src/syntax"]),
    // kdl says in miette's terms where its errors are.
    ("miette", &["src/report/human", "src/syntax/parse.rs"]),
    ("minijinja", &["src/emit/template.rs"]),
    ("petgraph", &["src/base/graph.rs"]),
    ("rusqlite", &["src/exec/ledger"]),
    ("serde_yaml", &["src/base/yaml"]),
    ("wait4", &["src/exec/usage.rs"]),
];

const LONG: usize = 400;
const TOO_LONG: usize = 800;

#[test]
fn every_file_opens_with_its_job() {
    let silent = rust().into_iter().filter(|file| !file.text.starts_with("//! "));
    none(silent.map(|file| file.path), "open the file with `//!`: its job and its ignorance");
}

#[test]
fn layers_import_only_what_is_below() {
    let wrong = production().into_iter().flat_map(|file| upward_imports(&file));
    none(wrong, "not in the table LAYERS of tests/it/tidy.rs");
}

#[test]
fn every_layer_is_in_the_table() {
    let unknown = tree::paths("src").into_iter().filter(|path| {
        layer(path).is_some_and(|layer| LAYERS.iter().all(|(known, _)| *known != layer))
    });
    none(unknown, "a new layer needs its line in LAYERS and in ARCHITECTURE.md");
}

#[test]
fn files_stay_short() {
    let files = rust();
    for file in files.iter().filter(|file| lines(file) > LONG) {
        eprintln!("{}: {} lines: split it, or say in its header why not", file.path, lines(file));
    }
    let too_long = files.iter().filter(|file| lines(file) > TOO_LONG);
    none(too_long.map(|file| file.path.clone()), "longer than 800 lines");
}

#[test]
fn nothing_is_left_lying_about() {
    let words = [
        concat!("dbg", "!("),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("#[", "allow("),
        concat!("#![", "allow("),
        concat!("#[", "ignore"),
        concat!("should_", "panic"),
        concat!("super::", "super"),
    ];
    let left = rust().into_iter().flat_map(|file| {
        let found = words.iter().filter(|word| file.text.contains(**word));
        found.map(|word| format!("{}: {word}", file.path)).collect::<Vec<_>>()
    });
    none(left, "see CONTRIBUTING.md");
}

#[test]
fn no_test_sleeps() {
    let mut tests = tree::texts("tests/it", ".rs");
    tests.extend(tree::texts("src", ".rs").into_iter().filter_map(|mut file| {
        file.text = file.text.split_off(unit_tests(&file.text)?);
        Some(file)
    }));
    let asleep = tests.into_iter().filter(|file| file.text.contains(concat!("thread::", "sleep")));
    none(asleep.map(|file| file.path), "give the code a clock, or wait for what is awaited");
}

#[test]
fn what_remains_to_do_has_an_issue() {
    let marks = [concat!("FIX", "ME"), concat!("TO", "DO"), concat!("XX", "X:")];
    let loose = rust().into_iter().flat_map(|file| {
        let lines = file
            .text
            .lines()
            .filter(|line| marks.iter().any(|mark| line.contains(mark)) && !line.contains("(#"));
        lines.map(|line| format!("{}: {}", file.path, line.trim())).collect::<Vec<_>>()
    });
    none(loose, "name the issue: `(#12)`");
}

#[test]
fn each_crate_stays_at_home() {
    let strays = production().into_iter().flat_map(|file| {
        let away = HOMES.iter().filter(|(name, homes)| {
            names(&file.text, name) && !homes.iter().any(|home| file.path.starts_with(home))
        });
        away.map(|(name, homes)| format!("{}: {name} belongs to {}", file.path, homes.join(", ")))
            .collect::<Vec<_>>()
    });
    none(strays, "only its home may name the crate");
}

#[test]
fn rules_are_listed_and_have_their_page() {
    none(unlisted("src/check/rules", "RULE"), "add `mod x;` and `&x::RULE` to src/check/rules.rs");
    none(without_page("src/check/rules"), "add the page: the same name with `.md`");
}

#[test]
fn targets_are_listed_and_have_their_page() {
    none(unlisted("src/emit/targets", "TARGET"), "add `mod x;` and `&x::TARGET` to the list");
    none(without_page("src/emit/targets"), "add the page: the same name with `.md`");
}

/// A snapshot belongs to a folder of cases, or to a test that writes its name or the end of it
/// behind a dash.
#[test]
fn no_snapshot_is_an_orphan() {
    let tests = rust();
    let orphans = tree::paths("snapshots").into_iter().filter(|path| {
        let case = path.trim_start_matches("snapshots/").trim_end_matches(".snap");
        let folder = case.rsplit_once('/').map_or(case, |(folder, _)| folder);
        let name = case.rsplit('/').next().unwrap_or(case);
        let in_specs = [case, folder]
            .iter()
            .any(|case| case.contains('/') && tree::root().join("specs").join(case).exists());
        let ends = name.match_indices('-').map(|(at, _)| &name[at + 1..]);
        let written =
            |end: &str| tests.iter().any(|test| test.text.contains(&format!("\"{end}\"")));
        !in_specs && !std::iter::once(name).chain(ends).any(written)
    });
    none(orphans, "nothing writes this snapshot");
}

#[test]
fn text_files_end_with_a_line_and_hold_no_blanks_at_line_ends() {
    let folders = ["src", "tests/it", "book/src", "templates", "specs/examples"];
    let files = folders.iter().flat_map(|folder| tree::paths(folder)).filter(|path| {
        let text = [".rs", ".md", ".kdl", ".py", ".toml", ".yaml", ".txt", ".j2"];
        text.iter().any(|ending| path.ends_with(ending))
    });
    let wrong = files.filter(|path| {
        let text = tree::read(path);
        let blanks = text.lines().any(|line| line.ends_with([' ', '\t', '\r']));
        !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n") || blanks)
    });
    none(wrong, "one newline at the end, no blanks before it");
}

fn rust() -> Vec<TextFile> {
    let mut files = tree::texts("src", ".rs");
    files.extend(tree::texts("tests/it", ".rs"));
    files
}

/// The sources without their unit tests.
fn production() -> Vec<TextFile> {
    let mut files = tree::texts("src", ".rs");
    for file in &mut files {
        let end = unit_tests(&file.text).unwrap_or(file.text.len());
        file.text.truncate(end);
    }
    files
}

/// Where the unit tests of a file begin.
fn unit_tests(text: &str) -> Option<usize> {
    text.find("#[cfg(test)]\nmod ")
}

fn lines(file: &TextFile) -> usize {
    file.text.lines().count()
}

/// `src/check/rules.rs` and `src/check.rs` are in `check`; `src/lib.rs` and the facade for tests
/// and measurements are in none.
fn layer(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    let name = inside.split_once('/').map_or(inside, |(folder, _)| folder);
    let name = name.strip_suffix(".rs").unwrap_or(name);
    (!matches!(name, "lib" | "main" | "testing")).then_some(name)
}

fn upward_imports(file: &TextFile) -> Vec<String> {
    let Some(layer) = layer(&file.path) else { return Vec::new() };
    let allowed = LAYERS.iter().find(|(name, _)| *name == layer).map_or(&[][..], |(_, down)| down);
    let named = file.text.match_indices("crate::").map(|(at, found)| {
        let rest = &file.text[at + found.len()..];
        rest.split(|char: char| !char.is_alphanumeric() && char != '_').next().unwrap_or("")
    });
    let wrong = named.filter(|name| *name != layer && !allowed.contains(name));
    wrong.map(|name| format!("{}: `{layer}` names `crate::{name}`", file.path)).collect()
}

/// Whether `name::` is written, and not as the end of a longer name or path.
fn names(text: &str, name: &str) -> bool {
    text.match_indices(&format!("{name}::")).any(|(at, _)| {
        let before = text[..at].chars().next_back().unwrap_or(' ');
        !before.is_alphanumeric() && !matches!(before, '_' | ':' | '`')
    })
}

/// Files of an open axis that lack their two lines in the list.
fn unlisted(folder: &str, record: &str) -> Vec<String> {
    let list = tree::read(&format!("{folder}.rs"));
    let missing = axis(folder).into_iter().filter(|name| {
        let declared = list.contains(&format!("mod {name};"));
        !declared || !list.contains(&format!("&{name}::{record}"))
    });
    missing.map(|name| format!("{folder}/{name}.rs")).collect()
}

fn without_page(folder: &str) -> Vec<String> {
    let pages = tree::paths(folder);
    let page = |name: &String| format!("{folder}/{name}.md");
    axis(folder).iter().map(page).filter(|page| !pages.contains(page)).collect()
}

/// Names of the files directly in the folder, without `.rs`.
fn axis(folder: &str) -> Vec<String> {
    let files = tree::paths(folder);
    let names = files.iter().filter_map(|path| {
        let name = path.strip_prefix(&format!("{folder}/"))?.strip_suffix(".rs")?;
        (!name.contains('/')).then(|| name.to_owned())
    });
    names.collect()
}

fn none(found: impl IntoIterator<Item = String>, remedy: &str) {
    let found: Vec<String> = found.into_iter().collect();
    assert!(found.is_empty(), "{}\n{remedy}", found.join("\n"));
}
