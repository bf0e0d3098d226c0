//! A model card in Markdown, with the front matter that model hubs read.

use crate::cli::commands::model::looks::{metrics_of, params_of};
use crate::exec::registry::card::Card;
use crate::model::project::Project;
use std::fmt::Write as _;

/// The card of a version for people.
pub(super) fn markdown(card: &Card, project: &Project) -> String {
    let mut out = String::from("---\n");
    let _ = writeln!(out, "model_name: {}", quoted(&card.model));
    let _ = writeln!(out, "version: {}", quoted(&card.version));
    let _ = writeln!(out, "tags: [{}]\n---\n", quoted(&project.name));
    let _ = writeln!(out, "# {} {}\n", plain(&card.model), card.version);
    if let Some(description) = &project.description {
        let _ = writeln!(out, "{}\n", plain(description));
    }
    let mut facts = Vec::new();
    facts.extend(project.owner.as_ref().map(|it| ("Owner", plain(it))));
    facts.push(("File", format!("`{}`, MD5 `{}`", code(&card.file.path), card.file.md5)));
    facts.extend(card.trained_at.as_ref().map(|it| ("Trained", it.clone())));
    let by = card.locked_by.as_ref().map(|it| format!(" by {}", plain(it))).unwrap_or_default();
    facts.push(("Locked", format!("{}{by}", card.locked_at)));
    facts.extend(card.commit.as_ref().map(|it| {
        let dirty = if card.dirty == Some(true) { ", with changes not committed" } else { "" };
        ("Commit", format!("`{it}`{dirty}"))
    }));
    out.push_str("| | |\n| --- | --- |\n");
    for (name, value) in facts {
        let _ = writeln!(out, "| {name} | {value} |");
    }
    section(&mut out, "Metrics", ["metric", "value"], metrics_of(card));
    for gate in &card.gates {
        let word = if gate.holds { "held" } else { "did not hold" };
        let _ = writeln!(out, "\n## Thresholds: {} {word}\n", plain(&gate.name));
        out.push_str("| quantity | value | bound | |\n| --- | ---: | --- | --- |\n");
        for row in &gate.rows {
            let value = row.value.map_or_else(|| "-".to_owned(), |it| it.to_string());
            let word = if row.holds { "holds" } else { "does not hold" };
            let (quantity, bound) = (plain(&row.quantity), plain(&row.bound));
            let _ = writeln!(out, "| {quantity} | {value} | {bound} | {word} |");
        }
    }
    section(&mut out, "Parameters", ["param", "value"], params_of(card));
    let digests = |contents: &[crate::exec::registry::card::Content]| -> Vec<(String, String)> {
        contents.iter().map(|it| (it.path.clone(), it.md5.clone())).collect()
    };
    section(&mut out, "Data", ["path", "MD5"], digests(&card.data));
    section(&mut out, "Code", ["path", "MD5"], digests(&card.code));
    section(&mut out, "Environment", ["path", "MD5"], digests(&card.environment));
    out
}

fn section(out: &mut String, title: &str, head: [&str; 2], rows: Vec<(String, String)>) {
    if rows.is_empty() {
        return;
    }
    let [left, right] = head;
    let _ = writeln!(out, "\n## {title}\n\n| {left} | {right} |\n| --- | --- |");
    for (name, value) in rows {
        let _ = writeln!(out, "| `{}` | `{}` |", code(&name), code(&value));
    }
}

/// Text as a string of YAML, which JSON is.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Text of which nothing is markup, on one line.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            c if c.is_control() => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Text for between backticks in a table.
fn code(text: &str) -> String {
    let shown = text.chars().map(|c| if c.is_control() || c == '`' { ' ' } else { c });
    shown.collect::<String>().replace('|', "\\|")
}
