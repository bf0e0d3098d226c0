//! What formatting promises, tried on generated texts and on every spec of the repository.
#![expect(clippy::disallowed_methods, reason = "reads the repository's own specs")]

use crate::syntax::format::format;
use kdl::{KdlDocument, KdlEntry, KdlNode, KdlValue};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// A parsed node without its looks. Two texts mean the same if these are equal.
#[derive(Debug, PartialEq)]
struct Meaning {
    name: (Option<String>, String, bool),
    entries: Vec<Entry>,
    children: Option<Vec<Self>>,
}

/// Key with whether it is quoted, type, value.
type Entry = (Option<(String, bool)>, Option<String>, Value);

/// A value as the reader sees it: strings by content and kind of quotes, the rest as written.
#[derive(Debug, PartialEq)]
enum Value {
    Bare(String),
    Quoted(String),
    Raw(String),
    Other(String),
}

fn meaning(document: &KdlDocument) -> Vec<Meaning> {
    document.nodes().iter().map(node_meaning).collect()
}

fn node_meaning(node: &KdlNode) -> Meaning {
    let quoted = node.name().repr().is_some_and(|text| text.starts_with(['"', '#']));
    let ty = node.ty().map(|ty| ty.value().to_owned());
    let mut entries: Vec<_> = Vec::new();
    for entry in node.entries() {
        let key = entry.name().map(|name| {
            let quoted = name.repr().is_some_and(|text| text.starts_with(['"', '#']));
            (name.value().to_owned(), quoted)
        });
        let ty = entry.ty().map(|ty| ty.value().to_owned());
        entries.push((key, ty, value(entry)));
    }
    Meaning {
        name: (ty, node.name().value().to_owned(), quoted),
        entries: with_bounds_joined(entries),
        children: node.children().map(meaning),
    }
}

fn value(entry: &KdlEntry) -> Value {
    let written = entry.format().map_or("", |format| &format.value_repr).trim().to_owned();
    match entry.value() {
        KdlValue::String(text) if written.starts_with('"') => Value::Quoted(text.clone()),
        KdlValue::String(text) if written.starts_with('#') => Value::Raw(text.clone()),
        KdlValue::String(text) => Value::Bare(text.clone()),
        KdlValue::Integer(_) | KdlValue::Float(_) | KdlValue::Bool(_) | KdlValue::Null => {
            Value::Other(written)
        }
    }
}

/// `> 18` and `>18` are one bound: a bare, untyped `>` or `<` takes the number behind it.
fn with_bounds_joined(entries: Vec<Entry>) -> Vec<Entry> {
    let mut joined: Vec<Entry> = Vec::new();
    for entry in entries {
        if let (Some((None, None, Value::Bare(sign))), (None, None, Value::Other(number))) =
            (joined.last_mut(), &entry)
            && matches!(&**sign, ">" | "<")
            && !number.starts_with('#')
        {
            sign.push_str(number);
            continue;
        }
        joined.push(entry);
    }
    joined
}

/// Checks everything that is promised of a text that the crate parses.
fn assert_promises(text: &str) -> Result<(), TestCaseError> {
    let before = KdlDocument::parse_v2(text);
    let formatted = match format(text) {
        Ok(formatted) => formatted,
        Err(error) => {
            // BUG: kdl 6.7.1 is lax behind `/-`: it takes `/-a /-/-b` and `/-a {} b`.
            prop_assert!(
                before.is_err() || text.contains("/-"),
                "refused valid text: {error:?}\n{text}"
            );
            return Ok(());
        }
    };
    let again = format(&formatted);
    prop_assert_eq!(again.as_deref(), Ok(&*formatted), "not idempotent\n{}", text);
    let blank_end = formatted.lines().any(|line| line.ends_with([' ', '\t']));
    prop_assert!(!blank_end || formatted.contains("\"\"\""), "blank at a line's end\n{formatted}");
    prop_assert!(!formatted.contains('\r'));
    if let Ok(before) = before {
        let after = KdlDocument::parse_v2(&formatted);
        prop_assert!(after.is_ok(), "broken\n{text}\n---\n{formatted}\n{after:?}");
        let after = after.expect("just seen");
        prop_assert_eq!(meaning(&before), meaning(&after), "{}\n---\n{}", text, formatted);
        prop_assert_eq!(comments(text), comments(&formatted), "{}\n---\n{}", text, formatted);
    }
    Ok(())
}

/// How often each generated comment word occurs.
fn comments(text: &str) -> [usize; 3] {
    ["zza", "zzb", "zzc"].map(|word| text.matches(word).count())
}

fn blank() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => Just(" ".to_owned()),
        1 => select(&["  ", "\t", "\u{a0}", "/*zzb*/", " /* zzb\r\n /* ü */ */ ", "   "]),
        1 => select(&["\\\n", " \\\r\n\t", " \\ // zzc\n  ", "\\ /* zzb */\n", " \\\n \\ //zzc \n"]),
    ]
}

fn no_blank() -> impl Strategy<Value = String> {
    prop_oneof![6 => Just(String::new()), 1 => blank()]
}

fn select(of: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(of).prop_map(str::to_owned)
}

fn string() -> impl Strategy<Value = String> {
    prop_oneof![
        select(&[
            "\"\"",
            "\"src/a.py\"",
            "\"{{ x }} ${Y}\"",
            "\"\\\"é\\u{1F600}\\s\"",
            "\"a \\\n  b\"",
            "#\"raw \\d \"x\"#",
            "##\"a\"#b\"##",
            "\"// no; { }\"",
            "\"<50ms\"",
            "\"\\\\\"",
        ]),
        (
            select(&["", "  ", "\t", "      "]),
            0..3_usize,
            select(&["\n", "\r\n", "\n", "\u{2028}"])
        )
            .prop_map(|(indent, hashes, newline)| block_string(&indent, hashes, &newline)),
    ]
}

fn block_string(indent: &str, hashes: usize, newline: &str) -> String {
    let hash = "#".repeat(hashes);
    let lines = ["x \\\\ y ", "", "   deeper \"q\"", "\\s { // not", "  "];
    let mut text = format!("{hash}\"\"\"{newline}");
    for line in lines {
        text += &format!("{indent}{line}{newline}");
    }
    format!("{text}{indent}\"\"\"{hash}")
}

fn bare() -> impl Strategy<Value = String> {
    select(&[
        "a",
        "columns",
        "thresholds",
        "train-1",
        "é",
        ">0",
        "<",
        ">",
        "drop<",
        "int",
        "float?",
    ])
}

fn scalar() -> impl Strategy<Value = String> {
    let number = select(&["1", "-1.5", "1_000", "0xFF", "1e-3", "+0b1", "#true", "#null", "#-inf"]);
    prop_oneof![4 => bare(), 3 => number, 3 => string()]
}

fn typed() -> impl Strategy<Value = String> {
    let annotation = (no_blank(), bare(), no_blank(), no_blank())
        .prop_map(|(a, name, b, c)| format!("({a}{name}{b}){c}"));
    prop_oneof![9 => Just(String::new()), 1 => annotation]
}

fn entry() -> impl Strategy<Value = String> {
    let value = || (typed(), scalar()).prop_map(|(ty, value)| ty + &value);
    let key = prop_oneof![bare(), string()];
    let property = (key, no_blank(), no_blank(), value())
        .prop_map(|(key, a, b, value)| format!("{key}{a}={b}{value}"));
    let bound = select(&[">= 18", "> 18", ">=18", "< -0.5", ">0 <1", "<= \"5%\"", "> \"5%\""]);
    let entry = prop_oneof![4 => value(), 3 => property, 2 => bound];
    let dash = prop_oneof![
        12 => Just(String::new()),
        1 => select(&["/-", "/- ", "/-\n", "/- // zza\n ", "/-/*zzb*/", "/-\\\n", "/- \\ // zzc\n"]),
    ];
    (dash, entry).prop_map(|(dash, entry)| dash + &entry)
}

fn line_end() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => select(&["\n", "\r\n", "\n\n", "\n\n\n\n", "\n  \t\n"]),
        3 => select(&[";", "; ", " ; /* zzb */ ", ";\n", ";\u{2028}"]),
        3 => select(&[" // zza\n", "//zza   \r\n", "; // zza { \"\n", "\n// zza\n\n", " /*zzb*/\n"]),
        1 => select(&["\n/* zzb */ // zza\n", " \\\n\n", " \\ // zzc\n\n", "\n/* zzb\n\n  x */\n"]),
    ]
}

fn open() -> impl Strategy<Value = String> {
    select(&[
        "{",
        "{ ",
        "{\n",
        "{ // zza\n",
        "{ /* zzb */ ",
        "{ /*zzb*/\n\n",
        "{\r\n\r\n",
        "{ \\\n",
    ])
}

fn document(depth: u32) -> BoxedStrategy<String> {
    let node = (typed(), prop_oneof![4 => bare(), 1 => string()]);
    let entries = prop::collection::vec((blank(), entry()), 0..4)
        .prop_map(|entries| entries.into_iter().map(|(a, b)| a + &b).collect::<String>());
    let node =
        (node, entries, blocks(depth), select(&["", "", "", "", "/-", "/- ", "/-\n// zza\n"]));
    let node = node.prop_map(|((ty, name), entries, blocks, dash)| {
        format!("{dash}{ty}{name}{entries}{blocks}")
    });
    let lines = prop::collection::vec((select(&["", "  ", "\t"]), node, line_end()), 0..5);
    let lines = lines.prop_map(|lines| {
        // BUG: kdl 6.7.1 refuses `;` behind a node that `/-` silences.
        let end = |node: &str, end: String| {
            if node.starts_with("/-") { end.replace(';', "\n") } else { end }
        };
        lines.into_iter().map(|(a, b, c)| format!("{a}{b}{}", end(&b, c))).collect::<String>()
    });
    let start = select(&["", "", "\n\n", "// zza\n", "/* zzb */\n", "/* zzb */ "]);
    (start, lines).prop_map(|(start, lines)| start + &lines).boxed()
}

fn blocks(depth: u32) -> BoxedStrategy<String> {
    if depth == 0 {
        return Just(String::new()).boxed();
    }
    let block =
        || (open(), document(depth - 1)).prop_map(|(open, inner)| format!("{open}{inner}}}"));
    let dead = || {
        let dash = select(&["/-", "/- ", "/-\n", "/- // zza\n"]);
        let dead = (blank(), dash, open(), document(0));
        dead.prop_map(|(blank, dash, open, inner)| format!("{blank}{dash}{open}{inner}}}"))
    };
    let maybe_dead = || prop_oneof![9 => Just(String::new()), 1 => dead()];
    prop_oneof![
        3 => Just(String::new()),
        4 => (maybe_dead(), no_blank(), block(), maybe_dead())
            .prop_map(|(dead, blank, block, end)| format!("{dead}{blank}{block}{end}")),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_specs_keep_their_meaning(
        bom in select(&["", "\u{feff}"]),
        text in document(3),
    ) {
        let text = bom + &text;
        prop_assert!(format(&text).is_ok(), "refused {:?}\n{text}", format(&text));
        assert_promises(&text)?;
    }

    #[test]
    fn damaged_specs_keep_their_meaning_or_are_refused(
        text in document(2),
        at in any::<prop::sample::Index>(),
        junk in select(&["", "\"", "{", "}", "/*", "*/", "//", "=", ";", "\\", "/-", "(", ")", "#", "\r"]),
    ) {
        let mut text: Vec<char> = text.chars().collect();
        let at = at.index(text.len() + 1);
        text.splice(at..(at + 1).min(text.len()), junk.chars());
        assert_promises(&text.into_iter().collect::<String>())?;
    }

    #[test]
    fn any_text_is_formatted_stably_or_refused(text in "[\\PC\n\r\\\\\"{}#/=;-]{0,60}") {
        assert_promises(&text)?;
    }
}

#[test]
fn every_spec_of_the_repository_keeps_its_meaning() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for path in kdl_files(&root.join("specs")) {
        let text = std::fs::read_to_string(&path).expect("specs are UTF-8");
        assert_promises(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        seen += 1;
    }
    assert!(seen > 0, "no specs found");
}

fn kdl_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(kdl_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "kdl") {
            found.push(path);
        }
    }
    found
}
