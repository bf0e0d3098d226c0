//! Pages of the book that are generated from the code: compared, and rewritten when asked.
//!
//! A page written by hand may have generated parts: what stands between `<!-- table: stage -->` or
//! `<!-- example: churn: stage train -->` and `<!-- end -->`.

use crate::pages::{self, Example};
use crate::rules::on_threads;
use crate::support::assert_generated;
use crate::tree;
use mlc::testing::{Kind, Shape, checks, codes, grammar};

const GENERATED: &str = "<!-- Generated from the code; INSTA_UPDATE=always cargo test --test it book \
                         writes it anew. -->\n";

#[test]
fn diagnostics() {
    assert_generated("book/src/reference/diagnostics.md", &diagnostics_page());
}

#[test]
fn checks_of_columns() {
    let mut page = format!("# Checks of columns\n\n{GENERATED}\n");
    page.push_str("What may stand in the block of a column, behind its type and bounds.\n\n");
    let rows = checks().map(|(name, summary, _)| vec![linked(name), summary.to_owned()]);
    page.push_str(&table(&["check", "holds when"], rows.collect()));
    for (_, _, docs) in checks() {
        page.push_str(&format!(
            "\n{}",
            demoted(&docs.replacen("# `", "# ", 1).replacen("`\n", "\n", 1))
        ));
    }
    assert_generated("book/src/reference/checks.md", &page);
}

#[test]
fn language() {
    let path = "book/src/reference/language.md";
    assert_generated(path, &filled(&tree::read(path)));
}

#[test]
fn every_page_is_in_the_summary() {
    let summary = tree::read("book/src/SUMMARY.md");
    let pages = tree::paths("book/src").into_iter().filter_map(|path| {
        let page = path.strip_prefix("book/src/").map(str::to_owned)?;
        (page.ends_with(".md") && page != "SUMMARY.md").then_some(page)
    });
    let missing: Vec<String> =
        pages.filter(|page| !summary.contains(&format!("({page})"))).collect();
    assert!(missing.is_empty(), "not in SUMMARY.md: {missing:?}");
}

/// Layers, and what their diagnostics are about.
const AREAS: [(&str, &str, &str); 4] = [
    ("syntax", "How it is written", "The text, and the shape of the sections."),
    ("model", "What is named", "Names, paths, params and quantities: whatever is named exists."),
    ("check", "What makes sense together", "Rules over the whole project."),
    ("dvcyaml", "A dvc.yaml instead of a spec", "What `--dvc` and `mlc import` cannot read."),
];

fn diagnostics_page() -> String {
    let codes = codes();
    let mut page = format!("# Diagnostics\n\n{GENERATED}\n");
    page.push_str(
        "Every diagnostic has a name, in brackets behind `error` or `warning`. `mlc explain NAME` shows \
         what\nstands here. Errors stop `mlc build` and `mlc run`; warnings do not, unless \
         `--deny-warnings`.\nMany come with a fix, which `mlc check --fix` applies. `allow \"NAME\"` in a \
         node silences a rule\nthere; one that silences nothing is reported itself.\n",
    );
    for (layer, title, intro) in AREAS {
        let rows = codes
            .iter()
            .filter(|code| code.layer == layer)
            .map(|code| vec![linked(code.slug), code.severity.to_owned(), code.summary.to_owned()]);
        let rows = table(&["name", "is", "tells of"], rows.collect());
        page.push_str(&format!("\n## {title}\n\n{intro}\n\n{rows}"));
    }
    page.push_str("\n---\n");
    for text in on_threads(&codes, |code| Some(with_outputs(code))) {
        page.push_str(&format!("\n{text}"));
    }
    page
}

fn linked(name: &str) -> String {
    format!("[`{name}`](#{name})")
}

/// A page with what mlc says below each bad example.
fn with_outputs(code: &Kind) -> String {
    let mut examples = pages::examples(code.docs).into_iter();
    let mut page = String::new();
    let mut output: Option<String> = None;
    for line in code.page.lines() {
        let language = ["kdl", "yaml"].into_iter().find(|language| {
            ["bad", "good"].iter().any(|mark| line.starts_with(&format!("```{language} {mark}")))
        });
        let is_example = language.is_some();
        // The output stands below the example and its files.
        if (is_example || line.starts_with("## "))
            && let Some(output) = output.take()
        {
            page.push_str(&format!("```text\n{output}\n```\n\n"));
        }
        if is_example {
            output = examples.next().filter(|it| it.is_bad).map(|it| said(&it));
        }
        page.push_str(&language.map_or(line.to_owned(), |it| format!("```{it}")));
        page.push('\n');
    }
    demoted(&page)
}

/// What `mlc check` says, without the counts and the hint below it.
fn said(example: &Example) -> String {
    let out = example.project().said(&[&["check"], example.arguments()].concat()).out;
    let lines = out.lines().map(str::trim_end);
    let told = lines.take_while(|line| !line.starts_with(|it: char| it.is_ascii_digit()));
    told.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// All headings one level lower; fences are left alone.
fn demoted(page: &str) -> String {
    let mut fenced = false;
    let mut text = String::new();
    for line in page.trim_end().lines() {
        fenced ^= line.starts_with("```");
        if line.starts_with('#') && !fenced {
            text.push('#');
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

fn table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), " --- |".repeat(head.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

/// The page with its generated parts made anew.
fn filled(page: &str) -> String {
    let mut text = String::new();
    let mut skipped = false;
    for line in page.lines() {
        skipped &= line != "<!-- end -->";
        if skipped {
            continue;
        }
        text.push_str(line);
        text.push('\n');
        let mark = line.strip_prefix("<!-- ").and_then(|it| it.strip_suffix(" -->"));
        if let Some((kind, what)) = mark.and_then(|mark| mark.split_once(": ")) {
            text.push_str(&format!("\n{}\n", part(kind, what)));
            skipped = true;
        }
    }
    assert!(!skipped, "a generated part lacks its `<!-- end -->`");
    text
}

fn part(kind: &str, what: &str) -> String {
    match kind {
        "table" => fields(&grammar(), what),
        "example" => {
            let (project, head) = what.split_once(": ").expect("`project: first words`");
            format!("```kdl\n{}```\n", node(project, head))
        }
        other => panic!("there are no generated parts of kind `{other}`"),
    }
}

/// The table of a section's fields, or of the sections themselves.
fn fields(spec: &Shape, name: &str) -> String {
    let shape =
        if name == "spec" { Some(spec) } else { spec.block.iter().find(|it| it.name == name) };
    let shape = shape.unwrap_or_else(|| panic!("there is no section `{name}`"));
    let mut rows = properties("", shape);
    let rest = shape.block.iter().filter(|it| name == "spec" || it.name != "allow");
    for field in rest {
        let title = if shape.is_named { "a line" } else { &format!("`{}`", field.name) };
        rows.push(row(title, field));
        if name == "spec" {
            continue;
        }
        rows.extend(properties(&format!("{title} "), field));
        let inner = field.block.iter().filter(|it| it.name != "allow");
        rows.extend(inner.map(|it| match field.is_named {
            true => row(&format!("a line of {title}"), it),
            false => row(&format!("{title} `{}`", it.name), it),
        }));
    }
    table(&["", "takes", "says"], rows)
}

fn row(title: &str, shape: &Shape) -> Vec<String> {
    vec![title.to_owned(), shape.takes.clone(), shape.summary.to_owned()]
}

fn properties(of: &str, shape: &Shape) -> Vec<Vec<String>> {
    let row = |&(name, takes, says): &(&str, &str, &str)| {
        vec![format!("{of}`{name}=`"), takes.to_owned(), says.to_owned()]
    };
    shape.properties.iter().map(row).collect()
}

/// A top-level node of an example project, by its first words.
fn node(project: &str, head: &str) -> String {
    let specs = tree::texts(&format!("specs/examples/{project}"), ".kdl");
    let found = specs.iter().find_map(|file| {
        let starts =
            |line: &&str| line.strip_prefix(head).is_some_and(|it| it.starts_with([' ', '"']));
        let mut lines = file.text.lines().skip_while(|line| !starts(line));
        let first = lines.next()?;
        let mut text = format!("{first}\n");
        if first.split("//").next().unwrap_or(first).trim_end().ends_with('{') {
            for line in lines {
                text.push_str(&format!("{line}\n"));
                if line == "}" {
                    break;
                }
            }
        }
        Some(text)
    });
    found.unwrap_or_else(|| panic!("no node of {project} starts with `{head}`"))
}
